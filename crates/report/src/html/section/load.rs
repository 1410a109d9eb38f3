use rtest_core::Histogram;
use rtest_metrics::record::{ScenarioEntry, ScenarioHeader};

use super::load_charts::charts;
use crate::engine;
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{count, ms, percent, span_seconds};
use crate::phases::{Numbers, Stretch, StretchKind};

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let header = context.record.header.load.as_ref()?;
    if context.nothing_ran() {
        return None;
    }
    let mut out = String::new();
    scenarios(&mut out, context, &header.scenarios, &header.target);
    let requests = context
        .stretches
        .last()
        .map_or(0, |whole| whole.numbers.requests);
    let Some(timeline) = context.timeline.as_ref().filter(|_| requests > 0) else {
        out.push_str("<p class=\"nothing\">No request was sent.</p>\n");
        return Some(out);
    };
    out.push_str(&stretches(context));
    out.push_str(&charts(context, timeline));
    Some(out)
}

/// What each scenario was to do, and what became of its arrivals.
fn scenarios(out: &mut String, context: &Context<'_>, headers: &[ScenarioHeader], target: &str) {
    let totals = context.record.load.iter().flat_map(|load| &load.scenarios);
    let totals: Vec<_> = totals.collect();
    let rows: String = headers
        .iter()
        .enumerate()
        .map(|(index, header)| {
            let counters = totals.get(index).map(|total| &total.counters);
            let cell = |of: fn(&ScenarioEntry) -> u64| {
                format!(
                    "<td class=\"num\">{}</td>",
                    counters.map_or_else(|| "–".to_owned(), |counters| count(of(counters)))
                )
            };
            format!(
                "<tr><th scope=\"row\">{}</th><td>{} <span class=\"faint\">{}</span>{}</td>{}{}{}{}{}{}</tr>\n",
                esc(&header.name),
                esc(&header.description),
                esc(&header.executor),
                engine::mark(header).map_or_else(String::new, |mark| format!(
                    " <span class=\"chip doubt\">{}</span>",
                    esc(&mark)
                )),
                cell(|counters| counters.offered),
                cell(|counters| counters.started),
                cell(|counters| counters.completed),
                cell(|counters| counters.late),
                cell(|counters| counters.dropped),
                cell(|counters| counters.interrupted),
            )
        })
        .collect();
    out.push_str(&format!(
        "<p class=\"lead\">Target <code>{}</code>. Response time runs from the instant a request \
         was <em>due</em>; service time from when it was sent.</p>\n",
        esc(target)
    ));
    out.push_str(&table(
        "Scenarios and their arrivals",
        &[
            Words("Scenario"),
            Words("Plan"),
            Number("Offered"),
            Number("Started"),
            Number("Completed"),
            Number("Late"),
            Number("Dropped"),
            Number("Cut off"),
        ],
        &rows,
    ));
}

/// Before, during each fault, after.
fn stretches(context: &Context<'_>) -> String {
    let rows: String = context
        .stretches
        .iter()
        .map(|stretch| stretch_row(context, stretch))
        .collect();
    table(
        "Response time before, during and after each fault, in milliseconds",
        &[
            Words("Response time, ms"),
            Number("Seconds"),
            Number("Requests"),
            Number("Failed"),
            Number("p50"),
            Number("p95"),
            Number("p99"),
            Number("max"),
            Number("Service p95"),
        ],
        &rows,
    )
}

fn stretch_row(context: &Context<'_>, stretch: &Stretch) -> String {
    let (class, label) = match stretch.kind {
        StretchKind::During(fault) => {
            let label = context.fault_label(fault);
            let (sign, words) = label.split_once(' ').unwrap_or((&label, ""));
            (
                "fault",
                format!("<b class=\"sign\">{sign}</b> {}", esc(words)),
            )
        }
        StretchKind::Whole => ("whole", stretch.label(context.record).into_owned()),
        _ => ("", stretch.label(context.record).into_owned()),
    };
    let numbers = &stretch.numbers;
    format!(
        "<tr class=\"{class}\"><th scope=\"row\">{label}</th><td class=\"num faint\">{}</td>{}<td class=\"num\">{}</td></tr>\n",
        span_seconds(context.seconds(stretch.from), context.seconds(stretch.to)),
        number_cells(numbers),
        quantile(&numbers.service_time, 0.95)
    )
}

/// Cells of requests, failed, p50, p95, p99, max.
pub(super) fn number_cells(numbers: &Numbers) -> String {
    let response = &numbers.response_time;
    let failed = if numbers.failed > 0 { " bad" } else { "" };
    format!(
        "<td class=\"num\">{}</td><td class=\"num{failed}\">{}</td><td class=\"num\">{}</td>\
         <td class=\"num strong\">{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td>",
        count(numbers.requests),
        esc(&percent(numbers.failed, numbers.requests)),
        quantile(response, 0.5),
        quantile(response, 0.95),
        quantile(response, 0.99),
        quantile(response, 1.0),
    )
}

/// In milliseconds, or a dash.
pub(super) fn quantile(histogram: &Histogram, q: f64) -> String {
    if histogram.is_empty() {
        "–".to_owned()
    } else if q < 1.0 {
        ms(histogram.quantile_ms(q))
    } else {
        ms(histogram.max_ms())
    }
}
