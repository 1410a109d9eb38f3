use tokio_util::sync::{CancellationToken, DropGuard};

/// Something that happens once and stays so: a service is ready, a service is down.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latch(CancellationToken);

impl Latch {
    /// It has happened.
    pub(crate) fn set(&self) {
        self.0.cancel();
    }

    /// Sets the latch when dropped, so that nobody waits for a task that ended early.
    pub(crate) fn set_on_drop(&self) -> DropGuard {
        self.0.clone().drop_guard()
    }

    /// Waits until all of these have happened.
    ///
    /// # Cancellation
    /// Safe: nothing is lost.
    pub(crate) async fn all(latches: &[Self]) {
        for latch in latches {
            latch.0.cancelled().await;
        }
    }
}
