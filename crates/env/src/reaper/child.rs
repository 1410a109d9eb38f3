use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::unistd::{Pid, setsid};
use rtest_core::{Clock, MonotonicClock, RunTime};

use super::order::Order;
use crate::cgroup;
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
        .enable_time()
        .build()?;
    runtime.block_on(sweep(run_id, &watch.groups));
    for folder in &watch.folders {
        cgroup::remove(folder);
    }
    Ok(())
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
            let order = match self.leases.values().min() {
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
    }
}
