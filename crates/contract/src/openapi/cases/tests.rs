use serde_json::json;

use super::*;
use crate::openapi::document::Document;
use crate::openapi::operation::operations;
use crate::openapi::schema::Direction;

const ORDERS: &str = r##"
openapi: 3.1.0
paths:
  /orders/{id}:
    get:
      security: [{ key: [] }]
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 }, example: 7 }
        - { name: page, in: query, required: true, schema: { type: integer, minimum: 1, maximum: 100 } }
        - { name: note, in: query, schema: { type: string } }
        - { name: X-Trace, in: header, required: true, schema: { type: string, format: uuid } }
        - { name: tags, in: query, schema: { type: array, items: { type: integer }, minItems: 1 } }
      responses: { 200: { description: ok } }
  /orders:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: "#/components/schemas/New" }
            examples: { good: { value: { quantity: 2, name: ada } }, bad: { value: { quantity: "two" } } }
      responses: { 201: { description: made } }
  /forms:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, required: [age], properties: { age: { type: integer, minimum: 0 }, note: { type: string, maxLength: 5 } } }
      responses: { 201: { description: made } }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    New:
      type: object
      required: [quantity, name]
      additionalProperties: false
      properties:
        quantity: { type: integer, minimum: 1, maximum: 10 }
        name: { type: string, minLength: 1, maxLength: 20, pattern: "^[a-z]+$" }
        kind: { enum: [a, b] }
        when: { type: string, format: date }
        lines: { type: array, maxItems: 3, items: { type: object, required: [sku], properties: { sku: { type: string } } } }
"##;

struct Fixture {
    operations: Vec<Operation>,
    schemas: Schemas,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("api.yaml");
        std::fs::write(&path, ORDERS).expect("written");
        let document = Document::read(&path).expect("a document");
        Self {
            operations: operations(&document),
            schemas: Schemas::new(&document, Direction::Request).expect("schemas"),
        }
    }

    fn source(&self, index: usize, seed: u64, most: usize) -> Source<'_> {
        Source {
            operation: &self.operations[index],
            schemas: &self.schemas,
            seed: Seed::new(seed),
            most,
            given: &[],
        }
    }
}

fn faults(cases: &[Case]) -> Vec<String> {
    let fault = |case: &Case| match &case.intent {
        Intent::Invalid(fault) => fault.what.clone(),
        other => format!("{other:?}"),
    };
    cases.iter().map(fault).collect()
}

fn base(source: &Source<'_>) -> Case {
    valid(source).expect("valid").0.remove(0)
}

#[test]
fn valid_requests_begin_with_the_examples_and_are_valid() {
    let fixture = Fixture::new();
    for seed in 0..20 {
        let get = fixture.source(0, seed, 12);
        let (cases, bad) = valid(&get).expect("valid");
        assert_eq!((cases.len(), bad.len()), (12, 0));
        assert_eq!(cases[0].parameters[&0], json!(7));
        for case in &cases {
            for (index, value) in &case.parameters {
                let schema = &get.operation.parameters[*index].schema;
                assert_eq!(fixture.schemas.is_valid(schema, value), Ok(true), "{value}");
            }
            for index in [0, 1, 3] {
                let name = &get.operation.parameters[index].name;
                let required = get.operation.parameters[index].required;
                assert!(case.parameters.contains_key(&index) || !required, "{name}");
            }
        }
        let post = fixture.source(1, seed, 12);
        let (cases, bad) = valid(&post).expect("valid");
        assert!(
            matches!(&cases[0].body, Some(Body::Value(0, value)) if *value == json!({ "quantity": 2, "name": "ada" }))
        );
        assert_eq!(bad.len(), 1);
        assert!(bad[0].why.contains("required"), "{:?}", bad[0]);
        assert!(
            bad[0].at.as_str().ends_with("/examples/bad/value"),
            "{:?}",
            bad[0]
        );
    }
}

#[test]
fn invalid_requests_have_one_fault_and_no_reading_of_it_is_valid() {
    let fixture = Fixture::new();
    let get = fixture.source(0, 1, 100);
    let cases = invalid(&get, &base(&get));
    let found = faults(&cases);
    for expected in [
        "path parameter `id` is a string",
        "path parameter `id` is below its least, 1",
        "query parameter `page` is missing",
        "query parameter `page` is above its most, 100",
        "header parameter `X-Trace` is no uuid",
        "query parameter `tags`[0] is a string",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}: {found:#?}"
        );
    }
    // Any text is text, and a header that is missing has a check of its own.
    assert!(
        !found.iter().any(|one| one.contains("`note`")),
        "{found:#?}"
    );
    assert!(
        !found.iter().any(|one| one.contains("`X-Trace` is missing")),
        "{found:#?}"
    );
    let valid = base(&get);
    for case in &cases {
        let differing = (0..get.operation.parameters.len())
            .filter(|index| case.parameters.get(index) != valid.parameters.get(index));
        assert_eq!(differing.count(), 1, "{:?}", case.intent);
    }
}

#[test]
fn invalid_bodies_are_invalid() {
    let fixture = Fixture::new();
    let post = fixture.source(1, 1, 200);
    let cases = invalid(&post, &base(&post));
    let found = faults(&cases);
    for expected in [
        "the body is missing",
        "the body is not JSON",
        "the body's `$` lacks `quantity`",
        "the body's `$` has a member that is not declared",
        "the body's `$.quantity` is above its most, 10",
        "the body's `$.name` is shorter than 1",
        "the body's `$.name` is longer than 20",
        "the body's `$.name` does not match `^[a-z]+$`",
        "the body's `$.kind` is none of the values that are listed",
        "the body's `$.when` is no date",
        "the body's `$.lines` has more than 3 items",
        "the body's `$.lines[0]` lacks `sku`",
        "the body's `$.lines[0].sku` is null",
    ] {
        assert!(
            found.iter().any(|one| one == expected),
            "{expected}: {found:#?}"
        );
    }
    let schema = post
        .operation
        .body
        .as_ref()
        .and_then(|body| body.media[0].schema.clone());
    let schema = schema.expect("a schema");
    for case in &cases {
        if let Some(Body::Value(_, value)) = &case.body {
            assert_eq!(
                fixture.schemas.is_valid(&schema, value),
                Ok(false),
                "{value}"
            );
        }
    }
}

#[test]
fn a_field_of_a_form_that_reads_as_valid_is_not_called_invalid() {
    let fixture = Fixture::new();
    let form = fixture.source(2, 1, 100);
    let found = faults(&invalid(&form, &base(&form)));
    assert!(
        found.contains(&"the body's `$` lacks `age`".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(&"the body's `$.age` is a string".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(&"the body's `$.note` is longer than 5".to_owned()),
        "{found:#?}"
    );
    // `true` is a text of four letters, 1.5 one of three.
    for reads in [
        "`$.note` is a boolean",
        "`$.note` is a number with a fraction",
    ] {
        assert!(!found.iter().any(|one| one.contains(reads)), "{found:#?}");
    }
}

#[test]
fn one_seed_makes_the_same_requests_and_never_more_than_asked() {
    let fixture = Fixture::new();
    for index in 0..3 {
        let wires = |seed: u64| -> Vec<_> {
            let source = fixture.source(index, seed, 8);
            let (cases, _) = valid(&source).expect("valid");
            let wrong = invalid(&source, &cases[0]);
            assert!(cases.len() == 8 && wrong.len() <= 8);
            let all = cases.iter().chain(&wrong);
            all.map(|case| case.wire(source.operation, "", &[]))
                .collect()
        };
        assert_eq!(wires(1), wires(1));
        assert_ne!(wires(1), wires(2));
    }
}

#[test]
fn what_should_not_exist_is_asked_for_with_valid_names() {
    let fixture = Fixture::new();
    let get = fixture.source(0, 1, 10);
    let cases = unknown(&get);
    assert_eq!(cases.len(), 2);
    for case in cases {
        assert!(case.parameters[&0].as_i64() > Some(1_000_000), "{case:?}");
    }
    assert_eq!(unknown(&fixture.source(1, 1, 10)).len(), 0);
}

#[test]
fn headers_credentials_and_methods_are_tried_once_each() {
    let fixture = Fixture::new();
    let get = fixture.source(0, 1, 10);
    let valid = base(&get);
    let missing = missing_headers(&get, &valid);
    assert!(
        matches!(&missing[..], [Case { intent: Intent::MissingHeader(name, _), .. }] if name == "X-Trace")
    );
    assert!(no_credentials(&get, &valid).is_some());
    assert!(no_credentials(&fixture.source(1, 1, 10), &valid).is_none());
    let methods = |index: usize| -> Vec<String> {
        let source = fixture.source(index, 1, 10);
        let cases = unsupported_methods(&source, &base(&source), &fixture.operations);
        cases.iter().map(|case| case.method.clone()).collect()
    };
    assert_eq!(methods(0), ["POST", "PUT", "PATCH", "DELETE"]);
    assert_eq!(methods(1), ["GET", "PUT", "PATCH", "DELETE"]);
}
