use rtest_core::metric::{MetricContents, MetricKind};
use rtest_core::threshold::{Aggregation, Threshold};

use super::{Evidence, Gate, GateKind, GateStatus, contract_load, usage};
use crate::number::{count, counted, plain};
use crate::record::SpanRecord;
use crate::run_record::RunRecord;
use crate::summary::{Metric, Summary, Value};

/// Each threshold is a gate.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let summary = Summary::new(record);
    let Some(load) = &record.header.load else {
        return Vec::new();
    };
    let mut gates = Vec::with_capacity(load.thresholds.len());
    for (index, planned) in load.thresholds.iter().enumerate() {
        let Ok(threshold) = load.threshold(&planned.threshold) else {
            gates.push(unreadable(
                GateKind::Threshold,
                &planned.threshold,
                &planned.span,
            ));
            continue;
        };
        let mut gate = gate(
            GateKind::Threshold,
            &planned.threshold,
            &threshold,
            summary,
            summary.value(&threshold.metric),
            &planned.span,
        );
        gate.evidence.extend(usage::evidence(summary, &threshold));
        if threshold.metric.name == contract_load::METRIC && gate.status == GateStatus::Failed {
            gate.evidence.extend(contract_load::evidence(record));
        }
        let aborted = record.aborted.as_ref();
        if let Some(abort) = aborted.filter(|abort| usize::from(abort.threshold) == index) {
            // What was read then decides: the load that would have gone on is not known.
            let shown = show(
                &threshold,
                summary.metric(&threshold.metric.name),
                abort.observed,
            );
            gate.status = GateStatus::Failed;
            gate.evidence = vec![Evidence::plain(format!(
                "ended the load at {}, when it read {shown}",
                abort.at
            ))];
        }
        gates.push(gate);
    }
    gates
}

/// Whether some threshold judges this metric, or a part of it.
pub(super) fn judges_some(record: &RunRecord, metric: &str) -> bool {
    planned(record).any(|threshold| threshold.metric.name == metric)
}

/// Whether some threshold judges the whole of this metric; one on a part of it does not.
pub(super) fn judges(record: &RunRecord, metric: &str) -> bool {
    planned(record)
        .any(|threshold| threshold.metric.name == metric && threshold.metric.tags.is_empty())
}

fn planned(record: &RunRecord) -> impl Iterator<Item = Threshold> {
    let loads = record.header.load.iter();
    loads.flat_map(|load| {
        let lines = load.thresholds.iter();
        lines.filter_map(|planned| load.threshold(&planned.threshold).ok())
    })
}

/// The gate of a threshold, held against a value.
pub(super) fn gate(
    kind: GateKind,
    name: &str,
    threshold: &Threshold,
    summary: Summary<'_>,
    value: Option<Value>,
    span: &SpanRecord,
) -> Gate {
    let metric = summary.metric(&threshold.metric.name);
    let evaluation = evaluate(threshold, metric, value.as_ref());
    Gate {
        kind,
        name: name.to_owned(),
        status: evaluation.status,
        expected: format!(
            "{} {}",
            threshold.aggregation,
            show_bound(threshold, metric)
        ),
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
fn evaluate(
    threshold: &Threshold,
    metric: Option<Metric<'_>>,
    value: Option<&Value>,
) -> Evaluation {
    let samples = value.map_or(0, Value::samples);
    let Some(number) = value.and_then(|value| value.read(threshold.aggregation)) else {
        return Evaluation {
            status: GateStatus::Failed,
            observed: "no samples".to_owned(),
            reason: Some("nothing was measured, so nothing was met".to_owned()),
        };
    };
    let shown = show(threshold, metric, number);
    let observed = match metric.map(|metric| metric.kind) {
        Some(MetricKind::Trend | MetricKind::Rate | MetricKind::Level) => {
            format!("{shown} (n = {})", count(samples))
        }
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
            "{} of {} rests on too few values; it needs {}",
            threshold.aggregation,
            counted(samples, "sample"),
            count(needed)
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
fn show_bound(threshold: &Threshold, metric: Option<Metric<'_>>) -> String {
    format!(
        "{} {}",
        threshold.comparison.symbol(),
        show(threshold, metric, threshold.bound)
    )
}

/// A number with the unit of what the threshold reads.
fn show(threshold: &Threshold, metric: Option<Metric<'_>>, number: f64) -> String {
    let Some(metric) = metric else {
        return significant(number);
    };
    match (metric.kind, threshold.aggregation) {
        (MetricKind::Trend | MetricKind::Rate, Aggregation::Count) => plain(number),
        (MetricKind::Rate, _) => format!("{} %", significant(number * 100.0)),
        (MetricKind::Counter, Aggregation::Rate) => format!("{}/s", in_unit(number, metric)),
        _ => in_unit(number, metric),
    }
}

/// With the unit of the metric's contents.
fn in_unit(number: f64, metric: Metric<'_>) -> String {
    match metric.contents {
        MetricContents::Default => significant(number),
        MetricContents::Time if number.abs() >= 1000.0 => {
            format!("{} s", trimmed(format!("{:.3}", number / 1000.0)))
        }
        MetricContents::Time if number != 0.0 && number.abs() < 1.0 => {
            format!("{} µs", significant(number * 1000.0))
        }
        MetricContents::Time => format!("{} ms", significant(number)),
        MetricContents::Share => format!("{} %", significant(number * 100.0)),
        MetricContents::Data => {
            const UNITS: [(f64, &str); 3] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
            let fitting = UNITS.iter().find(|(unit, _)| number.abs() >= *unit);
            let (unit, name) = fitting.unwrap_or(&(1.0, "B"));
            format!("{} {name}", significant(number / unit))
        }
    }
}

/// Enough digits to tell a value from its bound, none for show: 412.3, 7.31, 0.0312, 12,000.
fn significant(number: f64) -> String {
    let magnitude = number.abs();
    let text = if magnitude >= 1000.0 || magnitude == 0.0 {
        return plain(number.round());
    } else if magnitude >= 100.0 {
        format!("{number:.1}")
    } else if magnitude >= 1.0 {
        format!("{number:.2}")
    } else {
        format!("{number:.4}")
    };
    trimmed(text)
}

/// Without zeros behind its point.
fn trimmed(text: String) -> String {
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
    use rtest_core::metric::builtin_metric;
    use std::time::Duration;

    fn threshold(text: &str) -> Threshold {
        Threshold::parse_line(text).expect(text)
    }

    fn evaluate(text: &str, value: Option<&Value>) -> Evaluation {
        let threshold = threshold(text);
        super::evaluate(&threshold, metric(&threshold), value)
    }

    fn show_bound(text: &str) -> String {
        let threshold = threshold(text);
        super::show_bound(&threshold, metric(&threshold))
    }

    fn metric(threshold: &Threshold) -> Option<Metric<'_>> {
        let builtin = builtin_metric(&threshold.metric.name)?;
        Some(Metric {
            name: builtin.name,
            kind: builtin.kind,
            contents: builtin.contents,
        })
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
                evaluate(text, Some(&empty)).status,
                GateStatus::Failed,
                "{text}"
            );
            assert_eq!(evaluate(text, None).status, GateStatus::Failed, "{text}");
        }
    }

    #[test]
    fn a_met_percentile_of_too_few_samples_is_inconclusive_an_unmet_one_fails() {
        let few = trend(1..=100);
        assert_eq!(
            evaluate("p(99)<300", Some(&few)).status,
            GateStatus::Inconclusive
        );
        assert_eq!(evaluate("p(99)<50", Some(&few)).status, GateStatus::Failed);
        assert_eq!(evaluate("max<300", Some(&few)).status, GateStatus::Passed);
        let enough = trend((0..1000).map(|i| i % 100 + 1));
        assert_eq!(
            evaluate("p(99)<300", Some(&enough)).status,
            GateStatus::Passed
        );
        let one_less = trend((0..999).map(|i| i % 100 + 1));
        assert_eq!(
            evaluate("p(99)<300", Some(&one_less)).status,
            GateStatus::Inconclusive
        );
    }

    #[test]
    fn observed_values_carry_their_unit() {
        let value = Value::Rate {
            trues: 3,
            total: 4000,
        };
        let evaluation = evaluate("http_req_failed rate<0.001", Some(&value));
        assert_eq!(evaluation.observed, "0.075 % (n = 4,000)");
        assert_eq!(show_bound("http_req_failed rate<0.001"), "< 0.1 %");
        for (bound, shown) in [
            ("p(95)<300", "< 300 ms"),
            ("p(95)<0.25", "< 250 µs"),
            ("p(95)<2000", "< 2 s"),
            // What differs from its bound is not shown as it.
            ("p(95)<2004", "< 2.004 s"),
            ("count>4600", "> 4,600"),
        ] {
            assert_eq!(show_bound(bound), shown);
        }
        let counter = Value::Counter {
            count: 500.0,
            seconds: 4.0,
        };
        assert_eq!(
            evaluate("http_reqs rate>100", Some(&counter)).observed,
            "125/s"
        );
    }
}
