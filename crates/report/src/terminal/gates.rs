use std::collections::BTreeMap;

use rtest_metrics::verdict::Evidence;
use rtest_metrics::{Gate, GateKind, GateStatus, RunRecord, Verdict};

use super::style::{Ink, Style};
use super::table::{Cell, Column, Table, cut_inside, wrap};
use crate::excerpt::excerpt;
use crate::judged::{self, judged};
use crate::number::counted;
use crate::pairs::Pair;
use crate::visible::{one_line, visible};

/// Troubles shown with all their evidence; the rest in one line each.
const IN_FULL: usize = 12;
/// Troubles shown at all.
const AT_MOST: usize = 40;
/// Columns of a gate's name in the list, on a terminal.
const NAME_WIDTH: usize = 56;

/// Lines of what was expected, and of what was there, on a terminal.
const DETAIL_LINES: usize = 4;
/// Columns before them.
const DETAIL_INDENT: usize = 14;

/// Longest request that is shown whole, in bytes.
const COMMAND: usize = 4096;

/// Lines of one piece of evidence.
const EVIDENCE_LINES: usize = 12;
/// Passed gates of one kind, beyond which they are only counted.
const LISTED: usize = 4;

/// Gates that did not pass, first-class: what was expected, what was there, who asked.
pub(super) fn troubles(out: &mut String, verdict: &Verdict, style: Style) {
    let troubles = Alike::fold(judged::troubles(verdict));
    for alike in troubles.iter().take(IN_FULL) {
        out.push('\n');
        title(out, alike.first, style);
        also(out, &alike.others, style);
        details(out, alike.first, style);
    }
    if troubles.len() > IN_FULL {
        out.push('\n');
    }
    for alike in troubles.iter().take(AT_MOST).skip(IN_FULL) {
        title(out, alike.first, style);
        also(out, &alike.others, style);
    }
    if let Some(more) = troubles.len().checked_sub(AT_MOST).filter(|more| *more > 0) {
        out.push_str(&format!(
            "… and {}; the HTML report has them all\n",
            counted(more as u64, "more gate")
        ));
    }
}

/// An interaction that came out alike under several faults.
struct Alike<'a> {
    first: &'a Gate,
    others: Vec<&'a Gate>,
}

impl<'a> Alike<'a> {
    fn fold(gates: Vec<&'a Gate>) -> Vec<Self> {
        let mut folded: Vec<Self> = Vec::new();
        for gate in gates {
            let is_alike = |known: &&mut Self| {
                let named = Gate {
                    name: gate.name.clone(),
                    ..known.first.clone()
                };
                gate.kind == GateKind::Contract
                    && split_fault(&known.first.name).0 == split_fault(&gate.name).0
                    && named == *gate
            };
            match folded.iter_mut().find(is_alike) {
                Some(known) => known.others.push(gate),
                None => folded.push(Self {
                    first: gate,
                    others: Vec::new(),
                }),
            }
        }
        folded
    }
}

/// The other faults under which it is the same.
fn also(out: &mut String, others: &[&Gate], style: Style) {
    let room = style.columns().saturating_sub(14);
    for gate in others {
        let (name, fault) = split_fault(&gate.name);
        let under = fault.map_or_else(|| name.to_owned(), |fault| format!("under {fault}"));
        out.push_str(&format!(
            "    {}  {}\n",
            style.paint(Ink::Faint, "and so  "),
            cut_inside(&one_line(&under), room)
        ));
    }
}

/// The name of an interaction's gate, and the fault that it names.
fn split_fault(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(" under ") {
        Some((name, fault)) => (name, Some(fault)),
        None => (name, None),
    }
}

fn title(out: &mut String, gate: &Gate, style: Style) {
    let (sign, ink) = sign(gate.status);
    let kind = format!("{:<10}", gate.kind.name());
    let room = style.columns().saturating_sub(14);
    out.push_str(&format!(
        "{} {} {}\n",
        style.paint(ink, sign),
        style.paint(ink, &kind),
        style.paint(Ink::Strong, &cut_inside(&one_line(&gate.name), room)),
    ));
}

fn details(out: &mut String, gate: &Gate, style: Style) {
    for (word, text, ink) in [
        ("expected", &gate.expected, Ink::Plain),
        ("observed", &gate.observed, sign(gate.status).1),
    ] {
        let lines = wrap(&one_line(text), DETAIL_INDENT, style);
        let shown = lines.len().min(style.at_most(DETAIL_LINES));
        for (index, line) in lines.iter().take(shown).enumerate() {
            let is_cut = index + 1 == shown && shown < lines.len();
            let line = if is_cut { &format!("{line} …") } else { line };
            let word = if index == 0 { word } else { "        " };
            out.push_str(&format!(
                "    {}  {}\n",
                style.paint(Ink::Faint, word),
                style.paint(ink, line)
            ));
        }
    }
    for evidence in &gate.evidence {
        show_evidence(out, evidence, style);
    }
    if let Some(span) = &gate.span {
        indented(out, &excerpt(span), 4, style);
    }
}

fn show_evidence(out: &mut String, evidence: &Evidence, style: Style) {
    let text = visible(&evidence.text);
    let lines: Vec<String> = text
        .lines()
        .flat_map(|line| match line {
            line if is_command(line) => vec![line.to_owned()],
            line => wrap(line, 6, style),
        })
        .collect();
    let (shown, rest) = lines.split_at(lines.len().min(EVIDENCE_LINES));
    for (index, line) in shown.iter().enumerate() {
        let lead = if index == 0 { "    - " } else { "      " };
        out.push_str(&format!("{lead}{line}\n"));
    }
    let (commands, left_out): (Vec<_>, Vec<_>) = rest.iter().partition(|line| is_command(line));
    if !left_out.is_empty() {
        let more = counted(left_out.len() as u64, "more line");
        out.push_str(&format!(
            "      {}\n",
            style.paint(Ink::Faint, &format!("… {more}"))
        ));
    }
    for command in commands {
        out.push_str(&format!("      {command}\n"));
    }
    if let Some(span) = &evidence.span {
        indented(out, &excerpt(span), 6, style);
    }
}

/// Whether a line is to be pasted: it stays in one piece, however wide the terminal is.
fn is_command(line: &str) -> bool {
    line.starts_with("replay: rtest ") || (line.starts_with("curl ") && line.len() <= COMMAND)
}

fn indented(out: &mut String, text: &str, by: usize, style: Style) {
    for line in text.lines() {
        let painted = if line.starts_with("-->") {
            style.paint(Ink::Faint, line)
        } else {
            match line.split_once('^') {
                Some((before, marker)) => {
                    format!("{before}{}", style.paint(Ink::Bad, &format!("^{marker}")))
                }
                None => line.to_owned(),
            }
        };
        out.push_str(&format!("{:by$}{painted}\n", ""));
    }
}

/// Gates that passed, those of a kind that are many only counted; contracts by who relies on whom.
pub(super) fn passed(out: &mut String, record: &RunRecord, verdict: &Verdict, style: Style) {
    let mut rows: Vec<(GateKind, GateStatus, String, String)> = Vec::new();
    let mut kinds: BTreeMap<GateKind, Vec<&Gate>> = BTreeMap::new();
    for gate in judged(verdict) {
        let is_interaction = gate.kind == GateKind::Contract && !record.interactions.is_empty();
        if gate.status == GateStatus::Passed && !is_interaction {
            kinds.entry(gate.kind).or_default().push(gate);
        }
    }
    for (kind, gates) in kinds {
        // A threshold's number is what people came for.
        if gates.len() > LISTED && kind != GateKind::Threshold {
            let all = format!("all {}", gates.len());
            rows.push((kind, GateStatus::Passed, all, String::new()));
            continue;
        }
        rows.extend(
            gates
                .iter()
                .map(|gate| (kind, gate.status, gate.name.clone(), gate.observed.clone())),
        );
    }
    rows.extend(Pair::all(record).iter().map(contract));
    rows.sort_by_key(|(kind, ..)| *kind);

    let mut table = Table::new([
        Column::left(""),
        Column::left(""),
        Column::left("").flexible(),
    ]);
    for (kind, status, name, observed) in &rows {
        let (sign, ink) = sign(*status);
        table.row([
            Cell::inked(ink, format!("{sign} {:<10}", kind.name())),
            Cell::new(cut_inside(&one_line(name), style.at_most(NAME_WIDTH))),
            Cell::inked(Ink::Faint, observed),
        ]);
    }
    if !rows.is_empty() {
        out.push('\n');
        out.push_str(&table.render(style));
    }
}

fn contract(pair: &Pair<'_>) -> (GateKind, GateStatus, String, String) {
    let status = if pair.holds() {
        GateStatus::Passed
    } else {
        GateStatus::Failed
    };
    (
        GateKind::Contract,
        status,
        match pair.under {
            Some(fault) => format!("{} → {} under {fault}", pair.consumer, pair.provider),
            None => format!("{} → {}", pair.consumer, pair.provider),
        },
        pair.counts(),
    )
}

/// The sign of a status, and its colour.
fn sign(status: GateStatus) -> (&'static str, Ink) {
    match status {
        GateStatus::Passed => ("✓", Ink::Good),
        GateStatus::Failed => ("✗", Ink::Bad),
        GateStatus::Inconclusive => ("?", Ink::Doubtful),
        GateStatus::Skipped => ("–", Ink::Faint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_replays_stays_whole_behind_evidence_that_is_cut() {
        let schedule: Vec<String> = (1..60).map(|nth| format!("f{nth}=5")).collect();
        let command = format!(
            "replay: rtest sim a.mjs --replay v1:3:{}",
            schedule.join(",")
        );
        let needs = "needs: at 12ms: stalls 1ms at a turn of the loop\n".repeat(20);
        let mut out = String::new();
        let evidence = Evidence {
            text: format!("always: broken\n{needs}{command}"),
            span: None,
        };
        show_evidence(
            &mut out,
            &evidence,
            Style {
                colour: false,
                width: Some(100),
            },
        );
        let lines: Vec<&str> = out.lines().map(str::trim_start).collect();
        assert_eq!(lines.len(), EVIDENCE_LINES + 2, "{out}");
        assert_eq!(lines[EVIDENCE_LINES], "… 9 more lines");
        assert_eq!(lines.last(), Some(&command.as_str()));
    }
}
