//! The last resort of every teardown: whatever still belongs to a run is found and ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::processes::{self, Process};
use crate::wiring::RUN_ID_VARIABLE;

/// Process groups of a run, each with the start of its leader where that is known.
pub(crate) type Groups = BTreeMap<Pid, Option<u64>>;

/// How often is looked whether something is still there.
const ROUND: Duration = Duration::from_millis(20);
/// How long a process may take over SIGTERM before it gets SIGKILL: 500 ms.
const GRACE_ROUNDS: u32 = 25;
/// When to give up on processes that even SIGKILL does not end (stuck in the kernel): 5 s.
const LAST_ROUND: u32 = 250;

/// Ends every process of the given groups, and every process whose environment carries the run's
/// id: grandchildren that left their group, and children that were just being born. SIGTERM, then
/// SIGKILL. Returns how many were found.
///
/// Where there is no `/proc`, only the groups are known, and no count.
///
/// # Cancellation
/// Leaves the rest running.
pub(crate) async fn sweep(run_id: &str, groups: &Groups) -> usize {
    let mark = format!("{RUN_ID_VARIABLE}={run_id}");
    let mut asked = BTreeSet::new();
    let mut empty_rounds = 0;
    for round in 0..LAST_ROUND {
        let Some(living) = processes::living() else {
            end_groups_blindly(groups).await;
            return 0;
        };
        let found = of_run(&living, groups, |pid| processes::has_variable(pid, &mark));
        // A child between its fork and its exec does not carry the mark yet, so one look that
        // finds nothing is not enough.
        empty_rounds = if found.is_empty() {
            empty_rounds + 1
        } else {
            0
        };
        if empty_rounds == 2 {
            break;
        }
        for pid in found {
            // An error means that it is gone, or not ours to end.
            if asked.insert(pid) {
                let _ = kill(pid, Signal::SIGTERM);
                // A stopped process does not hear anything else.
                let _ = kill(pid, Signal::SIGCONT);
            } else if round >= GRACE_ROUNDS {
                let _ = kill(pid, Signal::SIGKILL);
            }
        }
        tokio::time::sleep(ROUND).await;
    }
    asked.len()
}

/// The processes that belong to the run.
///
/// A group's number may have been given to strangers since it was registered, so a group is the
/// run's only if its leader is the one that was registered, or a member carries the mark.
fn of_run(living: &[Process], groups: &Groups, has_mark: impl Fn(Pid) -> bool) -> BTreeSet<Pid> {
    let own = Pid::this();
    let marked: BTreeSet<Pid> = living
        .iter()
        .map(|process| process.pid)
        .filter(|pid| *pid != own && has_mark(*pid))
        .collect();
    let ours: BTreeSet<Pid> = living
        .iter()
        .filter(|process| {
            groups.get(&process.group).is_some_and(|leader_started| {
                marked.contains(&process.pid)
                    || (process.pid == process.group && *leader_started == Some(process.started))
            })
        })
        .map(|process| process.group)
        .collect();
    living
        .iter()
        .filter(|process| process.pid != own && ours.contains(&process.group))
        .map(|process| process.pid)
        .chain(marked.iter().copied())
        .collect()
}

async fn end_groups_blindly(groups: &Groups) {
    let signal = |signal| {
        for group in groups.keys() {
            let _ = killpg(*group, signal);
        }
    };
    signal(Signal::SIGTERM);
    tokio::time::sleep(ROUND * GRACE_ROUNDS).await;
    signal(Signal::SIGKILL);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, group: i32, started: u64) -> Process {
        Process {
            pid: Pid::from_raw(pid),
            group: Pid::from_raw(group),
            started,
        }
    }

    fn found(living: &[Process], marked: &[i32]) -> Vec<i32> {
        let groups = Groups::from([(Pid::from_raw(100), Some(7)), (Pid::from_raw(200), Some(8))]);
        of_run(living, &groups, |pid| marked.contains(&pid.as_raw()))
            .into_iter()
            .map(Pid::as_raw)
            .collect()
    }

    #[test]
    fn a_registered_group_is_taken_whole() {
        let living = [process(100, 100, 7), process(101, 100, 9), process(5, 5, 1)];
        assert_eq!(found(&living, &[]), [100, 101]);
    }

    #[test]
    fn a_group_number_that_strangers_were_given_is_left_alone() {
        let living = [process(100, 100, 4711), process(101, 100, 4712)];
        assert_eq!(found(&living, &[]), [0_i32; 0]);
    }

    #[test]
    fn orphans_of_a_group_are_known_by_the_mark_of_any_member() {
        let living = [process(101, 100, 9), process(102, 100, 9)];
        assert_eq!(found(&living, &[102]), [101, 102]);
    }

    #[test]
    fn a_grandchild_that_left_its_group_is_known_by_its_mark() {
        let living = [process(300, 300, 9), process(301, 300, 9)];
        assert_eq!(found(&living, &[300]), [300], "its neighbours are not ours");
    }

    #[test]
    fn the_sweeper_itself_is_never_swept() {
        let own = Pid::this().as_raw();
        assert_eq!(
            found(&[process(own, 100, 7), process(100, 100, 7)], &[own]),
            [100]
        );
    }
}
