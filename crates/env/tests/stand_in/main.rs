//! The tests' stand-in for the `rtest` executable: what an environment starts from its own
//! program, and a program that can be killed while it has an environment up.
//!
//! ```text
//! stand-in reaper --run-id ID
//! stand-in sample NAME --listen ADDRESS [--break BEHAVIOUR]…
//! stand-in hold RUN_ID LOG_DIR COMMAND [ARGUMENT]…      prints `up`, then waits to be killed
//! ```

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{DataPlan, Protocol, Provider, Readiness, ReadinessProbe, ServicePlan};
use rtest_core::{EventKind, EventSink, MonotonicClock, Secrets, Span, Template};
use rtest_env::{Environment, Ground, ServiceReady, Setup};
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["reaper", "--run-id", run_id] => rtest_env::reap(run_id),
        ["sample", name, "--listen", address, breaks @ ..] => sample(name, address, breaks),
        ["hold", run_id, log_dir, command @ ..] => hold(run_id, log_dir, command),
        _ => Err(io::Error::other(format!("not for this: {words:?}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers every request with 200, and one for `/unwell` with 503.
fn sample(name: &str, address: &str, breaks: &[&str]) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    writeln!(io::stdout(), "{name} listens on {address}, {breaks:?}")?;
    for peer in listener.incoming() {
        let mut peer = peer?;
        let mut request = [0; 4096];
        let read = peer.read(&mut request).unwrap_or(0);
        let status = match &request[..read] {
            // A TCP probe.
            [] => continue,
            request if request.starts_with(b"GET /unwell ") => "503 Service Unavailable",
            _ => "200 OK",
        };
        let _ = write!(peer, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
    }
    Ok(())
}

/// Brings up a catalog, and behind it the given command, and keeps them.
#[tokio::main(flavor = "current_thread")]
async fn hold(run_id: &str, log_dir: &str, command: &[&str]) -> io::Result<()> {
    let service = |name: &str, provider, depends_on: &[&str]| ServicePlan {
        name: name.to_owned(),
        provider,
        protocol: Protocol::Http,
        depends_on: depends_on.iter().map(|name| (*name).to_owned()).collect(),
        env: Vec::new(),
        ready: Readiness {
            probe: ReadinessProbe::Tcp,
            within: Duration::from_secs(60),
        },
        data: DataPlan::default(),
        span: Span::of_flag("stand-in", name),
    };
    let catalog = Provider::Builtin {
        sample: "catalog".to_owned(),
        breaks: Vec::new(),
    };
    let shop = Provider::Process {
        command: command
            .iter()
            .map(|word| Template::parse(word).map_err(io::Error::other))
            .collect::<io::Result<_>>()?,
        cwd: PathBuf::from("."),
        port: None,
    };
    let setup = Setup {
        services: vec![
            service("catalog", catalog, &[]),
            service("shop", shop, &["catalog"]),
        ],
        links: Vec::new(),
        limited: Default::default(),
        sample: None,
        settle: false,
        run_id: run_id.to_owned(),
        log_dir: log_dir.into(),
        program: std::env::current_exe()?,
        secrets: Secrets::default(),
    };
    let cancel = CancellationToken::new();
    let ground = Ground::prepare(setup, &cancel).await;
    let environment = Environment::start(
        ground.map_err(io::Error::other)?,
        &BTreeMap::new(),
        Arc::new(Nobody),
        Arc::new(Nobody),
        Arc::new(MonotonicClock::start()),
        cancel,
    )
    .await
    .map_err(io::Error::other)?;
    writeln!(io::stdout(), "up")?;
    std::future::pending::<()>().await;
    environment.stop().await;
    Ok(())
}

struct Nobody;

impl ServiceReady for Nobody {
    fn ready(&self, _: &str, _: SocketAddr) {}
}

impl EventSink for Nobody {
    fn emit(&self, _: EventKind) {}
}
