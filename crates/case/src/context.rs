use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rtest_core::{Clock, DataControl, EventSink, ServiceLogs};
use tokio_util::sync::CancellationToken;

/// What cases run in.
pub struct CaseContext {
    /// The run's clock.
    pub clock: Arc<dyn Clock>,
    /// Where results go.
    pub events: Arc<dyn EventSink>,
    /// Ends the cases: the one that runs is given up.
    pub cancel: CancellationToken,
    /// What brings the data of services back.
    pub data: Arc<dyn DataControl>,
    /// What services print.
    pub logs: Arc<dyn ServiceLogs>,
    /// The URL of each case's target, without a trailing slash, by the case's place in the plan.
    pub targets: Vec<Option<String>>,
    /// `{{ SERVICE.url }}` and its like. `SERVICE.url` is also how a store is reached.
    pub variables: BTreeMap<String, String>,
}

impl fmt::Debug for CaseContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseContext")
            .field("targets", &self.targets)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}
