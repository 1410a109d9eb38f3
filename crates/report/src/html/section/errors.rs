use rtest_metrics::record::outcome_name;

use crate::checks::CheckRow;
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, place, status_class, table};
use crate::number::{count, counted, percent};
use crate::outcomes::{ErrorGroup, OutcomeRow};

/// Groups shown at most, the largest first.
const GROUPS: usize = 50;
/// Checks shown at most, those that broke first.
const CHECKS: usize = 100;

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let outcomes = OutcomeRow::all(context.record);
    let checks = CheckRow::all(context.record);
    if context.nothing_ran() || (outcomes.is_empty() && checks.is_empty()) {
        return None;
    }
    let mut out = String::new();
    answers(&mut out, &outcomes);
    groups(&mut out, context);
    self::checks(&mut out, checks);
    Some(out)
}

/// How requests ended.
fn answers(out: &mut String, outcomes: &[OutcomeRow<'_>]) {
    let total: u64 = outcomes.iter().map(|row| row.requests).sum();
    let rows: String = outcomes
        .iter()
        .map(|row| {
            let share = row.requests as f64 / total.max(1) as f64 * 100.0;
            format!(
                "<tr><th scope=\"row\"><i class=\"fill {0}\"></i>{1}</th>\
                 <td class=\"meter\" aria-hidden=\"true\"><span class=\"{0}\" style=\"width:{share:.1}%\"></span></td>\
                 <td class=\"num\">{2}</td><td class=\"num\">{3}</td></tr>\n",
                status_class(row.outcome),
                esc(&row.name()),
                count(row.requests),
                esc(&percent(row.requests, total))
            )
        })
        .collect();
    if !rows.is_empty() {
        out.push_str(&table(
            "How requests ended",
            &[
                Words("Answer or error"),
                Words("Share"),
                Number("Requests"),
                Number("Of all"),
            ],
            &rows,
        ));
    }
}

fn groups(out: &mut String, context: &Context<'_>) {
    let groups = ErrorGroup::all(context.record);
    if groups.is_empty() {
        if !OutcomeRow::all(context.record).is_empty() {
            out.push_str("<p class=\"nothing good\">✓ No request failed.</p>\n");
        }
        return;
    }
    out.push_str("<h3>Failed requests, grouped, with the first example of each</h3>\n");
    for group in groups.iter().take(GROUPS) {
        out.push_str(&format!(
            "<article class=\"error\"><h4><i class=\"fill {}\"></i>{} <span class=\"method\">{}</span> {} <span class=\"faint\">× {}</span></h4>",
            status_class(group.outcome),
            esc(&outcome_name(group.outcome)),
            esc(group.method),
            esc(group.endpoint),
            count(group.requests)
        ));
        if let Some(example) = group.example {
            out.push_str(&format!("<pre>{}</pre>", esc(example)));
        }
        out.push_str("</article>\n");
    }
    if let Some(more) = groups.len().checked_sub(GROUPS).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p class=\"more\">… and {}.</p>\n",
            counted(more as u64, "smaller group")
        ));
    }
}

fn checks(out: &mut String, mut checks: Vec<CheckRow<'_>>) {
    if checks.is_empty() {
        return;
    }
    checks.sort_by_key(|check| std::cmp::Reverse(check.fails));
    let rows: String = checks
        .iter()
        .take(CHECKS)
        .map(|check| {
            let (class, sign) = match (check.passes, check.fails) {
                (0, 0) => ("doubt", "? never evaluated"),
                (_, 0) => ("good", "✓ always held"),
                (0, _) => ("bad", "✗ never held"),
                _ => ("bad", "✗ not always"),
            };
            format!(
                "<tr><td><span class=\"chip {class}\">{sign}</span></td><th scope=\"row\">{}</th>\
                 <td><span class=\"faint\">{} /</span> <span class=\"method\">{}</span> {}</td>\
                 <td class=\"num\">{}</td><td class=\"num\">{}</td><td>{}</td></tr>\n",
                esc(check.name),
                esc(check.scenario),
                esc(check.method),
                esc(check.endpoint),
                count(check.passes),
                count(check.fails),
                place(Some(check.span))
            )
        })
        .collect();
    out.push_str("<h3>Checks</h3>\n");
    out.push_str(&table(
        "Checks",
        &[
            Words("Status"),
            Words("Check"),
            Words("Step"),
            Number("Held"),
            Number("Did not"),
            Words("Asked for by"),
        ],
        &rows,
    ));
    if let Some(more) = checks.len().checked_sub(CHECKS).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p class=\"more\">… and {}.</p>\n",
            counted(more as u64, "more check")
        ));
    }
}
