use std::time::Duration;

use super::Executor;
use crate::headcount::Headcount;
use crate::pacer::Unpaced;
use crate::share::Share;

/// Closed model: so many iterations, each taken by whichever virtual user is free.
///
/// Unlike k6's, "whichever" is one of the same worker: workers have iterations in proportion to
/// their virtual users and share nothing while they run.
pub(super) fn executor(
    vus: u32,
    iterations: u64,
    max_duration: Duration,
    share: Share,
) -> Executor {
    let pacer = Unpaced::new(max_duration, vus, share).at_most(iterations);
    Executor::closed(pacer, Headcount::constant(vus))
}
