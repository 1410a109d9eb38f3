use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::processes;

/// How long SIGKILL may take to be obeyed: longer only for a process stuck in the kernel.
const KILL_LIMIT: Duration = Duration::from_secs(5);
/// How often is looked whether the rest of a group is still there: nothing tells about processes
/// that are not our children.
const POLL: Duration = Duration::from_millis(10);

/// A child that leads its own process group, and everything it started that stayed in it.
///
/// Dropping it kills the group, as a last resort; [`terminate`](Self::terminate) is the way.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    leader: Child,
    id: Pid,
    /// Whether the group is known to be empty: from then on its number may be somebody else's.
    empty: bool,
}

impl ProcessGroup {
    /// Starts the command as the leader of a new group.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        let leader = command.process_group(0).spawn()?;
        let id = leader
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .expect("a child that was not waited for has its pid, and pids are positive i32");
        Ok(Self {
            leader,
            id: Pid::from_raw(id),
            empty: false,
        })
    }

    /// The group's number, which is its leader's pid.
    pub(crate) fn id(&self) -> Pid {
        self.id
    }

    /// Waits until the leader has ended; the rest of the group may live on. Gives the same status
    /// when asked again.
    ///
    /// # Cancellation
    /// Safe: the status is not lost.
    pub(crate) async fn leader_ended(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Ends the whole group: SIGTERM, and SIGKILL for what is left after `grace`. Says whether
    /// the group is empty now.
    ///
    /// # Cancellation
    /// May leave the group running; dropping it then kills it.
    pub(crate) async fn terminate(&mut self, grace: Duration) -> bool {
        self.signal(Signal::SIGTERM);
        // A stopped process does not hear anything else.
        self.signal(Signal::SIGCONT);
        if tokio::time::timeout(grace, self.emptied()).await.is_err() {
            self.signal(Signal::SIGKILL);
            let _ = tokio::time::timeout(KILL_LIMIT, self.emptied()).await;
        }
        self.empty
    }

    /// Ends the whole group at once. Says whether it is empty now.
    ///
    /// # Cancellation
    /// The group is dead all the same.
    pub(crate) async fn kill(&mut self) -> bool {
        self.signal(Signal::SIGKILL);
        let _ = tokio::time::timeout(KILL_LIMIT, self.emptied()).await;
        self.empty
    }

    /// Sends the whole group a signal; nothing where the group is gone.
    pub(crate) fn signal(&self, signal: Signal) {
        if !self.empty {
            // Fails when the group is gone, which is what is wanted.
            let _ = killpg(self.id, signal);
        }
    }

    async fn emptied(&mut self) {
        if !self.empty {
            // Only fails where the leader was reaped already.
            let _ = self.leader.wait().await;
            while self.has_members() {
                tokio::time::sleep(POLL).await;
            }
            self.empty = true;
        }
    }

    fn has_members(&self) -> bool {
        if killpg(self.id, None) == Err(Errno::ESRCH) {
            return false;
        }
        // Zombies that nobody reaps answer too, for example in a container without an init.
        processes::living()
            .is_none_or(|living| living.iter().any(|process| process.group == self.id))
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}
