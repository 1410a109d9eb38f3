//! `docs/CONTRACTS.md`: every example is read by the real checker, and every key and check is there.
//!
//! A block is a whole suite (```` ```yaml ````), or entries of `contracts` (```` ```yaml contracts ````).

mod page;

use page::{Page, indented};
use rtest_core::plan::OpenApiCheck;
use rtest_suite::json_schema;

const PAGE: &str = "../../docs/CONTRACTS.md";

const AROUND: &str = "name: page\nenvironment: { services: { storefront: { builtin: storefront, depends_on: [catalog] }, catalog: { builtin: catalog } } }\n";

#[test]
fn every_example_is_a_suite_or_contracts_of_one() {
    let page = Page::read(PAGE);
    let blocks = page.blocks();
    assert!(!blocks.is_empty(), "no examples");
    for block in &blocks {
        let suite = match block.stands_in.as_str() {
            "" => block.text.clone(),
            "contracts" => format!("{AROUND}contracts:\n{}", indented(&block.text, 2)),
            other => panic!("{PAGE}: nothing is put around `{other}`"),
        };
        page.takes(block, &suite);
    }
}

#[test]
fn every_key_of_a_document_and_every_check_is_in_a_table_of_the_page() {
    let text = std::fs::read_to_string(PAGE).expect("the page is there");
    let (_, openapi) = text.split_once("## OpenAPI\n").expect("its part");
    let rows = || openapi.lines().filter(|line| line.starts_with('|'));
    for check in OpenApiCheck::ALL {
        let row = format!("| `{check}` | ");
        assert!(rows().any(|line| line.starts_with(&row)), "{row}");
    }
    let schema = json_schema().to_string();
    for key in [
        "examples",
        "checks",
        "exclude_checks",
        "operations",
        "headers",
    ] {
        assert!(schema.contains(&format!("\"{key}\"")), "no key `{key}`");
        let cell = format!("| `{key}` |");
        assert!(rows().any(|line| line.contains(&cell)), "{cell}");
    }
}

#[test]
fn every_key_of_contracts_is_on_the_page() {
    let page = Page::read(PAGE);
    page.has_all_of(&json_schema()["properties"]["contracts"], &[]);
}
