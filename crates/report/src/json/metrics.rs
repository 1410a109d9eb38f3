use rtest_core::Histogram;
use rtest_core::metric::{BUILTIN_METRICS, MetricSelector};
use rtest_core::threshold::Aggregation;
use rtest_metrics::summary::{Metric, Value as Measured};
use rtest_metrics::{Gate, GateKind, GateStatus, RunRecord, Summary, Verdict};
use serde_json::{Map, Value, json};

use super::summary::rounded;

/// What is read of every distribution.
const TREND_STATS: [Aggregation; 9] = [
    Aggregation::Avg,
    Aggregation::Min,
    Aggregation::Med,
    Aggregation::Max,
    Aggregation::Percentile(90.0),
    Aggregation::Percentile(95.0),
    Aggregation::Percentile(99.0),
    Aggregation::Percentile(99.9),
    Aggregation::Count,
];

/// The names of what is read of every distribution, as k6's option of that name lists them.
pub(super) fn trend_stats() -> Vec<String> {
    TREND_STATS.iter().map(ToString::to_string).collect()
}

/// Every metric of the run, the suite's own, then the parts of metrics that thresholds select by
/// tags.
pub(super) fn all(record: &RunRecord, verdict: &Verdict) -> Map<String, Value> {
    let summary = Summary::new(record);
    let mut metrics = Map::new();
    let builtin = BUILTIN_METRICS
        .iter()
        .filter_map(|it| summary.metric(it.name));
    for metric in builtin.chain(summary.own_metrics()) {
        let selector = MetricSelector::whole(metric.name);
        let value = summary.value(&selector);
        // As in k6, a run without groups has no such metric.
        let needs_samples = ["contract_violations", "group_duration"].contains(&metric.name);
        let is_there = |value: &Measured| !needs_samples || value.samples() > 0;
        if let Some(value) = value.filter(is_there) {
            metrics.insert(selector.to_string(), shape(metric, &value));
        }
    }
    let Some(load) = &record.header.load else {
        return metrics;
    };
    for header in &load.thresholds {
        // One that this rtest cannot read is a failed gate under `rtest`, and no metric.
        let Ok(threshold) = load.threshold(&header.threshold) else {
            continue;
        };
        let selector = &threshold.metric;
        let Some(metric) = summary.metric(&selector.name) else {
            continue;
        };
        let shaped = metrics.entry(selector.to_string()).or_insert_with(|| {
            let value = summary.value(selector);
            // k6 shows those that have thresholds also where there are no samples.
            shape(
                metric,
                &value.unwrap_or_else(|| Measured::nothing(metric.kind)),
            )
        });
        let gate = verdict
            .gates
            .iter()
            .find(|gate| is_of(gate, &header.threshold));
        // A part's thresholds are judged when the parts are merged.
        if gate.is_none() && record.header.shard.is_some() {
            continue;
        }
        let ok = gate.is_some_and(|gate| gate.status != GateStatus::Failed);
        if let Some(shaped) = shaped.as_object_mut() {
            shaped
                .entry("thresholds")
                .or_insert_with(|| json!({}))
                .as_object_mut()
                .map(|thresholds| thresholds.insert(threshold.expression(), json!({ "ok": ok })));
        }
    }
    metrics
}

fn is_of(gate: &Gate, threshold: &str) -> bool {
    gate.kind == GateKind::Threshold && gate.name == threshold
}

fn shape(metric: Metric<'_>, value: &Measured) -> Value {
    json!({
        "type": metric.kind.name(),
        "contains": metric.contents.name(),
        "values": values(value),
    })
}

fn values(value: &Measured) -> Value {
    let read = |aggregation| number(value.read(aggregation).unwrap_or(0.0));
    let rate = || rounded(value.read(Aggregation::Rate).unwrap_or(0.0));
    match value {
        Measured::Counter { .. } => json!({ "count": read(Aggregation::Count), "rate": rate() }),
        // The mean of a level stands under `rtest`: k6's gauges have none.
        Measured::Gauge(_) | Measured::Level(_) => json!({
            "value": read(Aggregation::Value),
            "min": read(Aggregation::Min),
            "max": read(Aggregation::Max),
        }),
        Measured::Rate { trues, total } => json!({
            "rate": rate(),
            "passes": trues,
            "fails": total.saturating_sub(*trues),
        }),
        Measured::Trend(histogram) => trend(histogram),
    }
}

/// A count without a fraction where it has none.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        json!(rounded(value))
    }
}

/// A distribution, in milliseconds mostly, under k6's names; zeros where it is empty, as k6 has it.
pub(super) fn trend(histogram: &Histogram) -> Value {
    let value = Measured::Trend(histogram.clone());
    let mut stats = Map::new();
    for aggregation in TREND_STATS {
        let stat = match aggregation {
            Aggregation::Count => json!(histogram.len()),
            _ => json!(rounded(value.read(aggregation).unwrap_or(0.0))),
        };
        stats.insert(aggregation.to_string(), stat);
    }
    Value::Object(stats)
}
