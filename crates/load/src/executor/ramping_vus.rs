use std::time::Duration;

use rtest_core::plan::{ExecutorPlan, VuStage};

use super::Executor;
use crate::headcount::Headcount;
use crate::pacer::Unpaced;
use crate::share::Share;

/// Closed model whose number of virtual users follows straight lines; those with the highest
/// numbers come last and go first. Who is no longer wanted may end its iteration, for a while.
///
/// Unlike k6's, a virtual user that comes again after it has left begins anew, over a new
/// connection.
pub(super) fn executor(
    start_vus: u32,
    stages: &[VuStage],
    graceful_ramp_down: Duration,
    plan: &ExecutorPlan,
    share: Share,
) -> Executor {
    let pacer = Unpaced::new(plan.duration(), plan.most_vus(), share);
    Executor {
        graceful_ramp_down: Some(graceful_ramp_down),
        ..Executor::closed(pacer, Headcount::ramping(start_vus, stages))
    }
}
