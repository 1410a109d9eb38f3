//! A container through the files of its control group, and of its network namespace: no engine is
//! asked, so they can be read as often as one likes.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rtest_core::usage::{Quantity, Reading};

use super::counter::{Counter, thousandths};
use super::source::{Moment, Source};
use crate::cgroup::{Accounting, accounting};

/// A container on this machine.
pub(crate) struct ControlGroup {
    cpu: Option<Cpu>,
    memory: Option<Memory>,
    out_of_memory: Option<KernelFile>,
    network: Option<KernelFile>,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    cpu: Counter,
    periods: Counter,
    throttled: Counter,
    oom_kills: Counter,
    network_in: Counter,
    network_out: Counter,
}

/// CPU time, and how often the group was held back.
enum Cpu {
    /// `cpuacct.usage`, one number in nanoseconds, and `cpu.stat`.
    V1 {
        usage: KernelFile,
        stat: Option<KernelFile>,
    },
    /// All of it in `cpu.stat`.
    V2(KernelFile),
}

/// Counters, where the kernel tells them.
#[derive(Default)]
struct CpuCounts {
    nanos: Option<u64>,
    periods: Option<u64>,
    throttled: Option<u64>,
}

struct Memory {
    usage: KernelFile,
    stat: KernelFile,
    /// The line of `stat` that says what of it are pages of files that nobody used lately.
    idle: &'static str,
}

impl ControlGroup {
    /// The control group of a container, by the process that its engine started in it; `None`
    /// where that is not a process of this machine, or there are no files.
    pub(crate) fn of_container(id: &str, pid: i64) -> Option<Self> {
        let process = Path::new("/proc").join(pid.to_string());
        let own = fs::read_to_string(process.join("cgroup")).ok()?;
        // An engine in a virtual machine has processes of its own.
        if !own.contains(id) {
            return None;
        }
        let network = KernelFile::open(&process.join("net/dev"));
        let group = match accounting(&own)? {
            Accounting::V2(folder) => Self::v2(&folder, network),
            Accounting::V1 {
                cpu,
                cpuacct,
                memory,
            } => Self::v1(&cpu, &cpuacct, &memory, network),
        };
        (group.cpu.is_some() || group.memory.is_some()).then_some(group)
    }

    /// Documentation/admin-guide/cgroup-v2.rst.
    fn v2(folder: &Path, network: Option<KernelFile>) -> Self {
        let open = |name: &str| KernelFile::open(&folder.join(name));
        Self {
            cpu: open("cpu.stat").map(Cpu::V2),
            memory: Memory::of(open("memory.current"), open("memory.stat"), "inactive_file"),
            out_of_memory: open("memory.events"),
            network,
            counters: Counters::default(),
        }
    }

    /// Documentation/admin-guide/cgroup-v1.
    fn v1(cpu: &Path, cpuacct: &Path, memory: &Path, network: Option<KernelFile>) -> Self {
        let usage = KernelFile::open(&memory.join("memory.usage_in_bytes"));
        let stat = KernelFile::open(&memory.join("memory.stat"));
        let cpu_usage = KernelFile::open(&cpuacct.join("cpuacct.usage"));
        let cpu_stat = KernelFile::open(&cpu.join("cpu.stat"));
        Self {
            cpu: cpu_usage.map(|usage| Cpu::V1 {
                usage,
                stat: cpu_stat,
            }),
            memory: Memory::of(usage, stat, "total_inactive_file"),
            out_of_memory: KernelFile::open(&memory.join("memory.oom_control")),
            network,
            counters: Counters::default(),
        }
    }
}

impl Memory {
    fn of(usage: Option<KernelFile>, stat: Option<KernelFile>, idle: &'static str) -> Option<Self> {
        Some(Self {
            usage: usage?,
            stat: stat?,
            idle,
        })
    }

    /// What the system cannot take back at once: without file pages that nobody used lately, as
    /// `docker stats` counts.
    fn bytes(&mut self) -> Option<u64> {
        let usage: u64 = self.usage.read()?.trim().parse().ok()?;
        let idle = number(self.stat.read()?, self.idle)?;
        Some(usage.saturating_sub(idle))
    }
}

impl Cpu {
    fn counts(&mut self) -> CpuCounts {
        let (nanos, stat) = match self {
            Self::V1 { usage, stat } => {
                let nanos = usage.read().and_then(|text| text.trim().parse().ok());
                (nanos, stat.as_mut().and_then(KernelFile::read))
            }
            Self::V2(stat) => {
                let stat = stat.read();
                let micros = stat.and_then(|text| number(text, "usage_usec"));
                (micros.map(|micros| micros.saturating_mul(1000)), stat)
            }
        };
        CpuCounts {
            nanos,
            periods: stat.and_then(|text| number(text, "nr_periods")),
            throttled: stat.and_then(|text| number(text, "nr_throttled")),
        }
    }
}

impl Source for ControlGroup {
    fn read(&mut self, moment: &mut Moment<'_>) -> Vec<Reading> {
        let at = moment.at;
        let mut readings = Vec::with_capacity(6);
        let mut tell = |quantity, value: Option<f64>| {
            readings.extend(value.map(|value| Reading::new(quantity, value)));
        };
        let counters = &mut self.counters;
        let cpu = self.cpu.as_mut().map(Cpu::counts).unwrap_or_default();
        let share = cpu.nanos.and_then(|now| counters.cpu.cpu_share(at, now));
        tell(Quantity::Cpu, share);
        let grown = |counter: &mut Counter, now: Option<u64>| counter.grown(at, now?);
        let periods = grown(&mut counters.periods, cpu.periods);
        let throttled = grown(&mut counters.throttled, cpu.throttled);
        tell(Quantity::CpuThrottled, throttled_share(periods, throttled));
        let memory = self.memory.as_mut().and_then(Memory::bytes);
        tell(Quantity::Memory, memory.map(|bytes| bytes as f64));
        let more = |counter: &mut Counter, now: Option<u64>| {
            let (grown, _) = counter.grown(at, now?)?;
            (grown > 0).then_some(grown as f64)
        };
        let out_of_memory = self.out_of_memory.as_mut().and_then(KernelFile::read);
        let kills = out_of_memory.and_then(|text| number(text, "oom_kill"));
        tell(Quantity::OomKills, more(&mut counters.oom_kills, kills));
        let traffic = self.network.as_mut().and_then(KernelFile::read);
        let (came, went) = traffic.map(traffic_of).unzip();
        tell(Quantity::NetworkIn, more(&mut counters.network_in, came));
        tell(Quantity::NetworkOut, more(&mut counters.network_out, went));
        readings
    }
}

/// Of the periods that passed, those in which the group was held back; nothing where none passed,
/// or there is no limit, for then none ever does.
pub(super) fn throttled_share<T>(
    periods: Option<(u64, T)>,
    throttled: Option<(u64, T)>,
) -> Option<f64> {
    let (periods, throttled) = (periods?.0, throttled?.0);
    (periods > 0).then(|| thousandths((throttled as f64 / periods as f64).min(1.0)))
}

/// The number of a line `name number`.
fn number(text: &str, name: &str) -> Option<u64> {
    let of_line = |line: &str| {
        line.strip_prefix(name)?
            .strip_prefix(' ')?
            .trim()
            .parse()
            .ok()
    };
    text.lines().find_map(of_line)
}

/// Bytes in and out of all interfaces but loopback, proc_pid_net(5): after the name and a colon
/// the first column is what was received, the ninth what was sent.
fn traffic_of(text: &str) -> (u64, u64) {
    let interfaces = text.lines().filter_map(|line| line.split_once(':'));
    let outside = interfaces.filter(|(name, _)| name.trim() != "lo");
    outside.fold((0, 0), |(came, went), (_, columns)| {
        let columns: Vec<&str> = columns.split_ascii_whitespace().collect();
        let column = |index: usize| columns.get(index).and_then(|it| it.parse().ok());
        let (more, out): (u64, u64) = (column(0).unwrap_or(0), column(8).unwrap_or(0));
        (came.saturating_add(more), went.saturating_add(out))
    })
}

/// A file that the kernel writes anew for every reader; it is opened once.
struct KernelFile {
    file: File,
    /// What was read last, and room for more.
    text: Vec<u8>,
}

/// The most that is read of one: `memory.stat`, the longest, has two kilobytes.
const MOST_BYTES: usize = 16 * 1024;

/// The kernel fills a page before it makes a reader come again, so that a read that gives less than
/// half of one has reached the end. Asking for it would have the file written twice.
const LAST_BYTES: usize = 2 * 1024;

impl KernelFile {
    fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        Some(Self {
            file,
            text: vec![0; MOST_BYTES],
        })
    }

    /// What is in it now; nothing where the group is gone.
    fn read(&mut self) -> Option<&str> {
        let mut filled = 0;
        while filled < MOST_BYTES {
            let room = &mut self.text[filled..];
            let more = self.file.read_at(room, filled as u64).ok()?;
            filled += more;
            if more < LAST_BYTES {
                break;
            }
        }
        std::str::from_utf8(&self.text[..filled]).ok()
    }
}

#[cfg(test)]
mod tests {
    use rtest_core::RunTime;

    use super::*;
    use crate::processes::Census;

    /// Reads a folder as version 2, rewritten between the looks.
    fn looks(first: &[(&str, &str)], second: &[(&str, &str)]) -> Vec<Reading> {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |files: &[(&str, &str)]| {
            for (name, text) in files {
                fs::write(folder.path().join(name), text).expect("written");
            }
        };
        write(first);
        let network = KernelFile::open(&folder.path().join("dev"));
        let mut group = ControlGroup::v2(folder.path(), network);
        let mut census = Census::default();
        let mut look = |seconds: u64| {
            group.read(&mut Moment {
                at: RunTime::from_nanos(seconds * 1_000_000_000),
                census: &mut census,
            })
        };
        look(1);
        write(second);
        look(2)
    }

    #[test]
    fn a_container_is_read_from_the_files_of_version_2() {
        let dev = |eth: &str| {
            format!("Inter-| Receive\n face |bytes\n    lo: 9 0 0 0 0 0 0 0 9\n  eth0: {eth}\n")
        };
        let readings = looks(
            &[
                (
                    "cpu.stat",
                    "usage_usec 1000000\nnr_periods 10\nnr_throttled 1\n",
                ),
                ("memory.current", "1\n"),
                ("memory.stat", "inactive_file 0\n"),
                ("memory.events", "oom 0\noom_kill 0\n"),
                ("dev", &dev("100 1 0 0 0 0 0 0 50 1")),
            ],
            &[
                (
                    "cpu.stat",
                    "usage_usec 1500000\nnr_periods 20\nnr_throttled 6\n",
                ),
                ("memory.current", "52428800\n"),
                ("memory.stat", "anon 1\ninactive_file 2428800\n"),
                ("memory.events", "oom 1\noom_kill 2\n"),
                ("dev", &dev("1100 2 0 0 0 0 0 0 550 2")),
            ],
        );
        assert_eq!(
            readings,
            [
                Reading::new(Quantity::Cpu, 0.5),
                Reading::new(Quantity::CpuThrottled, 0.5),
                Reading::new(Quantity::Memory, 5e7),
                Reading::new(Quantity::OomKills, 2.0),
                Reading::new(Quantity::NetworkIn, 1000.0),
                Reading::new(Quantity::NetworkOut, 500.0),
            ]
        );
    }

    #[test]
    fn what_the_kernel_does_not_say_is_not_told() {
        let files = [("cpu.stat", "usage_usec 5\n"), ("memory.current", "what\n")];
        assert_eq!(looks(&files, &files), [Reading::new(Quantity::Cpu, 0.0)]);
        assert!(ControlGroup::of_container("no-such-id", 1).is_none());
    }
}
