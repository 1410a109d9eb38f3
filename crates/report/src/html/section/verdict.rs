use std::collections::BTreeMap;

use rtest_metrics::record::PartHeader;
use rtest_metrics::{Gate, GateKind, GateStatus};

use crate::html::context::Context;
use crate::html::markup::Heading::Words;
use crate::html::markup::{esc, place, source, status_chip, table};
use crate::judged::{self, judged};
use crate::number::counted;

/// Up to so many gates stand in one table; beyond, those that passed are folded away, so that the
/// charts are not pages below.
const UNFOLDED: usize = 12;
/// Gates of one table at most, troubles first; a suite of ten thousand interactions is still one page.
const SHOWN: usize = 400;
/// Parts of a merged record shown at most.
const PARTS: usize = 20;
/// Troubles shown with all their evidence.
const IN_FULL: usize = 40;

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let mut out = String::new();
    let troubles = judged::troubles(context.verdict);
    for gate in troubles.iter().take(IN_FULL) {
        card(&mut out, gate);
    }
    gates(&mut out, context, &troubles[..troubles.len().min(IN_FULL)]);
    facts(&mut out, context);
    Some(out)
}

/// A gate that did not pass, with everything that is known of it.
fn card(out: &mut String, gate: &Gate) {
    let class = match gate.status {
        GateStatus::Failed => "bad",
        _ => "doubt",
    };
    let place = gate.span.as_ref().map(source).unwrap_or_default();
    out.push_str(&format!(
        "<article class=\"gate {class}\">\n<h3>{} <span class=\"kind\">{}</span> {}</h3>\n<div class=\"sides\">\
         <dl><div><dt>expected</dt><dd>{}</dd></div><div><dt>observed</dt><dd class=\"{class}\">{}</dd></div></dl>\n{place}</div>\n",
        status_chip(gate.status),
        gate.kind.name(),
        esc(&gate.name),
        esc(&gate.expected),
        esc(&gate.observed)
    ));
    for evidence in &gate.evidence {
        out.push_str(&format!(
            "<p class=\"evidence\">{}</p>\n",
            esc(&evidence.text)
        ));
        if let Some(span) = &evidence.span {
            out.push_str(&source(span));
        }
    }
    out.push_str("</article>\n");
}

/// The gates that were not yet shown in full.
fn gates(out: &mut String, context: &Context<'_>, shown: &[&Gate]) {
    let is_shown = |gate: &&Gate| shown.iter().any(|other| std::ptr::eq(*other, *gate));
    let mut ordered: Vec<&Gate> = judged(context.verdict)
        // What was not to be judged is told where it belongs.
        .filter(|gate| !is_shown(gate) && gate.status != GateStatus::Skipped)
        .collect();
    if ordered.is_empty() {
        if shown.is_empty() {
            out.push_str("<p>Nothing was judged.</p>\n");
        }
        return;
    }
    ordered.sort_by_key(|gate| match gate.status {
        GateStatus::Failed => 0,
        GateStatus::Inconclusive => 1,
        GateStatus::Passed | GateStatus::Skipped => 2,
    });
    let (open, folded): (Vec<&Gate>, Vec<&Gate>) = ordered
        .into_iter()
        .partition(|gate| gate.status.is_trouble() || gate.kind == GateKind::Threshold);
    if open.len() + folded.len() <= UNFOLDED {
        out.push_str(&gate_table("Gates", &[open, folded].concat()));
        return;
    }
    if !open.is_empty() {
        out.push_str(&gate_table(
            "Thresholds that passed, and further gates that did not",
            &open,
        ));
    }
    let (noun, caption) = if open.is_empty() {
        ("gate", "Gates that passed")
    } else {
        ("further gate", "Further gates that passed")
    };
    let mut kinds: BTreeMap<GateKind, u64> = BTreeMap::new();
    for gate in &folded {
        *kinds.entry(gate.kind).or_default() += 1;
    }
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{count} {}", kind.name()))
        .collect();
    out.push_str(&format!(
        "<details><summary>{} passed: {}</summary>\n{}</details>\n",
        counted(folded.len() as u64, noun),
        kinds.join(", "),
        gate_table(caption, &folded)
    ));
}

fn gate_table(caption: &str, gates: &[&Gate]) -> String {
    let rows: String = gates
        .iter()
        .take(SHOWN)
        .map(|gate| {
            format!(
                "<tr><td>{}</td><td>{}<span class=\"under\">{} {}</span></td><td>{}</td><td>{}</td></tr>\n",
                status_chip(gate.status),
                esc(&gate.name),
                gate.kind.name(),
                place(gate.span.as_ref()),
                esc(&gate.observed),
                esc(&gate.expected),
            )
        })
        .collect();
    let mut out = table(
        caption,
        &[
            Words("Status"),
            Words("Gate"),
            Words("Observed"),
            Words("Expected"),
        ],
        &rows,
    );
    if let Some(more) = gates.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        out.push_str(&format!(
            "<p class=\"more\">… and {}.</p>\n",
            counted(more as u64, "more gate")
        ));
    }
    out
}

/// What was run, where, and how to run it again.
fn facts(out: &mut String, context: &Context<'_>) {
    let header = &context.record.header;
    let host = &header.host;
    out.push_str("<dl class=\"facts\">\n");
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            out.push_str(&format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n"));
        }
    };
    fact(
        "run it again",
        format!("<code class=\"command\">{}</code>", esc(&header.command)),
    );
    fact("seed", format!("<code>{}</code>", header.seed));
    fact(
        "suite",
        format!(
            "<code>{}</code> <span class=\"faint\">hash {}</span>",
            esc(&header.suite),
            esc(&header.suite_hash)
        ),
    );
    fact(
        "part",
        esc(header.shard.as_deref().unwrap_or_default()).to_string(),
    );
    fact("merged from", parts(&header.parts));
    fact("stages", esc(&header.stages.join(", ")).to_string());
    fact("run", format!("<code>{}</code>", esc(&header.run_id)));
    fact(
        "machine",
        format!(
            "{}, {} cores <span class=\"faint\">{}, kernel {}</span>",
            esc(&host.cpu),
            host.cores,
            esc(&host.system),
            esc(&host.kernel)
        ),
    );
    out.push_str("</dl>\n");
}

/// The parts of a merged record, each with its machine.
fn parts(parts: &[PartHeader]) -> String {
    let shown = parts.iter().take(PARTS).map(|part| {
        format!(
            "{} <span class=\"faint\">{}, {} cores, began {:.1} s after the first</span>",
            esc(&part.shard),
            esc(&part.host.cpu),
            part.host.cores,
            part.began_after_ms as f64 / 1e3
        )
    });
    let mut shown = shown.collect::<Vec<_>>().join("<br/>");
    if let Some(more) = parts.len().checked_sub(PARTS).filter(|more| *more > 0) {
        shown.push_str(&format!("<br/>… and {}", counted(more as u64, "more part")));
    }
    shown
}
