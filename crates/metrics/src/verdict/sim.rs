use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;

/// Each program: every seed ended with 0, and the same seed gave the same bytes.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (index, header) in record.header.sims.iter().enumerate() {
        let result = record
            .sims
            .iter()
            .find(|result| usize::from(result.sim) == index);
        let mut evidence = Vec::new();
        let (status, observed) = match result {
            None => (record.unseen(), "was not run".to_owned()),
            Some(result) => {
                for failure in &result.failures {
                    evidence.push(Evidence::plain(format!(
                        "seed {} ended with exit code {}: {}\nreplay: rtest sim {} --seed {}",
                        failure.seed,
                        failure.exit_code,
                        failure.message,
                        result.program,
                        failure.seed
                    )));
                }
                if !result.deterministic {
                    evidence.push(Evidence::plain(
                        "the same seed run twice gave different bytes",
                    ));
                }
                let clean = result.seeds_failed == 0
                    && result.deterministic
                    && result.seeds_run == header.seeds;
                (
                    if clean {
                        GateStatus::Passed
                    } else {
                        GateStatus::Failed
                    },
                    format!(
                        "{} seeds run, {} failed, trace {}",
                        result.seeds_run, result.seeds_failed, result.trace_hash
                    ),
                )
            }
        };
        gates.push(Gate {
            kind: GateKind::Sim,
            name: header.program.clone(),
            status,
            expected: format!("exit code 0 under {} seeds, deterministic", header.seeds),
            observed,
            evidence,
            span: Some(header.span.clone()),
            rests_on_load: false,
        });
    }
    gates
}
