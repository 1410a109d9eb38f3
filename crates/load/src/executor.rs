//! Executors, with k6's names and semantics. Each comes down to the same values; the one loop
//! that runs them is [`crate::scenario`]'s.

mod constant_arrival_rate;
mod constant_vus;

use std::time::Duration;

use rtest_core::plan::ExecutorPlan;

use crate::pacer::Pacer;
use crate::share::Share;

/// One worker's part of an executor.
#[derive(Debug)]
pub(crate) struct Executor {
    /// When iterations are due.
    pub(crate) pacer: Box<dyn Pacer>,
    /// Virtual users at most.
    pub(crate) vus: u64,
    /// For how long iterations fall due.
    pub(crate) duration: Duration,
}

impl Executor {
    /// The `share` of what the plan asks for.
    pub(crate) fn new(plan: &ExecutorPlan, share: Share) -> Self {
        use ExecutorPlan as Plan;
        let total = plan.planned_iterations();
        #[rustfmt::skip] // one line each
        let executor = match *plan {
            Plan::ConstantArrivalRate { rate, duration, max_vus, .. } => constant_arrival_rate::executor(rate, duration, max_vus, total, share),
            Plan::ConstantVus { vus, duration } => constant_vus::executor(vus, duration, share),
            _ => unreachable!("no suite can ask for it yet"),
        };
        executor
    }
}
