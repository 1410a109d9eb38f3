//! Faults on the clock of the load: what held, what did not, and that nothing of them is left.

#[path = "../binary/mod.rs"]
mod binary;
mod experiments;
mod guardrails;
mod services;
mod undo;

use binary::{rtest, run_folder, run_suite};

/// A short drill on the sample system; `{breaks}` is what is broken in it.
fn drill(breaks: &str) -> String {
    format!(
        "
name: drill
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
load:
  target: storefront
  timeout: 3s
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 100/s
      duration: 5s
      flow: [{{ get: /products/7 }}]
  thresholds:
    http_req_failed: [\"rate<0.01\"]
    \"http_req_duration{{window:before}}\": [\"p(90)<250\"]
    \"http_req_failed{{fault:gone}}\": [\"rate<0.01\"]
chaos:
  hypothesis:
    - metric: http_req_failed rate<0.01
    - http: {{ get: /health, status: 200 }}
  timeline:
    - {{ at: 1500ms, for: 1500ms, link: storefront -> catalog, name: gone, down: true }}
"
    )
}

#[test]
fn a_shop_with_a_fallback_survives_its_dependency() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&drill(""), out.path(), &[])
        .exits(0)
        .shows("PASSED");
    let folder = run_folder(out.path());
    for file in [
        "report.html",
        "report.json",
        "junit.xml",
        "record/run.json",
        "record/events.jsonl",
        "record/load.hlog",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let html = std::fs::read_to_string(folder.join("report.html")).expect("text");
    assert!(
        html.contains("<svg") && html.contains("gone"),
        "charts with the fault's window"
    );

    // The report is a function of the record: rendered again it is the same, byte for byte.
    let again = folder.join("again.html");
    let request = format!("html={}", again.display());
    rtest(&[
        "report",
        &folder.display().to_string(),
        "--report",
        &request,
    ])
    .exits(0);
    assert_eq!(std::fs::read_to_string(again).expect("text"), html);
}

#[test]
fn a_shop_without_one_is_caught_while_the_fault_lasts_and_not_before() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&drill("fallback"), out.path(), &[])
        .exits(1)
        .shows("http_req_failed{fault:gone} rate<0.01")
        .shows("FAILED");
    let json = std::fs::read(run_folder(out.path()).join("report.json")).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let gates = json["rtest"]["verdict"]["gates"]
        .as_array()
        .or(json["rtest"]["gates"].as_array());
    let status = |name: &str| {
        let gate = gates.expect("gates").iter().find(|gate| {
            gate["name"]
                .as_str()
                .is_some_and(|known| known.contains(name))
        });
        gate.unwrap_or_else(|| panic!("no gate {name}"))["status"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(
        status("http_req_failed{fault:gone}").as_deref(),
        Some("failed")
    );
    assert_eq!(status("rate<0.01 (before").as_deref(), Some("passed"));
}

/// A suite of `suites/broken`: red at the gate that its third line names, and green once what it
/// breaks is whole again.
#[track_caller]
fn is_caught(name: &str) {
    let path = binary::root()
        .join("suites/broken")
        .join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&path).expect("shipped");
    let named = text
        .lines()
        .find_map(|line| line.strip_prefix("# Must fail at: "));
    let (kind, words) = named
        .and_then(|named| named.split_once(' '))
        .expect("it names its gate");
    let words = words.replace('"', "");

    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    rtest(&["run", &path.display().to_string(), "--out", &folder]).exits(1);
    let json = std::fs::read(run_folder(out.path()).join("report.json")).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let gates = json["rtest"]["gates"].as_array().expect("gates");
    let failed: Vec<&serde_json::Value> = gates
        .iter()
        .filter(|gate| gate["status"] == "failed")
        .collect();
    assert!(!failed.is_empty());
    for gate in failed {
        assert_eq!(gate["kind"], kind, "only this kind of gate fails: {gate}");
        assert!(
            gate.to_string().contains(&words),
            "`{words}` is not in {gate}"
        );
    }

    let breaks = text.find("breaks: [").expect("it breaks something");
    let end = breaks + text[breaks..].find(']').expect("a list") + 1;
    // What is broken first is what is looked at; the rest only lets it be seen.
    let left = text[breaks..end].split_once(", ");
    let left = left.map_or("]", |(_, left)| left);
    let whole =
        format!("{}breaks: [{left}{}", &text[..breaks], &text[end..]).replace("../../", "../");
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&whole, out.path(), &[]).exits(0);
}

#[test]
fn a_missing_deadline_is_caught() {
    is_caught("deadline");
}

#[test]
fn a_retry_storm_is_caught() {
    is_caught("retries");
}

#[test]
fn a_breaker_that_never_opens_is_caught() {
    is_caught("breaker");
}

#[test]
fn a_missing_fallback_is_caught() {
    is_caught("fallback");
}

#[test]
fn orders_that_wait_for_room_are_caught() {
    is_caught("shed");
}

#[test]
fn a_breaker_that_never_closes_is_caught() {
    is_caught("recovery");
}

#[test]
fn a_queue_that_is_not_worked_off_is_caught() {
    is_caught("backlog");
}

#[test]
fn messages_that_are_not_put_aside_are_caught() {
    is_caught("dead-letters");
}

#[test]
fn a_shop_that_does_not_notice_is_caught() {
    is_caught("detect");
}

#[test]
fn a_poison_message_that_is_never_set_aside_is_caught() {
    is_caught("dlq");
}

#[test]
fn a_renamed_field_is_caught() {
    is_caught("contract");
}
