use std::time::Duration;

use super::Executor;
use crate::headcount::Headcount;
use crate::pacer::Unpaced;
use crate::share::Share;

/// Closed model: each virtual user does so many iterations, as k6's. How many virtual users there
/// are cannot be changed meanwhile: it would change how many iterations there are.
pub(super) fn executor(
    vus: u32,
    iterations: u64,
    max_duration: Duration,
    share: Share,
) -> Executor {
    let total = iterations.saturating_mul(u64::from(vus));
    let pacer = Unpaced::new(max_duration, vus, share).at_most(total);
    Executor {
        iterations_per_vu: iterations,
        ..Executor::closed(pacer, Headcount::fixed(vus))
    }
}
