//! Contracts as load: whether the answers kept the contract while they were measured.

use super::contract::difference;
use super::{Evidence, Gate, GateKind, GateStatus, threshold};
use crate::load_record::{LoadRecord, Violation};
use crate::number::{count, counted};
use crate::record::{InteractionHeader, ScenarioHeader, StepHeader};
use crate::run_record::RunRecord;

/// The metric that says how many answers may differ.
pub(super) const METRIC: &str = "contract_violations";

/// Ways to differ that a gate tells.
const TOLD: usize = 5;

/// Each interaction that was sent as load is a gate of its own, unless a threshold on all
/// `contract_violations` says how many answers may differ.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    if threshold::judges(record, METRIC) {
        return Vec::new();
    }
    interactions(record)
        .map(|sent| gate(record.load.as_ref(), &sent))
        .collect()
}

/// How answers differed over the whole load, the most frequent first: why a threshold on it does
/// not hold.
pub(super) fn evidence(record: &RunRecord) -> Vec<Evidence> {
    let load = record.load.as_ref();
    let all = load.into_iter().flat_map(|load| load.violations.values());
    told(all.collect())
}

/// An interaction of the plan.
struct Sent<'a> {
    scenario: &'a ScenarioHeader,
    step: &'a StepHeader,
    interaction: &'a InteractionHeader,
    /// Indexes of scenario and step.
    place: (u16, u16),
}

fn interactions(record: &RunRecord) -> impl Iterator<Item = Sent<'_>> {
    let scenarios = record.header.load.iter().flat_map(|load| &load.scenarios);
    (0_u16..)
        .zip(scenarios)
        .flat_map(|(of_scenario, scenario)| {
            let steps = (0_u16..).zip(&scenario.steps);
            steps.filter_map(move |(of_step, step)| {
                Some(Sent {
                    scenario,
                    step,
                    interaction: step.interaction.as_ref()?,
                    place: (of_scenario, of_step),
                })
            })
        })
}

fn gate(load: Option<&LoadRecord>, sent: &Sent<'_>) -> Gate {
    let (kept, violated) = load.map_or((0, 0), |load| load.contract_counts(sent.place));
    let violations = load.map_or_else(Vec::new, |load| load.violations_of(sent.place).collect());
    let mut evidence = told(violations);
    if violated > 0 {
        evidence.push(Evidence::plain(format!(
            "a threshold on `{METRIC}` would say how many may differ"
        )));
    }
    Gate {
        kind: GateKind::Contract,
        name: format!(
            "{} / {}: {}",
            sent.scenario.name, sent.interaction.consumer, sent.interaction.description
        ),
        status: if violated == 0 && kept > 0 {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        },
        expected: format!(
            "{} {} answered as in {}, every time",
            sent.step.method, sent.step.endpoint, sent.interaction.contract
        ),
        observed: if kept + violated == 0 {
            "no answer was held against it".to_owned()
        } else {
            format!(
                "{} kept it, {} did not",
                counted(kept, "answer"),
                count(violated)
            )
        },
        evidence,
        span: Some(sent.interaction.span.clone()),
        rests_on_load: true,
    }
}

fn told(mut violations: Vec<&Violation>) -> Vec<Evidence> {
    violations.sort_by_key(|violation| std::cmp::Reverse(violation.count));
    let told = violations.into_iter().take(TOLD);
    told.map(|violation| {
        let difference = difference(&violation.first);
        Evidence {
            text: format!("{}×, first: {}", count(violation.count), difference.text),
            ..difference
        }
    })
    .collect()
}
