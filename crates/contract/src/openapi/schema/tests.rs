use super::*;

fn schemas(version: &str, schema: &Value, direction: Direction) -> (Document, Schemas) {
    let text = json!({
        "openapi": version,
        "paths": { "/{a}": { "x": { "schema": { "type": "integer" } } } },
        "components": { "schemas": { "It": schema, "Named": { "type": "string", "minLength": 2 } } }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("api.json");
    std::fs::write(&path, format!("{text:#}")).expect("written");
    let document = Document::read(&path).expect("a document");
    let schemas = Schemas::new(&document, direction).expect("schemas");
    (document, schemas)
}

fn it() -> Pointer {
    Pointer::root().join_all(&["components", "schemas", "It"])
}

fn fits(version: &str, schema: Value, value: Value) -> bool {
    let (_, schemas) = schemas(version, &schema, Direction::Response);
    schemas.is_valid(&it(), &value).expect("a schema")
}

#[test]
fn the_old_dialect_means_what_it_says() {
    for (schema, yes, no) in [
        (
            json!({ "type": "string", "nullable": true }),
            json!(null),
            json!(1),
        ),
        (
            json!({ "type": "string", "enum": ["a"], "nullable": true }),
            json!(null),
            json!("b"),
        ),
        (
            json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Named" }] }),
            json!(null),
            json!("a"),
        ),
        (
            json!({ "nullable": true, "$ref": "#/components/schemas/Named" }),
            json!("ab"),
            json!("a"),
        ),
        (
            json!({ "type": "number", "minimum": 5, "exclusiveMinimum": true }),
            json!(5.1),
            json!(5),
        ),
        (
            json!({ "type": "number", "maximum": 5, "exclusiveMaximum": false }),
            json!(5),
            json!(6),
        ),
        (
            json!({ "type": "object", "properties": { "nullable": { "type": "string" } } }),
            json!({ "nullable": "a" }),
            json!({ "nullable": true }),
        ),
        (
            json!({ "$ref": "#/paths/~1{a}/x/schema" }),
            json!(1),
            json!("1"),
        ),
    ] {
        assert!(fits("3.0.3", schema.clone(), yes.clone()), "{schema} {yes}");
        assert!(!fits("3.0.3", schema.clone(), no.clone()), "{schema} {no}");
    }
    // In 3.1 these are no keywords.
    assert!(!fits(
        "3.1.0",
        json!({ "type": "string", "nullable": true }),
        json!(null)
    ));
}

#[test]
fn formats_are_checked() {
    for (format, yes, no) in [
        ("date", json!("2024-02-29"), json!("2023-02-29")),
        (
            "date-time",
            json!("2024-02-29T12:00:00Z"),
            json!("2024-02-29 12:00"),
        ),
        (
            "uuid",
            json!("6fa459ea-ee8a-4ca4-894e-db77e160355e"),
            json!("6fa459ea"),
        ),
        ("email", json!("a@example.com"), json!("a")),
        ("ipv4", json!("127.0.0.1"), json!("127.0.0.256")),
        ("uri", json!("https://example.com/a"), json!("a b")),
        ("byte", json!("aGk="), json!("aGk")),
    ] {
        let schema = json!({ "type": "string", "format": format });
        assert!(fits("3.0.0", schema.clone(), yes), "{format}");
        assert!(!fits("3.1.0", schema, no), "{format}");
    }
    let number = |format: &str, value: Value| {
        fits(
            "3.1.0",
            json!({ "type": "integer", "format": format }),
            value,
        )
    };
    assert!(number("int32", json!(2_147_483_647)));
    assert!(!number("int32", json!(2_147_483_648_u64)));
    assert!(number("int64", json!(i64::MAX)));
    assert!(!number("int64", json!(u64::MAX)));
}

#[test]
fn what_only_one_side_sends_is_not_required_of_the_other() {
    let schema = json!({
        "type": "object",
        "required": ["id", "password", "name"],
        "properties": {
            "id": { "type": "integer", "readOnly": true },
            "password": { "type": "string", "writeOnly": true },
            "name": { "type": "string" }
        }
    });
    let valid = |direction, value: Value| {
        let (_, schemas) = schemas("3.0.0", &schema, direction);
        schemas.is_valid(&it(), &value).expect("a schema")
    };
    assert!(valid(
        Direction::Request,
        json!({ "password": "p", "name": "n" })
    ));
    assert!(!valid(
        Direction::Response,
        json!({ "password": "p", "name": "n" })
    ));
    assert!(valid(Direction::Response, json!({ "id": 1, "name": "n" })));
    assert!(!valid(Direction::Request, json!({ "id": 1, "name": "n" })));
}

#[test]
fn a_violation_says_where_in_the_value_and_where_in_the_document() {
    let schema = json!({
        "type": "object",
        "properties": { "names": { "type": "array", "items": { "$ref": "#/components/schemas/Named" } } }
    });
    let (document, schemas) = schemas("3.1.0", &schema, Direction::Response);
    let found = schemas
        .violations(&it(), &json!({ "names": ["ab", "a"] }))
        .expect("a schema");
    assert_eq!(found.len(), 1);
    let violation = &found[0];
    assert_eq!(violation.location, "$.names[1]");
    assert_eq!(violation.actual, json!("a"));
    assert_eq!(
        violation.keyword.as_str(),
        "/components/schemas/Named/minLength"
    );
    assert!(document.span(&violation.keyword).text.contains("minLength"));
    assert!(
        violation.message.starts_with("the value"),
        "{}",
        violation.message
    );
}

#[test]
fn a_schema_that_is_none_is_said() {
    let (_, schemas) = schemas("3.1.0", &json!({ "type": "strong" }), Direction::Response);
    let error = schemas.is_valid(&it(), &json!(1)).expect_err("no schema");
    assert!(error.contains("#/components/schemas/It"), "{error}");
}

#[test]
fn schemas_that_contain_themselves_hold_deep_values() {
    let schema = json!({ "type": "object", "properties": { "next": { "$ref": "#/components/schemas/It" } }, "additionalProperties": false });
    let (_, schemas) = schemas("3.1.0", &schema, Direction::Response);
    let mut value = json!({});
    for _ in 0..120 {
        value = json!({ "next": value });
    }
    assert_eq!(schemas.is_valid(&it(), &value), Ok(true));
    let wrong = json!({ "next": { "next": { "nxt": 1 } } });
    assert_eq!(schemas.is_valid(&it(), &wrong), Ok(false));
}
