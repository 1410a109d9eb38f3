//! What the system says of the workers' threads. Nothing is asked of the workers themselves: one
//! that is saturated would be late to answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Where the system lists the threads of this process; nowhere but on Linux.
const THREADS: &str = "/proc/self/task";

/// How the names of workers' threads begin.
const WORKER: &str = "load-";

/// The workers' threads, and what they had done when they were last looked at.
#[derive(Debug, Default)]
pub(super) struct WorkerThreads {
    known: BTreeMap<String, Spent>,
}

/// How a thread has spent its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spent {
    /// On a core.
    pub(super) running: Duration,
    /// With something to do, and no core to do it on.
    pub(super) waiting: Duration,
}

impl Spent {
    /// With something to do.
    pub(super) fn busy(self) -> Duration {
        self.running + self.waiting
    }

    fn since(self, earlier: Self) -> Self {
        Self {
            running: self.running.saturating_sub(earlier.running),
            waiting: self.waiting.saturating_sub(earlier.waiting),
        }
    }
}

impl WorkerThreads {
    /// What the busiest worker's thread has done since the last look; `None` where there is none,
    /// or the system does not say.
    pub(super) fn busiest(&mut self) -> Option<Spent> {
        let now: BTreeMap<String, Spent> = fs::read_dir(THREADS)
            .ok()?
            .flatten()
            .filter(|thread| is_worker(&thread.path()))
            .filter_map(|thread| {
                let spent = fs::read_to_string(thread.path().join("schedstat")).ok()?;
                let id = thread.file_name().to_string_lossy().into_owned();
                Some((id, parse(&spent)?))
            })
            .collect();
        let before = std::mem::replace(&mut self.known, now);
        let done = self.known.iter().map(|(thread, spent)| {
            // One that was not there has done all of it since.
            let earlier = before.get(thread).copied().unwrap_or_default();
            spent.since(earlier)
        });
        done.max_by_key(|spent| spent.busy())
    }
}

fn is_worker(thread: &Path) -> bool {
    let name = fs::read_to_string(thread.join("comm"));
    name.is_ok_and(|name| name.starts_with(WORKER))
}

/// `running waiting timeslices`, both in nanoseconds (Documentation/scheduler/sched-stats.rst).
fn parse(schedstat: &str) -> Option<Spent> {
    let mut nanos = schedstat.split_whitespace().map(str::parse);
    let mut next = || Some(Duration::from_nanos(nanos.next()?.ok()?));
    Some(Spent {
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
}
