//! `docs/ENVIRONMENTS.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or services of one (```` ```yaml services ````).

mod page;

use page::{Page, indented};
use rtest_suite::json_schema;

const PAGE: &str = "../../docs/ENVIRONMENTS.md";

#[test]
fn every_example_of_the_page_is_a_suite() {
    let page = Page::read(PAGE);
    let blocks = page.blocks();
    assert!(blocks.len() > 2, "only {} examples", blocks.len());
    for block in &blocks {
        let suite = match block.stands_in.as_str() {
            "" => block.text.clone(),
            "services" => {
                let services = indented(&block.text, 4);
                format!("name: an example\nenvironment:\n  services:\n{services}")
            }
            other => panic!("{PAGE}: what is `{other}`?"),
        };
        page.takes(block, &suite);
    }
}

#[test]
fn every_key_of_an_environment_is_on_the_page() {
    let schema = json_schema();
    let page = Page::read(PAGE);
    page.has_all_of(&schema["properties"]["environment"], &[]);
}
