use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Mutex;

use super::child::READY;
use super::order::Order;
use crate::wiring::RUN_ID_VARIABLE;

/// How long the reaper may take to say that it is on guard, and to go when it is done.
const PATIENCE: Duration = Duration::from_secs(10);

/// The program's end of the pipe. Dropping it without [`done`](Self::done) sets the reaper to
/// work.
#[derive(Debug)]
pub(crate) struct Reaper {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    child: Child,
    /// Absent once the reaper is done.
    pipe: Option<ChildStdin>,
}

impl Reaper {
    /// Starts the reaper and waits until it is on guard; nothing of the run may be started
    /// before.
    ///
    /// # Errors
    /// When `program` cannot be started, or does not say that it is on guard.
    ///
    /// # Cancellation
    /// Safe: the reaper finds its pipe closed and goes.
    pub(crate) async fn start(program: &Path, run_id: &str) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(["reaper", "--run-id", run_id])
            // Were this program a service of another run, that run's reaper would end this one.
            .env_remove(RUN_ID_VARIABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // An inherited stderr would keep a pipeline open after the program was killed.
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = child.stdin.take();
        let stdout = child.stdout.take().expect("stdout was asked to be a pipe");
        let mut first = String::new();
        let mut stdout = BufReader::new(stdout);
        tokio::time::timeout(PATIENCE, stdout.read_line(&mut first))
            .await
            .map_err(io::Error::from)??;
        if first.trim_end() != READY {
            return Err(io::Error::other(format!(
                "`{} reaper` did not answer that it is ready",
                program.display()
            )));
        }
        Ok(Self {
            state: Mutex::new(State { child, pipe }),
        })
    }

    /// Puts a process group under guard.
    ///
    /// # Errors
    /// When the reaper is gone.
    pub(crate) async fn watch(&self, group: Pid) -> io::Result<()> {
        self.state.lock().await.send(Order::Watch(group)).await
    }

    /// Takes an empty process group from under guard.
    pub(crate) async fn forget(&self, group: Pid) {
        // Without a reaper there is nothing to forget.
        let _ = self.state.lock().await.send(Order::Forget(group)).await;
    }

    /// Has a process group go on after `ttl`, whatever has become of the program by then.
    ///
    /// # Errors
    /// When the reaper is gone.
    pub(crate) async fn lease(&self, group: Pid, ttl: Duration) -> io::Result<()> {
        self.state.lock().await.send(Order::Lease(group, ttl)).await
    }

    /// Ends a lease: the group goes on.
    pub(crate) async fn release(&self, group: Pid) {
        // Without a reaper there is no lease either.
        let _ = self.state.lock().await.send(Order::Release(group)).await;
    }

    /// Has everything of the run in a Docker engine removed, should the program be killed.
    ///
    /// # Errors
    /// When the reaper is gone.
    pub(crate) async fn guard_docker(&self) -> io::Result<()> {
        self.state.lock().await.send(Order::Docker).await
    }

    /// Has a container go on after `ttl`, whatever has become of the program by then.
    ///
    /// # Errors
    /// When the reaper is gone.
    pub(crate) async fn lease_container(&self, id: &str, ttl: Duration) -> io::Result<()> {
        let order = Order::LeaseContainer(id.to_owned(), ttl);
        self.state.lock().await.send(order).await
    }

    /// Ends a lease: the container goes on.
    pub(crate) async fn release_container(&self, id: &str) {
        // Without a reaper there is no lease either.
        let order = Order::ReleaseContainer(id.to_owned());
        let _ = self.state.lock().await.send(order).await;
    }

    /// Has a folder of a control group removed, should the program be killed.
    ///
    /// # Errors
    /// When the reaper is gone.
    pub(crate) async fn remove_when_gone(&self, folder: &Path) -> io::Result<()> {
        let order = Order::Folder(folder.to_owned());
        self.state.lock().await.send(order).await
    }

    /// Dismisses the reaper: everything is torn down.
    pub(crate) async fn done(&self) {
        let mut state = self.state.lock().await;
        let _ = state.send(Order::Done).await;
        state.pipe = None;
        if tokio::time::timeout(PATIENCE, state.child.wait())
            .await
            .is_err()
        {
            let _ = state.child.kill().await;
        }
    }
}

impl State {
    async fn send(&mut self, order: Order) -> io::Result<()> {
        let pipe = self.pipe.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        // Shorter than PIPE_BUF: written whole or not at all.
        pipe.write_all(format!("{order}\n").as_bytes()).await
    }
}
