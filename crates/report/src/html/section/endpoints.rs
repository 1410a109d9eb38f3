use super::load::{number_cells, quantile};
use crate::endpoints::EndpointRow;
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{counted, rate};

/// Endpoints shown at most, in the order of the plan.
const SHOWN: usize = 200;

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let rows = EndpointRow::all(context.record);
    let seconds = context.summary.load_seconds();
    if rows.iter().all(|row| row.numbers.requests == 0) {
        return None;
    }
    let slowest = rows
        .iter()
        .map(|row| row.numbers.response_time.quantile_ms(0.95))
        .fold(0.0, f64::max);
    let cells: String = rows
        .iter()
        .take(SHOWN)
        .map(|row| {
            let p95 = row.numbers.response_time.quantile_ms(0.95);
            let share = if slowest > 0.0 {
                p95 / slowest * 100.0
            } else {
                0.0
            };
            format!(
                "<tr><th scope=\"row\"><span class=\"method\">{}</span> {}</th>\
                 <td class=\"meter\" aria-hidden=\"true\"><span style=\"width:{share:.0}%\"></span></td>\
                 <td class=\"num\">{}</td>{}<td class=\"num\">{}</td></tr>\n",
                esc(row.method),
                esc(row.endpoint),
                rate(row.numbers.sent() as f64, seconds),
                number_cells(&row.numbers),
                quantile(&row.numbers.service_time, 0.95)
            )
        })
        .collect();
    let mut out = table(
        "Endpoints, response time in milliseconds",
        &[
            Words("Endpoint"),
            Words("p95, relative"),
            Number("Rate"),
            Number("Requests"),
            Number("Failed"),
            Number("p50 ms"),
            Number("p95 ms"),
            Number("p99 ms"),
            Number("max ms"),
            Number("Service p95 ms"),
        ],
        &cells,
    );
    if let Some(more) = rows.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p class=\"more\">… and {}.</p>\n",
            counted(more as u64, "more endpoint")
        ));
    }
    Some(out)
}
