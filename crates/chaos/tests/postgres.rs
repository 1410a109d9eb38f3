//! A probe against a real Postgres, in a folder of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rtest_chaos::{Drill, DrillContext};
use rtest_core::event::{EventKind, EventSink, ProbeResult};
use rtest_core::expectation::ValueMatch;
use rtest_core::plan::{ChaosPlan, ProbeKind, ProbePlan, SqlExpectation, SqlProbe};
use rtest_core::{ManualClock, Seed, Span, Template};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A server on a socket in its folder and on a port of this machine.
struct Server {
    port: u16,
    process: Child,
    folder: TempDir,
}

/// Where Debian, and others, keep what is not in PATH.
fn tool(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.pop()
}

impl Server {
    #[allow(clippy::print_stderr)] // to whoever runs the tests
    fn start() -> Option<Self> {
        let (Some(initdb), Some(postgres)) = (tool("initdb"), tool("postgres")) else {
            eprintln!("NOT TESTED HERE: there is no Postgres (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        as_anybody(&initdb, folder.path())
            .args(["--username=shop", "--auth=trust", "--no-sync", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .ok()
            .filter(std::process::ExitStatus::success)
            .expect("initdb makes a cluster");
        let process = as_anybody(&postgres, folder.path())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-p"])
            .arg(port.to_string())
            .arg("-k")
            .arg(folder.path())
            .arg("-D")
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres starts");
        Some(Self {
            port,
            process,
            folder,
        })
    }

    fn stop(&mut self) {
        // Fast shutdown.
        let _ = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status();
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        // The folder goes after the server.
        let _ = self.folder.path();
    }
}

/// Postgres refuses to run as root; then it runs as `nobody`, whose the folder becomes.
fn as_anybody(program: &Path, folder: &Path) -> Command {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .expect("id is a command");
    if root.stdout != b"0\n" {
        return Command::new(program);
    }
    let owned = Command::new("chown")
        .args(["-R", "nobody"])
        .arg(folder)
        .status();
    assert!(owned.expect("chown is a command").success());
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"])
        .arg(program);
    command.current_dir(folder);
    command
}

#[derive(Debug, Default)]
struct Results(Mutex<Vec<ProbeResult>>);

impl EventSink for Results {
    fn emit(&self, kind: EventKind) {
        if let EventKind::ProbeEvaluated { result, .. } = kind {
            self.0.lock().expect("no panic").push(result);
        }
    }
}

async fn ask(port: u16, settled: bool, query: &str, expected: SqlExpectation) -> ProbeResult {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let results = Arc::new(Results::default());
    let context = DrillContext {
        clock: Arc::new(ManualClock::default()),
        windows: Arc::default(),
        events: Arc::clone(&results) as Arc<dyn EventSink>,
        cancel: CancellationToken::new(),
        proxies: BTreeMap::new(),
        services: None,
        seed: Seed::new(1),
        journal: None,
        variables: BTreeMap::from([("db.port".to_owned(), port.to_string())]),
        mark: None,
        addresses: BTreeMap::new(),
    };
    let probe = ProbePlan {
        name: "sql".to_owned(),
        kind: ProbeKind::Sql(SqlProbe {
            url: Template::parse("postgres://shop@127.0.0.1:{{ db.port }}/postgres").expect("fine"),
            query: query.to_owned(),
            expected,
        }),
        continuously: None,
        span: Span::of_flag("probe", query),
    };
    let plan = ChaosPlan {
        hypothesis: vec![probe],
        ..ChaosPlan::default()
    };
    let drill = Drill::new(plan, context).expect("a probe that can be asked");
    if settled {
        drill.after().await;
    } else {
        drill.before().await;
    }
    let mut results = results.0.lock().expect("no panic");
    results.pop().expect("it was asked")
}

fn rows(rows: Value) -> SqlExpectation {
    SqlExpectation::Rows(serde_json::from_value(rows).expect("rows"))
}

#[tokio::test]
async fn a_query_holds_by_its_rows_or_its_value_and_the_database_is_asked_anew_each_time() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let port = server.port;
    let three = "select * from (values ('Surya', 7, true), ('Ada', null, false)) as t";
    // The first one waits until the server is up.
    let first = ask(port, true, "select 1", rows(json!([[1]]))).await;
    assert!(first.held, "{first:?}");
    for (query, expected, actual) in [
        (
            three,
            rows(json!([["Surya", 7, "t"], ["Ada", null, "f"]])),
            None,
        ),
        (
            three,
            rows(json!([["Surya", 8, "t"]])),
            Some(r#"rows [["Surya", "7", "t"], ["Ada", null, "f"]]"#),
        ),
        (
            "select 5",
            SqlExpectation::Value(ValueMatch::Min(5.0)),
            None,
        ),
        (
            "select 5",
            SqlExpectation::Value(ValueMatch::Max(4.0)),
            Some("value \"5\""),
        ),
        (
            "select 5 where false",
            SqlExpectation::Value(ValueMatch::Min(5.0)),
            Some("no row"),
        ),
        ("select 5 where false", rows(json!([])), None),
    ] {
        let result = ask(port, false, query, expected).await;
        assert_eq!(result.held, actual.is_none(), "{query}: {result:?}");
        assert_eq!(result.actual, actual.unwrap_or("as expected"));
    }
    let wrong = ask(port, false, "select nothing from nowhere", rows(json!([]))).await;
    assert!(wrong.actual.contains("nowhere"), "{wrong:?}");
    server.stop();
    let gone = ask(port, false, "select 1", rows(json!([[1]]))).await;
    assert!(!gone.held && gone.actual.contains("refused"), "{gone:?}");
}
