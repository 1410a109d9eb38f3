//! Going through a document by what its parts are: keywords, names that someone chose, or data.

use serde_json::{Map, Value};

use crate::openapi::pointer::Pointer;

/// Where files that the document refers to are put in it.
pub(super) const FILES: &str = "x-rtest-files";

/// Keywords whose object has names, not keywords, as its keys. A schema called `default` is one
/// of these names, and no default.
const NAMED: [&str; 24] = [
    "$defs",
    "callbacks",
    "content",
    "definitions",
    "dependentSchemas",
    "encoding",
    "examples",
    "headers",
    "links",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securityDefinitions",
    "securitySchemes",
    "variables",
    "webhooks",
    FILES,
];

/// Keywords whose value is data, whatever it looks like.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "value"];

/// The way from the root to a part, for those who ask.
#[derive(Clone, Copy)]
pub(crate) struct Trail<'a> {
    before: Option<&'a Trail<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl Trail<'_> {
    pub(crate) fn pointer(&self) -> Pointer {
        let before = self.before.map_or_else(Pointer::root, Trail::pointer);
        match self.step {
            Step::Root => before,
            Step::Key(key) => before.join(key),
            Step::Index(index) => before.item(index),
        }
    }
}

/// Visits every object whose keys are keywords, those around others first.
///
/// # Errors
/// The first of `visit`.
pub(crate) fn keywords<E>(
    value: &mut Value,
    visit: &mut impl FnMut(&mut Map<String, Value>, Trail<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let root = Trail {
        before: None,
        step: Step::Root,
    };
    part(value, false, root, visit)
}

fn part<E>(
    value: &mut Value,
    named: bool,
    trail: Trail<'_>,
    visit: &mut impl FnMut(&mut Map<String, Value>, Trail<'_>) -> Result<(), E>,
) -> Result<(), E> {
    match value {
        Value::Object(members) => {
            if !named {
                visit(members, trail)?;
            }
            for (key, inner) in members.iter_mut() {
                let is_data = DATA.contains(&key.as_str())
                    || (key.starts_with("x-") && !key.starts_with("x-rtest-"))
                    || (key == "examples" && inner.is_array());
                if !named && is_data {
                    continue;
                }
                let inner_named = !named && inner.is_object() && NAMED.contains(&key.as_str());
                let trail = Trail {
                    before: Some(&trail),
                    step: Step::Key(key),
                };
                part(inner, inner_named, trail, visit)?;
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                let trail = Trail {
                    before: Some(&trail),
                    step: Step::Index(index),
                };
                part(item, false, trail, visit)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_data_are_told_from_keywords() {
        let mut document = json!({
            "components": { "schemas": { "default": { "type": "object", "properties": {
                "example": { "enum": [{ "not": "a schema" }] },
                "properties": { "default": { "not": "a schema" } }
            } } } },
            "examples": [{ "not": "a schema" }],
            "x-note": { "not": "a schema" },
        });
        let mut seen = Vec::new();
        let visited: Result<(), ()> = keywords(&mut document, &mut |members, trail| {
            assert!(!members.contains_key("not"), "{}", trail.pointer());
            seen.push(trail.pointer().to_string());
            Ok(())
        });
        visited.expect("nothing fails");
        assert_eq!(
            seen,
            [
                "#",
                "#/components",
                "#/components/schemas/default",
                "#/components/schemas/default/properties/example",
                "#/components/schemas/default/properties/properties",
            ]
        );
    }
}
