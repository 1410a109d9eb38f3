//! What can be made wrong with a valid value. Whether it then is, the validator says afterwards.

use serde_json::{Map, Value, json};

use crate::openapi::generate::{bounds, flatten, kinds, names};
use crate::openapi::schema::Schemas;

/// Values within each other that are looked into.
const MAX_LEVEL: usize = 4;

/// Text that no enumeration has.
const ALIEN: &str = "rtest-unlisted";

/// A value in which one thing is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mutation {
    /// Where, from the value on: `.name`, `[0]`; empty for the value itself.
    pub(super) path: String,
    /// `is missing`
    pub(super) what: String,
    pub(super) value: Value,
}

/// Every way in which a value is made wrong under a schema, a few of each.
pub(super) fn mutations(schemas: &Schemas, schema: &Value, value: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    collect(schemas, schema, value, 0, &mut found);
    found
}

fn collect(
    schemas: &Schemas,
    schema: &Value,
    value: &Value,
    level: usize,
    found: &mut Vec<Mutation>,
) {
    let Some(schema) = flatten(schemas, schema, &mut |_| 0) else {
        return;
    };
    let mut add = |what: String, value: Value| {
        found.push(Mutation {
            path: String::new(),
            what,
            value,
        });
    };
    for (what, value) in of_type(&schema) {
        add(what, value);
    }
    match value {
        Value::Number(_) => of_number(&schema, &mut add),
        Value::String(text) => of_text(&schema, text, &mut add),
        Value::Array(items) => of_array(&schema, items, &mut add),
        Value::Object(members) => of_object(&schema, members, &mut add),
        Value::Bool(_) | Value::Null => {}
    }
    if schema.contains_key("enum") || schema.contains_key("const") {
        add(
            "is none of the values that are listed".to_owned(),
            ALIEN.into(),
        );
    }
    if level >= MAX_LEVEL {
        return;
    }
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, inner) in properties.into_iter().flatten() {
                let Some(is) = members.get(name) else {
                    continue;
                };
                within(
                    schemas,
                    inner,
                    is,
                    level,
                    &format!(".{name}"),
                    found,
                    |changed| {
                        let mut whole = members.clone();
                        whole.insert(name.clone(), changed);
                        Value::Object(whole)
                    },
                );
            }
        }
        Value::Array(items) => {
            if let (Some(inner), Some(is)) = (schema.get("items"), items.first()) {
                within(schemas, inner, is, level, "[0]", found, |changed| {
                    let mut whole = items.clone();
                    whole[0] = changed;
                    Value::Array(whole)
                });
            }
        }
        _ => {}
    }
}

/// What can be made wrong with a part, as what is wrong with the whole.
fn within(
    schemas: &Schemas,
    schema: &Value,
    value: &Value,
    level: usize,
    step: &str,
    found: &mut Vec<Mutation>,
    whole: impl Fn(Value) -> Value,
) {
    let mut inner = Vec::new();
    collect(schemas, schema, value, level + 1, &mut inner);
    found.extend(inner.into_iter().map(|one| Mutation {
        path: format!("{step}{}", one.path),
        what: one.what,
        value: whole(one.value),
    }));
}

/// Values of other types.
fn of_type(schema: &Map<String, Value>) -> Vec<(String, Value)> {
    let allowed = kinds(schema);
    let typed = schema.contains_key("type");
    let others = [
        ("string", json!("rtest")),
        ("number", json!(1.5)),
        ("object", json!({ "rtest": true })),
        ("array", json!([{}])),
        ("boolean", json!(true)),
        ("null", json!(null)),
    ];
    let others = others
        .into_iter()
        .filter(|(kind, _)| typed && !allowed.contains(kind));
    others
        .map(|(kind, value)| {
            let article = if matches!(kind, "object" | "array") {
                "an"
            } else {
                "a"
            };
            match kind {
                "null" => ("is null".to_owned(), value),
                "number" => ("is a number with a fraction".to_owned(), value),
                _ => (format!("is {article} {kind}"), value),
            }
        })
        .collect()
}

fn of_number(schema: &Map<String, Value>, add: &mut impl FnMut(String, Value)) {
    let bounds = bounds(schema);
    let whole = kinds(schema).contains(&"integer");
    let number = |value: f64| match whole {
        true => json!(value as i64),
        false => json!(value),
    };
    if let Some(least) = bounds.least {
        add(format!("is below its least, {least}"), number(least - 1.0));
    }
    if let Some(most) = bounds.most {
        add(format!("is above its most, {most}"), number(most + 1.0));
    }
    if let Some(step) = schema.get("multipleOf").and_then(Value::as_f64) {
        let off = bounds.least.unwrap_or(0.0) + step / 2.0;
        add(format!("is no multiple of {step}"), json!(off));
    }
}

fn of_text(schema: &Map<String, Value>, text: &str, add: &mut impl FnMut(String, Value)) {
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    if let Some(least) = count("minLength").filter(|least| (1..10_000).contains(least)) {
        let short: String = text.chars().take(least as usize - 1).collect();
        add(format!("is shorter than {least}"), short.into());
    }
    if let Some(most) = count("maxLength").filter(|most| *most < 10_000) {
        let mut long = text.to_owned();
        let missing = (most as usize + 1).saturating_sub(text.chars().count());
        long.push_str(&"a".repeat(missing));
        add(format!("is longer than {most}"), long.into());
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        for other in ["rtest", "!", "0", "\u{1}"] {
            add(format!("does not match `{pattern}`"), other.into());
        }
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        add(format!("is no {format}"), "not of this format".into());
    }
}

fn of_array(schema: &Map<String, Value>, items: &[Value], add: &mut impl FnMut(String, Value)) {
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    if let Some(least) = count("minItems").filter(|least| *least > 0) {
        let fewer = items.iter().take(least as usize - 1).cloned().collect();
        add(format!("has fewer than {least} items"), Value::Array(fewer));
    }
    if let (Some(most), Some(first)) = (
        count("maxItems").filter(|most| *most < 1_000),
        items.first(),
    ) {
        let mut more = items.to_vec();
        more.resize(most as usize + 1, first.clone());
        add(format!("has more than {most} items"), Value::Array(more));
    }
    if let (Some(Value::Bool(true)), Some(first)) = (schema.get("uniqueItems"), items.first()) {
        let twice = vec![first.clone(), first.clone()];
        add("has the same item twice".to_owned(), Value::Array(twice));
    }
}

fn of_object(
    schema: &Map<String, Value>,
    members: &Map<String, Value>,
    add: &mut impl FnMut(String, Value),
) {
    for name in names(schema, "required") {
        let mut rest = members.clone();
        if rest.shift_remove(name).is_some() {
            add(format!("lacks `{name}`"), Value::Object(rest));
        }
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        let mut more = members.clone();
        more.insert("rtestUnknown".to_owned(), json!("x"));
        add(
            "has a member that is not declared".to_owned(),
            Value::Object(more),
        );
    }
}
