//! Stores say themselves how they are: whoever asks is a task, and waits as long as it takes.

use std::net::SocketAddr;
use std::time::Duration;

use rtest_core::ControlFuture;
use rtest_core::plan::Protocol;
use rtest_core::usage::Reading;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::inbox::Inbox;
use super::postgres::PostgresActivity;
use super::redis::RedisInfo;
use super::source::{Moment, Source};

/// A store that can be asked how it is.
pub(super) trait Asked: Send + 'static {
    /// Asks it, and connects first where that is needed; nothing where it does not answer.
    fn ask(&mut self) -> ControlFuture<'_, Option<Vec<Reading>>>;

    /// How often.
    fn period(&self) -> Duration;
}

/// What a service that is ready at this address says of itself; `None` where its protocol has no
/// words for it.
pub(crate) fn of_store(protocol: &Protocol, address: SocketAddr) -> Option<Box<dyn Source>> {
    let url = protocol.url(&address.to_string());
    match protocol {
        Protocol::Postgres(_) => Some(Box::new(StoreSource::begin(PostgresActivity::at(&url)?))),
        Protocol::Redis { .. } => Some(Box::new(StoreSource::begin(RedisInfo::at(&url)?))),
        Protocol::Http | Protocol::Kafka => None,
    }
}

struct StoreSource {
    inbox: Inbox,
    /// Asks as long as the source is there.
    _task: JoinSet<()>,
}

impl StoreSource {
    fn begin(mut store: impl Asked) -> Self {
        let inbox = Inbox::default();
        let mut task = JoinSet::new();
        let into = inbox.clone();
        task.spawn(async move {
            let mut ticks = tokio::time::interval(store.period());
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if let Some(readings) = store.ask().await {
                    into.put(readings);
                }
            }
        });
        Self { inbox, _task: task }
    }
}

impl Source for StoreSource {
    fn read(&mut self, _: &mut Moment<'_>) -> Vec<Reading> {
        self.inbox.take()
    }
}
