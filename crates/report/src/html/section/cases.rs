use std::time::Duration;

use rtest_metrics::record::{CaseEntry, CaseVerdict, StepEntry};

use crate::html::context::Context;
use crate::html::markup::{esc, place, source};
use crate::number::took;

/// Every case; those that hold fold away.
pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let cases = &context.record.cases;
    if cases.is_empty() {
        return None;
    }
    let mut out = "<ul class=\"tree\">\n".to_owned();
    for case in cases {
        branch(&mut out, case);
    }
    out.push_str("</ul>\n");
    Some(out)
}

fn branch(out: &mut String, case: &CaseEntry) {
    let (class, word) = match case.status {
        CaseVerdict::Passed => ("good", "✓ passed"),
        CaseVerdict::Flaky => ("doubt", "? flaky"),
        CaseVerdict::Failed => ("bad", "✗ failed"),
    };
    let open = match case.status {
        CaseVerdict::Passed => "",
        CaseVerdict::Flaky | CaseVerdict::Failed => " open=\"open\"",
    };
    let tags: String = case.tags.iter().map(|tag| format!(" #{tag}")).collect();
    out.push_str(&format!(
        "<li><details{open}><summary><span class=\"chip {class}\">{word}</span> {}\
         <span class=\"faint\">{} in {}</span></summary>\n",
        esc(&case.name),
        esc(&tags),
        took(Duration::from_nanos(case.took_ns)),
    ));
    if case.attempts > 1 {
        out.push_str(&format!("<p>{} attempts</p>\n", case.attempts));
    }
    if let Some(trouble) = &case.trouble {
        out.push_str(&format!("<pre class=\"bad\">{}</pre>\n", esc(trouble)));
    }
    for step in &case.steps {
        self::step(out, step);
    }
    if let Some(beside) = case.told_beside() {
        out.push_str(&format!("<p>{}</p>\n", esc(&beside)));
    }
    for log in &case.logs {
        out.push_str(&format!(
            "<details><summary>{} printed meanwhile</summary><pre>{}</pre></details>\n",
            esc(&log.service),
            esc(&log.lines.join("\n"))
        ));
    }
    out.push_str("</details></li>\n");
}

fn step(out: &mut String, step: &StepEntry) {
    let (class, sign) = if step.held {
        ("good", "✓")
    } else {
        ("bad", "✗")
    };
    out.push_str(&format!(
        "<p><span class=\"chip {class}\">{sign}</span> <code>{}</code> <span class=\"faint\">in {}</span> {}</p>\n",
        esc(&step.what),
        took(Duration::from_nanos(step.took_ns)),
        place(Some(&step.span))
    ));
    for difference in &step.differences {
        out.push_str(&format!(
            "<div class=\"difference\">\
             <dl><div class=\"expected\"><dt>expected</dt><dd><pre>{}</pre></dd></div>\
             <div class=\"actual\"><dt>actual</dt><dd><pre>{}</pre></dd></div></dl>\n{}</div>\n",
            esc(&difference.expected),
            esc(&difference.actual),
            source(&difference.span)
        ));
    }
    if let Some(exchange) = &step.exchange {
        out.push_str(&format!("<pre>{}</pre>\n", esc(exchange)));
    }
}
