//! `docs/LOAD.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or what stands under `load`, in a scenario or in
//! a flow (```` ```yaml load ````, `scenario`, `flow`); what it lacks to be a suite is put around
//! it. Files that examples name are those of `tests/suites`.

mod page;

use page::{Block, Page, indented};
use rtest_suite::json_schema;

const PAGE: &str = "../../docs/LOAD.md";

const SCENARIOS: &str =
    "scenarios:\n  one: { executor: constant-vus, vus: 1, duration: 1s, flow: [{ get: / }] }\n";

/// The block with what it lacks to be a suite.
fn suite(block: &Block) -> String {
    let has = |key: &str| block.text.lines().any(|line| line.starts_with(key));
    let text = &block.text;
    let load = match block.stands_in.as_str() {
        "" => return text.clone(),
        "load" => {
            let target = if has("target:") {
                ""
            } else {
                "target: http://127.0.0.1\n"
            };
            let scenarios = if has("scenarios:") { "" } else { SCENARIOS };
            format!("{target}{text}{scenarios}")
        }
        "scenario" => {
            let flow = if has("flow:") {
                ""
            } else {
                "flow: [{ get: / }]\n"
            };
            let keys = indented(&format!("{text}{flow}"), 4);
            format!("target: http://127.0.0.1\nscenarios:\n  one:\n{keys}")
        }
        "flow" => {
            let steps = indented(text, 6);
            format!(
                "target: http://127.0.0.1\nscenarios:\n  one:\n    executor: constant-vus\n    vus: 1\n    duration: 1s\n    flow:\n{steps}"
            )
        }
        other => panic!("{PAGE}: what is `{other}`?"),
    };
    format!("name: an example\nload:\n{}", indented(&load, 2))
}

#[test]
fn every_example_of_the_page_is_a_suite() {
    let page = Page::read(PAGE);
    let blocks = page.blocks();
    assert!(blocks.len() > 25, "only {} examples", blocks.len());
    for block in &blocks {
        page.takes(block, &suite(block));
    }
}

#[test]
fn every_key_and_word_of_the_language_of_load_is_on_the_page() {
    let schema = json_schema();
    let page = Page::read(PAGE);
    page.has_all_of(&schema["properties"]["load"], &[]);
    page.has_all_of(&schema["definitions"], &[]);
}
