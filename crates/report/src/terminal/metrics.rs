//! Metrics of the whole run, in the look and under the names that k6 users know. The JSON report
//! has all of them; here stand those that people read.

use rtest_core::metric::{MetricContents, MetricSelector};
use rtest_core::threshold::Aggregation;
use rtest_metrics::record::ScenarioEntry;
use rtest_metrics::summary::{Metric, Value};
use rtest_metrics::{RunRecord, Summary};

use super::generator;
use super::style::{Ink, Style};
use super::table::cut;
use crate::number::{bytes, count, counted, ms, percent, plain, rate, share};
use crate::visible::one_line;

/// Columns of the name and its dots.
const NAME: usize = 22;

/// Metrics of the suite's own listed at most; the HTML report has the rest.
const OWN: usize = 20;

/// Samples of which one lies beyond the 99.9th percentile.
const THOUSAND: u64 = 1000;

const TRENDS: [&str; 4] = [
    "http_req_duration",
    "http_req_service_time",
    "http_req_waiting",
    "schedule_lag",
];

const SINGLES: [&str; 6] = [
    "http_reqs",
    "http_req_failed",
    "checks",
    "contract_violations",
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
            let text = percentiles(&trend, MetricContents::Time, style);
            line(out, name, &text, style);
        }
    }
    for name in SINGLES {
        let contents = summary.metric(name).map(|metric| metric.contents);
        let value = value(name).filter(|value| value.samples() > 0);
        if let Some(text) = value
            .zip(contents)
            .and_then(|(value, of)| single(&value, of))
        {
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
    own(out, summary, style);
}

/// Metrics of the suite's own.
fn own(out: &mut String, summary: Summary<'_>, style: Style) {
    let all = summary.own_metrics();
    let shown: Vec<(Metric<'_>, Value)> = all
        .filter_map(|own| {
            let value = summary.value(&MetricSelector::whole(own.name))?;
            Some((own, value))
        })
        .collect();
    if !shown.is_empty() {
        out.push('\n');
    }
    for (own, value) in shown.iter().take(OWN) {
        let text = match value {
            _ if value.samples() == 0 => "nothing was added".to_owned(),
            Value::Trend(_) => percentiles(value, own.contents, style),
            _ => single(value, own.contents).unwrap_or_default(),
        };
        line(
            out,
            &cut(&one_line(own.name), style.at_most(NAME)),
            &text,
            style,
        );
    }
    if let Some(more) = shown.len().checked_sub(OWN).filter(|more| *more > 0) {
        out.push_str(&format!("  … {}\n", counted(more as u64, "more metric")));
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
fn percentiles(trend: &Value, contents: MetricContents, style: Style) -> String {
    let mut shown = vec![
        ("p50", Aggregation::Med),
        ("p90", Aggregation::Percentile(90.0)),
        ("p95", Aggregation::Percentile(95.0)),
        ("p99", Aggregation::Percentile(99.0)),
        ("p99.9", Aggregation::Percentile(99.9)),
        ("max", Aggregation::Max),
    ];
    // Of fewer, not one lies beyond it: it is the maximum by another name.
    if trend.samples() < THOUSAND {
        shown.retain(|(name, _)| *name != "p99.9");
    }
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
            let read = trend.read(aggregation);
            let text = read.map_or("–".to_owned(), |value| match contents {
                MetricContents::Time => k6_time(value),
                MetricContents::Share => share(value),
                MetricContents::Default | MetricContents::Data => plain(value),
            });
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

/// A metric that is one number; `None` for a distribution.
fn single(value: &Value, contents: MetricContents) -> Option<String> {
    let number = |value: f64| match contents {
        MetricContents::Default => plain(value),
        MetricContents::Time => k6_time(value),
        MetricContents::Data => bytes(value as u64),
        MetricContents::Share => share(value),
    };
    Some(match value {
        Value::Trend(_) => return None,
        Value::Rate { trues, total } => format!(
            "{}  {} of {}",
            percent(*trues, *total),
            count(*trues),
            count(*total)
        ),
        Value::Counter {
            count: sum,
            seconds,
        } if contents == MetricContents::Default => {
            format!("{}  {}", number(*sum), rate(*sum, *seconds))
        }
        Value::Counter {
            count: sum,
            seconds,
        } => {
            let per_second = if *seconds > 0.0 { sum / seconds } else { 0.0 };
            format!("{}  {}/s", number(*sum), number(per_second))
        }
        Value::Level(None) => "–".to_owned(),
        Value::Level(Some(sampled)) => format!(
            "{}  min={} max={}",
            number(sampled.avg),
            number(sampled.level.min),
            number(sampled.level.max)
        ),
        Value::Gauge(level) => match level {
            Some(level) => format!(
                "{}  min={} max={}",
                number(level.value),
                number(level.min),
                number(level.max)
            ),
            None => "–".to_owned(),
        },
    })
}
