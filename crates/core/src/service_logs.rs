//! What services print, for whoever has to show a part of it.

use std::collections::BTreeMap;
use std::fmt;

/// How much each service had printed, in bytes.
pub type LogMark = BTreeMap<String, u64>;

/// The logs of services, as they grow.
pub trait ServiceLogs: Send + Sync + fmt::Debug {
    /// How far they go now.
    fn mark(&self) -> LogMark;

    /// What each service has printed since: the last lines of it, `most` at most; services that
    /// were silent are left out.
    fn since(&self, mark: &LogMark, most: usize) -> Vec<(String, Vec<String>)>;
}
