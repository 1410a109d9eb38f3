//! Metrics of the whole run, in the look and under the names that k6 users know. The JSON report
//! has all of them; here stand those that people read.

use rtest_core::metric::MetricSelector;
use rtest_core::threshold::Aggregation;
use rtest_metrics::record::ScenarioEntry;
use rtest_metrics::summary::Value;
use rtest_metrics::{RunRecord, Summary};

use super::generator;
use super::style::{Ink, Style};
use super::table::cut;
use crate::number::{bytes, count, ms, percent, rate};

/// Columns of the name and its dots.
const NAME: usize = 22;

const TRENDS: [&str; 4] = [
    "http_req_duration",
    "http_req_service_time",
    "http_req_waiting",
    "schedule_lag",
];

const SINGLES: [&str; 5] = [
    "http_reqs",
    "http_req_failed",
    "checks",
    "data_received",
    "data_sent",
];

pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    let Some(load) = &record.load else {
        return;
    };
    let summary = Summary::new(record);
    let value = |name: &str| summary.value(&MetricSelector::whole(name));
    out.push('\n');
    for name in TRENDS {
        if let Some(trend) = value(name).filter(|value| value.samples() > 0) {
            line(out, name, &percentiles(&trend, style), style);
        }
    }
    for name in SINGLES {
        if let Some(text) = value(name).and_then(|value| single(&value, name)) {
            line(out, name, &text, style);
        }
    }
    let sum = |of: fn(&ScenarioEntry) -> u64| {
        let all = load.scenarios.iter().map(|total| of(&total.counters));
        count(all.sum())
    };
    let iterations = format!(
        "{} of {} offered, {} late, {} dropped, {} cut off",
        sum(|counters| counters.completed),
        sum(|counters| counters.offered),
        sum(|counters| counters.late),
        sum(|counters| counters.dropped),
        sum(|counters| counters.interrupted),
    );
    line(out, "iterations", &iterations, style);
    let vus = format!(
        "{} at most, of {} made",
        sum(|counters| counters.vus),
        sum(|counters| counters.vus_max)
    );
    line(out, "vus", &vus, style);
    if let Some(health) = generator::health(record) {
        line(out, "generator", &health, style);
    }
}

fn line(out: &mut String, name: &str, text: &str, style: Style) {
    let dots = ".".repeat(NAME.saturating_sub(name.len()));
    out.push_str(&format!(
        "  {name}{}: {}\n",
        style.paint(Ink::Faint, &dots),
        cut(text, room(style))
    ));
}

/// Columns beside the name.
fn room(style: Style) -> usize {
    style.columns().saturating_sub(NAME + 4)
}

/// As many percentiles as the terminal is wide; those that people gate on go last.
fn percentiles(trend: &Value, style: Style) -> String {
    let mut shown = vec![
        ("p50", Aggregation::Med),
        ("p90", Aggregation::Percentile(90.0)),
        ("p95", Aggregation::Percentile(95.0)),
        ("p99", Aggregation::Percentile(99.0)),
        ("p99.9", Aggregation::Percentile(99.9)),
        ("max", Aggregation::Max),
    ];
    for spare in ["p99.9", "p90", "p50"] {
        // `p99=` and seven columns of its value, and a space.
        let width: usize = shown.iter().map(|(name, _)| name.len() + 9).sum();
        if width > room(style) {
            shown.retain(|(name, _)| *name != spare);
        }
    }
    let shown: Vec<String> = shown
        .into_iter()
        .map(|(name, aggregation)| {
            let text = trend.read(aggregation).map_or("–".to_owned(), k6_time);
            format!("{name}={text:<7}")
        })
        .collect();
    shown.join(" ").trim_end().to_owned()
}

/// A duration as k6 writes it, without a space: `430µs`, `41.2ms`, `1.20s`.
fn k6_time(value: f64) -> String {
    if value >= 1000.0 {
        format!("{}s", ms(value / 1000.0))
    } else if value >= 1.0 || value == 0.0 {
        format!("{}ms", ms(value))
    } else {
        format!("{}µs", (value * 1000.0).round())
    }
}

/// A metric that is one number; `None` where it has no samples, and for a distribution.
fn single(value: &Value, name: &str) -> Option<String> {
    Some(match value {
        Value::Trend(_) | Value::Rate { total: 0, .. } | Value::Counter { count: 0, .. } => {
            return None;
        }
        Value::Rate { trues, total } => format!(
            "{}  {} of {}",
            percent(*trues, *total),
            count(*trues),
            count(*total)
        ),
        Value::Counter {
            count: sum,
            seconds,
        } if name.starts_with("data_") => {
            let per_second = if *seconds > 0.0 {
                (*sum as f64 / seconds) as u64
            } else {
                0
            };
            format!("{}  {}/s", bytes(*sum), bytes(per_second))
        }
        Value::Counter {
            count: sum,
            seconds,
        } => format!("{}  {}", count(*sum), rate(*sum, *seconds)),
        Value::Gauge { max } => count(*max),
    })
}
