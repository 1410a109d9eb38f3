use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a fault that knows of requests has met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests that were understood.
    pub requests: u64,
    /// Of these, those that match.
    pub matched: u64,
    /// Of these, those to which something was done.
    pub struck: u64,
    /// Connections that are not HTTP/1.1 in the clear, or not any more but by an upgrade.
    pub not_http: u64,
}

/// `struck 12 of 60 requests (20 match); 1 connection was not HTTP/1.1`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.requests == 1 { "" } else { "s" };
        write!(f, "struck {} of {} request{s}", self.struck, self.requests)?;
        if self.matched < self.requests {
            write!(f, " ({} matched)", self.matched)?;
        }
        match self.not_http {
            0 => Ok(()),
            1 => f.write_str("; 1 connection was not HTTP/1.1"),
            more => write!(f, "; {more} connections were not HTTP/1.1"),
        }
    }
}

/// A [`Tally`] that goes on.
#[derive(Debug, Default)]
pub(super) struct Counts {
    requests: AtomicU64,
    matched: AtomicU64,
    struck: AtomicU64,
    not_http: AtomicU64,
}

impl Counts {
    pub(super) fn request(&self, is_match: bool, is_struck: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.matched
            .fetch_add(u64::from(is_match), Ordering::Relaxed);
        self.struck
            .fetch_add(u64::from(is_struck), Ordering::Relaxed);
    }

    pub(super) fn not_http(&self) {
        self.not_http.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn so_far(&self) -> Tally {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Tally {
            requests: read(&self.requests),
            matched: read(&self.matched),
            struck: read(&self.struck),
            not_http: read(&self.not_http),
        }
    }
}
