use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// A service that ended by itself; those that stayed up need no line.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    for service in &record.services {
        let Some((status, tail)) = &service.exited else {
            continue;
        };
        let header = record
            .header
            .services
            .iter()
            .find(|header| header.name == service.name);
        gates.push(Gate {
            kind: GateKind::Service,
            name: service.name.clone(),
            status: GateStatus::Failed,
            expected: "stays up until it is stopped".to_owned(),
            observed: format!("ended by itself: {status}"),
            evidence: if tail.is_empty() {
                Vec::new()
            } else {
                vec![Evidence::plain(tail.join("\n"))]
            },
            span: header.map(|header| header.span.clone()),
            rests_on_load: false,
        });
    }
    gates
}
