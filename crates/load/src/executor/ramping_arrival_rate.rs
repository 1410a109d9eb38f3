use std::time::Duration;

use rtest_core::plan::RateStage;
use rtest_core::unit::Rate;

use super::Executor;
use crate::pacer::{Ramp, Spacing};
use crate::share::Share;

/// Open model whose rate follows straight lines: arrival `n` is due where the integral of the rate
/// reaches `n`.
///
/// Unlike k6's, whose first arrival is where the integral reaches 1, the first is due at the
/// start, as it is with `constant-arrival-rate`; arrivals wait for a virtual user as they do there.
pub(super) fn executor(
    start_rate: Rate,
    stages: &[RateStage],
    spacing: Spacing,
    max_vus: u32,
    duration: Duration,
    share: Share,
) -> Executor {
    Executor::open(
        Ramp::stages(start_rate, stages),
        spacing,
        max_vus,
        duration,
        share,
    )
}
