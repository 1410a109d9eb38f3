use std::sync::Arc;
use std::time::Duration;

use crate::unit::Rate;

/// When iterations start and how many run at once; k6's names and semantics.
#[derive(Clone, Debug, PartialEq)]
pub enum ExecutorPlan {
    /// Closed model: each virtual user starts its next iteration when the last has ended.
    ConstantVus {
        /// How many virtual users.
        vus: u32,
        /// For how long.
        duration: Duration,
    },
    /// Closed model whose number of virtual users follows straight lines between stages.
    RampingVus {
        /// Virtual users at the start.
        start_vus: u32,
        /// One after the other, at least one.
        stages: Vec<VuStage>,
        /// How long an iteration may go on when its virtual user is no longer wanted.
        graceful_ramp_down: Duration,
    },
    /// Closed model: so many iterations, taken by whichever virtual user is free.
    SharedIterations {
        /// How many virtual users.
        vus: u32,
        /// Of all of them together.
        iterations: u64,
        /// No iteration starts later than this.
        max_duration: Duration,
    },
    /// Closed model: each virtual user does so many iterations.
    PerVuIterations {
        /// How many virtual users.
        vus: u32,
        /// Of each of them.
        iterations: u64,
        /// No iteration starts later than this.
        max_duration: Duration,
    },
    /// Open model: iterations start at a rate, whether or not earlier ones have ended.
    ConstantArrivalRate {
        /// Iterations per unit of time.
        rate: Rate,
        /// For how long.
        duration: Duration,
        /// Virtual users, and with them connections, at most. Arrivals beyond wait for a free
        /// one, and what they waited is part of their response time.
        max_vus: u32,
        /// How they are spaced.
        arrivals: Arrivals,
    },
    /// Open model whose rate follows straight lines between stages.
    RampingArrivalRate {
        /// The rate at the start; its count may be 0.
        start_rate: Rate,
        /// One after the other, at least one.
        stages: Vec<RateStage>,
        /// As of `ConstantArrivalRate`.
        max_vus: u32,
        /// How they are spaced.
        arrivals: Arrivals,
    },
    /// Open model: iterations start at recorded instants.
    Replay {
        /// From the start of the scenario, ascending; at least one.
        schedule: Arc<[Duration]>,
        /// As of `ConstantArrivalRate`.
        max_vus: u32,
    },
}

/// A stretch in which the number of virtual users goes in a straight line to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VuStage {
    /// How long; zero is a jump.
    pub duration: Duration,
    /// Virtual users at its end.
    pub target: u32,
}

/// A stretch in which the rate goes in a straight line to a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateStage {
    /// How long; zero is a jump.
    pub duration: Duration,
    /// The rate at its end; its count may be 0.
    pub target: Rate,
}

/// How the arrivals of an open model are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// Evenly.
    #[default]
    Even,
    /// As independent users come: a Poisson process of the same rate, drawn from the run's seed.
    Poisson,
}

impl Arrivals {
    /// Every spacing with its name in a suite.
    pub const NAMES: [(&'static str, Self); 2] = [("even", Self::Even), ("poisson", Self::Poisson)];
}

impl ExecutorPlan {
    /// k6's name, where k6 has the executor.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConstantVus { .. } => "constant-vus",
            Self::RampingVus { .. } => "ramping-vus",
            Self::SharedIterations { .. } => "shared-iterations",
            Self::PerVuIterations { .. } => "per-vu-iterations",
            Self::ConstantArrivalRate { .. } => "constant-arrival-rate",
            Self::RampingArrivalRate { .. } => "ramping-arrival-rate",
            Self::Replay { .. } => "replay",
        }
    }

    /// For how long iterations are started, at most.
    pub fn duration(&self) -> Duration {
        match self {
            Self::ConstantVus { duration, .. } | Self::ConstantArrivalRate { duration, .. } => {
                *duration
            }
            Self::SharedIterations { max_duration, .. }
            | Self::PerVuIterations { max_duration, .. } => *max_duration,
            Self::RampingVus { stages, .. } => stages.iter().map(|stage| stage.duration).sum(),
            Self::RampingArrivalRate { stages, .. } => {
                stages.iter().map(|stage| stage.duration).sum()
            }
            // The last arrival is due within it.
            Self::Replay { schedule, .. } => {
                schedule.last().copied().unwrap_or_default() + Duration::from_nanos(1)
            }
        }
    }

    /// Virtual users at most.
    pub fn most_vus(&self) -> u32 {
        match self {
            Self::ConstantVus { vus, .. }
            | Self::SharedIterations { vus, .. }
            | Self::PerVuIterations { vus, .. } => *vus,
            Self::RampingVus {
                start_vus, stages, ..
            } => stages
                .iter()
                .map(|stage| stage.target)
                .fold(*start_vus, u32::max),
            Self::ConstantArrivalRate { max_vus, .. }
            | Self::RampingArrivalRate { max_vus, .. }
            | Self::Replay { max_vus, .. } => *max_vus,
        }
    }

    /// The most iterations that it starts in a second, where a rate says so.
    pub fn peak_rate(&self) -> Option<f64> {
        match self {
            Self::ConstantArrivalRate { rate, .. } => Some(rate.per_second()),
            Self::RampingArrivalRate {
                start_rate, stages, ..
            } => Some(
                stages
                    .iter()
                    .map(|stage| stage.target.per_second())
                    .fold(start_rate.per_second(), f64::max),
            ),
            _ => None,
        }
    }

    /// How many iterations it will start, where that is known beforehand: as long as nothing
    /// stops it. Poisson arrivals are so many on average.
    pub fn planned_iterations(&self) -> Option<u64> {
        match self {
            Self::ConstantArrivalRate { rate, duration, .. } => {
                // Arrival n falls due at n · period; those due before the end are started.
                Some(whole(rate.per_second() * duration.as_secs_f64()))
            }
            Self::RampingArrivalRate {
                start_rate, stages, ..
            } => {
                let mut from = start_rate.per_second();
                let mut area = 0.0;
                for stage in stages {
                    let to = stage.target.per_second();
                    area += (from + to) / 2.0 * stage.duration.as_secs_f64();
                    from = to;
                }
                Some(whole(area))
            }
            Self::SharedIterations { iterations, .. } => Some(*iterations),
            Self::PerVuIterations {
                vus, iterations, ..
            } => Some(iterations.saturating_mul(u64::from(*vus))),
            Self::Replay { schedule, .. } => Some(schedule.len() as u64),
            Self::ConstantVus { .. } | Self::RampingVus { .. } => None,
        }
    }

    /// Whether the schedule is independent of the answers.
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::ConstantArrivalRate { .. }
                | Self::RampingArrivalRate { .. }
                | Self::Replay { .. }
        )
    }
}

fn whole(arrivals: f64) -> u64 {
    (arrivals - 1e-9).ceil().max(0.0) as u64
}
