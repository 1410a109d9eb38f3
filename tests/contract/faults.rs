//! Contracts under faults: what holds, what degrades as it was declared, what is violated.

use super::binary::{run_folder, run_suite};

/// The shop's pacts, verified again under faults; `more` are further keys of the entry.
fn suite(breaks: &str, description: &str, more: &str) -> String {
    format!(
        "
name: under faults
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
contracts:
  - pact: ../fixtures/pacts/web-storefront.json
    provider: storefront
    filter: {{ description: \"{description}\" }}
    {more}
"
    )
}

#[test]
fn a_fallback_keeps_the_contract_of_what_there_is_and_violates_that_of_what_there_is_not() {
    let out = tempfile::tempdir().expect("a folder");
    let text = suite("", "product", "faults: each");
    run_suite(&text, out.path(), &[])
        .exits(1)
        .shows("3 of 3 verified")
        .shows("under storefront -> catalog down")
        .shows("2 of 3 hold, 1 violate")
        .shows("asks for a product that does not exist under storefront -> catalog latency 500ms");
    let json = std::fs::read_to_string(run_folder(out.path()).join("report.json"));
    let json: serde_json::Value = serde_json::from_str(&json.expect("written")).expect("JSON");
    let interactions = json["rtest"]["contracts"]["interactions"].as_array();
    let under: Vec<&str> = interactions
        .expect("a list")
        .iter()
        .filter_map(|one| one["under"].as_str())
        .collect();
    let each = ["latency 500ms", "reset", "down"];
    let expected = each.map(|fault| format!("storefront -> catalog {fault}"));
    let expected: Vec<&str> = expected.iter().flat_map(|it| [it.as_str(); 3]).collect();
    assert_eq!(under, expected);
}

#[test]
fn an_answer_that_was_declared_is_a_degradation_and_any_other_a_violation() {
    let down = "faults: [{ link: storefront -> catalog, down: true }]";
    let out = tempfile::tempdir().expect("a folder");
    let declared = format!("{down}\n    degrades_to: [502, 503]");
    run_suite(
        &suite("fallback", "^shows product", &declared),
        out.path(),
        &[],
    )
    .exits(0)
    .shows("0 of 1 hold, 1 degrade");
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&suite("fallback", "^shows product", down), out.path(), &[])
        .exits(1)
        .shows("0 of 1 hold, 1 violate");
}

#[test]
fn a_provider_that_does_not_keep_its_contract_again_fails() {
    let out = tempfile::tempdir().expect("a folder");
    let down = "faults: [{ link: storefront -> catalog, down: true }]\n    degrades_to: [502, 503]";
    // Its breaker never closes: what it answers after the outage is what it answered in it.
    let text = suite("fallback, recovery", "product", down).replace("/web-storefront.json", "");
    run_suite(&text, out.path(), &[])
        .exits(1)
        .shows("storefront -> catalog down: its contract is not kept again 15s after the fault");
}
