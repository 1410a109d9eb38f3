mod local_ports;
mod threads;

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rtest_core::event::GeneratorHealth;
use rtest_core::{Clock, RunTime};

use self::threads::WorkerThreads;
use crate::open_files::{open_files, open_files_limit};

/// Looks at the generator's own process: a saturated generator measures itself.
#[derive(Debug)]
pub struct HealthMonitor {
    clock: Arc<dyn Clock>,
    cores: usize,
    at: RunTime,
    cpu: Duration,
    threads: WorkerThreads,
}

impl HealthMonitor {
    /// Counts CPU time from now.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            cores: available_cores(),
            at: clock.now(),
            cpu: cpu_time(),
            threads: WorkerThreads::default(),
            clock,
        }
    }

    /// The condition since the last look.
    pub fn look(&mut self) -> GeneratorHealth {
        let (at, cpu) = (self.clock.now(), cpu_time());
        let elapsed = (at - self.at).as_secs_f64();
        let spent = cpu.saturating_sub(self.cpu).as_secs_f64();
        (self.at, self.cpu) = (at, cpu);
        let share = |part: f64, whole: f64| {
            if whole > 0.0 {
                (part / whole).min(1.0)
            } else {
                0.0
            }
        };
        let busiest = self.threads.busiest().unwrap_or_default();
        GeneratorHealth {
            cpu_share: share(spent, elapsed * self.cores as f64),
            open_files: open_files(),
            open_files_limit: open_files_limit(),
            busiest_worker: share(busiest.busy().as_secs_f64(), elapsed),
            waited_for_core: share(busiest.waiting.as_secs_f64(), elapsed),
            local_ports: local_ports::in_use(),
            local_ports_limit: local_ports::limit(),
        }
    }
}

/// Cores that this process may use, by affinity and quota.
pub(crate) fn available_cores() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// User and system time of all threads.
fn cpu_time() -> Duration {
    getrusage(UsageWho::RUSAGE_SELF).map_or(Duration::ZERO, |usage| {
        let micros = (usage.user_time() + usage.system_time()).num_microseconds();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    })
}
