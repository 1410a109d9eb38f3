use proptest::prelude::*;
use rtest_core::Seed;
use serde_json::json;

use super::*;
use crate::openapi::document::Document;
use crate::openapi::schema::Direction;

fn schemas(schema: &Value) -> Schemas {
    let text = json!({
        "openapi": "3.1.0", "paths": {},
        "components": { "schemas": {
            "It": schema,
            "Tree": { "type": "object", "required": ["name"], "properties": {
                "name": { "type": "string" },
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } },
            "Endless": { "type": "object", "required": ["next"], "properties": {
                "next": { "$ref": "#/components/schemas/Endless" } } },
            "Itself": { "allOf": [{ "$ref": "#/components/schemas/Itself" }] }
        } }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("api.json");
    std::fs::write(&path, text.to_string()).expect("written");
    let document = Document::read(&path).expect("a document");
    Schemas::new(&document, Direction::Request).expect("schemas")
}

fn draw(schema: &Value, shape: Shape, seed: u64) -> Result<Value, String> {
    let schemas = schemas(schema);
    let mut rng = Seed::new(seed).stream("value");
    let at = Pointer::root().join_all(&["components", "schemas", "It"]);
    Generator::new(&schemas, &mut rng, shape, Alphabet::Any).draw(&at)
}

#[test]
fn a_valid_value_is_found_for_what_documents_say() {
    let tree = json!({ "$ref": "#/components/schemas/Tree" });
    for schema in [
        json!(true),
        json!({}),
        json!({ "type": "string", "format": "date-time" }),
        json!({ "type": "string", "format": "date" }),
        json!({ "type": "string", "format": "time" }),
        json!({ "type": "string", "format": "duration" }),
        json!({ "type": "string", "format": "uuid" }),
        json!({ "type": "string", "format": "email" }),
        json!({ "type": "string", "format": "uri" }),
        json!({ "type": "string", "format": "hostname" }),
        json!({ "type": "string", "format": "ipv4" }),
        json!({ "type": "string", "format": "ipv6" }),
        json!({ "type": "string", "format": "byte" }),
        json!({ "type": "string", "format": "json-pointer" }),
        json!({ "type": "string", "format": "of-our-own", "minLength": 3 }),
        json!({ "type": "string", "minLength": 5, "maxLength": 5, "pattern": "^[a-f]+$" }),
        json!({ "type": "integer", "format": "int32" }),
        json!({ "type": "integer", "format": "int64", "minimum": 5_000_000_000_u64 }),
        json!({ "type": "integer", "multipleOf": 7, "minimum": 3, "maximum": 9 }),
        json!({ "type": "integer", "maximum": -5 }),
        json!({ "type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3 }),
        json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.1 }),
        json!({ "type": "number", "multipleOf": 0.25 }),
        json!({ "type": ["string", "null"], "enum": ["a", null] }),
        json!({ "const": { "a": [1] } }),
        json!({ "type": "array", "items": { "type": "integer", "minimum": 1, "maximum": 9 }, "minItems": 2, "uniqueItems": true }),
        json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "minItems": 2 }),
        json!({ "type": "object", "minProperties": 2, "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "required": ["a"], "additionalProperties": { "type": "boolean" } }),
        json!({ "allOf": [tree, { "type": "object", "required": ["age"], "properties": { "age": { "type": "integer" } } }] }),
        json!({ "oneOf": [{ "type": "integer", "minimum": 10 }, { "type": "string", "maxLength": 3 }] }),
        json!({ "anyOf": [{ "type": "integer", "maximum": 5 }, { "type": "null" }] }),
        json!({ "type": "integer", "minimum": 1, "maximum": 4, "not": { "enum": [1, 2, 4] } }),
        tree,
    ] {
        for shape in [Shape::Least, Shape::Most, Shape::Any] {
            for seed in 0..8 {
                // `draw` holds each against the schema.
                draw(&schema, shape, seed).unwrap_or_else(|why| panic!("{schema}: {why}"));
            }
        }
    }
}

#[test]
fn the_least_is_what_is_required_and_the_most_is_everything() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": {
        "a": { "type": "integer", "minimum": 3, "maximum": 9 },
        "b": { "type": "string", "minLength": 1, "maxLength": 4 },
        "c": { "type": "string", "readOnly": true } } });
    assert_eq!(draw(&schema, Shape::Least, 1), Ok(json!({ "a": 3 })));
    let most = draw(&schema, Shape::Most, 1).expect("valid");
    assert_eq!(most["a"], 9);
    assert_eq!(most["b"].as_str().map(str::len), Some(4));
    assert_eq!(most.get("c"), None);
}

#[test]
fn one_seed_makes_one_value() {
    let schema = json!({ "$ref": "#/components/schemas/Tree" });
    for seed in 0..5 {
        assert_eq!(
            draw(&schema, Shape::Any, seed),
            draw(&schema, Shape::Any, seed)
        );
    }
    assert_ne!(draw(&schema, Shape::Any, 1), draw(&schema, Shape::Any, 2));
}

#[test]
fn what_has_no_value_is_said_and_ends() {
    for schema in [
        json!(false),
        json!({ "$ref": "#/components/schemas/Endless" }),
        json!({ "$ref": "#/components/schemas/Itself" }),
        json!({ "type": "string", "minLength": 5, "maxLength": 2 }),
        json!({ "type": "string", "pattern": "^(?=x)y$" }),
        json!({ "allOf": [{ "type": "integer" }, { "type": "string" }] }),
    ] {
        let why = draw(&schema, Shape::Any, 1);
        assert!(why.is_err(), "{schema}: {why:?}");
    }
}

/// Schemas of any form, small.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0_i64..50, 0_i64..50).prop_map(|(low, more)| json!({ "type": "integer", "minimum": low, "maximum": low + more })),
        (0_u64..5, 0_u64..9).prop_map(|(least, more)| json!({ "type": "string", "minLength": least, "maxLength": least + more })),
        prop::sample::select(vec!["date", "uuid", "email", "ipv4", "date-time"])
            .prop_map(|format| json!({ "type": "string", "format": format })),
        prop::sample::select(vec!["^[a-c]{2,4}$", "^x(y|z)*$", "\\d+"])
            .prop_map(|pattern| json!({ "type": "string", "pattern": pattern })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "enum": ["a", 1, null] })),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            (prop::collection::btree_map("[a-d]", inner.clone(), 1..4), any::<bool>()).prop_map(|(properties, closed)| {
                let required: Vec<_> = properties.keys().take(2).cloned().collect();
                json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": !closed })
            }),
            (inner.clone(), 0_u64..3).prop_map(|(items, least)| json!({ "type": "array", "items": items, "minItems": least })),
            prop::collection::vec(inner, 1..3).prop_map(|branches| json!({ "anyOf": branches })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn values_are_valid_whatever_the_schema(schema in any_schema(), seed in any::<u64>()) {
        let schemas = schemas(&schema);
        let at = Pointer::root().join_all(&["components", "schemas", "It"]);
        let mut rng = Seed::new(seed).stream("value");
        let value = Generator::new(&schemas, &mut rng, Shape::Any, Alphabet::Any).draw(&at);
        let value = value.map_err(TestCaseError::fail)?;
        // Not by the validator that `draw` used.
        let held = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
        prop_assert!(held.is_valid(&value), "{schema}: {value}");
    }
}
