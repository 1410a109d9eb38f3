use std::time::Duration;

use super::Executor;
use crate::pacer::Unpaced;
use crate::share::Share;

/// Closed model: a fixed number of virtual users, each of which starts its next iteration when
/// the last has ended.
pub(super) fn executor(vus: u32, duration: Duration, share: Share) -> Executor {
    Executor {
        pacer: Box::new(Unpaced::new(duration, share)),
        vus: share.count(u64::from(vus)),
        duration,
    }
}
