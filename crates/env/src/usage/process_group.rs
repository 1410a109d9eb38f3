use std::collections::BTreeMap;
use std::fs;

use nix::unistd::{Pid, SysconfVar, sysconf};
use rtest_core::usage::{Quantity, Reading};

use super::counter::thousandths;
use super::source::{Moment, Source};

/// The processes of a group: their CPU time, and the memory that each holds (pages that several
/// hold count for each of them).
pub(crate) struct ProcessGroupUsage {
    members: Members,
    /// What each process had spent at the last look, in nanoseconds, and when that was.
    spent: BTreeMap<Pid, u64>,
    looked: Option<rtest_core::RunTime>,
    page: u64,
}

enum Members {
    /// All of a group, as far as they are known: a new one is within a second.
    Group(Pid),
    /// One process alone.
    Process(Pid),
}

impl ProcessGroupUsage {
    /// Of a process group.
    pub(crate) fn of_group(group: Pid) -> Self {
        Self::of(Members::Group(group))
    }

    /// Of one process.
    pub(crate) fn of_process(pid: Pid) -> Self {
        Self::of(Members::Process(pid))
    }

    fn of(members: Members) -> Self {
        let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
        Self {
            members,
            spent: BTreeMap::new(),
            looked: None,
            page: page
                .and_then(|bytes| u64::try_from(bytes).ok())
                .unwrap_or(4096),
        }
    }

    /// What all of them spent since the last look, in nanoseconds. A process that has ended in
    /// between takes what it spent with it.
    fn spent_since(&mut self, now: BTreeMap<Pid, u64>) -> u64 {
        let before = std::mem::replace(&mut self.spent, now);
        let grown = self.spent.iter().map(|(pid, spent)| {
            // One that was not there has spent all of it since.
            spent.saturating_sub(before.get(pid).copied().unwrap_or_default())
        });
        grown.sum()
    }
}

impl Source for ProcessGroupUsage {
    fn read(&mut self, moment: &mut Moment<'_>) -> Vec<Reading> {
        let one;
        let members = match self.members {
            Members::Group(group) => moment.census.members(group, moment.at),
            Members::Process(pid) => {
                one = [pid];
                &one
            }
        };
        let mut readings = Vec::new();
        let now = members
            .iter()
            .filter_map(|pid| Some((*pid, cpu_nanos(*pid)?)));
        let now: BTreeMap<Pid, u64> = now.collect();
        if now.is_empty() {
            return readings;
        }
        let memory: u64 = members.iter().filter_map(|pid| resident_pages(*pid)).sum();
        let spent = self.spent_since(now);
        let since = self.looked.replace(moment.at);
        let elapsed = since.map(|since| moment.at - since);
        if let Some(elapsed) = elapsed.filter(|elapsed| !elapsed.is_zero()) {
            let share = thousandths(spent as f64 / elapsed.as_nanos() as f64);
            readings.push(Reading::new(Quantity::Cpu, share));
        }
        if memory > 0 {
            let bytes = memory.saturating_mul(self.page);
            readings.push(Reading::new(Quantity::Memory, bytes as f64));
        }
        readings
    }
}

/// The CPU time of all threads of a process, to the nanosecond: `/proc/PID/stat` counts in
/// hundredths of a second, which is a tenth of a core at ten looks a second.
#[cfg(target_os = "linux")]
fn cpu_nanos(pid: Pid) -> Option<u64> {
    let spent = nix::time::clock_getcpuclockid(pid).ok()?.now().ok()?;
    u64::try_from(std::time::Duration::from(spent).as_nanos()).ok()
}

#[cfg(not(target_os = "linux"))]
fn cpu_nanos(_: Pid) -> Option<u64> {
    None
}

/// The pages of a process that are in memory, proc_pid_statm(5).
fn resident_pages(pid: Pid) -> Option<u64> {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    statm.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rtest_core::RunTime;

    use super::*;
    use crate::processes::Census;

    #[test]
    fn a_process_that_works_is_seen_to_and_so_is_what_it_holds() {
        let mut census = Census::default();
        let mut own = ProcessGroupUsage::of_process(Pid::this());
        let mut look = |seconds: u64| {
            own.read(&mut Moment {
                at: RunTime::from_nanos(seconds * 1_000_000_000),
                census: &mut census,
            })
        };
        let first = look(1);
        assert_eq!(first.len(), 1, "no CPU without a time before: {first:?}");
        let before = cpu_nanos(Pid::this()).expect("this process lives");
        let held = vec![1_u8; 64 << 20];
        let mut sum = 0_u64;
        while cpu_nanos(Pid::this()).expect("it lives") - before < 20_000_000 {
            sum = held.iter().fold(sum, |sum, byte| {
                std::hint::black_box(sum + u64::from(*byte))
            });
        }
        let second = look(2);
        let value = |readings: &[Reading], of| {
            let found = readings.iter().find(|reading| reading.quantity == of);
            found.map(|reading| reading.value)
        };
        let cpu = value(&second, Quantity::Cpu).expect("a second has passed");
        assert!(cpu >= 0.02, "20 ms of one second: {cpu}");
        let grown = value(&second, Quantity::Memory).expect("it is there")
            - value(&first, Quantity::Memory).expect("it is there");
        assert!(grown > 48e6, "64 MiB were written: {grown}");
    }
}
