use std::time::Duration;

use rtest_core::plan::{GaugeRef, Resilience, ResiliencePlan};
use serde::{Deserialize, Serialize};

use super::SpanRecord;

/// What is expected of the system under a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectHeader {
    /// What.
    #[serde(flatten)]
    pub expected: ExpectEntry,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A [`Resilience`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "expect", rename_all = "snake_case")]
pub enum ExpectEntry {
    /// A caller waits no longer.
    Deadline {
        /// Than this, in milliseconds.
        within_ms: f64,
    },
    /// A caller tries again, but not too often.
    Retries {
        /// Attempts beyond the first.
        max_per_request: u32,
        /// Whether pauses must grow.
        backoff: bool,
        /// Whether pauses must be spread.
        jitter: bool,
        /// Whether what is not idempotent may be repeated.
        unsafe_too: bool,
    },
    /// A caller stops trying, and starts again.
    Breaker {
        /// From the injection, in milliseconds.
        opens_within_ms: f64,
        /// From the rollback, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closes_within_ms: Option<f64>,
    },
    /// Requests are turned away at once.
    Shed {
        /// With this status.
        status: u16,
        /// The 99th percentile, in milliseconds.
        within_ms: f64,
    },
    /// Requests are answered all the same.
    Fallback {
        /// At least so many, 0 to 1.
        rate: f64,
        /// The check by which it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check: Option<String>,
    },
    /// The load is served as before.
    Recovery {
        /// From the rollback, in milliseconds.
        within_ms: f64,
    },
    /// Something shows that it knows.
    Detect {
        /// From the injection, in milliseconds.
        within_ms: f64,
        /// What is 1 from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<GaugeEntry>,
    },
    /// What piles up stays bounded, and is worked off.
    Backlog {
        /// How long the queue is.
        length: GaugeEntry,
        /// At most.
        max: f64,
        /// From the rollback, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        drains_within_ms: Option<f64>,
    },
    /// What cannot be worked off is put aside.
    DeadLetters {
        /// How many there are.
        count: GaugeEntry,
        /// More than before, at least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// More than before, at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
}

/// A [`GaugeRef`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaugeEntry {
    /// Its index.
    pub index: u16,
    /// Its name.
    pub name: String,
}

impl From<&GaugeRef> for GaugeEntry {
    fn from(gauge: &GaugeRef) -> Self {
        Self {
            index: gauge.index,
            name: gauge.name.clone(),
        }
    }
}

impl From<&GaugeEntry> for GaugeRef {
    fn from(entry: &GaugeEntry) -> Self {
        Self {
            index: entry.index,
            name: entry.name.clone(),
        }
    }
}

impl From<&ResiliencePlan> for ExpectHeader {
    fn from(plan: &ResiliencePlan) -> Self {
        Self {
            expected: (&plan.expected).into(),
            span: (&plan.span).into(),
        }
    }
}

impl From<&Resilience> for ExpectEntry {
    fn from(expected: &Resilience) -> Self {
        match expected {
            Resilience::Deadline { within } => Self::Deadline {
                within_ms: millis(*within),
            },
            Resilience::Retries {
                max_per_request,
                backoff,
                jitter,
                unsafe_too,
            } => Self::Retries {
                max_per_request: *max_per_request,
                backoff: *backoff,
                jitter: *jitter,
                unsafe_too: *unsafe_too,
            },
            Resilience::Breaker {
                opens_within,
                closes_within,
            } => Self::Breaker {
                opens_within_ms: millis(*opens_within),
                closes_within_ms: closes_within.map(millis),
            },
            Resilience::Shed { status, within } => Self::Shed {
                status: *status,
                within_ms: millis(*within),
            },
            Resilience::Fallback { rate, check } => Self::Fallback {
                rate: *rate,
                check: check.clone(),
            },
            Resilience::Recovery { within } => Self::Recovery {
                within_ms: millis(*within),
            },
            Resilience::Detect { within, by } => Self::Detect {
                within_ms: millis(*within),
                by: by.as_ref().map(GaugeEntry::from),
            },
            Resilience::Backlog {
                length,
                max,
                drains_within,
            } => Self::Backlog {
                length: length.into(),
                max: *max,
                drains_within_ms: drains_within.map(millis),
            },
            Resilience::DeadLetters { count, min, max } => Self::DeadLetters {
                count: count.into(),
                min: *min,
                max: *max,
            },
        }
    }
}

impl From<&ExpectEntry> for Resilience {
    fn from(entry: &ExpectEntry) -> Self {
        match entry {
            ExpectEntry::Deadline { within_ms } => Self::Deadline {
                within: duration(*within_ms),
            },
            ExpectEntry::Retries {
                max_per_request,
                backoff,
                jitter,
                unsafe_too,
            } => Self::Retries {
                max_per_request: *max_per_request,
                backoff: *backoff,
                jitter: *jitter,
                unsafe_too: *unsafe_too,
            },
            ExpectEntry::Breaker {
                opens_within_ms,
                closes_within_ms,
            } => Self::Breaker {
                opens_within: duration(*opens_within_ms),
                closes_within: closes_within_ms.map(duration),
            },
            ExpectEntry::Shed { status, within_ms } => Self::Shed {
                status: *status,
                within: duration(*within_ms),
            },
            ExpectEntry::Fallback { rate, check } => Self::Fallback {
                rate: *rate,
                check: check.clone(),
            },
            ExpectEntry::Recovery { within_ms } => Self::Recovery {
                within: duration(*within_ms),
            },
            ExpectEntry::Detect { within_ms, by } => Self::Detect {
                within: duration(*within_ms),
                by: by.as_ref().map(GaugeRef::from),
            },
            ExpectEntry::Backlog {
                length,
                max,
                drains_within_ms,
            } => Self::Backlog {
                length: length.into(),
                max: *max,
                drains_within: drains_within_ms.map(duration),
            },
            ExpectEntry::DeadLetters { count, min, max } => Self::DeadLetters {
                count: count.into(),
                min: *min,
                max: *max,
            },
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A damaged record may hold any number.
fn duration(millis: f64) -> Duration {
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or(Duration::MAX)
}
