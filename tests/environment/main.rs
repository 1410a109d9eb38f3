//! Services come up, and nothing outlives a run.
#![allow(clippy::disallowed_methods)] // waits for other processes on real time

#[path = "../binary/mod.rs"]
mod binary;
mod containers;
mod engine;
mod usage;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use binary::{command, processes_of, rtest, run_folder, run_suite, write_suite};

const LONG_RUN: &str = "
name: long
environment:
  services:
    catalog: { builtin: catalog }
    storefront: { builtin: storefront, depends_on: [catalog] }
load:
  target: storefront
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 20/s
      duration: 60s
      flow: [{ get: /products/7 }]
chaos:
  timeline:
    - { at: 0s, for: 50s, link: \"storefront -> catalog\", latency: { latency: 50ms } }
";

/// Waits for a condition of the outside world; there is no event to wait on.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(
            Instant::now() < patience,
            "waited a minute in vain until {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn start(suite: &Path, out: &Path) -> Child {
    let (suite, out) = (suite.display().to_string(), out.display().to_string());
    command(&["run", &suite, "--out", &out])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("rtest starts")
}

fn run_id(out: &Path) -> String {
    run_folder(out)
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

/// Starts the long run and waits until its first fault is active.
fn in_the_middle_of_a_fault(out: &Path) -> (Child, tempfile::NamedTempFile) {
    let suite = write_suite(LONG_RUN);
    let child = start(suite.path(), out);
    wait_until("the fault is active", || {
        let Ok(mut entries) = std::fs::read_dir(out) else {
            return false;
        };
        let Some(Ok(folder)) = entries.next() else {
            return false;
        };
        let events = std::fs::read_to_string(folder.path().join("record/events.jsonl"));
        events.is_ok_and(|events| events.contains("fault_injected"))
    });
    (child, suite)
}

#[test]
fn kill_9_leaves_no_process_and_a_record_that_can_be_reported() {
    let out = tempfile::tempdir().expect("a folder");
    let (mut child, _suite) = in_the_middle_of_a_fault(out.path());
    let id = run_id(out.path());
    assert!(
        processes_of(&id).len() >= 2,
        "catalog and storefront carry the run's mark"
    );
    child.kill().expect("killed");
    child.wait().expect("ended");
    wait_until("the reaper has ended them", || processes_of(&id).is_empty());

    let folder = run_folder(out.path()).display().to_string();
    rtest(&["report", &folder]).exits(130).shows("INTERRUPTED");
}

#[test]
fn ctrl_c_rolls_back_takes_down_and_judges_nothing_as_passed() {
    let out = tempfile::tempdir().expect("a folder");
    let (mut child, _suite) = in_the_middle_of_a_fault(out.path());
    let id = run_id(out.path());
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill is a command");
    assert!(interrupted.success());
    let status = child.wait().expect("ended");
    assert_eq!(status.code(), Some(130));
    assert_eq!(
        processes_of(&id),
        Vec::<u32>::new(),
        "nothing is left when it has ended"
    );
    let events = std::fs::read_to_string(run_folder(out.path()).join("record/events.jsonl"));
    let events = events.expect("a record");
    assert!(
        events.contains("fault_rolled_back"),
        "the fault was rolled back"
    );
    assert!(events.contains("\"interrupted\""), "the record says so");
}

#[test]
fn a_command_that_exits_at_once_shows_its_last_words() {
    let out = tempfile::tempdir().expect("a folder");
    let suite = "
name: broken
environment:
  services:
    api: { process: { command: [sh, -c, \"echo listening soon; echo cannot open orders.db >&2; exit 3\"] } }
load:
  target: api
  scenarios: { ping: { executor: constant-vus, vus: 1, duration: 1s, flow: [{ get: / }] } }
";
    run_suite(suite, out.path(), &[])
        .exits(3)
        .shows("error[RT0401]")
        .shows("cannot open orders.db")
        .shows(":5:");
    let junit = std::fs::read_to_string(run_folder(out.path()).join("junit.xml")).expect("junit");
    assert!(
        junit.contains("<failure") || junit.contains("<error"),
        "CI sees it too: {junit}"
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let out = tempfile::tempdir().expect("a folder");
    let suite = format!(
        "
name: taken
environment:
  services:
    api: {{ process: {{ command: [sleep, \"30\"], port: {port} }} }}
load:
  target: api
  scenarios: {{ ping: {{ executor: constant-vus, vus: 1, duration: 1s, flow: [{{ get: / }}] }} }}
"
    );
    run_suite(&suite, out.path(), &[])
        .exits(3)
        .shows("error[RT0403]")
        .shows(&port.to_string());
}

#[test]
fn a_target_that_is_not_there_is_an_error_not_a_green_report() {
    let free = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = free.local_addr().expect("bound").port();
    drop(free);
    rtest(&[
        "load",
        &format!("http://127.0.0.1:{port}/"),
        "--duration",
        "1s",
    ])
    .exits(3)
    .shows("error[RT0405]")
    .shows(&format!("127.0.0.1:{port}"));
}
