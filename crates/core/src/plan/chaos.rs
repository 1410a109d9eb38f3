use std::time::Duration;

use crate::expectation::Expectation;
use crate::plan::{HttpCall, Target};
use crate::span::Span;
use crate::threshold::Threshold;
use crate::unit::format_duration;

/// Faults on a timeline, and what must hold around them.
#[derive(Clone, Debug)]
pub struct ChaosPlan {
    /// What the steady state is; holds before the first fault and again after the last.
    pub hypothesis: Vec<ProbePlan>,
    /// Faults, by start.
    pub timeline: Vec<FaultPlan>,
}

impl ChaosPlan {
    /// When the last fault is over.
    pub fn end(&self) -> Duration {
        self.timeline
            .iter()
            .map(|fault| fault.at + fault.lasting)
            .max()
            .unwrap_or_default()
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub struct FaultPlan {
    /// Its unique name, for tags and reports: `latency storefront -> catalog`.
    pub name: String,
    /// When it begins, from the start of the load.
    pub at: Duration,
    /// How long it lasts (`for` in the suite).
    pub lasting: Duration,
    /// The link it breaks: `caller -> callee`.
    pub link: String,
    /// What is broken.
    pub kind: FaultKind,
    /// Its entry in the suite.
    pub span: Span,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Answers come later.
    Latency {
        /// By how much.
        latency: Duration,
        /// Give or take, evenly spread.
        jitter: Duration,
    },
    /// Live connections are closed, new ones refused.
    Down,
}

impl FaultKind {
    /// The word in the suite.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Down => "down",
        }
    }

    /// In words, for reports: `latency 400ms ± 50ms`.
    pub fn describe(&self) -> String {
        match self {
            Self::Latency { latency, jitter } if jitter.is_zero() => {
                format!("latency {}", format_duration(*latency))
            }
            Self::Latency { latency, jitter } => {
                format!(
                    "latency {} ± {}",
                    format_duration(*latency),
                    format_duration(*jitter)
                )
            }
            Self::Down => "down".to_owned(),
        }
    }
}

/// One probe of the hypothesis.
#[derive(Clone, Debug)]
pub struct ProbePlan {
    /// As shown in reports.
    pub name: String,
    /// What is asked.
    pub kind: ProbeKind,
    /// Its entry in the suite.
    pub span: Span,
}

/// What a probe asks.
#[derive(Clone, Debug)]
pub enum ProbeKind {
    /// A bound on a metric, held against the windows without a fault.
    Metric(Threshold),
    /// A call, and what its answer must be.
    Http {
        /// Whom.
        target: Target,
        /// What.
        call: HttpCall,
        /// All of these.
        expectations: Vec<Expectation>,
    },
}
