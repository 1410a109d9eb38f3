use std::time::Duration;

use super::Executor;
use crate::headcount::Headcount;
use crate::pacer::Unpaced;
use crate::share::Share;

/// Closed model: a fixed number of virtual users, each of which starts its next iteration when
/// the last has ended. As k6's.
pub(super) fn executor(vus: u32, duration: Duration, share: Share) -> Executor {
    Executor::closed(Unpaced::new(duration, vus, share), Headcount::constant(vus))
}
