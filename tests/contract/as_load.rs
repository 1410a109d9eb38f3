//! Contracts as load: whether they are kept, beside how fast.

use serde_json::Value;

use super::binary::{run_folder, run_suite};

/// What the storefront's consumers ask, ten times.
fn suite(breaks: &str, step: &str, thresholds: &str) -> String {
    format!(
        "
name: as load
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
load:
  target: storefront
  setup:
    - post: /users
      json: {{ id: 7, name: Surya, email: surya@example.com }}
  scenarios:
    consumers:
      executor: per-vu-iterations
      vus: 1
      iterations: 10
      flow:
        - contract: ../fixtures/pacts
          {step}
        - think: 100ms
  thresholds:
    http_req_failed: [rate<0.5]
    {thresholds}
"
    )
}

const AS_THEY_ARE: &str = "{ provider: storefront, states: as-they-are }";

/// A step's keys beside `contract`.
fn keys(keys: &str) -> String {
    keys.trim_matches(['{', '}', ' '])
        .replace(", ", "\n          ")
}

fn report(out: &std::path::Path) -> Value {
    let text = std::fs::read(run_folder(out).join("report.json")).expect("a report");
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn a_provider_that_keeps_its_contracts_under_load_passes() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&suite("", &keys(AS_THEY_ARE), ""), out.path(), &[])
        .exits(0)
        .shows("contract_violations...: 0 %  0 of 80");
    let report = report(out.path());
    let rows = report["rtest"]["load"]["contracts"]
        .as_array()
        .expect("rows");
    assert_eq!(rows.len(), 8);
    for row in rows {
        assert_eq!(
            (&row["matched"], &row["violated"]),
            (&10.into(), &0.into()),
            "{row}"
        );
    }
    let gates = report["rtest"]["gates"].as_array().expect("gates");
    let of_contracts = gates.iter().filter(|gate| gate["kind"] == "contract");
    assert_eq!(
        of_contracts
            .filter(|gate| gate["status"] == "passed")
            .count(),
        8
    );
}

#[test]
fn a_renamed_field_fails_the_run_with_its_share_and_its_line() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&suite("contract", &keys(AS_THEY_ARE), ""), out.path(), &[])
        .exits(1)
        .shows("contract   consumers / web: shows user 7")
        .shows("0 answers kept it, 10 did not")
        .shows("10×, first: body $.email")
        .shows("fixtures/pacts/web-storefront.json:");
    let report = report(out.path());
    let rows = report["rtest"]["load"]["contracts"]
        .as_array()
        .expect("rows");
    let user = rows.iter().find(|row| row["description"] == "shows user 7");
    let user = user.expect("the interaction");
    assert_eq!(user["violated"], 10);
    assert_eq!(user["violations"][0]["first"]["location"], "body $.email");
    let health = rows.iter().find(|row| row["endpoint"] == "/health");
    assert_eq!(health.expect("the interaction")["violated"], 0);
}

#[test]
fn a_threshold_says_how_many_answers_may_differ() {
    let out = tempfile::tempdir().expect("a folder");
    let broken = |rate: &str| {
        suite(
            "contract",
            &keys(AS_THEY_ARE),
            &format!("contract_violations: [{rate}]"),
        )
    };
    run_suite(&broken("rate<0.9"), out.path(), &[]).exits(0);
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&broken("rate<0.1"), out.path(), &[])
        .exits(1)
        .shows("threshold  contract_violations rate<0.1")
        .shows("first: body $.email");
}

#[test]
fn a_sample_is_matched_and_what_needs_states_is_left_out_by_name() {
    let out = tempfile::tempdir().expect("a folder");
    let sampled = keys("{ provider: storefront, sample: 25% }");
    run_suite(&suite("", &sampled, ""), out.path(), &["--seed", "7"])
        .exits(0)
        .shows("`shows user 7` of `web` is not sent as load: it needs the provider state `user 7 exists`");
    let report = report(out.path());
    let rows = report["rtest"]["load"]["contracts"]
        .as_array()
        .expect("rows");
    assert_eq!(rows.len(), 6);
    let matched: u64 = rows.iter().filter_map(|row| row["matched"].as_u64()).sum();
    // Of 60 answers, drawn from the seed.
    assert!((5..=30).contains(&matched), "{matched}");
}

#[test]
fn nothing_to_send_ends_the_run_before_anything_starts() {
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(
        &suite("", &keys("{ provider: billing }"), ""),
        out.path(),
        &[],
    )
    .exits(2)
    .shows("error[RT0505]: no interaction with `billing`")
    .shows("there are pacts of `storefront`");
    assert!(!ran.text().contains("ready"), "{}", ran.text());
}
