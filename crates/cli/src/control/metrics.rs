use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::metric::{BUILTIN_METRICS, MetricKind, MetricSelector};
use rtest_core::threshold::{Aggregation, Threshold};
use rtest_metrics::{RunRecord, Summary};
use serde_json::{Map, Value, json};

/// Between two looks at the record.
const EVERY: Duration = Duration::from_secs(1);

/// The metrics as they were a moment ago, for whoever asks. Taken from the record where that is
/// folded: nobody waits for anybody.
#[derive(Debug, Default)]
pub(crate) struct Published {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    looked: Option<RunTime>,
    /// By id: a metric's name, with the tags of those that thresholds select.
    metrics: Vec<(String, Value)>,
}

impl Published {
    /// Takes the metrics from the record, if it is time.
    pub(crate) fn look(&self, at: RunTime, record: &RunRecord) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let recently = |looked: RunTime| at.since(looked) < EVERY;
        if record.load.is_none() || state.looked.is_some_and(recently) {
            return;
        }
        state.looked = Some(at);
        state.metrics = metrics(record);
    }

    /// Every metric as k6's API has it, in the order of their names.
    pub(super) fn all(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let metrics = state.metrics.iter();
        metrics.map(|(_, metric)| metric.clone()).collect()
    }

    /// The one of this id.
    pub(super) fn one(&self, id: &str) -> Option<Value> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found = state.metrics.iter().find(|(known, _)| known == id);
        found.map(|(_, metric)| metric.clone())
    }
}

fn metrics(record: &RunRecord) -> Vec<(String, Value)> {
    let summary = Summary::new(record);
    let Some(load) = &record.header.load else {
        return Vec::new();
    };
    let lines = load.thresholds.iter();
    let thresholds: Vec<Threshold> = lines
        .filter_map(|header| load.threshold(&header.threshold).ok())
        .collect();
    let builtin = BUILTIN_METRICS.iter().map(|metric| metric.name);
    let own = summary.own_metrics().map(|metric| metric.name);
    let mut selectors: Vec<MetricSelector> =
        builtin.chain(own).map(MetricSelector::whole).collect();
    for threshold in &thresholds {
        if !selectors.contains(&threshold.metric) {
            selectors.push(threshold.metric.clone());
        }
    }
    let mut metrics = Vec::new();
    for selector in selectors {
        let Some(metric) = summary.metric(&selector.name) else {
            continue;
        };
        let Some(value) = summary.value(&selector).filter(|value| value.samples() > 0) else {
            continue;
        };
        let judged = thresholds.iter().filter(|it| it.metric == selector);
        let holds = judged.map(|threshold| {
            let number = value.read(threshold.aggregation);
            number.is_some_and(|number| threshold.comparison.holds(number, threshold.bound))
        });
        let tainted = holds
            .reduce(|all, one| all && one)
            .map(|all_hold| !all_hold);
        let sample: Map<String, Value> = sampled(metric.kind)
            .iter()
            .filter_map(|it| Some((it.to_string(), json!(value.read(*it)?))))
            .collect();
        let id = selector.to_string();
        let metric = json!({
            "type": "metrics",
            "id": id,
            "attributes": {
                "type": metric.kind.name(),
                "contains": metric.contents.name(),
                "tainted": tainted,
                "sample": sample,
            },
        });
        metrics.push((id, metric));
    }
    metrics
}

/// What k6 reads of a metric of the kind, and p(99).
const fn sampled(kind: MetricKind) -> &'static [Aggregation] {
    match kind {
        MetricKind::Counter => &[Aggregation::Count, Aggregation::Rate],
        MetricKind::Gauge => &[Aggregation::Value],
        MetricKind::Rate => &[Aggregation::Rate],
        MetricKind::Level => &[
            Aggregation::Avg,
            Aggregation::Max,
            Aggregation::Min,
            Aggregation::Value,
        ],
        MetricKind::Trend => &[
            Aggregation::Avg,
            Aggregation::Max,
            Aggregation::Med,
            Aggregation::Min,
            Aggregation::Percentile(90.0),
            Aggregation::Percentile(95.0),
            Aggregation::Percentile(99.0),
        ],
    }
}
