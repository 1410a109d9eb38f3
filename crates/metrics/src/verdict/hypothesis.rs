use rtest_core::threshold::Threshold;
use rtest_core::window::WindowId;

use super::threshold::{gate, unreadable};
use super::{Gate, GateKind, GateStatus};
use crate::run_record::{ProbeRecord, RunRecord};
use crate::summary::Summary;

/// What the names of those gates end in that look at the system before anything is broken.
const BEFORE: &str = " (before the faults)";

/// The probe of a gate that has found the steady state missing when nothing was broken yet.
pub(super) fn missing_before(gate: &Gate) -> Option<&str> {
    let failed = gate.kind == GateKind::Hypothesis && gate.status == GateStatus::Failed;
    gate.name.strip_suffix(BEFORE).filter(|_| failed)
}

/// Each probe is a gate on each side of the faults, and one where there are none (a dry run): those that were asked as they were answered,
/// metric probes held against the windows in which nothing was broken.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let summary = Summary::new(record);
    let mut gates = Vec::new();
    let first_faulty = record
        .windows
        .iter()
        .position(|window| !window.active.is_empty());
    let last_faulty = record
        .windows
        .iter()
        .rposition(|window| !window.active.is_empty());
    for (index, probe) in record.header.hypothesis.iter().enumerate() {
        let gate_name = |side: &str| match side {
            _ if record.header.faults.is_empty() => probe.name.clone(),
            "before" => format!("{}{BEFORE}", probe.name),
            side => format!("{} ({side} the faults)", probe.name),
        };
        if let Some(text) = &probe.threshold {
            let threshold = match &record.header.load {
                Some(load) => load.threshold(text),
                None => Threshold::parse_line(text),
            };
            let Ok(threshold) = threshold else {
                gates.push(unreadable(GateKind::Hypothesis, &probe.name, &probe.span));
                continue;
            };
            let mut judge = |side: &str, in_window: &dyn Fn(WindowId) -> bool| {
                let value = summary.value_where(&threshold.metric, in_window);
                gates.push(gate(
                    GateKind::Hypothesis,
                    &gate_name(side),
                    &threshold,
                    summary,
                    value,
                    &probe.span,
                ));
            };
            // Without any fault in the record there is one stretch, and it is "before".
            judge("before", &|window| {
                first_faulty.is_none_or(|first| usize::from(window.0) < first)
            });
            if let Some(last) = last_faulty {
                judge("after", &|window| usize::from(window.0) > last);
            }
            continue;
        }
        if probe.continuously {
            gates.push(while_it_ran(record, index));
        }
        let sides: &[&str] = if record.header.faults.is_empty() {
            &["before"]
        } else {
            &["before", "after"]
        };
        for &side in sides {
            let asked = record
                .probes
                .iter()
                .rev()
                .find(|asked| usize::from(asked.probe) == index && asked.side == side);
            gates.push(Gate {
                kind: GateKind::Hypothesis,
                name: gate_name(side),
                status: match asked {
                    Some(asked) if asked.held => GateStatus::Passed,
                    Some(_) => GateStatus::Failed,
                    None => record.unseen(),
                },
                expected: asked.map_or_else(|| probe.name.clone(), |asked| asked.expected.clone()),
                observed: asked
                    .map_or_else(|| "was not asked".to_owned(), |asked| asked.actual.clone()),
                evidence: Vec::new(),
                span: Some(probe.span.clone()),
                rests_on_load: false,
            });
        }
    }
    gates
}

/// A probe that was asked every second: it held each time that counts.
fn while_it_ran(record: &RunRecord, index: usize) -> Gate {
    let probe = &record.header.hypothesis[index];
    let asked: Vec<&ProbeRecord> = record
        .probes
        .iter()
        .filter(|asked| usize::from(asked.probe) == index && asked.side == "during")
        .collect();
    let first_failed = asked.iter().find(|asked| !asked.held);
    let failed = asked.iter().filter(|asked| !asked.held).count();
    let (status, observed) = match (first_failed, asked.len()) {
        (Some(first), all) => (
            GateStatus::Failed,
            format!(
                "failed {failed} of {all} times, first at {}: {}",
                first.at, first.actual
            ),
        ),
        // A drill too short to be asked in has shown nothing.
        (None, 0) => (GateStatus::Inconclusive, "was not asked".to_owned()),
        (None, all) => (GateStatus::Passed, format!("held {all} of {all} times")),
    };
    Gate {
        kind: GateKind::Hypothesis,
        name: format!("{} (every second)", probe.name),
        status,
        expected: asked
            .first()
            .map_or_else(|| probe.name.clone(), |asked| asked.expected.clone()),
        observed,
        evidence: Vec::new(),
        span: Some(probe.span.clone()),
        rests_on_load: false,
    }
}
