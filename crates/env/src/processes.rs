//! The machine's processes, as `/proc` shows them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::unistd::Pid;
use rtest_core::RunTime;

/// A process that is not a zombie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: Pid,
    /// Its process group.
    pub(crate) group: Pid,
    /// When it started, in clock ticks since boot: with the pid it is unique, the pid alone is
    /// not.
    pub(crate) started: u64,
}

/// Every process that is not a zombie; `None` where there is no `/proc` to read (other than
/// Linux).
pub(crate) fn living() -> Option<Vec<Process>> {
    let living = all()?
        .filter(|(_, state)| !matches!(state, 'Z' | 'X'))
        .map(|(process, _)| process);
    Some(living.collect())
}

/// How long a count holds.
const COUNT_HOLDS: Duration = Duration::from_secs(1);
/// How long the group of a process is taken for what it was: it can change, mostly right after its
/// birth.
const GROUP_HOLDS: Duration = Duration::from_secs(10);

/// Who is in which process group, as it was counted last. Only of processes that were not there
/// the last time is the kernel asked: a machine may have thousands.
#[derive(Debug, Default)]
pub(crate) struct Census {
    groups: BTreeMap<Pid, Vec<Pid>>,
    group_of: BTreeMap<Pid, Pid>,
    counted: Option<RunTime>,
    began: Option<RunTime>,
}

impl Census {
    /// The members of a group; counted again where a group is new, and where a second has passed.
    pub(crate) fn members(&mut self, group: Pid, now: RunTime) -> &[Pid] {
        let holds = |since: Option<RunTime>, how_long| since.is_some_and(|at| now - at < how_long);
        if !holds(self.began, GROUP_HOLDS) {
            self.group_of.clear();
            self.began = Some(now);
        }
        if !(holds(self.counted, COUNT_HOLDS) && self.groups.contains_key(&group)) {
            self.count();
            self.groups.entry(group).or_default();
            self.counted = Some(now);
        }
        self.groups.get(&group).map_or(&[], Vec::as_slice)
    }

    fn count(&mut self) {
        let known = std::mem::take(&mut self.group_of);
        self.groups.clear();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let pid = Pid::from_raw(pid);
            let group = known.get(&pid).copied().or_else(|| {
                let (process, _) = read(name.to_str()?)?;
                Some(process.group)
            });
            if let Some(group) = group {
                self.group_of.insert(pid, group);
                self.groups.entry(group).or_default().push(pid);
            }
        }
    }
}

/// Every process with its state.
fn all() -> Option<impl Iterator<Item = (Process, char)>> {
    read("self")?;
    let entries = fs::read_dir("/proc").ok()?.flatten();
    Some(entries.filter_map(|entry| {
        let name = entry.file_name();
        let name = name.to_str()?;
        name.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        // A process that ended since the folder was listed is simply not there.
        read(name)
    }))
}

/// When a process started; absent when it is not there, or there is no `/proc`.
pub(crate) fn started(pid: Pid) -> Option<u64> {
    read(&pid.to_string()).map(|(process, _)| process.started)
}

/// When a process that lives started: absent also for one that has ended and waits to be asked how.
pub(crate) fn living_started(pid: Pid) -> Option<u64> {
    let (process, state) = read(&pid.to_string())?;
    (!matches!(state, 'Z' | 'X')).then_some(process.started)
}

/// Whether every process of a group is stopped, or there is no `/proc` to see it.
pub(crate) fn is_held(group: Pid) -> bool {
    let Some(states) = states_of(group) else {
        return true;
    };
    states.iter().all(|state| matches!(state, 'T' | 't'))
}

/// The states of a group's processes, as proc_pid_stat(5) has them.
fn states_of(group: Pid) -> Option<Vec<char>> {
    let states = all()?
        .filter(|(process, state)| process.group == group && !matches!(state, 'Z' | 'X'))
        .map(|(_, state)| state);
    Some(states.collect())
}

/// Whether a process was started with `variable` (`NAME=value`) in its environment. False for
/// other users' processes, whose environment may not be read.
pub(crate) fn has_variable(pid: Pid, variable: &str) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| {
        environ
            .split(|byte| *byte == 0)
            .any(|entry| entry == variable.as_bytes())
    })
}

/// Whether the reaper of a run is on guard, and so the run goes on or is being cleared up.
pub(crate) fn has_reaper(run_id: &str) -> bool {
    let words = ["reaper", "--run-id", run_id];
    let is_one = |pid: Pid| {
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| {
            let given: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
            given
                .windows(words.len())
                .any(|given| given == words.map(str::as_bytes))
        })
    };
    living().is_none_or(|living| living.iter().any(|process| is_one(process.pid)))
}

fn read(pid: &str) -> Option<(Process, char)> {
    let stat = fs::read(Path::new("/proc").join(pid).join("stat")).ok()?;
    parse_stat(&String::from_utf8_lossy(&stat))
}

/// The line of `/proc/PID/stat`, proc_pid_stat(5): the second field is the program's name in
/// brackets, and may itself hold brackets and spaces.
fn parse_stat(stat: &str) -> Option<(Process, char)> {
    let (pid, rest) = stat.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // `fields[0]` is field 3 of the manual.
    let field = |number: usize| fields.get(number - 3).copied();
    let process = Process {
        pid: Pid::from_raw(pid.parse().ok()?),
        group: Pid::from_raw(field(5)?.parse().ok()?),
        started: field(22)?.parse().ok()?,
    };
    Some((process, field(3)?.chars().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_cannot_confuse_the_fields() {
        let stat = "77 (a) R 1 (b) S 5 70 9 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 1 0 123456 1 1";
        let (process, state) = parse_stat(stat).expect("well formed");
        assert_eq!(state, 'S');
        assert_eq!(
            process,
            Process {
                pid: Pid::from_raw(77),
                group: Pid::from_raw(70),
                started: 123_456,
            }
        );
    }

    #[test]
    fn malformed_lines_are_not_processes() {
        for stat in ["", "77", "77 (a", "77 (a) S 1", "x (a) S 1 2 3"] {
            assert_eq!(parse_stat(stat), None, "{stat}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_among_the_living() {
        let own = Pid::this();
        let processes = living().expect("/proc is mounted");
        let found = processes
            .iter()
            .find(|process| process.pid == own)
            .expect("it runs");
        assert_eq!(found.group, nix::unistd::getpgrp());
        assert_eq!(started(own), Some(found.started));
        let path = std::env::var("PATH").expect("tests have one");
        assert!(has_variable(own, &format!("PATH={path}")));
        assert!(!has_variable(own, "PATH="), "whole entries only");
    }
}
