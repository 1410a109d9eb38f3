use std::time::Duration;

use rtest_core::unit::Rate;

use super::Executor;
use crate::pacer::ConstantRate;
use crate::share::Share;

/// Open model: iterations start at a fixed rate whether or not earlier ones have ended. Virtual
/// users are made as they are needed, up to `max_vus`; arrivals beyond wait for a free one.
pub(super) fn executor(
    rate: Rate,
    duration: Duration,
    max_vus: u32,
    total: Option<u64>,
    share: Share,
) -> Executor {
    Executor {
        pacer: Box::new(ConstantRate::new(rate, total.unwrap_or(u64::MAX), share)),
        vus: share.count(u64::from(max_vus)),
        duration,
    }
}
