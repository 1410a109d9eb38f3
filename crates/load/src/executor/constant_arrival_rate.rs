use std::time::Duration;

use rtest_core::unit::Rate;

use super::Executor;
use crate::pacer::{Ramp, Spacing};
use crate::share::Share;

/// Open model: iterations start at a fixed rate whether or not earlier ones have ended.
///
/// Unlike k6's, an arrival that finds all virtual users at work waits for one, and what it waited
/// is part of its response time; k6 drops it at once.
pub(super) fn executor(
    rate: Rate,
    spacing: Spacing,
    max_vus: u32,
    duration: Duration,
    share: Share,
) -> Executor {
    Executor::open(
        Ramp::constant(rate, duration),
        spacing,
        max_vus,
        duration,
        share,
    )
}
