//! Smaller requests that may fail as well. What makes a request invalid, or names what it is about,
//! stays as it is.

use serde_json::{Map, Value, json};

use crate::openapi::operation::Operation;
use crate::openapi::request::{Body, Case, Intent};
use crate::openapi::schema::Schemas;

/// Requests that are smaller by one thing, the smallest first; valid ones stay valid.
pub(crate) fn smaller(case: &Case, operation: &Operation, schemas: &Schemas) -> Vec<Case> {
    let mut cases = Vec::new();
    let is_valid = |at, value: &Value| schemas.is_valid(at, value) == Ok(true);
    if case.body.is_some() && !operation.body.as_ref().is_some_and(|body| body.required) {
        let mut without = case.clone();
        without.body = None;
        cases.push(without);
    }
    for (index, value) in &case.parameters {
        let parameter = &operation.parameters[*index];
        if !parameter.required {
            let mut without = case.clone();
            without.parameters.remove(index);
            cases.push(without);
        }
        for simple in simpler(value) {
            if is_valid(&parameter.schema, &simple) {
                let mut changed = case.clone();
                changed.parameters.insert(*index, simple);
                cases.push(changed);
            }
        }
    }
    if let Some(Body::Value(media, value)) = &case.body {
        let declared = operation
            .body
            .iter()
            .flat_map(|body| &body.media)
            .nth(*media);
        let schema = declared.and_then(|media| media.schema.as_ref());
        for simple in simpler(value) {
            if schema.is_none_or(|schema| is_valid(schema, &simple)) {
                let mut changed = case.clone();
                changed.body = Some(Body::Value(*media, simple));
                cases.push(changed);
            }
        }
    }
    // The fault is what an invalid request is about: smaller, it could be no fault any more, or
    // another one than is told.
    if let Intent::Invalid(_) = case.intent {
        let faulty = |value: &Value, schema| schemas.is_valid(schema, value) == Ok(false);
        cases.retain(|smaller| {
            let parameters = case.parameters.iter().all(|(index, value)| {
                let schema = &operation.parameters[*index].schema;
                !faulty(value, schema) || smaller.parameters.get(index) == Some(value)
            });
            parameters && is_same_body(case, smaller)
        });
    }
    cases
}

fn is_same_body(case: &Case, smaller: &Case) -> bool {
    match (&case.body, &smaller.body) {
        (None, None) => true,
        (Some(Body::Value(_, one)), Some(Body::Value(_, other))) => one == other,
        (Some(Body::Broken(..)), Some(Body::Broken(..))) => true,
        _ => false,
    }
}

/// Values that are simpler in one place.
fn simpler(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) if !text.is_empty() => {
            let half: String = text.chars().take(text.chars().count() / 2).collect();
            let mut plain = vec![json!(""), json!("a"), json!(half)];
            plain.retain(|simple| simple != value);
            plain
        }
        Value::Number(number) => {
            let mut numbers = vec![json!(0), json!(1)];
            if let Some(whole) = number.as_i64() {
                numbers.push(json!(whole / 2));
            }
            let size = |value: &Value| value.as_f64().unwrap_or(0.0).abs();
            numbers.retain(|simple| size(simple) < size(value));
            numbers
        }
        Value::Array(items) => {
            let mut lists = Vec::new();
            for index in 0..items.len() {
                let mut rest = items.clone();
                rest.remove(index);
                lists.push(Value::Array(rest));
            }
            for (index, item) in items.iter().enumerate() {
                lists.extend(simpler(item).into_iter().map(|simple| {
                    let mut changed = items.clone();
                    changed[index] = simple;
                    Value::Array(changed)
                }));
            }
            lists
        }
        Value::Object(members) => {
            let mut objects = Vec::new();
            for name in members.keys() {
                let mut rest: Map<String, Value> = members.clone();
                rest.shift_remove(name);
                objects.push(Value::Object(rest));
            }
            for (name, member) in members {
                objects.extend(simpler(member).into_iter().map(|simple| {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), simple);
                    Value::Object(changed)
                }));
            }
            objects
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simpler_values_are_smaller_by_one_thing() {
        assert_eq!(
            simpler(&json!("abcd")),
            [json!(""), json!("a"), json!("ab")]
        );
        assert_eq!(simpler(&json!(9)), [json!(0), json!(1), json!(4)]);
        assert_eq!(
            simpler(&json!([7])),
            [json!([]), json!([0]), json!([1]), json!([3])]
        );
        assert_eq!(
            simpler(&json!({ "a": true, "b": null })),
            [json!({ "b": null }), json!({ "a": true })]
        );
        assert!(simpler(&json!(0)).is_empty());
    }

    #[test]
    fn shrinking_ends() {
        let mut value = json!({ "a": ["some", "text"], "b": { "c": 12_345, "d": -3.5 } });
        let mut steps = 0;
        while let Some(simple) = simpler(&value).pop() {
            value = simple;
            steps += 1;
            assert!(steps < 100, "{value}");
        }
    }
}
