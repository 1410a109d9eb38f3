//! `docs/CONTRACTS.md`: every key of a broker is there, and its example is read by the real checker.

mod page;

use std::collections::BTreeMap;
use std::path::Path;

use page::{JSON_TYPES, Page};
use rtest_suite::{Inputs, json_schema};

const PAGE: &str = "../../docs/CONTRACTS.md";

#[test]
fn every_key_of_a_broker_is_on_the_page() {
    let schema = json_schema();
    let broker = &schema["properties"]["contracts"]["items"]["properties"]["broker"];
    Page::read(PAGE).has_all_of(broker, &JSON_TYPES);
}

#[test]
fn the_example_of_a_broker_is_a_contract() {
    let blocks = Page::read(PAGE).blocks();
    let mut blocks = blocks.iter().filter(|it| it.text.contains("broker:"));
    let block = blocks.next().expect("an example");
    let services = "environment: { services: { storefront: { builtin: storefront } } }";
    let suite = format!("name: it\n{services}\n{}", block.text);
    let variables = ["PACT_BROKER_TOKEN", "GIT_SHA", "BUILD_URL"];
    let variables = variables.map(|name| (name.to_owned(), "x".to_owned()));
    let inputs = Inputs {
        variables: BTreeMap::from(variables),
        ..Inputs::default()
    };
    let checked = rtest_suite::check(&suite, PAGE, Path::new("tests/suites"), &inputs);
    let errors: Vec<String> = checked
        .err()
        .into_iter()
        .flatten()
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n\n"));
}
