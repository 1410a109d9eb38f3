use rtest_core::sample::SeriesKey;
use rtest_metrics::record::{InteractionHeader, StepHeader};
use rtest_metrics::{RunRecord, Violation};

use crate::phases::Numbers;

/// An interaction of a contract that was sent as load: how its answers did, and how many of them
/// kept the contract.
#[derive(Clone, Debug)]
pub(crate) struct ReplayRow<'a> {
    pub(crate) scenario: &'a str,
    pub(crate) step: &'a StepHeader,
    pub(crate) interaction: &'a InteractionHeader,
    pub(crate) numbers: Numbers,
    /// Of the answers that were held against the contract.
    pub(crate) kept: u64,
    pub(crate) violated: u64,
    /// By place in the answer.
    pub(crate) violations: Vec<&'a Violation>,
}

impl<'a> ReplayRow<'a> {
    /// Every interaction of the plan in its order, also those that were never sent.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut rows = Vec::new();
        let scenarios = record.header.load.iter().flat_map(|load| &load.scenarios);
        for (of_scenario, scenario) in (0_u16..).zip(scenarios) {
            for (of_step, step) in (0_u16..).zip(&scenario.steps) {
                let Some(interaction) = &step.interaction else {
                    continue;
                };
                let place = (of_scenario, of_step);
                let of_place = |key: SeriesKey| (key.scenario, key.step) == place;
                let load = record.load.as_ref();
                let (kept, violated) = load.map_or((0, 0), |load| load.contract_counts(place));
                let violations = load.into_iter().flat_map(|load| load.violations_of(place));
                rows.push(Self {
                    scenario: &scenario.name,
                    step,
                    interaction,
                    numbers: Numbers::of(record, of_place),
                    kept,
                    violated,
                    violations: violations.collect(),
                });
            }
        }
        rows
    }

    /// How many answers were held against the contract.
    pub(crate) fn judged(&self) -> u64 {
        self.kept + self.violated
    }
}
