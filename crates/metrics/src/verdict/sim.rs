use super::{Evidence, Gate, GateKind, GateStatus};
use crate::number::count;
use crate::run_record::RunRecord;

/// Each program: nothing was found under any seed, and the same seed gave the same bytes.
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
                    let mut text = failure.headline();
                    if failure.runs > 0 {
                        text.push_str(&format!(
                            "\nin {} of {} runs, first under seed {}",
                            count(failure.runs.into()),
                            count(result.seeds_run.into()),
                            failure.seed
                        ));
                    }
                    for forced in &failure.forced {
                        text.push_str(&format!("\nneeds: {forced}"));
                    }
                    let command = failure.command(&result.program);
                    text.push_str(&format!("\nreplay: {command}"));
                    evidence.push(Evidence::plain(text));
                }
                if !result.deterministic {
                    evidence.push(Evidence::plain(
                        "the same seed run twice gave different bytes",
                    ));
                }
                let clean = result.seeds_failed == 0
                    && result.failures.is_empty()
                    && result.deterministic
                    && (result.complete || result.seeds_run == header.seeds);
                let coverage = result.coverage.as_ref();
                let coverage = coverage.map_or_else(String::new, |words| format!("; {words}"));
                (
                    if clean {
                        GateStatus::Passed
                    } else {
                        GateStatus::Failed
                    },
                    format!(
                        "{} seeds run, {} failed, trace {}{coverage}",
                        count(result.seeds_run.into()),
                        count(result.seeds_failed.into()),
                        result.trace_hash
                    ),
                )
            }
        };
        gates.push(Gate {
            kind: GateKind::Sim,
            name: header.program.clone(),
            status,
            expected: format!(
                "no finding under {} seeds, deterministic",
                count(header.seeds.into())
            ),
            observed,
            evidence,
            span: Some(header.span.clone()),
            rests_on_load: false,
        });
    }
    gates
}
