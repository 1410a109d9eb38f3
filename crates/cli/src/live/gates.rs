use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::metric::{MetricContents, MetricKind};
use rtest_core::plan::LoadPlan;
use rtest_core::threshold::{Aggregation, Comparison, Threshold};
use rtest_metrics::{RunRecord, Summary};

/// Between two looks at the thresholds: reading them takes merging every series.
const EVERY: Duration = Duration::from_secs(1);

/// The thresholds of a load with their present values.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    gates: Vec<Gate>,
    looked: Option<RunTime>,
}

/// A threshold with its present value.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) threshold: Threshold,
    /// What it reads over the whole run; `None` where there are no samples yet.
    pub(crate) present: Option<f64>,
    /// What the metric holds and what its values are, once that was looked up.
    pub(crate) of: Option<(MetricKind, MetricContents)>,
}

impl Gate {
    /// Whether it would hold, if the run ended now. `None` where that says nothing yet: without
    /// samples, or where a number still grows towards its bound.
    pub(crate) fn holds(&self) -> Option<bool> {
        let Threshold {
            comparison, bound, ..
        } = self.threshold;
        let holds = comparison.holds(self.present?, bound);
        let grows = self.threshold.aggregation == Aggregation::Count
            && matches!(
                comparison,
                Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Equal
            );
        (holds || !grows).then_some(holds)
    }
}

impl Gates {
    /// Those of this load.
    pub(crate) fn of(load: &LoadPlan) -> Self {
        let planned = load.thresholds.iter();
        let gates = planned.map(|planned| Gate {
            threshold: planned.threshold.clone(),
            present: None,
            of: None,
        });
        Self {
            gates: gates.collect(),
            looked: None,
        }
    }

    /// Reads their values again, if it is time.
    pub(crate) fn look(&mut self, at: RunTime, record: &RunRecord) {
        let recently = |looked: RunTime| at.since(looked) < EVERY;
        if self.gates.is_empty() || self.looked.is_some_and(recently) {
            return;
        }
        self.looked = Some(at);
        let summary = Summary::new(record);
        for gate in &mut self.gates {
            let metric = summary.metric(&gate.threshold.metric.name);
            gate.of = metric.map(|metric| (metric.kind, metric.contents));
            let value = summary.value(&gate.threshold.metric);
            gate.present = value.and_then(|value| value.read(gate.threshold.aggregation));
        }
    }

    /// In the plan's order.
    pub(crate) fn all(&self) -> &[Gate] {
        &self.gates
    }

    /// Those that would not hold now come first.
    pub(crate) fn worst_first(&self) -> Vec<&Gate> {
        let mut gates: Vec<&Gate> = self.gates.iter().collect();
        gates.sort_by_key(|gate| gate.holds() != Some(false));
        gates
    }

    /// Whether one of them would not hold now.
    pub(crate) fn some_fail(&self) -> bool {
        self.gates.iter().any(|gate| gate.holds() == Some(false))
    }
}
