//! The one judgement of a run: every gate with its status, its evidence and the line that asked
//! for it.
//!
//! One file for each kind of gate: a function from the record to its gates.

mod case;
mod check;
mod contract;
mod contract_load;
mod fault;
mod gate;
mod generator;
mod guardrail;
mod hypothesis;
mod resilience;
mod service;
mod sim;
mod threshold;
mod traffic;
mod usage;

pub use gate::{Evidence, Gate, GateKind, GateStatus};
pub use generator::MAX_DISPATCH_LAG_MS;

use crate::run_record::{Ending, RunRecord};

/// How a run came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// In one word.
    pub outcome: Outcome,
    /// Every gate, in the order: load, hypothesis, guardrails, faults, resilience, contracts,
    /// programs, services, generator.
    pub gates: Vec<Gate>,
}

/// A run's outcome; each has its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every gate passed.
    Passed,
    /// At least one gate failed.
    Failed,
    /// No gate failed, and at least one rests on too little to say that it passed.
    Inconclusive,
    /// The generator was the bottleneck: load numbers are not valid, and nothing else failed.
    Invalid,
    /// The environment did not come up, or was lost; nothing was judged.
    EnvironmentFailed,
    /// Stopped from outside, or killed: what is there is not the whole run.
    Interrupted,
}

impl Outcome {
    /// In one word, as reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Invalid => "invalid",
            Self::EnvironmentFailed => "environment failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Every kind of gate, in the order in which a verdict lists them.
const JUDGES: [fn(&RunRecord) -> Vec<Gate>; 13] = [
    traffic::gates,
    threshold::gates,
    check::gates,
    contract_load::gates,
    hypothesis::gates,
    guardrail::gates,
    fault::gates,
    resilience::gates,
    case::gates,
    contract::gates,
    sim::gates,
    service::gates,
    generator::gates,
];

impl Verdict {
    /// Judges a run.
    pub fn of(record: &RunRecord) -> Self {
        let gates: Vec<Gate> = if record.nothing_ran() {
            // There is nothing to be judged; a service that ended may be why.
            service::gates(record)
        } else {
            JUDGES
                .iter()
                .flat_map(|judge| judge(record))
                // A part of a load cannot be held against what was asked of the whole: a third
                // of the requests is not the count, and their percentiles are not the whole's.
                // The merged record is judged, by everything.
                .filter(|gate| record.header.shard.is_none() || !gate.rests_on_load)
                .collect()
        };
        Self {
            outcome: outcome(record, &gates),
            gates,
        }
    }

    /// Probes that did not hold before anything was broken. Where there are any, what failed later is
    /// not shown to be the faults' doing.
    pub fn bad_baseline(&self) -> impl Iterator<Item = &str> {
        self.gates.iter().filter_map(hypothesis::missing_before)
    }

    /// The gates that did not pass.
    pub fn troubles(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| gate.status.is_trouble())
    }
}

fn outcome(record: &RunRecord, gates: &[Gate]) -> Outcome {
    match &record.ending {
        Ending::EnvironmentFailed(_) => return Outcome::EnvironmentFailed,
        Ending::Interrupted | Ending::CutOff => return Outcome::Interrupted,
        Ending::Whole => {}
    }
    let failed = |of: &dyn Fn(&Gate) -> bool| {
        gates
            .iter()
            .any(|gate| gate.status == GateStatus::Failed && of(gate))
    };
    if failed(&|gate| !gate.rests_on_load && gate.kind != GateKind::Generator) {
        Outcome::Failed
    } else if failed(&|gate| gate.kind == GateKind::Generator) {
        Outcome::Invalid
    } else if failed(&|_| true) {
        Outcome::Failed
    } else if gates
        .iter()
        .any(|gate| gate.status == GateStatus::Inconclusive)
    {
        Outcome::Inconclusive
    } else {
        Outcome::Passed
    }
}
