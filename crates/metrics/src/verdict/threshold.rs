use rtest_core::metric::{MetricKind, builtin_metric};
use rtest_core::threshold::{Aggregation, Threshold};

use super::{Evidence, Gate, GateKind, GateStatus};
use crate::record::SpanRecord;
use crate::run_record::RunRecord;
use crate::summary::{Summary, Value};

/// Each threshold is a gate.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let summary = Summary::new(record);
    let planned = record.header.load.iter().flat_map(|load| &load.thresholds);
    planned
        .map(|planned| match Threshold::parse_line(&planned.threshold) {
            Ok(threshold) => {
                let value = summary.value(&threshold.metric);
                gate(
                    GateKind::Threshold,
                    &planned.threshold,
                    &threshold,
                    value,
                    &planned.span,
                )
            }
            Err(_) => unreadable(GateKind::Threshold, &planned.threshold, &planned.span),
        })
        .collect()
}

/// Whether some threshold judges this metric, or a part of it.
pub(super) fn judges_some(record: &RunRecord, metric: &str) -> bool {
    let planned = record.header.load.iter().flat_map(|load| &load.thresholds);
    planned
        .filter_map(|planned| Threshold::parse_line(&planned.threshold).ok())
        .any(|threshold| threshold.metric.name == metric)
}

/// Whether some threshold judges the whole of this metric; one on a part of it does not.
pub(super) fn judges(record: &RunRecord, metric: &str) -> bool {
    let planned = record.header.load.iter().flat_map(|load| &load.thresholds);
    planned
        .filter_map(|planned| Threshold::parse_line(&planned.threshold).ok())
        .any(|threshold| threshold.metric.name == metric && threshold.metric.tags.is_empty())
}

/// The gate of a threshold, held against a value.
pub(super) fn gate(
    kind: GateKind,
    name: &str,
    threshold: &Threshold,
    value: Option<Value>,
    span: &SpanRecord,
) -> Gate {
    let evaluation = evaluate(threshold, value.as_ref());
    Gate {
        kind,
        name: name.to_owned(),
        status: evaluation.status,
        expected: format!("{} {}", threshold.aggregation, show_bound(threshold)),
        observed: evaluation.observed,
        evidence: evaluation.reason.iter().map(Evidence::plain).collect(),
        span: Some(span.clone()),
        rests_on_load: true,
    }
}

/// The gate of a threshold that a newer or damaged record holds.
pub(super) fn unreadable(kind: GateKind, name: &str, span: &SpanRecord) -> Gate {
    Gate {
        kind,
        name: name.to_owned(),
        status: GateStatus::Failed,
        expected: "a threshold that this rtest can read".to_owned(),
        observed: "it cannot".to_owned(),
        evidence: Vec::new(),
        span: Some(span.clone()),
        rests_on_load: false,
    }
}

/// How a threshold came out.
#[derive(Clone, Debug, PartialEq)]
struct Evaluation {
    status: GateStatus,
    /// `412.3 ms of 3998 samples`.
    observed: String,
    /// Why, where the numbers do not say it.
    reason: Option<String>,
}

/// Holds a value against a threshold.
///
/// Without samples the gate fails: what was not measured was not met. A bound that is met, but on
/// fewer than `10 / (1 − q)` samples of a quantile `q`, is inconclusive: ten samples or fewer lie
/// beyond it, and one of them decides.
fn evaluate(threshold: &Threshold, value: Option<&Value>) -> Evaluation {
    let samples = value.map_or(0, Value::samples);
    let Some(number) = value.and_then(|value| value.read(threshold.aggregation)) else {
        return Evaluation {
            status: GateStatus::Failed,
            observed: "no samples".to_owned(),
            reason: Some("nothing was measured, so nothing was met".to_owned()),
        };
    };
    let shown = show(threshold, number);
    let observed = match builtin_metric(&threshold.metric.name).map(|metric| metric.kind) {
        Some(MetricKind::Trend | MetricKind::Rate) => format!("{shown} (n = {samples})"),
        _ => shown,
    };
    if !threshold.comparison.holds(number, threshold.bound) {
        return Evaluation {
            status: GateStatus::Failed,
            observed,
            reason: None,
        };
    }
    let needed = threshold
        .aggregation
        .quantile()
        .map_or(1, |q| (10.0 / (1.0 - q).max(1e-6)).ceil() as u64);
    if samples < needed && threshold.aggregation.quantile().is_some() {
        let reason = format!(
            "{} of {samples} samples rests on too few values; it needs {needed}",
            threshold.aggregation
        );
        return Evaluation {
            status: GateStatus::Inconclusive,
            observed,
            reason: Some(reason),
        };
    }
    Evaluation {
        status: GateStatus::Passed,
        observed,
        reason: None,
    }
}

/// The bound, with its comparison and unit: `< 300 ms`.
fn show_bound(threshold: &Threshold) -> String {
    format!(
        "{} {}",
        threshold.comparison.symbol(),
        show(threshold, threshold.bound)
    )
}

/// A number with the unit of what the threshold reads.
fn show(threshold: &Threshold, number: f64) -> String {
    let kind = builtin_metric(&threshold.metric.name).map(|metric| metric.kind);
    match (kind, threshold.aggregation) {
        (Some(MetricKind::Trend), Aggregation::Count) => format!("{number}"),
        (Some(MetricKind::Trend), _) => format!("{} ms", significant(number)),
        (Some(MetricKind::Rate), _) => format!("{} %", significant(number * 100.0)),
        (Some(MetricKind::Counter), Aggregation::Rate) => format!("{}/s", significant(number)),
        _ => significant(number),
    }
}

/// Enough digits to tell values apart, none for show: 412.3, 7.31, 0.0312, 12000.
fn significant(number: f64) -> String {
    let magnitude = number.abs();
    let text = if magnitude >= 1000.0 || magnitude == 0.0 {
        format!("{number:.0}")
    } else if magnitude >= 100.0 {
        format!("{number:.1}")
    } else if magnitude >= 1.0 {
        format!("{number:.2}")
    } else {
        format!("{number:.4}")
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::Histogram;
    use std::time::Duration;

    fn threshold(text: &str) -> Threshold {
        Threshold::parse_line(text).expect(text)
    }

    fn trend(millis: impl IntoIterator<Item = u64>) -> Value {
        let mut histogram = Histogram::default();
        for value in millis {
            histogram.record(Duration::from_millis(value));
        }
        Value::Trend(histogram)
    }

    #[test]
    fn no_samples_fail_whatever_the_bound() {
        for text in [
            "p(95)<300",
            "p(95)>0",
            "http_req_failed rate<0.01",
            "checks rate>=0",
        ] {
            let empty = match threshold(text).metric.name.as_str() {
                "http_req_duration" => trend([]),
                _ => Value::Rate { trues: 0, total: 0 },
            };
            assert_eq!(
                evaluate(&threshold(text), Some(&empty)).status,
                GateStatus::Failed,
                "{text}"
            );
            assert_eq!(
                evaluate(&threshold(text), None).status,
                GateStatus::Failed,
                "{text}"
            );
        }
    }

    #[test]
    fn a_met_percentile_of_too_few_samples_is_inconclusive_an_unmet_one_fails() {
        let few = trend(1..=100);
        assert_eq!(
            evaluate(&threshold("p(99)<300"), Some(&few)).status,
            GateStatus::Inconclusive
        );
        assert_eq!(
            evaluate(&threshold("p(99)<50"), Some(&few)).status,
            GateStatus::Failed
        );
        assert_eq!(
            evaluate(&threshold("max<300"), Some(&few)).status,
            GateStatus::Passed
        );
        let enough = trend((0..1000).map(|i| i % 100 + 1));
        assert_eq!(
            evaluate(&threshold("p(99)<300"), Some(&enough)).status,
            GateStatus::Passed
        );
        let one_less = trend((0..999).map(|i| i % 100 + 1));
        assert_eq!(
            evaluate(&threshold("p(99)<300"), Some(&one_less)).status,
            GateStatus::Inconclusive
        );
    }

    #[test]
    fn observed_values_carry_their_unit() {
        let value = Value::Rate {
            trues: 3,
            total: 4000,
        };
        let evaluation = evaluate(&threshold("http_req_failed rate<0.001"), Some(&value));
        assert_eq!(evaluation.observed, "0.075 % (n = 4000)");
        assert_eq!(
            show_bound(&threshold("http_req_failed rate<0.001")),
            "< 0.1 %"
        );
        assert_eq!(show_bound(&threshold("p(95)<300")), "< 300 ms");
        let counter = Value::Counter {
            count: 500,
            seconds: 4.0,
        };
        assert_eq!(
            evaluate(&threshold("http_reqs rate>100"), Some(&counter)).observed,
            "125/s"
        );
    }
}
