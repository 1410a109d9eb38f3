use nix::unistd::Pid;

use crate::cgroup;
use crate::processes;
use crate::sweep::{Groups, sweep};

/// What was left of a run, and what is left of it now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Processes that carried the run's mark, and were ended.
    pub processes: usize,
    /// Control groups of the run that were removed.
    pub groups: usize,
    /// Processes and control groups that are still there.
    pub left: usize,
}

/// Ends what is left of a run whose program is gone: every process that carries its mark, held
/// ones too, and its control groups. Touches nothing else.
///
/// # Cancellation
/// Leaves the rest running.
pub async fn end_leftovers(run_id: &str) -> Leftovers {
    let processes = sweep(run_id, &Groups::new()).await;
    let (groups, groups_left) = cgroup::remove_all(run_id);
    let left = sweep(run_id, &Groups::new()).await;
    Leftovers {
        processes,
        groups,
        left: left + groups_left,
    }
}

/// When a process started, in clock ticks since boot: with its pid it is unique, the pid alone is
/// not. Absent when it has ended, or the system does not say.
pub fn process_started(pid: u32) -> Option<u64> {
    let pid = i32::try_from(pid).ok()?;
    processes::living_started(Pid::from_raw(pid))
}
