use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A server in another language, which prints the port on which it listens; gone when it is
/// dropped.
pub struct Foreign {
    pub address: SocketAddr,
    _child: Child,
}

impl Foreign {
    /// Runs a script of this folder. Says so loudly where there is no such `interpreter` here.
    #[allow(clippy::print_stderr)]
    pub async fn start(interpreter: &str, script: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support");
        let started = Command::new(interpreter)
            .arg(folder.join(script))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut child) = started else {
            eprintln!("NOT TESTED: {script} is a server, and there is no `{interpreter}` in PATH");
            return None;
        };
        let said = BufReader::new(child.stdout.take().expect("piped"));
        let port = said.lines().next_line().await.expect("a line");
        let port: u16 = port.expect("a port").parse().expect("a port");
        Some(Self {
            address: ([127, 0, 0, 1], port).into(),
            _child: child,
        })
    }
}
