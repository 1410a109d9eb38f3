//! A schema and what it is made of (`$ref`, `allOf`, one branch of `oneOf` and `anyOf`) as one set
//! of keywords. What that loses, the validator sees afterwards.

use serde_json::{Map, Value};

use crate::openapi::pointer::Pointer;
use crate::openapi::schema::Schemas;

/// Schemas that lead from one to the next, at most.
const MAX_DEPTH: usize = 48;

/// The keywords of a schema. `pick` chooses among so many branches.
///
/// `None` where nothing is valid, or it is made of itself.
pub(crate) fn flatten(
    schemas: &Schemas,
    schema: &Value,
    pick: &mut dyn FnMut(usize) -> usize,
) -> Option<Map<String, Value>> {
    part(schemas, schema, pick, 0)
}

fn part(
    schemas: &Schemas,
    schema: &Value,
    pick: &mut dyn FnMut(usize) -> usize,
    depth: usize,
) -> Option<Map<String, Value>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let own = match schema {
        Value::Bool(true) => return Some(Map::new()),
        Value::Object(own) => own,
        _ => return None,
    };
    let mut whole = Map::new();
    for (key, value) in own {
        match (key.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                let at = Pointer::from_fragment(reference.strip_prefix('#')?)?;
                let (_, target) = schemas.schema(&at)?;
                merge(&mut whole, part(schemas, target, pick, depth + 1)?);
            }
            ("allOf", Value::Array(parts)) => {
                for one in parts {
                    merge(&mut whole, part(schemas, one, pick, depth + 1)?);
                }
            }
            ("oneOf" | "anyOf", Value::Array(branches)) if !branches.is_empty() => {
                let branch = &branches[pick(branches.len())];
                merge(&mut whole, part(schemas, branch, pick, depth + 1)?);
            }
            _ => merge(&mut whole, Map::from_iter([(key.clone(), value.clone())])),
        }
    }
    Some(whole)
}

/// Adds keywords; both hold afterwards, as far as one set can say so.
fn merge(whole: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        let Some(known) = whole.get_mut(&key) else {
            whole.insert(key, value);
            continue;
        };
        match (key.as_str(), known, value) {
            ("properties", Value::Object(known), Value::Object(more)) => {
                for (name, schema) in more {
                    let both = match known.remove(&name) {
                        Some(first) => serde_json::json!({ "allOf": [first, schema] }),
                        None => schema,
                    };
                    known.insert(name, both);
                }
            }
            ("required", Value::Array(known), Value::Array(more)) => {
                let new = more.into_iter().filter(|name| !known.contains(name));
                let new: Vec<Value> = new.collect();
                known.extend(new);
            }
            ("enum", Value::Array(known), Value::Array(more)) => {
                known.retain(|value| more.contains(value));
            }
            ("type", known, more) => *known = common(known, &more),
            (
                "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties",
                known,
                more,
            ) if more.as_f64() > known.as_f64() => *known = more,
            (
                "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties",
                known,
                more,
            ) if more.as_f64() < known.as_f64() => *known = more,
            ("additionalProperties", known, Value::Bool(false)) => *known = Value::Bool(false),
            _ => {}
        }
    }
}

/// The types that both allow; an integer is a number.
fn common(one: &Value, other: &Value) -> Value {
    let list = |value: &Value| match value {
        Value::Array(kinds) => kinds.clone(),
        single => vec![single.clone()],
    };
    let (one, other) = (list(one), list(other));
    let allows = |kinds: &[Value], kind: &Value| {
        kinds.contains(kind) || (kind == "integer" && kinds.iter().any(|it| it == "number"))
    };
    let mut both: Vec<Value> = one
        .iter()
        .filter(|kind| allows(&other, kind))
        .cloned()
        .collect();
    both.extend(
        other
            .iter()
            .filter(|kind| allows(&one, kind) && !one.contains(kind))
            .cloned(),
    );
    Value::Array(both)
}
