use std::sync::Arc;
use std::time::Duration;

use super::Executor;
use crate::pacer::{Recording, Spacing};
use crate::share::Share;

/// Open model: iterations start at recorded instants.
///
/// k6 has none such; arrivals wait for a virtual user as with `constant-arrival-rate`.
pub(super) fn executor(
    schedule: &Arc<[Duration]>,
    max_vus: u32,
    duration: Duration,
    share: Share,
) -> Executor {
    let recording = Recording::new(schedule);
    Executor::open(recording, Spacing::Even, max_vus, duration, share)
}
