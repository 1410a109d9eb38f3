use std::fmt;

use rtest_core::JsonPath;
use serde_json::Value;

use super::{Extract, Part};
use crate::step::reading::Reading;

/// The first node that a JSONPath selects in the body: a string as it is, anything else as JSON.
#[derive(Debug)]
pub(super) struct Json(JsonPath);

impl Json {
    pub(super) fn new(path: &JsonPath) -> Self {
        Self(path.clone())
    }
}

impl Extract for Json {
    fn find(&self, answer: &Reading<'_>) -> Option<Box<str>> {
        Some(match &*answer.json.first(&self.0)? {
            Value::String(text) => text.as_str().into(),
            other => other.to_string().into(),
        })
    }

    fn looks_at(&self) -> Part {
        Part::Body
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in the body", self.0)
    }
}
