use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::traffic::Retries;
use rtest_proxy::observe::{Attempt, Began, Correlation};

/// An attempt that begins later than this after the last of its request is not its retry.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);

/// Requests that are remembered at most; beyond it the oldest are forgotten.
const MOST: usize = 100_000;

/// Which attempts serve the same call of the same request of the system's caller.
#[derive(Debug, Default)]
pub(super) struct Chains {
    // Never iterated: order cannot be seen.
    by_request: HashMap<Key, Chain>,
    /// By the instant of their last attempt, to forget the oldest.
    by_age: BTreeMap<(RunTime, Key), ()>,
}

type Key = (Correlation, u64);

#[derive(Clone, Copy, Debug)]
struct Chain {
    attempts: u32,
    last_at: RunTime,
    /// How the last attempt that ended did so, and when; nothing while all are under way.
    ended: Option<(RunTime, bool)>,
}

impl Chains {
    /// Counts an attempt that began.
    pub(super) fn began(&mut self, began: &Began, retries: &mut Retries) {
        let Some(correlation) = began.correlation else {
            return;
        };
        retries.correlated += 1;
        let key = (correlation, began.call);
        let before = self
            .take(key)
            .filter(|chain| began.at.since(chain.last_at) <= FORGOTTEN_AFTER);
        let was_served = |chain: &Chain| matches!(chain.ended, Some((_, true)));
        retries.anew += u64::from(before.as_ref().is_some_and(was_served));
        // What was served is asked for anew, not again.
        let before = before.filter(|chain| !was_served(chain));
        let attempts = before.map_or(0, |chain| chain.attempts) + 1;
        if let Some(chain) = before {
            retries.repeated += 1;
            retries.unsafe_repeats += u64::from(!began.is_idempotent());
            if let Some((ended_at, _)) = chain.ended {
                let pauses = retries.pauses.entry(chain.attempts).or_default();
                pauses.record(began.at.since(ended_at));
            }
        }
        retries.most = retries.most.max(attempts);
        self.put(
            key,
            Chain {
                attempts,
                last_at: began.at,
                ended: None,
            },
        );
    }

    /// Takes note of how an attempt ended.
    pub(super) fn ended(&mut self, attempt: &Attempt) {
        let Some(correlation) = attempt.began.correlation else {
            return;
        };
        let key = (correlation, attempt.began.call);
        if let Some(chain) = self.by_request.get_mut(&key) {
            chain.ended = Some((attempt.ended_at, attempt.end.is_success()));
        }
    }

    fn take(&mut self, key: Key) -> Option<Chain> {
        let chain = self.by_request.remove(&key)?;
        self.by_age.remove(&(chain.last_at, key));
        Some(chain)
    }

    fn put(&mut self, key: Key, chain: Chain) {
        if self.by_request.len() >= MOST
            && let Some(((_, oldest), ())) = self.by_age.pop_first()
        {
            self.by_request.remove(&oldest);
        }
        self.by_request.insert(key, chain);
        self.by_age.insert((chain.last_at, key), ());
    }
}
