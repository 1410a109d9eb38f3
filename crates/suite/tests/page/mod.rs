//! Pages of the documentation, held against the language that they describe.

use std::collections::BTreeSet;
use std::path::Path;

use rtest_suite::Inputs;
use serde_json::Value;

/// What a JSON value may be; the page of load tells of it.
#[allow(dead_code)] // pages of their own
pub(crate) const JSON_TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// What examples take from the environment.
const VARIABLES: [&str; 3] = ["PACT_BROKER_TOKEN", "GIT_SHA", "BUILD_URL"];

/// A page and its path.
pub(crate) struct Page {
    path: &'static str,
    text: String,
}

/// A block of YAML in a page.
pub(crate) struct Block {
    /// The line that it begins at.
    line: usize,
    /// What follows `yaml` in its fence: what it stands in, where it is no whole suite.
    pub(crate) stands_in: String,
    pub(crate) text: String,
}

impl Page {
    /// The page at this path, from the crate's folder.
    pub(crate) fn read(path: &'static str) -> Self {
        let text = std::fs::read_to_string(path).expect("the page is there");
        Self { path, text }
    }

    /// Its blocks of YAML.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut lines = self.text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let Some(info) = line.strip_prefix("```") else {
                continue;
            };
            let inside = lines.by_ref().map(|(_, line)| line);
            let text = inside.take_while(|line| *line != "```");
            let text: String = text.map(|line| format!("{line}\n")).collect();
            if let Some(stands_in) = info.strip_prefix("yaml") {
                blocks.push(Block {
                    line: number + 1,
                    stands_in: stands_in.trim().to_owned(),
                    text,
                });
            }
        }
        blocks
    }

    /// Sees that the checker takes `suite`, which was made of a block. Files that it names are
    /// those of `tests/suites`.
    pub(crate) fn takes(&self, block: &Block, suite: &str) {
        let inputs = Inputs {
            has_goose: true,
            variables: VARIABLES
                .map(|name| (name.to_owned(), "value".to_owned()))
                .into(),
        };
        let checked = rtest_suite::check(suite, self.path, Path::new("tests/suites"), &inputs);
        if let Err(errors) = checked {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}:{}\n{}", self.path, block.line, errors.join("\n\n"));
        }
    }

    /// Sees that every key below the schema, and every word that is one of a few, is on the page;
    /// `elsewhere` are words that another page tells of.
    pub(crate) fn has_all_of(&self, schema: &Value, elsewhere: &[&str]) {
        let mut keys = BTreeSet::new();
        gather(schema, &mut keys);
        keys.retain(|key| !elsewhere.contains(&key.as_str()));
        assert!(keys.len() > 10, "only {} keys", keys.len());
        let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let words: BTreeSet<&str> = self
            .text
            .split(|c| !is_of_word(c))
            .map(|word| word.trim_matches('.'))
            .collect();
        let missing: Vec<&String> = keys
            .iter()
            .filter(|key| !words.contains(key.as_str()))
            .collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", self.path);
    }
}

/// The text, each line so much further to the right.
pub(crate) fn indented(text: &str, by: usize) -> String {
    let lines = text.lines().map(|line| format!("{:by$}{line}\n", ""));
    lines.collect()
}

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
