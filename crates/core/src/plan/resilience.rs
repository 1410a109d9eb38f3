use std::time::Duration;

use crate::span::Span;
use crate::unit::format_duration;

/// What the system is expected to do about a fault.
#[derive(Clone, Debug)]
pub struct ResiliencePlan {
    /// What.
    pub expected: Resilience,
    /// Its entry in the suite.
    pub span: Span,
}

/// Something that a resilient system does about a fault.
#[derive(Clone, Debug, PartialEq)]
pub enum Resilience {
    /// A caller waits no longer than this for an attempt.
    Deadline {
        /// How long at most.
        within: Duration,
    },
    /// A caller tries again, but not too often, and only what does no harm.
    Retries {
        /// Attempts beyond the first for one request, at most.
        max_per_request: u32,
        /// Whether pauses grow from one retry to the next.
        backoff: bool,
        /// Whether pauses are spread, so that callers do not come back together.
        jitter: bool,
        /// Whether what is not idempotent may be repeated.
        unsafe_too: bool,
    },
    /// A caller stops trying, looks now and then, and starts again when it helps.
    Breaker {
        /// From the injection until it has all but stopped.
        opens_within: Duration,
        /// From the rollback until it tries as before.
        closes_within: Option<Duration>,
    },
    /// Requests that cannot be served are turned away at once.
    Shed {
        /// With this status.
        status: u16,
        /// The 99th percentile of their response time, at most.
        within: Duration,
    },
    /// Requests that the callee does not serve are answered all the same.
    Fallback {
        /// At least so many of them, 0 to 1.
        rate: f64,
        /// The check by which a fallback is known; a success where absent.
        check: Option<String>,
    },
    /// The load is served as before, and stays so.
    Recovery {
        /// From the rollback.
        within: Duration,
    },
    /// Something in the system shows that it knows.
    Detect {
        /// From the injection.
        within: Duration,
        /// What shows it, beside a breaker and the hypothesis: what is 1 from then on.
        by: Option<GaugeRef>,
    },
    /// What piles up stays bounded, and is worked off.
    Backlog {
        /// How long the queue is.
        length: GaugeRef,
        /// So long at most.
        max: f64,
        /// As long as before again, from the rollback.
        drains_within: Option<Duration>,
    },
    /// What cannot be worked off is put aside, and not more than that.
    DeadLetters {
        /// How many there are.
        count: GaugeRef,
        /// So many more than before at least.
        min: Option<f64>,
        /// So many more than before at most.
        max: Option<f64>,
    },
}

/// One of the numbers that are read while load runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaugeRef {
    /// Its index in [`ChaosPlan::gauges`](super::ChaosPlan::gauges).
    pub index: u16,
    /// Its name.
    pub name: String,
}

impl Resilience {
    /// The word in the suite.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Deadline { .. } => "deadline",
            Self::Retries { .. } => "retries",
            Self::Breaker { .. } => "breaker",
            Self::Shed { .. } => "shed",
            Self::Fallback { .. } => "fallback",
            Self::Recovery { .. } => "recovery",
            Self::Detect { .. } => "detect",
            Self::Backlog { .. } => "backlog",
            Self::DeadLetters { .. } => "dead_letters",
        }
    }

    /// Whether it is read from the attempts on a link, and not from the load alone.
    pub const fn needs_attempts(&self) -> bool {
        matches!(
            self,
            Self::Deadline { .. } | Self::Retries { .. } | Self::Breaker { .. }
        )
    }

    /// In words, for reports.
    pub fn describe(&self) -> String {
        match self {
            Self::Deadline { within } => {
                format!("nobody waits longer than {}", format_duration(*within))
            }
            Self::Retries {
                max_per_request,
                backoff,
                jitter,
                unsafe_too,
            } => {
                let retries = if *max_per_request == 1 {
                    "retry"
                } else {
                    "retries"
                };
                let mut words = format!("at most {max_per_request} {retries} a request");
                for (asked, word) in [
                    (*backoff, ", after growing pauses"),
                    (*jitter, ", at spread instants"),
                    (!*unsafe_too, ", only of what is idempotent"),
                ] {
                    if asked {
                        words.push_str(word);
                    }
                }
                words
            }
            Self::Breaker {
                opens_within,
                closes_within,
            } => {
                let mut words = format!("opens within {}", format_duration(*opens_within));
                if let Some(closes) = closes_within {
                    words.push_str(&format!(", closes within {}", format_duration(*closes)));
                }
                words
            }
            Self::Shed { status, within } => {
                format!("{status} within {}", format_duration(*within))
            }
            Self::Fallback { rate, check } => {
                let rate = rate * 100.0;
                match check {
                    Some(check) => format!("`{check}` for at least {rate} %"),
                    None => format!("answers for at least {rate} % of what is not served"),
                }
            }
            Self::Recovery { within } => {
                format!("as before within {}", format_duration(*within))
            }
            Self::Detect { within, .. } => {
                format!("noticed within {}", format_duration(*within))
            }
            Self::Backlog {
                length,
                max,
                drains_within,
            } => {
                let mut words = format!("{} at most {max}", length.name);
                if let Some(drains) = drains_within {
                    words.push_str(&format!(", drained within {}", format_duration(*drains)));
                }
                words
            }
            Self::DeadLetters { count, min, max } => {
                let min = min.map(|min| format!("at least {min}"));
                let max = max.map(|max| format!("at most {max}"));
                let bounds: Vec<String> = [min, max].into_iter().flatten().collect();
                format!("{} up by {}", count.name, bounds.join(", "))
            }
        }
    }
}
