//! `rtest chaos run` and `rtest chaos undo`.

use std::process::{Command, Stdio};

use crate::binary::{command, processes_of, root, rtest, run_folder, run_suite, write_suite};
use crate::services::wait_until;

const LONG: &str = "
name: long
environment:
  services:
    catalog: { builtin: catalog }
    storefront: { builtin: storefront, depends_on: [catalog] }
load:
  target: storefront
  scenarios:
    browse: { executor: constant-arrival-rate, rate: 20/s, duration: 60s, flow: [{ get: /products/7 }] }
chaos:
  hypothesis:
    - http: { get: /health }
    - http: { get: /products/7, json: { $.source: catalog } }
  timeline:
    - { at: 0s, for: 50s, name: held, service: catalog, pause: true }
    - { at: 0s, for: 50s, name: slow, link: storefront -> catalog, latency: { latency: 50ms } }
";

#[test]
fn undo_says_what_became_of_what_a_killed_run_broke() {
    let out = tempfile::tempdir().expect("a folder");
    let suite = write_suite(LONG);
    let runs = out.path().display().to_string();
    rtest(&["chaos", "undo", "--out", &runs])
        .exits(0)
        .shows("no run here has broken anything");
    let mut child = command(&[
        "chaos",
        "run",
        &suite.path().display().to_string(),
        "--out",
        &runs,
    ])
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .expect("rtest starts");
    let journal = || {
        let mut folders = std::fs::read_dir(out.path())
            .into_iter()
            .flatten()
            .flatten();
        let journal = folders.next()?.path().join("record/undo.jsonl");
        std::fs::read_to_string(journal).ok()
    };
    let both = |text: String| text.contains("held") && text.contains("slow");
    wait_until(|| journal().is_some_and(both));
    let id = run_folder(out.path());
    let id = id
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    rtest(&["chaos", "undo", id, "--out", &runs])
        .exits(2)
        .shows("still goes");

    // The guard is held, so that it cannot clean up, as on a machine that takes both.
    let guard = guard_of(id);
    signal("-STOP", guard);
    child.kill().expect("it runs");
    child.wait().expect("ended");
    assert!(
        !processes_of(id).is_empty(),
        "catalog is held, storefront serves"
    );

    rtest(&["chaos", "undo", "--out", &runs])
        .exits(0)
        .shows("held  pause: `catalog` is gone with the run")
        .shows("slow  latency 50ms: its proxy at 127.0.0.1:")
        .shows("nothing is left of it");
    assert_eq!(processes_of(id), Vec::<u32>::new());
    signal("-CONT", guard);
    // Once more there is nothing left to do.
    rtest(&["chaos", "undo", id, "--out", &runs])
        .exits(0)
        .shows("all 2 faults are mended")
        .shows("0 of its processes were ended");
}

/// The guard of a run, by what it was started with.
fn guard_of(run_id: &str) -> u32 {
    let command = format!("reaper\0--run-id\0{run_id}\0");
    let mut processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let guard = processes.find_map(|process| {
        let line = std::fs::read(process.path().join("cmdline")).ok()?;
        let pid = process.file_name().to_str()?.parse().ok()?;
        String::from_utf8_lossy(&line)
            .contains(&command)
            .then_some(pid)
    });
    guard.expect("it is on guard")
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.expect("kill is a command").success());
}

#[test]
fn a_dry_run_asks_the_probes_and_breaks_nothing() {
    for (breaks, code) in [("true", 0), ("false", 1)] {
        let out = tempfile::tempdir().expect("a folder");
        let suite = write_suite(&LONG.replace(
            "get: /health }",
            &format!(
                "get: /products/7, json: {{ $.source: {} }} }}",
                if breaks == "true" {
                    "catalog"
                } else {
                    "nobody"
                }
            ),
        ));
        let path = suite.path().display().to_string();
        let runs = out.path().display().to_string();
        rtest(&["chaos", "run", &path, "--dry-run", "--out", &runs])
            .exits(code)
            .shows("2 faults are not injected");
        let events = std::fs::read_to_string(run_folder(out.path()).join("record/events.jsonl"));
        let events = events.expect("a record");
        assert!(
            !events.contains("fault_injected") && !events.contains("load_tick"),
            "{events}"
        );
        assert!(events.contains("\"probe\""), "{events}");
        assert!(!events.contains("\"after\""), "asked once: {events}");
    }
}

#[test]
fn a_suite_without_a_drill_is_refused() {
    let suite = root().join("suites/journey.yaml").display().to_string();
    rtest(&["chaos", "run", &suite])
        .exits(2)
        .shows("has no `chaos`");
    let out = tempfile::tempdir().expect("a folder");
    run_suite("name: nothing", out.path(), &[]).exits(2);
    let nowhere = out.path().join("nowhere").display().to_string();
    rtest(&["chaos", "undo", &nowhere])
        .exits(2)
        .shows("is not a run's folder");
}
