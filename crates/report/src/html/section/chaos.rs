use rtest_metrics::{FaultRecord, Gate, GateKind};

use super::attempts;
use super::load::quantile;
use crate::fault::{fault_sign, fault_words};
use crate::html::chart::{Bar, Gantt, Mark, Row};
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, place, status_chip, table};
use crate::number::{percent, seconds};
use crate::phases::{Numbers, StretchKind};

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let header = &context.record.header;
    if context.nothing_ran() || (header.faults.is_empty() && header.hypothesis.is_empty()) {
        return None;
    }
    let mut out = String::new();
    out.push_str(&timeline(context));
    resilience(&mut out, context);
    out.push_str(&attempts::charts(context));
    hypothesis(&mut out, context);
    faults(&mut out, context);
    around(&mut out, context);
    Some(out)
}

/// Faults and probes on the run's time.
fn timeline(context: &Context<'_>) -> String {
    let record = context.record;
    let mut rows = Vec::new();
    for (index, probe) in record.header.hypothesis.iter().enumerate() {
        let asked = record
            .probes
            .iter()
            .filter(|asked| usize::from(asked.probe) == index);
        let marks: Vec<Mark> = asked
            .map(|asked| {
                let at = context.seconds(asked.at);
                let word = if asked.held { "held" } else { "did not hold" };
                Mark {
                    at,
                    class: if asked.held { "good" } else { "bad" },
                    sign: if asked.held { "✓" } else { "✗" },
                    title: format!("{} at {} s: {word}", asked.side, seconds(at)),
                }
            })
            .collect();
        // A probe of a metric is judged over whole stretches, not at an instant.
        if !marks.is_empty() {
            rows.push(Row {
                label: probe.name.clone(),
                detail: "probe".to_owned(),
                bars: Vec::new(),
                marks,
            });
        }
    }
    for ((index, header), fault) in (0_u16..).zip(&record.header.faults).zip(&record.faults) {
        rows.push(Row {
            label: context.fault_label(index),
            detail: header.target.clone(),
            bars: bar(context, fault).into_iter().collect(),
            marks: Vec::new(),
        });
    }
    if rows.is_empty() {
        return String::new();
    }
    Gantt {
        id: "chaos-timeline",
        title: "Faults and probes over time",
        description: rows
            .iter()
            .flat_map(|row| {
                let bars = row.bars.iter().map(|bar| &bar.title);
                bars.chain(row.marks.iter().map(|mark| &mark.title))
                    .map(move |title| format!("{}: {title}", row.label))
            })
            .collect::<Vec<_>>()
            .join("; "),
        axis: context.axis(),
        rows,
        shares_cursor: true,
    }
    .render()
}

fn bar(context: &Context<'_>, fault: &FaultRecord) -> Option<Bar> {
    let (injected, _) = fault.injected?;
    let over = fault.rolled_back.map_or(context.record.last, |(at, _)| at);
    let (from, to) = (context.seconds(injected), context.seconds(over));
    Some(Bar {
        from,
        to,
        class: "faulty",
        title: format!("active {} to {} s", seconds(from), seconds(to)),
    })
}

/// What the system did about each fault, with what that is known from.
fn resilience(out: &mut String, context: &Context<'_>) {
    let gates = context.verdict.gates.iter();
    let rows: String = gates
        .filter(|gate| gate.kind == GateKind::Resilience)
        .map(|gate| {
            let evidence: String = gate
                .evidence
                .iter()
                .map(|evidence| format!("<br/><span class=\"faint\">{}</span>", esc(&evidence.text)))
                .collect();
            format!(
                "<tr><td>{}</td><th scope=\"row\">{}</th><td>{}</td><td>{}{evidence}</td><td>{}</td></tr>\n",
                status_chip(gate.status),
                esc(&gate.name),
                esc(&gate.expected),
                esc(&gate.observed),
                place(gate.span.as_ref())
            )
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    out.push_str("<h3>What the system did about it</h3>\n");
    out.push_str(&table(
        "What the system did about it",
        &[
            Words("Status"),
            Words("Behaviour"),
            Words("Expected"),
            Words("Observed"),
            Words("Asked for by"),
        ],
        &rows,
    ));
}

/// The hypothesis, on both sides of the faults.
fn hypothesis(out: &mut String, context: &Context<'_>) {
    let gates: Vec<&Gate> = context
        .verdict
        .gates
        .iter()
        .filter(|gate| gate.kind == GateKind::Hypothesis)
        .collect();
    if gates.is_empty() {
        return;
    }
    let rows: String = gates
        .iter()
        .map(|gate| {
            format!(
                "<tr><td>{}</td><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                status_chip(gate.status),
                esc(&gate.name),
                esc(&gate.expected),
                esc(&gate.observed),
                place(gate.span.as_ref())
            )
        })
        .collect();
    out.push_str("<h3>Steady-state hypothesis</h3>\n");
    out.push_str(&table(
        "Steady-state hypothesis",
        &[
            Words("Status"),
            Words("Probe"),
            Words("Expected"),
            Words("Observed"),
            Words("Asked for by"),
        ],
        &rows,
    ));
}

/// What was broken, when, and how it is known that nothing is left of it.
fn faults(out: &mut String, context: &Context<'_>) {
    let record = context.record;
    let rows: String = (0_u16..)
        .zip(record.header.faults.iter().zip(&record.faults))
        .map(|(index, (header, fault))| {
            let when = match (fault.injected, fault.rolled_back) {
                (None, _) => "never injected".to_owned(),
                (Some((from, _)), None) => format!(
                    "from {} s, never rolled back",
                    seconds(context.seconds(from))
                ),
                (Some((from, _)), Some((to, _))) => format!(
                    "{}–{} s",
                    seconds(context.seconds(from)),
                    seconds(context.seconds(to))
                ),
            };
            let proof = match (fault.rolled_back, fault.clean) {
                (Some(_), true) => "<span class=\"chip good\">✓ clean</span>",
                (Some(_), false) => "<span class=\"chip bad\">✗ left behind</span>",
                (None, _) => "<span class=\"chip bad\">✗ none</span>",
            };
            format!(
                "<tr><th scope=\"row\"><b class=\"sign\">{}</b> {}</th><td>{}</td>\
                 <td class=\"num\">{}–{} s</td><td class=\"num\">{when}</td><td>{proof} {}</td><td>{}</td></tr>\n",
                fault_sign(index),
                esc(&fault_words(header)),
                esc(&header.target),
                seconds(header.at_ms as f64 / 1e3),
                seconds(header.at_ms.saturating_add(header.for_ms) as f64 / 1e3),
                esc(&fault.seen),
                place(Some(&header.span))
            )
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    out.push_str("<h3>Faults and their rollback</h3>\n");
    out.push_str(&table(
        "Faults and their rollback",
        &[
            Words("Fault"),
            Words("On"),
            Number("Planned"),
            Number("Active"),
            Words("Proof of rollback"),
            Words("Asked for by"),
        ],
        &rows,
    ));
}

/// Each fault beside the fault-free stretches around it.
fn around(out: &mut String, context: &Context<'_>) {
    let is_free = |kind: StretchKind| {
        matches!(
            kind,
            StretchKind::Before | StretchKind::Between | StretchKind::After
        )
    };
    let stretches = &context.stretches;
    let mut rows = String::new();
    for (position, stretch) in stretches.iter().enumerate() {
        let StretchKind::During(fault) = stretch.kind else {
            continue;
        };
        let before = stretches[..position]
            .iter()
            .rfind(|other| is_free(other.kind));
        let after = stretches[position..]
            .iter()
            .find(|other| is_free(other.kind) && other.from >= stretch.to);
        let three = |of: &dyn Fn(&Numbers) -> String| {
            let parts = [before, Some(stretch), after].map(|stretch| {
                stretch.map_or_else(|| "–".to_owned(), |stretch| of(&stretch.numbers))
            });
            let [before, during, after] = parts.map(|part| esc(&part).to_string());
            format!(
                "<td class=\"num\">{before} <span class=\"faint\">→</span> <b>{during}</b> <span class=\"faint\">→</span> {after}</td>"
            )
        };
        rows.push_str(&format!(
            "<tr><th scope=\"row\"><b class=\"sign\">{}</b> {}</th>{}{}{}{}{}</tr>\n",
            fault_sign(fault),
            esc(&stretch.label(context.record)),
            three(&|numbers| percent(numbers.failed, numbers.requests)),
            three(&|numbers| quantile(&numbers.response_time, 0.5)),
            three(&|numbers| quantile(&numbers.response_time, 0.95)),
            three(&|numbers| quantile(&numbers.response_time, 0.99)),
            three(&|numbers| quantile(&numbers.response_time, 1.0)),
        ));
    }
    if rows.is_empty() {
        return;
    }
    out.push_str("<h3>Before → during → after</h3>\n");
    out.push_str(&table(
        "Before, during and after each fault, response time in milliseconds",
        &[
            Words("Fault"),
            Number("Failed"),
            Number("p50, ms"),
            Number("p95, ms"),
            Number("p99, ms"),
            Number("max, ms"),
        ],
        &rows,
    ));
}
