use std::sync::Arc;

use rtest_core::{Clock, RunTime};

/// Waits for an instant of the run clock; the one place of this crate where a toxic's time passes.
///
/// tokio's timer wheel has slots of 1 ms and rounds up, so the wait ends between 0 and about 2 ms
/// late, never early. A finer timer replaces the body of [`Alarm::at`] and nothing else.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Arc<dyn Clock>,
}

impl Alarm {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }

    /// Returns once the run clock shows `due` or later; never for `None`.
    ///
    /// # Cancellation
    /// May be dropped at any time; nothing is lost.
    pub(crate) async fn at(&self, due: Option<RunTime>) {
        let Some(due) = due else {
            return std::future::pending().await;
        };
        loop {
            let left = due - self.clock.now();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}
