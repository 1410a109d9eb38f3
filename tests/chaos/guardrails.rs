//! What ends a drill early: what is broken is mended, the load ends, and the run says why.

use crate::binary::{Ran, run_folder, run_suite};

/// A shop without a fallback, whose catalog is away for most of twenty seconds of load.
fn drill(guardrails: &str) -> String {
    format!(
        "
name: drill
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [fallback] }}
      depends_on: [catalog]
load:
  target: storefront
  timeout: 3s
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 100/s
      duration: 20s
      flow: [{{ get: /products/7 }}]
  thresholds:
    http_req_failed: [\"rate<=1\"]
chaos:
  guardrails: {guardrails}
  timeline:
    - {{ at: 1s, for: 18s, name: gone, service: catalog, kill: true }}
"
    )
}

/// The run fails at the guardrail of this name, long before its end, and nothing stays broken.
#[track_caller]
fn is_ended_by(guardrails: &str, name: &str, observed: &str) {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&drill(guardrails), out.path(), &[])
        .exits(1)
        .shows(&format!("✗ guardrail  {name}"))
        .shows(observed)
        .shows("ended the drill and its load at ");
    let events = std::fs::read_to_string(run_folder(out.path()).join("record/events.jsonl"));
    let events = events.expect("a record");
    let times = |what: &str| events.matches(what).count();
    let mended = times("\"clean\":true");
    assert_eq!(times("fault_injected"), mended, "{events}");
    let last = events.lines().last().expect("events");
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    let seconds = last["at_ns"].as_f64().expect("a time") / 1e9;
    assert!(seconds < 15.0, "it went on for {seconds} s");
}

#[test]
fn a_bound_ends_the_drill_over_what_the_fault_does_not_over_the_calm_before() {
    is_ended_by(
        "{ abort_when: http_req_failed rate>0.9, min_samples: 100 }",
        "http_req_failed rate>0.9",
        "(n = ",
    );
}

#[test]
fn a_probe_ends_the_drill() {
    is_ended_by(
        "{ probes: [{ tcp: catalog, name: the catalog }] }",
        "the catalog fails",
        "failed 2 times in a row: no connection",
    );
}

#[test]
fn a_kill_switch_ends_the_drill() {
    let folder = tempfile::tempdir().expect("a folder");
    let switch = folder.path().join("stop");
    std::fs::write(&switch, "").expect("written");
    let switch = switch.display().to_string();
    is_ended_by(
        &format!("{{ kill_switch: {switch} }}"),
        &format!("{switch} is there"),
        "somebody has put it there",
    );
}

/// Runs a drill of a second that nothing ends.
#[track_caller]
fn runs_to_its_end(guardrails: &str) -> Ran {
    let out = tempfile::tempdir().expect("a folder");
    let suite = drill(guardrails)
        .replace("duration: 20s", "duration: 4s")
        .replace("for: 18s", "for: 1s");
    run_suite(&suite, out.path(), &[]).exits(0)
}

#[test]
fn guardrails_that_are_not_met_are_gates_that_passed() {
    runs_to_its_end("{ abort_when: http_req_duration p(99)>60000 }").shows("✓ guardrail");
}

#[test]
fn one_that_too_few_samples_meet_says_so_and_is_inconclusive() {
    runs_to_its_end("{ abort_when: http_req_failed rate>0.9, min_samples: 100000 }")
        .shows("? guardrail")
        .shows("and it needs 100000 samples to end the drill");
}
