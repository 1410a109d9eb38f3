use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rtest_core::{Clock, RunTime};

/// The life of a fault whose controller has to say again and again that it is still there.
#[derive(Debug)]
pub(crate) struct Lease {
    terms: Mutex<LeaseTerms>,
}

#[derive(Clone, Copy, Debug)]
struct LeaseTerms {
    ttl: Duration,
    ends_at: RunTime,
}

impl Lease {
    pub(crate) fn new(ttl: Duration, now: RunTime) -> Self {
        let ends_at = now + ttl;
        Self {
            terms: Mutex::new(LeaseTerms { ttl, ends_at }),
        }
    }

    /// Begins anew, with another life where one is given.
    pub(crate) fn renew(&self, ttl: Option<Duration>, now: RunTime) {
        let mut terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        terms.ttl = ttl.unwrap_or(terms.ttl);
        terms.ends_at = now + terms.ttl;
    }

    pub(crate) fn ttl(&self) -> Duration {
        self.terms().ttl
    }

    pub(crate) fn ends_at(&self) -> RunTime {
        self.terms().ends_at
    }

    fn terms(&self) -> LeaseTerms {
        *self.terms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once it has not been renewed in time.
    ///
    /// # Cancellation
    /// May be dropped at any time; nothing is lost.
    pub(crate) async fn ended(&self, clock: &dyn Clock) {
        loop {
            let left = self.ends_at() - clock.now();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}
