//! A fault that knows of HTTP/1.1: it strikes requests, not connections.
//!
//! ```text
//! client ═► RequestSide ═ forwarded, delayed, changed ═► upstream
//!               │  └ aborted: swallowed
//!               ▼
//!           Exchange: what was asked, in order, and what becomes of each answer
//!               │
//! client ◄═ AnswerSide ◄═ as it came, replaced, cut off ═ upstream
//!               └ aborted: answered in its turn
//! ```
//!
//! What is not HTTP/1.1 in the clear, or not any more (an upgrade), passes as it is. On a connection
//! that was live before the fault, the first request that begins with a chunk is the first that is
//! known of.

mod action;
mod answer_side;
mod attributes;
mod exchange;
mod matching;
mod request_side;
mod tally;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{AttributeError, Attributes, Joining, Stage, Stream, Toxic};

pub use action::{HttpAction, HttpAnswer};
pub use matching::{HttpMatch, PathPattern};
pub use tally::Tally;

pub(super) use exchange::Exchange;

use answer_side::AnswerSide;
use request_side::RequestSide;
use tally::Counts;

/// Does something to the requests that match, or to some of them: a share, the first ones, every
/// Nth; where several of these are given, to those that all of them pick.
///
/// Which ones a share picks follows from the seed, the proxy, the number of the connection and the
/// number of the request on it. Counted are matching requests, on the whole proxy, since this was
/// added.
#[derive(Clone, Debug)]
pub struct Http {
    /// Which requests it is about.
    pub matching: HttpMatch,
    /// The share of them, 0 to 1.
    pub share: f64,
    /// Only the first so many.
    pub first: Option<u64>,
    /// Only every Nth; 0 is as good as 1.
    pub every: Option<u64>,
    /// What it does; `None` does nothing.
    pub action: Option<HttpAction>,
    /// What it has met; its own also after an update.
    counts: Arc<Counts>,
    /// Matching requests so far.
    matched: Arc<AtomicU64>,
}

impl Http {
    pub(super) const TYPE: &str = "http";

    /// On every request.
    pub fn new(action: HttpAction) -> Self {
        Self {
            action: Some(action),
            ..Self::default()
        }
    }

    /// On requests that match.
    pub fn on(mut self, matching: HttpMatch) -> Self {
        self.matching = matching;
        self
    }

    /// On this share of them, 0 to 1.
    pub const fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Only on the first so many of them.
    pub const fn first(mut self, count: u64) -> Self {
        self.first = Some(count);
        self
    }

    /// Only on every Nth of them.
    pub const fn every(mut self, count: u64) -> Self {
        self.every = Some(count);
        self
    }

    /// What is done to a matching request that drew `draw`, at least 0 and below 1.
    fn strike(&self, draw: f64) -> Option<&HttpAction> {
        let number = self.matched.fetch_add(1, Ordering::Relaxed) + 1;
        let is_picked = draw < self.share
            && self.first.is_none_or(|first| number <= first)
            && self
                .every
                .is_none_or(|every| number.is_multiple_of(every.max(1)));
        self.action.as_ref().filter(|_| is_picked)
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            matching: HttpMatch::default(),
            share: 1.0,
            first: None,
            every: None,
            action: None,
            counts: Arc::default(),
            matched: Arc::default(),
        }
    }
}

impl Toxic for Http {
    fn type_name(&self) -> &'static str {
        Self::TYPE
    }

    fn attributes(&self) -> Attributes {
        attributes::shown(self)
    }

    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError> {
        Ok(Arc::new(attributes::merged(self, changes)?))
    }

    fn is_two_way(&self) -> bool {
        true
    }

    fn tally(&self) -> Option<Tally> {
        Some(self.counts.so_far())
    }

    fn on_link(&self, joining: Joining) -> Box<dyn Stage> {
        match joining.stream {
            Stream::Upstream => Box::new(RequestSide::new(self.clone(), joining)),
            Stream::Downstream => Box::new(AnswerSide::new(self.counts.clone(), &joining)),
        }
    }
}

#[cfg(test)]
mod tests;
