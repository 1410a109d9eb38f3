use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

use super::Stream;
use super::http::Exchange;

/// Where the two directions of one link meet: what a toxic that stands in both keeps for both, and
/// how one direction is woken by the other.
#[derive(Default)]
pub(crate) struct Junction {
    upstream: Notify,
    downstream: Notify,
    /// By the toxic's id.
    exchanges: Mutex<BTreeMap<u64, Weak<Mutex<Exchange>>>>,
}

impl Junction {
    /// What the two stages of this toxic share, for as long as one of them is there.
    pub(super) fn exchange(&self, toxic: u64) -> Arc<Mutex<Exchange>> {
        let mut exchanges = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        exchanges.retain(|_, exchange| exchange.strong_count() > 0);
        let known = exchanges.get(&toxic).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let exchange = Arc::default();
            exchanges.insert(toxic, Arc::downgrade(&exchange));
            exchange
        })
    }

    /// Something may have to be done in this direction.
    pub(super) fn wake(&self, stream: Stream) {
        self.waiting(stream).notify_one();
    }

    /// Returns when this direction was woken since this last returned.
    ///
    /// # Cancellation
    /// May be dropped at any time; nothing is lost.
    pub(crate) async fn woken(&self, stream: Stream) {
        self.waiting(stream).notified().await;
    }

    const fn waiting(&self, stream: Stream) -> &Notify {
        match stream {
            Stream::Upstream => &self.upstream,
            Stream::Downstream => &self.downstream,
        }
    }
}

impl fmt::Debug for Junction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Junction").finish_non_exhaustive()
    }
}
