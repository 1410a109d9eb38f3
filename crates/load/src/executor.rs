//! Executors, with k6's names and semantics. Each comes down to the same values; the one loop
//! that runs them is [`crate::scenario`]'s.

mod constant_arrival_rate;
mod constant_vus;
mod per_vu_iterations;
mod ramping_arrival_rate;
mod ramping_vus;
mod replay;
mod shared_iterations;

use std::time::Duration;

use rtest_core::Seed;
use rtest_core::plan::{Arrivals, ExecutorPlan, ScenarioPlan};

use crate::headcount::Headcount;
use crate::pacer::{Intensity, Paced, Pacer, Spacing, Unpaced};
use crate::share::Share;

/// One worker's part of an executor.
#[derive(Debug)]
pub(crate) struct Executor {
    /// When iterations are due.
    pub(crate) pacer: Box<dyn Pacer>,
    /// How many virtual users the whole scenario wants; in an open model, at most.
    pub(crate) vus: Headcount,
    /// Iterations of each virtual user, at most.
    pub(crate) iterations_per_vu: u64,
    /// How long an iteration may go on when its virtual user is no longer wanted; as long as at
    /// the end of the scenario where the executor says nothing.
    pub(crate) graceful_ramp_down: Option<Duration>,
}

impl Executor {
    /// The `share` of what the plan asks for.
    pub(crate) fn new(scenario: &ScenarioPlan, share: Share, seed: Seed) -> Self {
        use ExecutorPlan as Plan;
        let duration = scenario.executor.duration();
        let spacing = |arrivals: Arrivals| {
            Spacing::new(arrivals, || {
                seed.stream(&format!("pacing/{}", scenario.name))
            })
        };
        #[rustfmt::skip] // one line each
        let executor = match &scenario.executor {
            Plan::ConstantVus { vus, .. } => constant_vus::executor(*vus, duration, share),
            Plan::RampingVus { start_vus, stages, graceful_ramp_down } => ramping_vus::executor(*start_vus, stages, *graceful_ramp_down, &scenario.executor, share),
            Plan::SharedIterations { vus, iterations, .. } => shared_iterations::executor(*vus, *iterations, duration, share),
            Plan::PerVuIterations { vus, iterations, .. } => per_vu_iterations::executor(*vus, *iterations, duration, share),
            Plan::ConstantArrivalRate { rate, max_vus, arrivals, .. } => constant_arrival_rate::executor(*rate, spacing(*arrivals), *max_vus, duration, share),
            Plan::RampingArrivalRate { start_rate, stages, max_vus, arrivals } => ramping_arrival_rate::executor(*start_rate, stages, spacing(*arrivals), *max_vus, duration, share),
            Plan::Replay { schedule, max_vus } => replay::executor(schedule, *max_vus, duration, share),
        };
        executor
    }

    /// Closed model: whoever is wanted and free begins an iteration.
    fn closed(pacer: Unpaced, vus: Headcount) -> Self {
        Self {
            pacer: Box::new(pacer),
            vus,
            iterations_per_vu: u64::MAX,
            graceful_ramp_down: None,
        }
    }

    /// Open model: iterations fall due by an intensity, and virtual users are made as they are
    /// needed, up to `max_vus`.
    fn open(
        intensity: impl Intensity + 'static,
        spacing: Spacing,
        max_vus: u32,
        duration: Duration,
        share: Share,
    ) -> Self {
        Self {
            pacer: Box::new(Paced::new(intensity, spacing, duration, share)),
            vus: Headcount::fixed(max_vus),
            iterations_per_vu: u64::MAX,
            graceful_ramp_down: None,
        }
    }
}
