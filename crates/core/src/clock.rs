//! The run clock: the one line on which samples, faults, probes and contract results stand.
//!
//! This is the only module of the product that reads the machine's clocks.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, Instant, SystemTime};

/// An instant on the run clock: nanoseconds since the run started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunTime(u64);

impl RunTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);

    /// From nanoseconds since the start of the run.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the start of the run.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start of the run.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The time since `earlier`; zero where `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for RunTime {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX)),
        )
    }
}

impl Sub<RunTime> for RunTime {
    type Output = Duration;

    fn sub(self, earlier: RunTime) -> Duration {
        self.since(earlier)
    }
}

impl From<Duration> for RunTime {
    fn from(since_start: Duration) -> Self {
        Self::ZERO + since_start
    }
}

/// Seconds with three decimals: `5.250s`.
impl fmt::Display for RunTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}s", self.as_secs_f64())
    }
}

/// What every engine is given instead of ambient time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present instant on the run clock; never goes backwards.
    fn now(&self) -> RunTime;

    /// Whether it goes as the machine's own does, so that a timer of the system rings by it. Of
    /// others tokio's timer keeps the time.
    fn is_real(&self) -> bool {
        false
    }

    /// What a wall clock showed at the run clock's zero: for dates that come from elsewhere, as
    /// the end of a cookie's life does. A clock that is not the machine's began with 1970.
    fn wall_zero(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

/// The machine's monotonic clock, counted from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    origin: Instant,
    wall_zero: SystemTime,
}

impl MonotonicClock {
    /// Starts the run clock at zero.
    #[allow(clippy::disallowed_methods)] // the one place
    pub fn start() -> Self {
        Self {
            origin: Instant::now(),
            wall_zero: SystemTime::now(),
        }
    }
}

impl Clock for MonotonicClock {
    #[allow(clippy::disallowed_methods)] // the one place
    fn now(&self) -> RunTime {
        RunTime::from(Instant::now().duration_since(self.origin))
    }

    fn is_real(&self) -> bool {
        true
    }

    fn wall_zero(&self) -> SystemTime {
        self.wall_zero
    }
}

/// A clock that stands still until it is moved; for tests.
#[derive(Debug, Default)]
pub struct ManualClock {
    nanos: std::sync::atomic::AtomicU64,
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        self.nanos
            .fetch_add(nanos, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> RunTime {
        RunTime::from_nanos(self.nanos.load(std::sync::atomic::Ordering::SeqCst))
    }
}

/// The wall clock, for the record's date and the run's id only; nothing is measured with it.
#[allow(clippy::disallowed_methods)] // the one place
pub fn wall_clock() -> SystemTime {
    SystemTime::now()
}
