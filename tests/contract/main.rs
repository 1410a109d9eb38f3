//! Contracts: the field that changed is named where the consumer wrote it down.

mod as_load;
#[path = "../binary/mod.rs"]
mod binary;
mod broker;
mod faults;
mod node_provider;
mod openapi;
mod spring;
mod stub;
mod verify;

use binary::{root, rtest, run_suite};

fn verification(breaks: &str, source: &str) -> String {
    format!(
        "
name: contracts
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
contracts:
  - pact: {source}
    provider: storefront
    states:
      user 7 exists:
        http: {{ post: /users, json: {{ id: 7, name: Surya, email: surya@example.com }} }}
"
    )
}

#[test]
fn the_shipped_pacts_hold() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&verification("", "../fixtures/pacts"), out.path(), &[])
        .exits(0)
        .shows("PASSED");
}

#[test]
fn a_renamed_field_is_shown_at_its_line_of_the_pact() {
    let pact = "fixtures/pacts/web-storefront.json";
    let text = std::fs::read_to_string(root().join(pact)).expect("shipped");
    let line = text
        .lines()
        .position(|line| line.contains("\"email\""))
        .expect("an email")
        + 1;
    let out = tempfile::tempdir().expect("a folder");
    let ran = run_suite(
        &verification("contract", "../fixtures/pacts"),
        out.path(),
        &[],
    )
    .exits(1);
    assert!(ran.stdout.contains("userEmail"), "{}", ran.text());
    let some_line = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("\"email\""))
        .any(|(index, _)| {
            ran.stdout
                .contains(&format!("web-storefront.json:{}:", index + 1))
        });
    assert!(
        some_line,
        "a line like {pact}:{line} is missing in\n{}",
        ran.text()
    );
}

#[test]
fn nothing_verified_is_a_failure_that_says_what_was_there() {
    let out = tempfile::tempdir().expect("a folder");
    let wrong_case = verification("", "../fixtures/pacts").replace(
        "provider: storefront",
        "provider: Storefront\n    target: storefront",
    );
    let ran = run_suite(&wrong_case, out.path(), &[]).exits(1);
    let said = ran.stdout.contains("`Storefront`") && ran.stdout.contains("`storefront`");
    assert!(
        said,
        "what was looked for, and what was there: {}",
        ran.text()
    );
    let empty = tempfile::tempdir().expect("a folder");
    let out = tempfile::tempdir().expect("a folder");
    let source = empty.path().display().to_string();
    run_suite(&verification("", &source), out.path(), &[]).exits(1);
}

#[test]
fn the_canary_names_threshold_contract_field_and_hypothesis_with_their_places() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().display().to_string();
    let ran = rtest(&["run", "suites/canary-fails.yaml", "--out", &folder]).exits(1);
    let suite = std::fs::read_to_string(root().join("suites/canary-fails.yaml")).expect("shipped");
    let line_of = |words: &str| {
        suite
            .lines()
            .position(|line| line.contains(words))
            .map(|at| at + 1)
    };
    for words in ["http_req_failed: [", "http: { get: /queue"] {
        let line = line_of(words).expect(words);
        let place = format!("suites/canary-fails.yaml:{line}:");
        assert!(
            ran.stdout.contains(&place),
            "{place} is missing in\n{}",
            ran.text()
        );
    }
    assert!(
        ran.stdout.contains("web-storefront.json:"),
        "{}",
        ran.text()
    );
    assert!(ran.stdout.contains("userEmail"), "{}", ran.text());
}
