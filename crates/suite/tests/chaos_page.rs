//! `docs/CHAOS.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or what stands in a timeline or in a hypothesis
//! (```` ```yaml timeline ````, `hypothesis`); the page's first suite is put around it.

mod page;

use page::{JSON_TYPES, Page, indented};
use rtest_suite::json_schema;

const PAGE: &str = "../../docs/CHAOS.md";

/// A timeline for what is about something else.
const RESTART: &str = "  timeline: [{ at: 1s, service: catalog, restart: true }]\n";

#[test]
fn every_example_is_a_suite_or_a_part_of_one() {
    let page = Page::read(PAGE);
    let blocks = page.blocks();
    let whole = &blocks.first().expect("it begins with a whole suite").text;
    let without_drill = whole.split("  hypothesis:").next().expect("it has one");
    // The first suite bounds a fault that others do not have.
    let without_drill = without_drill.replace(
        "  thresholds:\n    \"http_req_failed{fault:outage}\": [\"rate<1%\"]\n",
        "",
    );
    for block in &blocks {
        let text = &block.text;
        let suite = match block.stands_in.as_str() {
            "" => text.clone(),
            "chaos" => format!("{without_drill}{RESTART}{}", indented(text, 2)),
            "timeline" => format!("{without_drill}  timeline:\n{}", indented(text, 4)),
            "hypothesis" => format!(
                "{without_drill}{RESTART}  hypothesis:\n{}",
                indented(text, 4)
            ),
            other => panic!("{PAGE}: nothing is put around `{other}`"),
        };
        page.takes(block, &suite);
    }
}

#[test]
fn every_key_of_a_drill_is_on_the_page() {
    let schema = json_schema();
    Page::read(PAGE).has_all_of(&schema["properties"]["chaos"], &JSON_TYPES);
}
