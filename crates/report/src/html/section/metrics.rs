use rtest_core::metric::{MetricContents, MetricSelector};
use rtest_core::threshold::Aggregation;
use rtest_metrics::summary::{Metric, Value};

use super::load::quantile;
use crate::groups::GroupRow;
use crate::html::context::Context;
use crate::html::markup::Heading::{self, Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{bytes, count, counted, ms, percent, plain, share};

/// Groups and metrics shown at most.
const SHOWN: usize = 200;

/// What the time of a request is made of, in its order; the last is the sum of the three before it.
const PHASES: [&str; 8] = [
    "http_req_blocked",
    "http_req_looking_up",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
    "http_req_service_time",
];

/// What a distribution is read at.
const READ: [Aggregation; 5] = [
    Aggregation::Avg,
    Aggregation::Percentile(50.0),
    Aggregation::Percentile(95.0),
    Aggregation::Percentile(99.0),
    Aggregation::Max,
];

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let requests = context.stretches.last()?.numbers.requests;
    if context.nothing_ran() || requests == 0 {
        return None;
    }
    let mut out = String::new();
    own(&mut out, context);
    groups(&mut out, context);
    phases(&mut out, context);
    Some(out)
}

/// Metrics of the suite's own.
fn own(out: &mut String, context: &Context<'_>) {
    let all: Vec<(Metric<'_>, Value)> = context
        .summary
        .own_metrics()
        .filter_map(|own| {
            let value = context.summary.value(&MetricSelector::whole(own.name))?;
            Some((own, value))
        })
        .collect();
    if all.is_empty() {
        return;
    }
    let (trends, others): (Vec<_>, Vec<_>) = all
        .iter()
        .take(SHOWN)
        .partition(|(_, value)| matches!(value, Value::Trend(_)));
    out.push_str("<h3>Metrics of the suite’s own</h3>\n");
    if !others.is_empty() {
        let rows: String = others.into_iter().map(level).collect();
        out.push_str(&table(
            "Counters, gauges and rates of the suite’s own",
            &[
                Words("Metric"),
                Words("Kind"),
                Number("Value"),
                Words("What that is"),
            ],
            &rows,
        ));
    }
    if !trends.is_empty() {
        let rows: String = trends
            .into_iter()
            .map(|(own, value)| trend(own.name, own.contents, value))
            .collect();
        out.push_str(&table(
            "Trends of the suite’s own",
            &trend_headings("Trend"),
            &rows,
        ));
    }
    more(out, all.len(), "metric");
}

fn trend_headings(what: &str) -> [Heading<'_>; 7] {
    [
        Words(what),
        Number("Values"),
        Number("avg"),
        Number("p50"),
        Number("p95"),
        Number("p99"),
        Number("max"),
    ]
}

/// A row of a distribution; of one without values, dashes.
fn trend(name: &str, contents: MetricContents, value: &Value) -> String {
    let cells: String = READ
        .iter()
        .map(|aggregation| {
            let text = match (value.read(*aggregation), contents) {
                (None, _) => "–".to_owned(),
                (Some(read), MetricContents::Time) => ms(read),
                (Some(read), _) => plain(read),
            };
            format!("<td class=\"num\">{text}</td>")
        })
        .collect();
    let unit = match contents {
        MetricContents::Time => " <span class=\"faint\">ms</span>",
        MetricContents::Default | MetricContents::Data | MetricContents::Share => "",
    };
    format!(
        "<tr><th scope=\"row\">{}{unit}</th><td class=\"num\">{}</td>{cells}</tr>\n",
        esc(name),
        count(value.samples())
    )
}

/// A row of a metric that is one number.
fn level((own, value): &(Metric<'_>, Value)) -> String {
    let number = |value: f64| match own.contents {
        MetricContents::Default => plain(value),
        MetricContents::Time => format!("{} ms", ms(value)),
        MetricContents::Data => bytes(value as u64),
        MetricContents::Share => share(value),
    };
    let (shown, meaning) = match value {
        Value::Counter {
            count: sum,
            seconds,
        } => {
            let rate = if *seconds > 0.0 { sum / seconds } else { 0.0 };
            (number(*sum), format!("{}/s", number(rate)))
        }
        Value::Gauge(Some(level)) => (
            number(level.value),
            format!(
                "the latest; between {} and {}",
                number(level.min),
                number(level.max)
            ),
        ),
        Value::Level(Some(sampled)) => (
            number(sampled.avg),
            format!(
                "the mean; between {} and {}",
                number(sampled.level.min),
                number(sampled.level.max)
            ),
        ),
        Value::Rate { trues, total } if *total > 0 => (
            percent(*trues, *total),
            format!("{} of {}", count(*trues), count(*total)),
        ),
        _ => ("–".to_owned(), "nothing was added".to_owned()),
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"faint\">{}</td>\
         <td class=\"num strong\">{}</td><td class=\"faint\">{}</td></tr>\n",
        esc(own.name),
        own.kind.name(),
        esc(&shown),
        esc(&meaning)
    )
}

fn groups(out: &mut String, context: &Context<'_>) {
    let rows = GroupRow::all(context.record);
    if rows.is_empty() {
        return;
    }
    let cells: String = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            format!(
                "<tr><th scope=\"row\"><span style=\"padding-left:{}em\">{}</span></th>\
                 <td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num strong\">{}</td>\
                 <td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
                row.depth() * 2,
                esc(row.name()),
                count(row.duration.len()),
                quantile(&row.duration, 0.5),
                quantile(&row.duration, 0.95),
                quantile(&row.duration, 0.99),
                quantile(&row.duration, 1.0),
            )
        })
        .collect();
    out.push_str("<h3>Groups</h3>\n");
    out.push_str(&table(
        "Durations of groups, think time included, in milliseconds",
        &[
            Words("Group, ms, think time included"),
            Number("Times"),
            Number("p50"),
            Number("p95"),
            Number("p99"),
            Number("max"),
        ],
        &cells,
    ));
    more(out, rows.len(), "group");
}

/// Where the time of a request went. Those that took none in any request are left out.
fn phases(out: &mut String, context: &Context<'_>) {
    let rows: String = PHASES
        .iter()
        .filter_map(|name| {
            let value = context.summary.value(&MetricSelector::whole(*name))?;
            let longest = value.read(Aggregation::Max).unwrap_or(0.0);
            (longest > 0.0).then(|| trend(name, MetricContents::Time, &value))
        })
        .collect();
    out.push_str("<h3>Where the time of a request goes</h3>\n");
    out.push_str(&table(
        "Phases of requests",
        &trend_headings("Phase"),
        &rows,
    ));
}

fn more(out: &mut String, all: usize, noun: &str) {
    if let Some(more) = all.checked_sub(SHOWN).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p class=\"more\">… and {}.</p>\n",
            counted(more as u64, &format!("more {noun}"))
        ));
    }
}
