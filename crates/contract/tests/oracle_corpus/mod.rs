//! What the verifiers are held against each other over: interactions, and what the provider answers.
//! Those whose description begins with `green` are kept, the others are not.

// Used by one test binary only; clippy.toml allows `unwrap` in tests, and does not see that these
// functions are of tests.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::stand_in::{Asked, Reply};

/// The body of `/xml`.
const ORDER: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<order id="7" state="open"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#
);

/// Base64 of `{"topic":"orders","retries":3}`: what goes with each message.
const METADATA: &str = "eyJ0b3BpYyI6Im9yZGVycyIsInJldHJpZXMiOjN9";

/// Every corpus with its name and the version of its pact.
pub(crate) fn all() -> [(&'static str, &'static str, Vec<Value>); 5] {
    [
        ("V3", "3.0.0", of_v3()),
        ("V2", "2.0.0", of_v2()),
        ("V4", "4.0", of_v4()),
        ("XML", "3.0.0", of_xml()),
        ("messages", "4.0", of_messages()),
    ]
}

pub(crate) fn answer(asked: &Asked) -> Reply {
    let (_, path) = asked.line.split_once(' ').unwrap();
    match path {
        "/user" => Reply::json(
            200,
            &json!({
                "id": 7, "name": "Surya", "email": "surya@example.com", "code": "AB-12",
                "tags": ["a", "b"], "address": { "city": "Pune", "zip": 411_001 }, "extra": true,
                "orders": [
                    { "id": 1, "at": "2024-02-30" },
                    { "id": "2", "at": "2024-02-29", "new": 1 }
                ],
                "scores": { "x": 1, "y": "two" }, "a b": null, "version": "1.2.3"
            }),
        ),
        "/search?q=cup&tag=a&tag=b" => Reply::json(200, &json!([{ "id": 1 }, { "id": 2 }])),
        "/search?q=cup" => Reply::json(200, &json!([])),
        "/text" => Reply::text(200, "hello"),
        "/empty" => Reply {
            status: 204,
            headers: vec![("x-trace", "t-1".to_owned())],
            body: bytes::Bytes::new(),
        },
        "/form" => Reply {
            status: 200,
            headers: vec![(
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: "a=1&b=2".into(),
        },
        "/xml" => Reply {
            status: 200,
            headers: vec![("content-type", "application/xml".to_owned())],
            body: ORDER.into(),
        },
        // Where messages are asked for.
        "/" => Reply {
            status: 200,
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("pact-message-metadata", METADATA.to_owned()),
            ],
            body: json!({ "id": 7, "total": 12.5, "lines": [{ "sku": "c-1" }] })
                .to_string()
                .into(),
        },
        "/echo" => Reply {
            status: 200,
            headers: vec![("content-type", asked.headers["content-type"].clone())],
            body: asked.body.clone(),
        },
        _ => Reply::json(404, &json!({ "error": "unknown" })),
    }
}

/// An interaction in the spelling of V3, from its request and its response.
fn one(description: &str, path: &str, response: Value) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    json!({
        "description": description,
        "request": { "method": "GET", "path": path, "query": query },
        "response": response
    })
}

fn rules(body: Value) -> Value {
    let rules: serde_json::Map<String, Value> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, rule)| {
            (
                path.clone(),
                json!({ "matchers": [rule], "combine": "AND" }),
            )
        })
        .collect();
    json!({ "body": rules })
}

fn of_v3() -> Vec<Value> {
    let user = |description: &str, response: Value| one(description, "/user", response);
    let body = |body: Value| json!({ "status": 200, "body": body });
    let ruled =
        |body: Value, of: Value| json!({ "status": 200, "body": body, "matchingRules": rules(of) });
    vec![
        user(
            "green: a part of the fields",
            body(json!({ "id": 7, "tags": ["a", "b"] })),
        ),
        user("green: status only", json!({ "status": 200 })),
        user(
            "green: type",
            ruled(
                json!({ "id": 1, "name": "x" }),
                json!({
            "$.id": { "match": "type" }, "$.name": { "match": "type" } }),
            ),
        ),
        user(
            "green: regex",
            ruled(
                json!({ "code": "ZZ-1" }),
                json!({
            "$.code": { "match": "regex", "regex": "^[A-Z]+-\\d+$" } }),
            ),
        ),
        user(
            "green: min type",
            ruled(
                json!({ "tags": ["x"] }),
                json!({
            "$.tags": { "match": "type", "min": 2 } }),
            ),
        ),
        user(
            "green: semver, null",
            ruled(
                json!({ "version": "9.9.9", "a b": null }),
                json!({
            "$.version": { "match": "semver" }, "$['a b']": { "match": "null" } }),
            ),
        ),
        one(
            "green: query",
            "/search?q=cup&tag=a&tag=b",
            body(json!([{ "id": 1 }, { "id": 2 }])),
        ),
        one(
            "green: 404",
            "/nowhere",
            json!({ "status": 404, "body": { "error": "unknown" } }),
        ),
        one(
            "green: text",
            "/text",
            json!({ "status": 200, "body": "hello",
            "headers": { "Content-Type": "text/plain" } }),
        ),
        one(
            "green: empty",
            "/empty",
            json!({ "status": 204, "headers": { "X-Trace": "t-1" } }),
        ),
        one(
            "green: form",
            "/form",
            json!({ "status": 200, "body": "a=1&b=2",
            "headers": { "Content-Type": "application/x-www-form-urlencoded" } }),
        ),
        user(
            "green: header with parameters left out",
            json!({ "status": 200,
            "headers": { "content-type": "application/json" } }),
        ),
        user(
            "red: missing fields",
            body(json!({ "id": 7, "mail": "x", "phone": "y" })),
        ),
        user(
            "red: missing nested field",
            body(json!({ "address": { "street": "x", "zip": 411_001 } })),
        ),
        user("red: other value", body(json!({ "id": 8, "name": "Anna" }))),
        user(
            "red: other type",
            ruled(
                json!({ "id": "7", "name": 1 }),
                json!({
            "$.id": { "match": "type" }, "$.name": { "match": "type" } }),
            ),
        ),
        user(
            "red: integer and decimal",
            ruled(
                json!({ "name": 1, "id": 1.5 }),
                json!({
            "$.name": { "match": "integer" }, "$.id": { "match": "decimal" } }),
            ),
        ),
        user(
            "red: object for scalar",
            body(json!({ "name": { "first": "S" }, "address": "x" })),
        ),
        user("red: array length", body(json!({ "tags": ["a"] }))),
        user("red: array order", body(json!({ "tags": ["b", "a"] }))),
        user(
            "red: regex",
            ruled(
                json!({ "code": "x" }),
                json!({
            "$.code": { "match": "regex", "regex": "^[a-z]+$" } }),
            ),
        ),
        user(
            "red: min and max",
            ruled(
                json!({ "tags": ["x"], "orders": [{ "id": 1 }] }),
                json!({
            "$.tags": { "match": "type", "min": 3 }, "$.orders": { "match": "type", "max": 1 } }),
            ),
        ),
        user(
            "red: items of an array",
            ruled(
                json!({ "orders": [{ "id": 1, "at": "2020-01-01" }] }),
                json!({
            "$.orders": { "match": "type", "min": 1 },
            "$.orders[*].id": { "match": "type" },
            "$.orders[*].at": { "match": "date", "format": "yyyy-MM-dd" } }),
            ),
        ),
        user(
            "red: values",
            ruled(
                json!({ "scores": { "any": 1 } }),
                json!({
            "$.scores": { "match": "values" }, "$.scores.*": { "match": "type" } }),
            ),
        ),
        user(
            "red: array contains",
            ruled(
                json!({ "orders": [{ "id": 5 }] }),
                json!({
            "$.orders": { "match": "arrayContains", "variants": [
                { "index": 0, "rules": {}, "generators": {} }] } }),
            ),
        ),
        user("red: a key with a blank", body(json!({ "a b": 1 }))),
        user("red: status", json!({ "status": 201 })),
        user(
            "red: header missing",
            json!({ "status": 200, "headers": { "X-Trace": "t" } }),
        ),
        one(
            "red: header differs",
            "/empty",
            json!({ "status": 204, "headers": { "X-Trace": "t-2" } }),
        ),
        one(
            "red: header rule",
            "/empty",
            json!({ "status": 204, "headers": { "X-Trace": "9" },
            "matchingRules": { "header": { "X-Trace": { "matchers": [{ "match": "regex", "regex": "^\\d$" }] } } } }),
        ),
        one(
            "red: query is sent",
            "/search?q=cup",
            body(json!([{ "id": 1 }])),
        ),
        one("red: 404", "/nowhere", body(json!({ "id": 7 }))),
        one(
            "red: other text",
            "/text",
            json!({ "status": 200, "body": "bye",
            "headers": { "Content-Type": "text/plain" } }),
        ),
        one(
            "red: body expected, none came",
            "/empty",
            json!({ "status": 204, "body": { "a": 1 } }),
        ),
        one(
            "red: no body expected, one came",
            "/text",
            json!({ "status": 200, "body": "" }),
        ),
        one(
            "red: text for json",
            "/text",
            json!({ "status": 200, "body": { "a": 1 },
            "headers": { "Content-Type": "application/json" } }),
        ),
        one(
            "red: form",
            "/form",
            json!({ "status": 200, "body": "a=1&b=3&c=4",
            "headers": { "Content-Type": "application/x-www-form-urlencoded" } }),
        ),
    ]
}

/// V2 puts rules into one map under `$.body` and `$.headers`.
fn of_v2() -> Vec<Value> {
    let with = |description: &str, body: Value, rules: Value| {
        one(
            description,
            "/user",
            json!({ "status": 200, "headers": { "Content-Type": "application/json" },
                "body": body, "matchingRules": rules }),
        )
    };
    vec![
        with(
            "green: type",
            json!({ "id": 1 }),
            json!({ "$.body.id": { "match": "type" } }),
        ),
        with(
            "green: header rule",
            json!({ "id": 7 }),
            json!({
            "$.headers.Content-Type": { "match": "regex", "regex": "^application/.*$" } }),
        ),
        with(
            "red: type",
            json!({ "id": "1" }),
            json!({ "$.body.id": { "match": "type" } }),
        ),
        with(
            "red: items",
            json!({ "orders": [{ "id": 1 }] }),
            json!({
            "$.body.orders": { "min": 1 }, "$.body.orders[*].*": { "match": "type" } }),
        ),
        with(
            "red: header rule",
            json!({ "id": 7 }),
            json!({
            "$.headers.Content-Type": { "match": "regex", "regex": "^text/.*$" } }),
        ),
    ]
}

/// V4 wraps bodies and has rules of its own.
fn of_v4() -> Vec<Value> {
    let with = |description: &str, status: u16, content: Value, rules: Value| {
        json!({
            "type": "Synchronous/HTTP", "description": description,
            "request": { "method": "GET", "path": "/user" },
            "response": {
                "status": status, "matchingRules": rules,
                "body": { "contentType": "application/json", "encoded": false, "content": content }
            }
        })
    };
    let status = |class: &str| json!({ "status": { "matchers": [{ "match": "statusCode", "status": class }] } });
    let each = |path: &str, kind: &str, regex: &str| {
        rules(json!({ path: { "match": kind, "value": "x",
            "rules": [{ "match": "regex", "regex": regex }] } }))
    };
    let echo = |description: &str, expected: &str| {
        let body = |text: &str| json!({ "contentType": "application/octet-stream", "encoded": "base64", "content": text });
        json!({
            "type": "Synchronous/HTTP", "description": description,
            "request": { "method": "POST", "path": "/echo", "body": body("AAEC/w=="),
                "headers": { "Content-Type": ["application/octet-stream"] } },
            "response": { "status": 200, "body": body(expected) }
        })
    };
    vec![
        with(
            "green: status class",
            201,
            json!({ "id": 7 }),
            status("success"),
        ),
        with(
            "green: each key",
            200,
            json!({ "scores": { "q": 1 } }),
            each("$.scores", "eachKey", "^[a-z]$"),
        ),
        with(
            "green: not empty",
            200,
            json!({ "name": "x" }),
            rules(json!({ "$.name": { "match": "notEmpty" } })),
        ),
        echo("green: binary", "AAEC/w=="),
        with(
            "red: status class",
            404,
            json!({ "id": 7 }),
            status("clientError"),
        ),
        with(
            "red: each key",
            200,
            json!({ "scores": { "q": 1 } }),
            each("$.scores", "eachKey", "^[0-9]$"),
        ),
        with(
            "red: each value",
            200,
            json!({ "tags": ["x"] }),
            each("$.tags", "eachValue", "^[b-z]$"),
        ),
        with("red: missing", 200, json!({ "mail": "x" }), json!({})),
        echo("red: binary", "AAED"),
    ]
}

/// Bodies of XML: elements, attributes, texts, and how many of them.
fn of_xml() -> Vec<Value> {
    let with = |description: &str, body: &str, of: Value| {
        let response = json!({ "status": 200, "headers": { "Content-Type": "application/xml" },
            "body": body, "matchingRules": rules(of) });
        one(description, "/xml", response)
    };
    let plain = |description: &str, body: &str| with(description, body, json!({}));
    vec![
        plain("green: the same", ORDER),
        plain(
            "green: an attribute more",
            r#"<order id="7"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#,
        ),
        with(
            "green: types",
            r#"<order id="1" state="x"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#,
            json!({ "$.order['@id']": { "match": "type" }, "$.order['@state']": { "match": "type" } }),
        ),
        with(
            "green: a regular expression",
            r#"<order id="7" state="open"><item sku="x-9">Cup</item><item sku="p-1">Pot</item></order>"#,
            json!({ "$.order.item['@sku']": { "match": "regex", "regex": "^[a-z]-\\d$" } }),
        ),
        plain(
            "red: an attribute",
            r#"<order id="8" state="open"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#,
        ),
        plain(
            "red: a missing attribute",
            r#"<order id="7" state="open" kind="x"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#,
        ),
        plain(
            "red: a text",
            r#"<order id="7" state="open"><item sku="c-1">Mug</item><item sku="p-1">Pot</item></order>"#,
        ),
        plain(
            "green: an element more",
            r#"<order id="7" state="open"><item sku="c-1">Cup</item></order>"#,
        ),
        plain(
            "red: an element less",
            r#"<order id="7" state="open"><item sku="c-1">Cup</item><item sku="p-1">Pot</item><item/></order>"#,
        ),
        plain(
            "red: another element",
            r#"<order id="7" state="open"><item sku="c-1">Cup</item><note>n</note></order>"#,
        ),
        plain("red: another root", "<basket/>"),
        with(
            "red: a regular expression",
            r#"<order id="7" state="x"><item sku="c-1">Cup</item><item sku="p-1">Pot</item></order>"#,
            json!({ "$.order['@state']": { "match": "regex", "regex": "^(paid|shipped)$" } }),
        ),
    ]
}

/// Messages that nobody waits for an answer to.
fn of_messages() -> Vec<Value> {
    let with = |description: &str, content: Value, metadata: Value, of: Value| {
        json!({
            "type": "Asynchronous/Messages", "description": description,
            "contents": { "contentType": "application/json", "encoded": false, "content": content },
            "metadata": metadata, "matchingRules": of
        })
    };
    let plain =
        |description: &str, content: Value| with(description, content, json!({}), json!({}));
    let metadata = |description: &str, metadata: Value, of: Value| {
        with(description, json!({ "id": 7 }), metadata, of)
    };
    vec![
        plain("green: a part of the fields", json!({ "id": 7 })),
        with(
            "green: types",
            json!({ "id": 1, "lines": [{ "sku": "x" }] }),
            json!({}),
            rules(json!({ "$.id": { "match": "integer" },
                "$.lines": { "match": "type", "min": 1 }, "$.lines[*].sku": { "match": "type" } })),
        ),
        metadata("green: metadata", json!({ "topic": "orders" }), json!({})),
        plain("red: a value", json!({ "id": 7, "total": 13 })),
        plain(
            "red: a missing field",
            json!({ "id": 7, "currency": "EUR" }),
        ),
        with(
            "red: a type",
            json!({ "id": "one" }),
            json!({}),
            rules(json!({ "$.id": { "match": "type" } })),
        ),
        metadata("red: metadata", json!({ "topic": "invoices" }), json!({})),
        metadata(
            "red: metadata by a rule",
            json!({ "topic": "x" }),
            json!({ "metadata": { "topic": { "matchers": [{ "match": "regex", "regex": "^inv" }] } } }),
        ),
    ]
}
