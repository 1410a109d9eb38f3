use super::{Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// Each guardrail: it did not end the drill.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let gate = |(index, header): (u16, &crate::record::GuardrailHeader)| {
        let tripped = record.tripped.as_ref().filter(|(_, it, _)| *it == index);
        let (status, observed) = match tripped {
            Some((at, _, observed)) => (
                GateStatus::Failed,
                format!("ended the drill at {at}: {observed}"),
            ),
            None => (GateStatus::Passed, "never so".to_owned()),
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
