//! Smaller requests that may fail as well. What makes a request invalid stays: a smaller one is
//! wrong in the same places, by the same keywords, and in no other.

use serde_json::{Map, Value, json};

use crate::openapi::generate::Alphabet;
use crate::openapi::operation::{Location, MediaKind, Operation};
use crate::openapi::pointer::Pointer;
use crate::openapi::request::{Body, Case, Intent};
use crate::openapi::schema::Schemas;

/// Requests that are smaller by one thing; valid ones stay valid.
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
            if can_stand(parameter.location, &simple) && is_valid(&parameter.schema, &simple) {
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
        let is_text = declared.is_some_and(|media| media.kind() != MediaKind::Json);
        let schema = declared.and_then(|media| media.schema.as_ref());
        let faults = |value: &Value| {
            let faults = schema.map(|schema| faults(schemas, schema, value));
            faults.unwrap_or_default()
        };
        let known = faults(value);
        // As text, a fault may be none any more.
        let all = simpler(value)
            .into_iter()
            .filter(|_| !is_text || known.is_empty());
        for simple in all.filter(|simple| faults(simple) == known) {
            let mut changed = case.clone();
            changed.body = Some(Body::Value(*media, simple));
            cases.push(changed);
        }
    }
    // What is missing must not be added, nor another thing be wrong.
    let is_faulty =
        |index: &usize, value: &Value| !is_valid(&operation.parameters[*index].schema, value);
    cases.retain(|smaller| {
        let mut faulty = case
            .parameters
            .iter()
            .filter(|(index, value)| is_faulty(index, value));
        let kept = faulty.all(|(index, value)| smaller.parameters.get(index) == Some(value));
        kept && (smaller.body.is_some() || case.body.is_none() || case.intent == Intent::Valid)
    });
    cases
}

/// Whether a value can stand there: in a path, nothing would lead elsewhere.
fn can_stand(location: Location, value: &Value) -> bool {
    let alphabet = match (location, value) {
        (Location::Path, Value::Array(_) | Value::Object(_)) => Alphabet::Part,
        (Location::Path, _) => Alphabet::Segment,
        _ => Alphabet::Any,
    };
    alphabet.can_say(value)
}

/// What is wrong with a value: where, and by which keyword.
fn faults(schemas: &Schemas, schema: &Pointer, value: &Value) -> Vec<(String, Pointer, String)> {
    let violations = schemas.violations(schema, value).unwrap_or_default();
    let faults = violations.into_iter();
    faults
        .map(|one| (one.location, one.keyword, one.message))
        .collect()
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
    fn a_path_never_loses_a_segment() {
        for nothing in [json!(""), json!(".."), json!([])] {
            assert!(!can_stand(Location::Path, &nothing), "{nothing}");
            assert!(can_stand(Location::Query, &nothing), "{nothing}");
        }
        assert!(can_stand(Location::Path, &json!("a")) && can_stand(Location::Path, &json!(0)));
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
