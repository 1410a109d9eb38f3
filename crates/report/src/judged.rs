use rtest_metrics::{Gate, GateKind, Outcome, Verdict};

/// The gates that say something about the run. Where the environment did not come up nothing ran,
/// so what a verdict says of load, faults and contracts is only that they are missing.
pub(crate) fn judged(verdict: &Verdict) -> impl Iterator<Item = &Gate> {
    let nothing_ran = verdict.outcome == Outcome::EnvironmentFailed;
    verdict
        .gates
        .iter()
        .filter(move |gate| !nothing_ran || gate.kind == GateKind::Service)
}
