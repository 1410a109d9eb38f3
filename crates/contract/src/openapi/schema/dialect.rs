//! The schemas of OpenAPI 2.0 and 3.0 in the words of JSON Schema 2020-12, which are those of 3.1.

use serde_json::{Map, Value, json};

use crate::openapi::document::{Version, keywords};

/// What a schema is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Properties that are `readOnly` are not sent.
    Request,
    /// Properties that are `writeOnly` are not answered.
    Response,
}

const INT32: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);
const INT64: (i64, i64) = (i64::MIN, i64::MAX);

/// Translates every schema of a document in place. What is no schema has none of these keywords.
pub(super) fn translate(root: &mut Value, version: Version, direction: Direction) {
    let result: Result<(), std::convert::Infallible> = keywords(root, &mut |members, _| {
        // Without its own name, a schema's references are those of the document around it.
        members.remove("$id");
        members.remove("$schema");
        optional(members, direction);
        bounds(members);
        if version < Version::V3_1 {
            old(members);
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(never) => match never {},
    }
}

/// A required property that only the other side sends is not required.
fn optional(members: &mut Map<String, Value>, direction: Direction) {
    let flag = match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    };
    let (Some(Value::Object(properties)), Some(Value::Array(required))) =
        (members.get("properties"), members.get("required"))
    else {
        return;
    };
    let of_other = |name: &Value| {
        let property = name.as_str().and_then(|name| properties.get(name));
        property.is_some_and(|schema| schema.get(flag) == Some(&Value::Bool(true)))
    };
    let rest: Vec<Value> = required
        .iter()
        .filter(|name| !of_other(name))
        .cloned()
        .collect();
    members.insert("required".to_owned(), Value::Array(rest));
}

/// `int32` and `int64` as bounds, where the schema has none that are closer.
fn bounds(members: &mut Map<String, Value>) {
    let (least, most) = match members.get("format").and_then(Value::as_str) {
        Some("int32") => INT32,
        Some("int64") => INT64,
        _ => return,
    };
    // Of 3.0, a bound that is excluded is still under `minimum`.
    let has = |keys: [&str; 2]| {
        keys.iter()
            .any(|key| members.get(*key).is_some_and(Value::is_number))
    };
    let (has_least, has_most) = (
        has(["minimum", "exclusiveMinimum"]),
        has(["maximum", "exclusiveMaximum"]),
    );
    if !has_least {
        members.insert("minimum".to_owned(), least.into());
    }
    if !has_most {
        members.insert("maximum".to_owned(), most.into());
    }
}

/// What 2.0 and 3.0 say otherwise.
fn old(members: &mut Map<String, Value>) {
    if let Some(Value::Bool(_)) = members.get("required") {
        // A parameter of 2.0 is its schema as well; whether it is required is not the schema's.
        members.remove("required");
    }
    if members.get("type").and_then(Value::as_str) == Some("file") {
        members.insert("type".to_owned(), "string".into());
    }
    exclusive(members, "minimum", "exclusiveMinimum");
    exclusive(members, "maximum", "exclusiveMaximum");
    // Taken out, or what the schema becomes would be nullable again.
    let flags = ["nullable", "x-nullable"].map(|key| match members.get(key) {
        Some(Value::Bool(_)) => members.remove(key),
        _ => None,
    });
    let nullable = flags.contains(&Some(Value::Bool(true)));
    if let Some(reference) = members.get("$ref").cloned() {
        // Everything beside a reference is ignored, but that it may be null is always meant.
        members.clear();
        members.insert("$ref".to_owned(), reference);
    }
    if nullable {
        allow_null(members);
    }
}

/// `exclusiveMinimum: true` beside `minimum: 5` is `exclusiveMinimum: 5`.
fn exclusive(members: &mut Map<String, Value>, bound: &str, flag: &str) {
    if let Some(Value::Bool(excluded)) = members.get(flag) {
        let excluded = *excluded;
        members.remove(flag);
        if excluded && let Some(limit) = members.remove(bound) {
            members.insert(flag.to_owned(), limit);
        }
    }
}

/// Null beside what the schema allows.
fn allow_null(members: &mut Map<String, Value>) {
    match members.get("type") {
        Some(Value::String(kind)) if !members.contains_key("enum") => {
            let both = json!([kind, "null"]);
            members.insert("type".to_owned(), both);
        }
        _ => {
            let rest = Value::Object(std::mem::take(members));
            let either = json!([rest, { "type": "null" }]);
            members.insert("anyOf".to_owned(), either);
        }
    }
}
