use std::time::Duration;

use rtest_metrics::record::{AnswerEntry, InteractionEntry, InteractionStatus, MismatchEntry};

use super::load::quantile;
use crate::asked::Outside;
use crate::coverage::Covered;
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, place, source, table};
use crate::number::{count, percent, took};
use crate::pairs::Pair;
use crate::replayed::ReplayRow;

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let record = context.record;
    let pairs = Pair::all(record);
    let replayed = ReplayRow::all(record);
    if pairs.is_empty() && record.contract_failures.is_empty() && replayed.is_empty() {
        return None;
    }
    let mut out = String::new();
    for failure in &record.contract_failures {
        out.push_str(&format!(
            "<article class=\"gate bad\"><p class=\"evidence\">{}</p>{}</article>\n",
            esc(&failure.message),
            source(&failure.span)
        ));
    }
    if !pairs.is_empty() {
        out.push_str(&matrix(&pairs));
        out.push_str(&under_faults(&pairs));
        for pair in &pairs {
            tree(&mut out, pair);
        }
    }
    for covered in Covered::all(record) {
        coverage(&mut out, &covered);
    }
    if !replayed.is_empty() {
        as_load(&mut out, &replayed);
    }
    Some(out)
}

/// Interactions that were sent as load: whether they were kept, beside how fast.
fn as_load(out: &mut String, rows: &[ReplayRow<'_>]) {
    let cells: String = rows.iter().map(as_load_row).collect();
    out.push_str("<h3>Contracts as load</h3>\n");
    out.push_str(&table(
        "Interactions sent as load, response time in milliseconds",
        &[
            Words("Status"),
            Words("Interaction"),
            Number("Requests"),
            Number("Matched"),
            Number("Violations"),
            Number("Share"),
            Number("p50"),
            Number("p95"),
            Number("p99"),
            Words("Contract"),
        ],
        &cells,
    ));
    for row in rows.iter().filter(|row| !row.violations.is_empty()) {
        out.push_str(&format!("<h4>{}</h4>\n", esc(&name(row))));
        for violation in &row.violations {
            let more = format!("× {}, first:", count(violation.count));
            out.push_str(&format!("<p class=\"faint\">{}</p>\n", esc(&more)));
            difference(out, &violation.first);
        }
    }
}

fn as_load_row(row: &ReplayRow<'_>) -> String {
    let (class, sign) = match (row.kept, row.violated) {
        (0, 0) => ("doubt", "? never matched"),
        (_, 0) => ("good", "✓ kept"),
        _ => ("bad", "✗ violated"),
    };
    let response = &row.numbers.response_time;
    format!(
        "<tr><td><span class=\"chip {class}\">{sign}</span></td><th scope=\"row\">{}</th>\
         <td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td>\
         <td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num strong\">{}</td>\
         <td class=\"num\">{}</td><td>{}</td></tr>\n",
        esc(&name(row)),
        count(row.numbers.requests),
        count(row.judged()),
        count(row.violated),
        esc(&percent(row.violated, row.judged())),
        quantile(response, 0.5),
        quantile(response, 0.95),
        quantile(response, 0.99),
        place(Some(&row.interaction.span))
    )
}

fn name(row: &ReplayRow<'_>) -> String {
    format!(
        "{}: {}",
        row.interaction.consumer, row.interaction.description
    )
}

/// Each operation with the answers that it declares, and those that it gave.
fn coverage(out: &mut String, covered: &Covered<'_>) {
    out.push_str(&format!(
        "<h3>Coverage of <code>{}</code></h3>\n<p>{}</p>\n",
        esc(covered.source),
        esc(&covered.counts())
    ));
    let rows: String = covered
        .operations
        .iter()
        .enumerate()
        .map(|(at, operation)| {
            let answers: String = operation.answers.iter().map(answer).collect();
            let asked = covered.asking.as_ref().map(|asking| {
                let asked = &asking.operations[at];
                let class = if asked.is_by_nobody() { "faint" } else { "" };
                format!("<td class=\"{class}\">{}</td>", esc(&asked.words()))
            });
            format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{answers}</td>{}</tr>\n",
                esc(&operation.operation),
                asked.unwrap_or_default()
            )
        })
        .collect();
    let mut headings = vec![Words("Operation"), Words("Answers")];
    if covered.asking.is_some() {
        headings.push(Words("Asked for by"));
    }
    out.push_str(&table("Operations and their answers", &headings, &rows));
    let outside = covered.asking.iter().flat_map(|asking| &asking.outside);
    for Outside { who, request } in outside {
        out.push_str(&format!(
            "<p>Outside: <code>{}</code>, asked for by {}</p>\n",
            esc(request),
            esc(who)
        ));
    }
}

fn answer(answer: &AnswerEntry) -> String {
    let (class, words) = match (answer.declared, answer.seen) {
        (true, 0) => ("faint", "never answered".to_owned()),
        (true, seen) => ("good", format!("×{seen}")),
        (false, seen) => ("bad", format!("×{seen}, not declared")),
    };
    let status = esc(&answer.status);
    format!("<span class=\"chip {class}\">{status} {words}</span> ")
}

/// Who relies on whom, and whether it holds.
fn matrix(pairs: &[Pair<'_>]) -> String {
    let distinct = |of: fn(&Pair<'_>) -> String| {
        let mut names: Vec<String> = Vec::new();
        for pair in pairs {
            let name = of(pair);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let consumers = distinct(|pair| pair.consumer.to_owned());
    let providers = distinct(|pair| pair.provider.to_owned());
    let mut headings = vec![Words("Consumer")];
    headings.extend(providers.iter().map(|provider| Words(provider)));
    let rows: String = consumers
        .iter()
        .map(|consumer| {
            let cells: String = providers
                .iter()
                .map(|provider| {
                    let pair = pairs.iter().find(|pair| {
                        pair.consumer == consumer
                            && pair.provider == provider
                            && pair.under.is_none()
                    });
                    pair.map_or_else(|| "<td class=\"faint\">–</td>".to_owned(), cell)
                })
                .collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", esc(consumer))
        })
        .collect();
    table("Consumers and their providers", &headings, &rows)
}

fn cell(pair: &Pair<'_>) -> String {
    let (class, sign) = if pair.holds() {
        ("good", "✓")
    } else {
        ("bad", "✗")
    };
    format!(
        "<td><span class=\"chip {class}\">{sign} {}</span></td>",
        esc(&pair.counts())
    )
}

/// Every interaction of a pair; those that hold fold away.
fn tree(out: &mut String, pair: &Pair<'_>) {
    let under = pair.under.map_or_else(String::new, |fault| {
        format!(" <span class=\"faint\">under {}</span>", esc(fault))
    });
    out.push_str(&format!(
        "<h3>{} → {}{under}</h3>\n<ul class=\"tree\">\n",
        esc(pair.consumer),
        esc(pair.provider)
    ));
    for interaction in &pair.interactions {
        branch(out, interaction);
    }
    out.push_str("</ul>\n");
}

fn branch(out: &mut String, interaction: &InteractionEntry) {
    let (class, sign, word) = told(interaction);
    let open = if class == "bad" { " open=\"open\"" } else { "" };
    let given = match interaction.states.as_slice() {
        [] => String::new(),
        states => format!(
            " <span class=\"faint\">given {}</span>",
            esc(&states.join(" and "))
        ),
    };
    out.push_str(&format!(
        "<li><details{open}><summary><span class=\"chip {class}\">{sign} {word}</span> {}{given}</summary>\n\
         <p><code>{}</code> <span class=\"faint\">in {}</span> {}</p>\n",
        esc(&interaction.description),
        esc(&interaction.request),
        took(Duration::from_nanos(interaction.took_ns)),
        place(Some(&interaction.span))
    ));
    for mismatch in &interaction.mismatches {
        difference(out, mismatch);
    }
    if let Some(error) = &interaction.error {
        out.push_str(&format!("<pre class=\"bad\">{}</pre>\n", esc(error)));
    }
    out.push_str("</details></li>\n");
}

/// Colour, sign and word of what came of it.
fn told(interaction: &InteractionEntry) -> (&'static str, &'static str, &'static str) {
    let under = interaction.under.is_some();
    match interaction.status {
        InteractionStatus::Verified if under => ("good", "✓", "holds"),
        InteractionStatus::Verified => ("good", "✓", "verified"),
        InteractionStatus::Degraded => ("doubt", "~", "degrades"),
        InteractionStatus::Mismatched if under => ("bad", "✗", "violates"),
        InteractionStatus::Mismatched => ("bad", "✗", "mismatched"),
        InteractionStatus::Failed => ("bad", "✗", "not tried"),
        InteractionStatus::Unsupported => ("bad", "✗", "unsupported"),
        InteractionStatus::Skipped => ("faint", "–", "skipped"),
    }
}

/// Whether the two are one interaction, tried at different times.
fn is_same(one: &InteractionEntry, other: &InteractionEntry) -> bool {
    one.consumer == other.consumer
        && one.provider == other.provider
        && one.description == other.description
        && one.states == other.states
}

/// Each interaction that was tried under faults, and what became of it under each.
fn under_faults(pairs: &[Pair<'_>]) -> String {
    let mut faults: Vec<&str> = Vec::new();
    for fault in pairs.iter().filter_map(|pair| pair.under) {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    if faults.is_empty() {
        return String::new();
    }
    let mut rows: Vec<&InteractionEntry> = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.under.is_some()) {
        for interaction in &pair.interactions {
            if !rows.iter().any(|row| is_same(row, interaction)) {
                rows.push(interaction);
            }
        }
    }
    let mut headings = vec![Words("Consumer"), Words("Interaction")];
    headings.extend(faults.iter().map(|fault| Words(fault)));
    let tried = |row: &InteractionEntry, fault: &str| {
        let under = pairs.iter().filter(|pair| pair.under == Some(fault));
        let mut all = under.flat_map(|pair| &pair.interactions);
        all.find(|other| is_same(other, row)).map(|it| told(it))
    };
    let rows: String = rows
        .iter()
        .map(|row| {
            let cells = faults.iter().map(|fault| match tried(row, fault) {
                Some((class, sign, word)) => {
                    format!("<td><span class=\"chip {class}\">{sign} {word}</span></td>")
                }
                None => "<td class=\"faint\">–</td>".to_owned(),
            });
            format!(
                "<tr><td>{}</td><th scope=\"row\">{}</th>{}</tr>\n",
                esc(&row.consumer),
                esc(&row.description),
                cells.collect::<String>()
            )
        })
        .collect();
    let table = table("Interactions under faults", &headings, &rows);
    format!("<h3>Under faults</h3>\n{table}")
}

/// Expected beside actual, and the field in the contract.
fn difference(out: &mut String, mismatch: &MismatchEntry) {
    let command = mismatch
        .reproduce
        .as_ref()
        .map_or_else(String::new, |command| {
            format!("<pre>{}</pre>\n", esc(command))
        });
    out.push_str(&format!(
        "<div class=\"difference\"><p><code class=\"where\">{}</code> {}</p>\n\
         <dl><div class=\"expected\"><dt>expected</dt><dd><pre>{}</pre></dd></div>\
         <div class=\"actual\"><dt>actual</dt><dd><pre>{}</pre></dd></div></dl>\n{command}{}</div>\n",
        esc(&mismatch.location),
        esc(&mismatch.message),
        esc(&mismatch.expected),
        esc(&mismatch.actual),
        source(&mismatch.span)
    ));
}
