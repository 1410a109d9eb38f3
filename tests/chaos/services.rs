//! Faults on services: each seen by the load or not, mended, and never left behind.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::binary::{command, processes_of, run_folder, run_suite, write_suite};

/// A shop under load for four seconds, with one fault; `breaks` is what is broken in the shop.
fn drill(breaks: &str, fault: &str) -> String {
    format!(
        "
name: drill
environment:
  services:
    catalog: {{ builtin: catalog, labels: {{ tier: backend }} }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
load:
  target: storefront
  timeout: 3s
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 50/s
      duration: 4s
      flow: [{{ get: /products/7 }}]
  thresholds:
    \"http_req_failed{{fault:it}}\": [\"rate<0.01\"]
chaos:
  hypothesis:
    - http: {{ get: /products/7, json: {{ $.source: catalog }} }}
  timeline:
    - {{ at: 1s, name: it, {fault} }}
"
    )
}

/// Green on the shop as it is, red at the threshold where its fallback is broken.
#[track_caller]
fn is_felt_without_a_fallback_and_mended(fault: &str) {
    for (breaks, code) in [("", 0), ("fallback", 1)] {
        let out = tempfile::tempdir().expect("a folder");
        let ran = run_suite(&drill(breaks, fault), out.path(), &[]).exits(code);
        if code == 1 {
            ran.shows("✗ threshold  http_req_failed{fault:it} rate<0.01");
        }
        let events = std::fs::read_to_string(run_folder(out.path()).join("record/events.jsonl"));
        let events = events.expect("a record");
        assert!(
            events.contains("\"clean\":true") && events.contains("ready again at 127.0.0.1:"),
            "{events}"
        );
    }
}

#[test]
fn a_killed_service_is_missed_and_comes_back() {
    is_felt_without_a_fallback_and_mended("for: 1s, service: catalog, kill: true");
}

#[test]
fn a_stopped_service_is_missed_and_comes_back() {
    is_felt_without_a_fallback_and_mended("for: 1s, label: tier=backend, stop: true");
}

#[test]
fn a_paused_service_is_missed_and_goes_on() {
    is_felt_without_a_fallback_and_mended("for: 1s, service: catalog, pause: true");
}

#[test]
fn a_service_that_dies_of_a_signal_is_missed_and_comes_back() {
    is_felt_without_a_fallback_and_mended("for: 1s, service: catalog, signal: SIGUSR2");
}

#[test]
fn a_restart_is_over_when_the_service_is_ready() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(
        &drill("", "service: catalog, restart: true"),
        out.path(),
        &[],
    )
    .exits(0);
}

#[test]
fn a_service_that_does_not_come_back_fails_the_run() {
    let out = tempfile::tempdir().expect("a folder");
    let sign = out.path().join("sign");
    let rtest = env!("CARGO_BIN_EXE_rtest");
    let once = format!(
        "if [ -e {0} ]; then echo out of luck; exit 7; fi; touch {0}; exec {rtest} sample catalog --listen 127.0.0.1:$PORT",
        sign.display()
    );
    let suite = drill("", "for: 1s, service: catalog, kill: true").replace(
        "builtin: catalog, ",
        &format!("process: {{ command: [sh, -c, \"{once}\"] }}, "),
    );
    let runs = out.path().join("runs");
    run_suite(&suite, &runs, &[])
        .exits(1)
        .shows("✗ fault      it")
        .shows("it could not be started again: ended before it was ready (exit status: 7)");
}

#[test]
fn kill_9_in_the_middle_of_a_pause_leaves_nothing_and_the_next_run_is_clean() {
    let out = tempfile::tempdir().expect("a folder");
    let text = drill("", "for: 2s, service: catalog, pause: true");
    let suite = write_suite(&text);
    let (path, runs) = (
        suite.path().display().to_string(),
        out.path().display().to_string(),
    );
    let mut child = command(&["run", &path, "--out", &runs])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("rtest starts");
    let record = || {
        let mut folders = std::fs::read_dir(out.path())
            .into_iter()
            .flatten()
            .flatten();
        let events = folders.next()?.path().join("record/events.jsonl");
        std::fs::read_to_string(events).ok()
    };
    wait_until(|| record().is_some_and(|events| events.contains("fault_injected")));
    let id = run_folder(out.path());
    let id = id
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    assert!(!processes_of(id).is_empty());
    child.kill().expect("it runs");
    child.wait().expect("ended");
    wait_until(|| processes_of(id).is_empty());

    let next = tempfile::tempdir().expect("a folder");
    run_suite(&text, next.path(), &[]).exits(0);
}

/// Waits for something outside of this process, which tells nobody when it happens.
#[allow(clippy::disallowed_methods)] // on real time
#[track_caller]
pub(crate) fn wait_until(mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < patience, "waited in vain");
        std::thread::sleep(Duration::from_millis(20));
    }
}
