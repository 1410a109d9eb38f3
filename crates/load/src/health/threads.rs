//! What the system says of the workers' threads. Nothing is asked of the workers themselves: one
//! that is saturated would be late to answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::thread_time::ThreadTime;

/// Where the system lists the threads of this process; nowhere but on Linux.
const THREADS: &str = "/proc/self/task";

/// How the names of workers' threads begin.
const WORKER: &str = "load-";

/// The workers' threads, and what they had done when they were last looked at.
#[derive(Debug, Default)]
pub(super) struct WorkerThreads {
    known: BTreeMap<String, ThreadTime>,
}

impl WorkerThreads {
    /// What the busiest worker's thread has done since the last look; `None` where there is none,
    /// or the system does not say.
    pub(super) fn busiest(&mut self) -> Option<ThreadTime> {
        let now: BTreeMap<String, ThreadTime> = fs::read_dir(THREADS)
            .ok()?
            .flatten()
            .filter(|thread| is_worker(&thread.path()))
            .filter_map(|thread| {
                let id = thread.file_name().to_string_lossy().into_owned();
                Some((id, ThreadTime::of(&thread.path())?))
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
