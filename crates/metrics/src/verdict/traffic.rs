use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;
use crate::summary::Summary;

/// Even with no threshold at all, a run in which nothing was answered is not a success.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    if record.header.load.is_none() {
        return Vec::new();
    }
    let summary = Summary::new(record);
    let (failed, total) = summary.failures(|_| true);
    let dropped: u64 = record
        .load
        .iter()
        .flat_map(|load| &load.scenarios)
        .map(|scenario| scenario.counters.dropped)
        .sum();
    let status = if total > failed {
        GateStatus::Passed
    } else {
        GateStatus::Failed
    };
    let mut observed = format!("{total} requests, {failed} failed");
    if dropped > 0 {
        observed.push_str(&format!(", {dropped} of them dropped arrivals"));
    }
    let evidence = match (status, total) {
        (GateStatus::Passed, _) => Vec::new(),
        (_, 0) => vec![Evidence::plain("no request was sent")],
        _ => {
            let examples = record.load.iter().flat_map(|load| &load.examples);
            examples
                .take(3)
                .map(|example| {
                    Evidence::plain(format!("{}: {}", example.key.outcome, example.message))
                })
                .collect()
        }
    };
    vec![Gate {
        kind: GateKind::Traffic,
        name: "requests are answered".to_owned(),
        status,
        expected: "at least one request that does not fail".to_owned(),
        observed,
        evidence,
        span: None,
        rests_on_load: true,
    }]
}
