use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::{AbortPlan, ChaosPlan};
use rtest_core::window::{Window, WindowId};
use rtest_metrics::{RunRecord, Summary};
use tokio_util::sync::CancellationToken;

/// How often bounds are looked at while the load runs.
const PERIOD: Duration = Duration::from_secs(1);

/// Looks at the bounds on metrics that end a drill.
///
/// They are held against the stretch that the run is in: since something began to be broken, or
/// since everything was mended. Over the whole run, a calm minute before would hide what a fault
/// does.
#[derive(Debug)]
pub struct GuardrailWatch {
    bounds: Vec<AbortPlan>,
    min_samples: u64,
    looked: Option<RunTime>,
    drill: CancellationToken,
}

/// A bound that is met.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trip {
    /// Index into the plan's guardrails.
    pub(crate) guardrail: u16,
    /// What was read.
    pub(crate) observed: String,
}

impl GuardrailWatch {
    /// Of a drill's guardrails; `drill` is what they end it with.
    pub fn new(plan: Option<&ChaosPlan>, drill: CancellationToken) -> Self {
        let guardrails = plan.map(|plan| plan.guardrails.clone()).unwrap_or_default();
        Self {
            bounds: guardrails.abort_when,
            min_samples: guardrails.min_samples,
            looked: None,
            drill,
        }
    }

    /// Looks, if it is time to. The first bound that is met ends the drill; there is no second.
    pub(crate) fn look(&mut self, record: &RunRecord, now: RunTime) -> Option<Trip> {
        let early = self.looked.is_some_and(|last| now.since(last) < PERIOD);
        if early || self.bounds.is_empty() || self.drill.is_cancelled() {
            return None;
        }
        self.looked = Some(now);
        let first = first_of_stretch(&record.windows);
        let trip = (0..)
            .zip(&self.bounds)
            .find_map(|(index, bound)| self.trip(index, bound, first, record))?;
        self.drill.cancel();
        Some(trip)
    }

    fn trip(
        &self,
        guardrail: u16,
        bound: &AbortPlan,
        first: usize,
        record: &RunRecord,
    ) -> Option<Trip> {
        let threshold = &bound.threshold;
        let in_stretch = |window: WindowId| usize::from(window.0) >= first;
        let value = Summary::new(record).value_where(&threshold.metric, in_stretch)?;
        let samples = value.samples();
        if samples < self.min_samples.max(1) {
            return None;
        }
        let observed = value.read(threshold.aggregation)?;
        let is_met = threshold.comparison.holds(observed, threshold.bound);
        is_met.then(|| Trip {
            guardrail,
            observed: format!("{observed:.3} (n = {samples})"),
        })
    }
}

/// The first of the windows at the end that are all calm, or all not.
fn first_of_stretch(windows: &[Window]) -> usize {
    let is_calm = windows.last().is_none_or(|last| last.active.is_empty());
    let other = windows
        .iter()
        .rposition(|window| window.active.is_empty() != is_calm);
    other.map_or(0, |other| other + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_begins_where_calm_and_faults_change() {
        let windows = |active: &[&[u16]]| -> Vec<Window> {
            let windows = active.iter().map(|active| Window {
                active: active.to_vec(),
                ..Window::default()
            });
            windows.collect()
        };
        assert_eq!(first_of_stretch(&windows(&[&[]])), 0);
        assert_eq!(first_of_stretch(&windows(&[&[], &[0]])), 1);
        assert_eq!(first_of_stretch(&windows(&[&[], &[0], &[0, 1], &[1]])), 1);
        assert_eq!(first_of_stretch(&windows(&[&[], &[0], &[]])), 2);
    }
}
