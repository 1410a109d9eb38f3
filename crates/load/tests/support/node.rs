use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Node, answering each form with what it read of it; gone when it is dropped.
pub struct FormReader {
    pub address: SocketAddr,
    _node: Child,
}

impl FormReader {
    /// Says so loudly where Node is not here.
    #[allow(clippy::print_stderr)]
    pub async fn start() -> Option<Self> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/form_reader.mjs");
        let started = Command::new("node")
            .arg(script)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let Ok(mut node) = started else {
            eprintln!("NOT TESTED: forms are read by Node, and there is no `node` in PATH");
            return None;
        };
        let said = BufReader::new(node.stdout.take().expect("piped"));
        let port = said.lines().next_line().await.expect("a line");
        let port: u16 = port.expect("a port").parse().expect("a port");
        Some(Self {
            address: ([127, 0, 0, 1], port).into(),
            _node: node,
        })
    }
}
