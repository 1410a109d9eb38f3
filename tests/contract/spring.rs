//! Contracts of Spring Cloud Contract, by a suite and by flags.

use super::binary::{rtest, run_suite};
use super::verify::Shop;

fn spring(breaks: &str) -> String {
    format!(
        "
name: spring
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront:
      builtin: {{ sample: storefront, breaks: [{breaks}] }}
      depends_on: [catalog]
contracts:
  - spring_cloud_contract: ../fixtures/spring-cloud-contracts
    provider: storefront
"
    )
}

#[test]
fn the_shipped_contracts_of_spring_cloud_contract_hold() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&spring(""), out.path(), &[])
        .exits(0)
        .shows("PASSED")
        .shows("1 skipped");
}

#[test]
fn a_renamed_field_is_shown_at_its_line_of_the_yaml() {
    let out = tempfile::tempdir().expect("a folder");
    run_suite(&spring("contract"), out.path(), &[])
        .exits(1)
        .shows("2_shows_the_user.yaml:")
        .shows("likely renamed to `userEmail`");
}

#[test]
fn flags_verify_them_and_what_failed_last_is_tried_again() {
    let broken = Shop::open(&["contract"]);
    let out = tempfile::tempdir().expect("a folder");
    let verify = |shop: &Shop, more: &[&str]| {
        let out = out.path().display().to_string();
        let words = [
            "contract",
            "verify",
            "fixtures/spring-cloud-contracts",
            "--spring-cloud-contract",
            "--provider",
            "storefront",
            "--provider-url",
            &shop.url,
            "--out",
            &out,
        ];
        rtest(&[&words, more].concat())
    };
    verify(&broken, &[]).exits(1).shows("likely renamed");
    let shop = Shop::open(&[]);
    let again = verify(&shop, &["--last-failed"]).exits(0);
    assert!(
        !again.stdout.contains("is the shop open"),
        "{}",
        again.text()
    );
    // They know no provider states.
    verify(&shop, &["--states", "states.yaml"]).exits(2);
}
