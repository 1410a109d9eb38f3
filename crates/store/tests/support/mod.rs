//! Real servers, each in a folder of its own.
#![allow(dead_code)] // each test file uses its part

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rtest_store::{Limits, Postgres};
use tempfile::TempDir;

/// A server on a port of this machine; it ends with this.
pub(crate) struct Server {
    pub(crate) port: u16,
    process: Child,
    folder: TempDir,
}

impl Server {
    /// A fresh Postgres cluster, when it takes connections; none where it is not installed.
    pub(crate) async fn postgres() -> Option<Self> {
        let (Some(initdb), Some(postgres)) = (tool("initdb"), tool("postgres")) else {
            not_here("there is no Postgres (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let made = as_anybody(&initdb, folder.path())
            .args(["--username=shop", "--auth=trust", "--no-sync", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb is a command").success());
        let port = free_port();
        let mut command = as_anybody(&postgres, folder.path());
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-p"]);
        command.arg(port.to_string()).arg("-k").arg(folder.path());
        command.arg("-D").arg(&data);
        let server = Self::start(command, port, folder);
        for _ in 0..300 {
            if server.database().ping(Limits::default()).await.is_ok() {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("Postgres does not take connections");
    }

    /// A Redis server, which may take a moment; none where it is not installed.
    pub(crate) fn redis(options: &[&str]) -> Option<Self> {
        let there = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if !there.is_ok_and(|status| status.success()) {
            not_here("there is no Redis (apt-get install redis-server)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--port"]);
        command.arg(port.to_string()).args(options);
        command.current_dir(folder.path());
        Some(Self::start(command, port, folder))
    }

    fn start(mut command: Command, port: u16, folder: TempDir) -> Self {
        let process = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        Self {
            port,
            process,
            folder,
        }
    }

    /// The server as a Postgres database.
    pub(crate) fn database(&self) -> Postgres {
        let url = format!("postgres://shop@127.0.0.1:{}/postgres", self.port);
        Postgres::at(&url).expect("here")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Of Postgres: fast shutdown.
        let _ = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status();
        let _ = self.process.wait();
        // The folder goes after the server.
        let _ = self.folder.path();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

#[allow(clippy::print_stderr)] // to whoever runs the tests
pub(crate) fn not_here(why: &str) {
    eprintln!("NOT TESTED HERE: {why}");
}

/// Where Debian, and others, keep what is not in PATH.
fn tool(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let mut found: Vec<PathBuf> = versions
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.pop()
}

/// Postgres refuses to run as root; then it runs as `nobody`, whose the folder becomes.
fn as_anybody(program: &Path, folder: &Path) -> Command {
    let root = Command::new("id").arg("-u").output();
    if root.expect("id is a command").stdout != b"0\n" {
        return Command::new(program);
    }
    let owned = Command::new("chown")
        .args(["-R", "nobody"])
        .arg(folder)
        .status();
    assert!(owned.expect("chown is a command").success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]);
    command.arg(program).current_dir(folder);
    command
}
