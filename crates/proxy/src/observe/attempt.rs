use std::fmt;

use rtest_core::{RunTime, fnv1a};

/// What is told of the traffic on a proxy's links. Called between two reads of a link: it returns
/// at once.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A caller has begun an attempt.
    fn began(&self, attempt: &Began);

    /// An attempt is over. Each that began ends, also when the proxy is closed.
    fn ended(&self, attempt: &Attempt);
}

/// An attempt of a caller to be served: a request, or a connection on which none was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Began {
    /// When its first byte was read, or its connection was made.
    pub at: RunTime,
    /// The connection's number on its proxy, from 1.
    pub connection: u64,
    /// The method, where it is a request that was understood.
    pub method: Option<String>,
    /// Method and target, hashed: the same for an attempt that repeats another.
    pub call: u64,
    /// By what it can be told which request of the system's own caller it serves.
    pub correlation: Option<Correlation>,
}

impl Began {
    /// Whether sending it twice does no harm (RFC 9110, 9.2.2). What is not known to be harmless
    /// is not.
    pub fn is_idempotent(&self) -> bool {
        matches!(
            self.method.as_deref(),
            Some("GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE")
        )
    }
}

/// An attempt that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How it began.
    pub began: Began,
    /// When the caller had the whole answer, or it was over without one.
    pub ended_at: RunTime,
    /// How it ended.
    pub end: AttemptEnd,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The caller got a whole answer.
    Answered {
        /// Its status.
        status: u16,
    },
    /// The caller went away before it had the whole answer.
    GivenUp,
    /// The connection broke, or ended, before the answer was whole.
    Broken,
    /// The upstream was not there: nothing was sent.
    Refused,
}

impl AttemptEnd {
    /// Whether the upstream did what it was asked to: an answer below 500.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Answered { status } if status < 500)
    }
}

/// The name of a request of the system's caller, by which the attempts that serve it are known: the
/// trace id of `traceparent` (W3C Trace Context), else `x-request-id`, else `x-correlation-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Correlation(u64);

impl Correlation {
    /// Headers that carry it, the first that is there counts.
    pub const HEADERS: [&str; 3] = ["traceparent", "x-request-id", "x-correlation-id"];

    /// From the value of one of [`Correlation::HEADERS`].
    pub fn of_header(name: &str, value: &[u8]) -> Option<Self> {
        let id = if name.eq_ignore_ascii_case("traceparent") {
            // version "-" trace-id "-" parent-id "-" flags: only the trace id is of the request.
            value.split(|byte| *byte == b'-').nth(1)?
        } else {
            value
        };
        (!id.is_empty()).then(|| Self(fnv1a(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_one_trace_are_of_one_request() {
        let of = |value: &str| Correlation::of_header("Traceparent", value.as_bytes());
        let trace = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(
            of(&format!("00-{trace}-b7ad6b7169203331-01")),
            of(&format!("00-{trace}-00f067aa0ba902b7-00"))
        );
        assert_ne!(
            of(&format!("00-{trace}-b7ad6b7169203331-01")),
            of("00-1-b7ad6b7169203331-01")
        );
        assert_eq!(of("garbage"), None);
        assert_eq!(Correlation::of_header("x-request-id", b""), None);
        assert_ne!(
            Correlation::of_header("x-request-id", b"a-1"),
            Correlation::of_header("x-request-id", b"b-1")
        );
    }

    #[test]
    fn only_what_is_known_to_be_harmless_is_idempotent() {
        let began = |method: Option<&str>| Began {
            at: RunTime::ZERO,
            connection: 1,
            method: method.map(str::to_owned),
            call: 0,
            correlation: None,
        };
        assert!(began(Some("GET")).is_idempotent() && began(Some("PUT")).is_idempotent());
        assert!(!began(Some("POST")).is_idempotent() && !began(Some("PATCH")).is_idempotent());
        assert!(!began(None).is_idempotent());
    }
}
