use rtest_core::RunTime;

use super::{Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// Each planned fault: it was injected, taken back, and nothing is left of it. Whether it was felt
/// is for thresholds on its window to say.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (fault, header) in record.faults.iter().zip(&record.header.faults) {
        let (status, observed) = match (&fault.injected, &fault.rolled_back) {
            (None, _) => (record.unseen(), "was never injected".to_owned()),
            (Some((at, _)), None) => (
                GateStatus::Failed,
                format!(
                    "injected at {}, never rolled back",
                    on_load_clock(record, *at)
                ),
            ),
            (Some((from, _)), Some((to, _))) => {
                let seen = format!(
                    "active {} to {}; then {}",
                    on_load_clock(record, *from),
                    on_load_clock(record, *to),
                    fault.seen
                );
                (
                    if fault.clean {
                        GateStatus::Passed
                    } else {
                        GateStatus::Failed
                    },
                    seen,
                )
            }
        };
        gates.push(Gate {
            kind: GateKind::Fault,
            name: header.name.clone(),
            status,
            expected: "injected on time, rolled back, nothing left of it".to_owned(),
            observed,
            evidence: Vec::new(),
            span: Some(header.span.clone()),
            rests_on_load: false,
        });
    }
    gates
}

/// An instant as the suite's timeline counts: from the start of the load.
fn on_load_clock(record: &RunRecord, at: RunTime) -> String {
    let start = record
        .load
        .as_ref()
        .map_or(RunTime::ZERO, |load| load.start);
    format!("{:.1}s", at.since(start).as_secs_f64())
}
