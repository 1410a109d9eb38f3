use std::time::Duration;

use crate::error::StoreError;

/// How much of a store's answer is taken at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the answer is complete, from when it is asked; a connection that has to be made first
    /// has the same time again.
    pub time: Duration,
    /// Of all that the store sends over one connection, in bytes.
    pub bytes: u64,
    /// Rows, messages, or elements of a reply.
    pub rows: usize,
}

impl Default for Limits {
    /// 30 s, 8 MiB, 1,000 rows: what a person can still read.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            bytes: 8 * 1024 * 1024,
            rows: 1000,
        }
    }
}

impl Limits {
    /// The same, within another time.
    pub fn within(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Waits for `work`, as long as the limit says.
    pub(crate) async fn keep<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::timeout(self.time, work)
            .await
            .unwrap_or(Err(StoreError::TooSlow(self.time)))
    }
}
