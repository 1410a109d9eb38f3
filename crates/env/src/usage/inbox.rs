use std::sync::{Arc, Mutex, PoisonError};

use rtest_core::usage::Reading;

/// Readings that a task has brought, and nobody has taken yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox(Arc<Mutex<Vec<Reading>>>);

impl Inbox {
    /// Replaces what is there: the latest counts.
    pub(super) fn put(&self, readings: Vec<Reading>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = readings;
    }

    /// What has come in since the last time.
    pub(super) fn take(&self) -> Vec<Reading> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
