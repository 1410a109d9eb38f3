use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::unistd::{Pid, setsid};
use rtest_core::{Clock, MonotonicClock, RunTime};

use super::order::Order;
use crate::cgroup;
use crate::docker;
use crate::processes;
use crate::sweep::{Groups, sweep};

/// What the reaper says when it is on guard.
pub(super) const READY: &str = "ready";

/// The whole life of a reaper process: the hidden command `rtest reaper --run-id ID` is this and
/// nothing else. Blocks on stdin; when that ends without an orderly `done`, ends everything that
/// is left of the run.
///
/// To be called from a thread without an async runtime, before others are started.
///
/// # Errors
/// When the process cannot leave its session, or its standard streams cannot be used. Nothing
/// then watches over the run, and the program that started the reaper says so.
pub fn reap(run_id: &str) -> io::Result<()> {
    // In a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it.
    match setsid() {
        // EPERM: it leads a group already, so it was started by hand from a shell.
        Ok(_) | Err(Errno::EPERM) => {}
        Err(error) => return Err(error.into()),
    }
    // Nor may a signal meant for the program, sent to all of its name, end it first.
    let mut polite = SigSet::empty();
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM] {
        polite.add(signal);
    }
    polite.thread_block()?;

    let mut stdout = io::stdout();
    writeln!(stdout, "{READY}")?;
    stdout.flush()?;

    let mut watch = Watch::default();
    if watch.until_the_end() == End::Done {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        sweep(run_id, &watch.groups).await;
        if watch.has_docker {
            sweep_docker(run_id).await;
        }
    });
    for folder in &watch.folders {
        cgroup::remove(folder);
    }
    Ok(())
}

/// How often an engine that does not remove everything is asked again: it may be making at this
/// moment what the program had asked for last.
const DOCKER_ATTEMPTS: u32 = 5;
const DOCKER_PAUSE: Duration = Duration::from_millis(500);

/// Removes everything of the run from the engine.
async fn sweep_docker(run_id: &str) {
    let labels = docker::Labels::of_run(run_id);
    for attempt in 0..DOCKER_ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(DOCKER_PAUSE).await;
        }
        let Ok(engine) = docker::Engine::connect().await else {
            continue;
        };
        // Twice without a rest: what was being made when the program was killed is there by then.
        let left = docker::sweep(&engine, &labels).await;
        if left == 0 && attempt > 0 {
            return;
        }
    }
}

/// Lets a paused container go on.
fn unpause(id: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        if let Ok(engine) = docker::Engine::connect().await {
            // Fails where the container is gone, and then there is nothing to free.
            let _ = engine.api().unpause_container(id).await;
        }
    });
}

/// How the pipe came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All is torn down.
    Done,
    /// The program is gone.
    Cut,
}

/// What is under guard.
#[derive(Default)]
struct Watch {
    groups: Groups,
    /// Groups that are held, and until when they may be.
    leases: BTreeMap<Pid, RunTime>,
    /// Containers that are held, by id.
    container_leases: BTreeMap<String, RunTime>,
    /// Whether the run has something in a Docker engine.
    has_docker: bool,
    /// Control groups.
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// Takes orders from stdin until it ends, and lets go on what is held for too long: the
    /// program may hang, or be held itself.
    fn until_the_end(&mut self) -> End {
        let clock = MonotonicClock::start();
        // One order at a time: the pipe is the queue.
        let (sender, orders) = mpsc::sync_channel(0);
        std::thread::spawn(move || {
            // A read error is an end too.
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(Order::parse(&line)).is_err() {
                    return;
                }
            }
        });
        loop {
            let leases = self.leases.values().chain(self.container_leases.values());
            let order = match leases.min() {
                Some(next) => orders.recv_timeout(next.since(clock.now())),
                None => orders.recv().map_err(RecvTimeoutError::from),
            };
            match order {
                Ok(Some(Order::Done)) => return End::Done,
                Ok(Some(order)) => self.take(order, clock.now()),
                Ok(None) => {}
                Err(RecvTimeoutError::Timeout) => self.let_go(clock.now()),
                Err(RecvTimeoutError::Disconnected) => return End::Cut,
            }
        }
    }

    fn take(&mut self, order: Order, now: RunTime) {
        match order {
            Order::Watch(group) => {
                self.groups.insert(group, processes::started(group));
            }
            Order::Forget(group) => {
                self.groups.remove(&group);
                self.leases.remove(&group);
            }
            Order::Lease(group, lasting) => {
                self.leases.insert(group, now + lasting);
            }
            Order::Release(group) => {
                self.leases.remove(&group);
            }
            Order::Docker => self.has_docker = true,
            Order::LeaseContainer(id, lasting) => {
                self.container_leases.insert(id, now + lasting);
            }
            Order::ReleaseContainer(id) => {
                self.container_leases.remove(&id);
            }
            Order::Folder(path) => {
                self.folders.insert(path);
            }
            Order::Done => {}
        }
    }

    fn let_go(&mut self, now: RunTime) {
        self.leases.retain(|group, until| {
            let is_over = *until <= now;
            if is_over {
                // Fails where the group is gone, and then there is nothing to free.
                let _ = killpg(*group, Signal::SIGCONT);
            }
            !is_over
        });
        self.container_leases.retain(|id, until| {
            let is_over = *until <= now;
            if is_over {
                unpause(id);
            }
            !is_over
        });
    }
}
