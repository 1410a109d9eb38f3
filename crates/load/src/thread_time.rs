//! How threads spend their lives, as the system counts it: a worker that waits for a core is slow,
//! whatever the target is.

use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// How a thread has spent its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ThreadTime {
    /// On a core.
    pub(crate) running: Duration,
    /// With something to do, and no core to do it on; zero where the system does not say.
    pub(crate) waiting: Duration,
}

impl ThreadTime {
    /// Of a thread by its directory below `/proc`; nothing where it has none.
    pub(crate) fn of(thread: &Path) -> Option<Self> {
        parse(&fs::read_to_string(thread.join("schedstat")).ok()?)
    }

    /// Of the thread that asks.
    pub(crate) fn of_this_thread() -> Self {
        Self::of(Path::new("/proc/thread-self")).unwrap_or_else(|| Self {
            running: clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
                .map_or(Duration::ZERO, Duration::from),
            waiting: Duration::ZERO,
        })
    }

    /// With something to do.
    pub(crate) fn busy(self) -> Duration {
        self.running + self.waiting
    }

    /// What came on top of an earlier state.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            running: self.running.saturating_sub(earlier.running),
            waiting: self.waiting.saturating_sub(earlier.waiting),
        }
    }
}

/// `running waiting timeslices`, both in nanoseconds (Documentation/scheduler/sched-stats.rst).
fn parse(schedstat: &str) -> Option<ThreadTime> {
    let mut nanos = schedstat.split_whitespace().map(str::parse);
    let mut next = || Some(Duration::from_nanos(nanos.next()?.ok()?));
    Some(ThreadTime {
        running: next()?,
        waiting: next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_line_is_read() {
        let spent = parse("126353654 133326849 280\n").expect("two durations");
        assert_eq!(spent.running, Duration::from_nanos(126_353_654));
        assert_eq!(spent.waiting, Duration::from_nanos(133_326_849));
        assert_eq!(spent.busy(), Duration::from_nanos(259_680_503));
        for broken in ["", "1", "a b c"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn a_thread_that_works_is_seen_to_run() {
        let before = ThreadTime::of_this_thread();
        let mut sum = 0_u64;
        while ThreadTime::of_this_thread().since(before).running < Duration::from_millis(5) {
            sum = (0..10_000).fold(sum, |sum, n| std::hint::black_box(sum ^ n));
        }
        std::thread::spawn(move || {
            let other = ThreadTime::of_this_thread();
            assert!(other.running < Duration::from_millis(5), "{other:?}");
        })
        .join()
        .expect("another thread has a time of its own");
    }
}
