use rtest_core::Histogram;
use rtest_core::metric::{BUILTIN_METRICS, MetricKind, MetricSelector, builtin_metric};
use rtest_core::threshold::{Aggregation, Threshold};
use rtest_metrics::summary::Value as Measured;
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

/// Every metric of the run, then the parts of metrics that thresholds select by tags.
pub(super) fn all(record: &RunRecord, verdict: &Verdict) -> Map<String, Value> {
    let summary = Summary::new(record);
    let mut metrics = Map::new();
    for metric in BUILTIN_METRICS {
        let selector = MetricSelector::whole(metric.name);
        if let Some(value) = summary.value(&selector) {
            metrics.insert(selector.to_string(), shape(metric.name, &value));
        }
    }
    let headers = record.header.load.iter().flat_map(|load| &load.thresholds);
    for header in headers {
        // One that this rtest cannot read is a failed gate under `rtest`, and no metric.
        let Ok(threshold) = Threshold::parse_line(&header.threshold) else {
            continue;
        };
        let selector = &threshold.metric;
        let metric = metrics.entry(selector.to_string()).or_insert_with(|| {
            let value = summary.value(selector);
            shape(
                &selector.name,
                &value.unwrap_or_else(|| nothing(&selector.name)),
            )
        });
        let ok = verdict
            .gates
            .iter()
            .any(|gate| is_of(gate, &header.threshold) && gate.status != GateStatus::Failed);
        if let Some(metric) = metric.as_object_mut() {
            metric
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

fn shape(name: &str, value: &Measured) -> Value {
    json!({
        "type": kind(value),
        "contains": contains(name, value),
        "values": values(value),
    })
}

fn kind(value: &Measured) -> &'static str {
    match value {
        Measured::Counter { .. } => MetricKind::Counter,
        Measured::Gauge { .. } => MetricKind::Gauge,
        Measured::Rate { .. } => MetricKind::Rate,
        Measured::Trend(_) => MetricKind::Trend,
    }
    .name()
}

/// k6's word for the unit.
fn contains(name: &str, value: &Measured) -> &'static str {
    match value {
        Measured::Trend(_) => "time",
        _ if name.starts_with("data_") => "data",
        _ => "default",
    }
}

fn values(value: &Measured) -> Value {
    let read = |aggregation| rounded(value.read(aggregation).unwrap_or(0.0));
    match value {
        Measured::Counter { count, .. } => {
            json!({ "count": count, "rate": read(Aggregation::Rate) })
        }
        Measured::Gauge { max } => {
            json!({ "value": max, "min": read(Aggregation::Min), "max": max })
        }
        Measured::Rate { trues, total } => json!({
            "rate": read(Aggregation::Rate),
            "passes": trues,
            "fails": total.saturating_sub(*trues),
        }),
        Measured::Trend(histogram) => trend(histogram),
    }
}

/// A distribution in milliseconds, under k6's names; zeros where it is empty, as k6 has it.
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

/// The value of a metric of which there are no samples: k6 shows those that have thresholds.
fn nothing(name: &str) -> Measured {
    match builtin_metric(name).map(|metric| metric.kind) {
        Some(MetricKind::Counter) => Measured::Counter {
            count: 0,
            seconds: 0.0,
        },
        Some(MetricKind::Gauge) => Measured::Gauge { max: 0 },
        Some(MetricKind::Rate) => Measured::Rate { trues: 0, total: 0 },
        Some(MetricKind::Trend) | None => Measured::Trend(Histogram::default()),
    }
}
