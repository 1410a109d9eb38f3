//! `docs/CASES.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or the steps of a case (```` ```yaml case ````); the
//! page's first suite is put around those.

mod page;

use page::{JSON_TYPES, Page, indented};
use rtest_suite::json_schema;

const PAGE: &str = "../../docs/CASES.md";

#[test]
fn every_example_is_a_suite_or_the_steps_of_a_case() {
    let page = Page::read(PAGE);
    let blocks = page.blocks();
    assert!(blocks.len() > 2, "only {} examples", blocks.len());
    let whole = &blocks.first().expect("it begins with a whole suite").text;
    let (services, _) = whole.split_once("cases:").expect("it has cases");
    for block in &blocks {
        let suite = match block.stands_in.as_str() {
            "" => block.text.clone(),
            "case" => {
                let steps = indented(&block.text, 6);
                format!("{services}cases:\n  - name: it\n    steps:\n{steps}")
            }
            other => panic!("{PAGE}: nothing is put around `{other}`"),
        };
        page.takes(block, &suite);
    }
}

#[test]
fn every_key_of_a_case_is_on_the_page() {
    let schema = json_schema();
    Page::read(PAGE).has_all_of(&schema["properties"]["cases"], &JSON_TYPES);
}
