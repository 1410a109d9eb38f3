use serde_json::{Value, json};

use crate::file::{Step, SuiteFile};
use crate::shape::Shape;

/// The suite language as JSON Schema (draft 7, which editors read best).
///
/// It is made from the declarations that the reader is made from, so it knows exactly the keys
/// that the reader knows. What it cannot say (references, rules between sections) only
/// [`check`](crate::check()) says.
pub fn json_schema() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "rtest suite",
    });
    if let (Some(schema), Value::Object(suite)) = (schema.as_object_mut(), SuiteFile::schema()) {
        schema.extend(suite);
        schema.insert(
            "definitions".to_owned(),
            json!({ Step::DEFINITION: Step::definition() }),
        );
    }
    schema
}
