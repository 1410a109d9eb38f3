use rtest_metrics::{Gate, GateKind, GateStatus, Outcome, Verdict};

/// The gates that say something about the run. Where the environment did not come up or was lost,
/// what a verdict says of load, faults and contracts is only that it is missing.
pub(crate) fn judged(verdict: &Verdict) -> impl Iterator<Item = &Gate> {
    let has_failed = verdict.outcome == Outcome::EnvironmentFailed;
    verdict
        .gates
        .iter()
        .filter(move |gate| !has_failed || gate.kind == GateKind::Service)
}

/// The gates that did not pass: those that failed first, and before all of them those that make
/// the others worth nothing.
pub(crate) fn troubles(verdict: &Verdict) -> Vec<&Gate> {
    let mut troubles: Vec<&Gate> = judged(verdict)
        .filter(|gate| gate.status.is_trouble())
        .collect();
    troubles.sort_by_key(|gate| {
        let is_root = verdict.outcome == Outcome::Invalid && gate.kind == GateKind::Generator;
        (gate.status != GateStatus::Failed, !is_root)
    });
    troubles
}
