use rtest_core::threshold::Threshold;
use rtest_core::window::WindowId;

use super::{Gate, GateKind, GateStatus};
use crate::record::GuardrailHeader;
use crate::run_record::RunRecord;
use crate::summary::Summary;

/// Each guardrail: it did not end the drill.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let gate = |(index, header): (u16, &GuardrailHeader)| {
        let tripped = record.tripped.as_ref().filter(|(_, it, _)| *it == index);
        let (status, observed) = match (tripped, met_by_few(record, header)) {
            (Some((at, _, observed)), _) => (
                GateStatus::Failed,
                format!("ended the drill at {at}: {observed}"),
            ),
            (None, Some(few)) => (GateStatus::Inconclusive, few),
            (None, None) => (GateStatus::Passed, "never so".to_owned()),
        };
        Gate {
            kind: GateKind::Guardrail,
            name: header.name.clone(),
            status,
            expected: "does not happen".to_owned(),
            observed,
            evidence: Vec::new(),
            span: Some(header.span.clone()),
            rests_on_load: false,
        }
    };
    (0..).zip(&record.header.guardrails).map(gate).collect()
}

/// The first stretch, all of it calm or all of it under faults, in which a bound was met by fewer
/// samples than it needs to end the drill.
fn met_by_few(record: &RunRecord, header: &GuardrailHeader) -> Option<String> {
    let least = header.min_samples?;
    let bound = Threshold::parse_line(&header.name).ok()?;
    let is_calm = |index: &usize| record.windows[*index].active.is_empty();
    let all: Vec<usize> = (0..record.windows.len()).collect();
    let mut stretches = all.chunk_by(|one, next| is_calm(one) == is_calm(next));
    stretches.find_map(|stretch| {
        let is_within = |window: WindowId| stretch.contains(&usize::from(window.0));
        let value = Summary::new(record).value_where(&bound.metric, is_within)?;
        let samples = value.samples();
        let observed = value.read(bound.aggregation)?;
        let is_met = bound.comparison.holds(observed, bound.bound);
        (is_met && samples < least).then(|| {
            format!("{observed:.3} (n = {samples}), and it needs {least} samples to end the drill")
        })
    })
}
