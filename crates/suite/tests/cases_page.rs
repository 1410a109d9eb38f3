//! `docs/CASES.md`: every example is read by the real checker, and every key is there.
//!
//! A block is a whole suite (```` ```yaml ````), or the steps of a case (```` ```yaml case ````); the
//! page's first suite is put around those.

use std::path::Path;

use rtest_suite::{Inputs, json_schema};

const PAGE: &str = "../../docs/CASES.md";

fn page() -> String {
    std::fs::read_to_string(PAGE).expect("the page is there")
}

/// The line, what follows `yaml` in its fence, and the text of each block.
fn blocks(page: &str) -> Vec<(usize, String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```yaml") else {
            continue;
        };
        let text: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        blocks.push((number + 1, info.trim().to_owned(), text.join("\n") + "\n"));
    }
    blocks
}

#[test]
fn every_example_is_a_suite_or_the_steps_of_a_case() {
    let page = page();
    let blocks = blocks(&page);
    assert!(blocks.len() > 2, "{blocks:?}");
    let (_, _, whole) = blocks.first().expect("it begins with a whole suite");
    let (services, _) = whole.split_once("cases:").expect("it has cases");
    for (line, stands_in, text) in &blocks {
        let suite = match stands_in.as_str() {
            "" => text.clone(),
            "case" => {
                let steps: String = text.lines().map(|line| format!("      {line}\n")).collect();
                format!("{services}cases:\n  - name: it\n    steps:\n{steps}")
            }
            other => panic!("{PAGE}:{line}: nothing is put around `{other}`"),
        };
        let file = tempfile::Builder::new()
            .suffix(".yaml")
            .tempfile_in(Path::new("tests/suites"))
            .expect("writable");
        std::fs::write(file.path(), &suite).expect("written");
        if let Err(found) = rtest_suite::load(file.path(), &Inputs::default()) {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            panic!("{PAGE}:{line}:\n{}\nin\n{suite}", found.join("\n"));
        }
    }
}

#[test]
fn every_key_of_a_case_is_on_the_page() {
    let page = page();
    let schema = json_schema();
    let mut missing = Vec::new();
    keys(&schema["properties"]["cases"], &mut |key| {
        let has = [format!("`{key}"), format!("{key}:")];
        if !has.iter().any(|form| page.contains(form.as_str())) {
            missing.push(key.to_owned());
        }
    });
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

fn keys(schema: &serde_json::Value, visit: &mut impl FnMut(&str)) {
    match schema {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                if key == "properties" {
                    value
                        .as_object()
                        .into_iter()
                        .flatten()
                        .for_each(|(key, _)| visit(key));
                }
                keys(value, visit);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, visit)),
        _ => {}
    }
}
