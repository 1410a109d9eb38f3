use std::io::{self, BufRead, Write};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::setsid;

use super::order::Order;
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

    let mut groups = Groups::new();
    // A read error is an end too.
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        match Order::parse(&line) {
            Some(Order::Watch(group)) => {
                groups.insert(group, processes::started(group));
            }
            Some(Order::Forget(group)) => {
                groups.remove(&group);
            }
            Some(Order::Done) => return Ok(()),
            None => {}
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(sweep(run_id, &groups));
    Ok(())
}
