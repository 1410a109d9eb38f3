use std::time::Duration;

use crate::expectation::Expectation;
use crate::plan::Target;
use crate::span::Span;
use crate::template::Template;
use crate::threshold::Threshold;
use crate::unit::Rate;

/// Load on one target.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// What is loaded.
    pub target: Target,
    /// Scenarios, all in parallel.
    pub scenarios: Vec<ScenarioPlan>,
    /// Gates on the metrics.
    pub thresholds: Vec<ThresholdPlan>,
    /// Length of a tick: the resolution of charts.
    pub tick: Duration,
}

impl LoadPlan {
    /// A tick that gives a run of this length some eighty points on a chart: 250 ms for runs of
    /// up to a minute, then 1 s, and 5 s beyond an hour.
    pub fn tick_for(duration: Duration) -> Duration {
        match duration.as_secs() {
            0..=60 => Duration::from_millis(250),
            61..=3600 => Duration::from_secs(1),
            _ => Duration::from_secs(5),
        }
    }
}

/// Who sends what, when, for how long.
#[derive(Clone, Debug)]
pub struct ScenarioPlan {
    /// Its unique name.
    pub name: String,
    /// When iterations start and how many run at once.
    pub executor: ExecutorPlan,
    /// What an iteration does.
    pub flow: Vec<Step>,
    /// Tags of every sample of the scenario.
    pub tags: Vec<(String, String)>,
    /// When it starts, from the start of the load.
    pub start_time: Duration,
    /// How long running iterations may take to end after its duration is over.
    pub graceful_stop: Duration,
    /// Its entry in the suite.
    pub span: Span,
}

/// When iterations start and how many run at once; k6's names and semantics.
#[derive(Clone, Debug, PartialEq)]
pub enum ExecutorPlan {
    /// Open model: iterations start on a fixed schedule, whether or not earlier ones have ended.
    ConstantArrivalRate {
        /// Iterations per unit of time.
        rate: Rate,
        /// For how long.
        duration: Duration,
        /// Virtual users, and with them connections, at most. Arrivals beyond wait for a free
        /// one, and what they waited is part of their response time.
        max_vus: u32,
    },
    /// Closed model: each virtual user starts its next iteration when the last has ended.
    ConstantVus {
        /// How many virtual users.
        vus: u32,
        /// For how long.
        duration: Duration,
    },
}

impl ExecutorPlan {
    /// k6's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConstantArrivalRate { .. } => "constant-arrival-rate",
            Self::ConstantVus { .. } => "constant-vus",
        }
    }

    /// For how long iterations are started.
    pub const fn duration(&self) -> Duration {
        match self {
            Self::ConstantArrivalRate { duration, .. } | Self::ConstantVus { duration, .. } => {
                *duration
            }
        }
    }

    /// How many iterations it will start, where that is known beforehand.
    pub fn planned_iterations(&self) -> Option<u64> {
        match self {
            Self::ConstantArrivalRate { rate, duration, .. } => {
                // Arrival n falls due at n · period; those due before the end are started.
                Some(
                    (rate.per_second() * duration.as_secs_f64() - 1e-9)
                        .ceil()
                        .max(0.0) as u64,
                )
            }
            Self::ConstantVus { .. } => None,
        }
    }

    /// Whether the schedule is independent of the answers.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::ConstantArrivalRate { .. })
    }
}

/// One thing that an iteration does.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// Its entry in the suite.
    pub span: Span,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Sends a request and waits for the whole answer.
    Request(Box<RequestStep>),
    /// Waits, as a person would between two clicks.
    Think(Duration),
}

/// A request, and what its answer is expected to be.
#[derive(Clone, Debug)]
pub struct RequestStep {
    /// The endpoint's name in tags and reports; the path with `:name` for holes unless named.
    pub endpoint: String,
    /// Upper-case method.
    pub method: String,
    /// Path with query, below the target's base path.
    pub path: Template,
    /// Headers beyond `host`, in order.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Expectations, counted in `checks`; an unmet one fails no request.
    pub checks: Vec<CheckPlan>,
    /// Tags of its samples beyond the scenario's.
    pub tags: Vec<(String, String)>,
    /// From when a virtual user turns to the request to the last byte, connecting included.
    pub timeout: Duration,
}

/// A request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// Text; with `content-type: application/json` where it came from `json`.
    Text(Template),
}

/// A named expectation of an answer.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    /// As shown in reports: `status 200`.
    pub name: String,
    /// What is expected.
    pub expectation: Expectation,
    /// Its entry in the suite.
    pub span: Span,
}

/// A gate on a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdPlan {
    /// The bound.
    pub threshold: Threshold,
    /// Its entry in the suite, or the flag.
    pub span: Span,
}
