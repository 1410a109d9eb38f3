//! What the system did about each fault, held against what was expected of it. One file for each
//! expectation: a function from the scene to what was found.

mod backlog;
mod breaker;
mod dead_letters;
mod deadline;
mod detect;
mod fallback;
mod readings;
mod recovery;
mod retries;
mod scene;
mod shed;

use rtest_core::plan::Resilience;

use super::{Evidence, Gate, GateKind, GateStatus};
use crate::run_record::RunRecord;
use scene::Scene;

/// What was found where something was expected.
struct Finding {
    status: GateStatus,
    observed: String,
    evidence: Vec<String>,
}

impl Finding {
    fn judged(met: bool, observed: impl Into<String>) -> Self {
        Self {
            status: if met {
                GateStatus::Passed
            } else {
                GateStatus::Failed
            },
            observed: observed.into(),
            evidence: Vec::new(),
        }
    }

    /// There is too little to say so.
    fn too_little(observed: impl Into<String>) -> Self {
        Self {
            status: GateStatus::Inconclusive,
            observed: observed.into(),
            evidence: Vec::new(),
        }
    }

    fn with(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }
}

/// Attempts are read from HTTP/1.1 alone.
const NO_ATTEMPTS: &str = "no HTTP/1.1 in the clear was seen on the link, which is what attempts \
                           are read from";

/// Each expectation of each fault.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    for (index, header) in (0_u16..).zip(&record.header.faults) {
        for expect in &header.expect {
            let expected = Resilience::from(&expect.expected);
            let found = match Scene::of(record, index) {
                Some(scene) => judge(&scene, &expected),
                None => Finding {
                    status: record.unseen(),
                    observed: "the fault did not run its course".to_owned(),
                    evidence: Vec::new(),
                },
            };
            gates.push(Gate {
                kind: GateKind::Resilience,
                name: format!("{} under `{}`", expected.word(), header.name),
                status: found.status,
                expected: expected.describe(),
                observed: found.observed,
                evidence: found.evidence.into_iter().map(Evidence::plain).collect(),
                span: Some(expect.span.clone()),
                rests_on_load: true,
            });
        }
    }
    gates
}

fn judge(scene: &Scene<'_>, expected: &Resilience) -> Finding {
    match expected {
        Resilience::Deadline { within } => deadline::judge(scene, *within),
        Resilience::Retries {
            max_per_request,
            backoff,
            jitter,
            unsafe_too,
        } => {
            let wanted = retries::Wanted {
                max_per_request: *max_per_request,
                backoff: *backoff,
                jitter: *jitter,
                unsafe_too: *unsafe_too,
            };
            retries::judge(scene, wanted)
        }
        Resilience::Breaker {
            opens_within,
            closes_within,
        } => breaker::judge(scene, *opens_within, *closes_within),
        Resilience::Shed { status, within } => shed::judge(scene, *status, *within),
        Resilience::Fallback { rate, check } => fallback::judge(scene, *rate, check.as_deref()),
        Resilience::Recovery { within } => recovery::judge(scene, *within),
        Resilience::Detect { within, by } => detect::judge(scene, *within, by.as_ref()),
        Resilience::Backlog {
            length,
            max,
            drains_within,
        } => backlog::judge(scene, length, *max, *drains_within),
        Resilience::DeadLetters { count, min, max } => {
            dead_letters::judge(scene, count, *min, *max)
        }
    }
}
