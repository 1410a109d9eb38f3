//! `docs/LOAD.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or what stands under `load`, in a scenario or in
//! a flow (```` ```yaml load ````, `scenario`, `flow`); what it lacks to be a suite is put around
//! it. Files that examples name are those of `tests/suites`.

use std::collections::BTreeSet;
use std::path::Path;

use rtest_suite::{Inputs, json_schema};
use serde_json::Value;

const PAGE: &str = "../../docs/LOAD.md";

/// A block of the page.
struct Block {
    /// The line that it begins at.
    line: usize,
    /// What follows the first word of its fence.
    stands_in: String,
    text: String,
}

fn page() -> String {
    std::fs::read_to_string(PAGE).expect("the page is there")
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(info) => {
                inside = true;
                let stands_in = info.strip_prefix("yaml").expect("examples are YAML");
                blocks.push(Block {
                    line: number + 1,
                    stands_in: stands_in.trim().to_owned(),
                    text: String::new(),
                });
            }
            None if inside => {
                let block = blocks.last_mut().expect("it was opened");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

fn indented(text: &str, by: usize) -> String {
    let lines = text.lines().map(|line| format!("{:by$}{line}\n", ""));
    lines.collect()
}

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
        other => panic!("{PAGE}:{}: what is `{other}`?", block.line),
    };
    format!("name: an example\nload:\n{}", indented(&load, 2))
}

#[test]
fn every_example_of_the_page_is_a_suite() {
    let page = page();
    let blocks = blocks(&page);
    assert!(blocks.len() > 25, "only {} examples", blocks.len());
    for block in &blocks {
        let text = suite(block);
        let folder = Path::new("tests/suites");
        let checked = rtest_suite::check(
            &text,
            "LOAD.md",
            folder,
            &Inputs {
                has_goose: true,
                ..Inputs::default()
            },
        );
        if let Err(errors) = checked {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{PAGE}:{}\n{}", block.line, errors.join("\n\n"));
        }
    }
}

/// Every key below `schema`, and every word that is one of a few.
fn gather(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (name, value) in entries {
                match (name.as_str(), value) {
                    // Rules of which key excludes which say nothing new.
                    ("allOf", _) => continue,
                    ("properties", Value::Object(properties)) => {
                        keys.extend(properties.keys().cloned());
                    }
                    ("enum", Value::Array(words)) => {
                        keys.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                gather(value, keys);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, keys)),
        _ => {}
    }
}

#[test]
fn every_key_and_word_of_the_language_of_load_is_on_the_page() {
    let schema = json_schema();
    let mut keys = BTreeSet::new();
    gather(&schema["properties"]["load"], &mut keys);
    gather(&schema["definitions"], &mut keys);
    assert!(keys.len() > 100, "only {} keys", keys.len());
    let page = page();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words: BTreeSet<&str> = page
        .split(|c| !is_of_word(c))
        .map(|word| word.trim_matches('.'))
        .collect();
    let missing: Vec<&String> = keys
        .iter()
        .filter(|key| !words.contains(key.as_str()))
        .collect();
    assert!(missing.is_empty(), "{PAGE} lacks {missing:?}");
}
