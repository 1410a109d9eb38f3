//! `pact_verifier`, the reference implementation, over the same pacts and the same provider: it
//! must come to the same verdict at the same places.
//!
//! Where we differ, on purpose: a body of another content type is told at the header that the
//! contract states, not a second time for the body; a provider state without a handler, a message
//! and an empty pact fail here and pass there.

#![allow(clippy::unwrap_used)] // in the functions that the test is made of

mod stand_in;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use pact_matching::Mismatch as Found;
use pact_models::path_exp::DocPath;
use pact_verifier::callback_executors::{
    HttpRequestProviderStateExecutor, NullRequestFilterExecutor,
};
use pact_verifier::{
    FilterInfo, MismatchResult, ProviderInfo, ProviderTransport, VerificationOptions,
    verify_pact_internal,
};
use rtest_core::event::InteractionOutcome;
use serde_json::{Value, json};
use stand_in::{Asked, Reply, StandIn, pact, plan, verify_at};

/// What both are asked about each interaction: verified, or mismatched at these places.
type Verdicts = Vec<(String, BTreeSet<String>)>;

fn answer(asked: &Asked) -> Reply {
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

fn corpus() -> Vec<Value> {
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
fn corpus_v2() -> Vec<Value> {
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
fn corpus_v4() -> Vec<Value> {
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

async fn ours(url: &str, path: &std::path::Path) -> Verdicts {
    let done = verify_at(url, &plan(path)).await;
    let verdict = |outcome: &InteractionOutcome| match outcome {
        InteractionOutcome::Verified => BTreeSet::new(),
        InteractionOutcome::Mismatched(all) => all.iter().map(|one| one.location.clone()).collect(),
        other => [format!("not tried: {other:?}")].into(),
    };
    let all = done.interactions().into_iter();
    all.map(|one| (one.description.clone(), verdict(&one.outcome)))
        .collect()
}

/// By the internal entry: the public one prints, and reports its use to its makers.
async fn theirs(port: u16, path: &std::path::Path) -> Verdicts {
    let provider = ProviderInfo {
        name: "storefront".to_owned(),
        host: "127.0.0.1".to_owned(),
        transports: vec![ProviderTransport {
            transport: "http".to_owned(),
            port: Some(port),
            path: None,
            scheme: Some("http".to_owned()),
        }],
        ..ProviderInfo::default()
    };
    let options = VerificationOptions::<NullRequestFilterExecutor> {
        follow_redirects: false,
        coloured_output: false,
        ..VerificationOptions::default()
    };
    let states = Arc::new(HttpRequestProviderStateExecutor::default());
    let pact = pact_models::pact::read_pact(path).expect("a pact");
    let nothing = Duration::ZERO;
    let result = verify_pact_internal(
        &provider,
        &FilterInfo::None,
        pact,
        &options,
        &states,
        false,
        nothing,
    )
    .await
    .expect("verified");
    let verdict = |result: Result<(), MismatchResult>| match result {
        Ok(()) => BTreeSet::new(),
        Err(MismatchResult::Error(why, _)) => [format!("failed: {why}")].into(),
        Err(MismatchResult::Mismatches { mismatches, .. }) => {
            mismatches.iter().flat_map(places).collect()
        }
    };
    let results = result.results.into_iter();
    results
        .map(|one| (one.interaction_description, verdict(one.result)))
        .collect()
}

/// The places of a mismatch of theirs in our words.
fn places(found: &Found) -> Vec<String> {
    match found {
        Found::StatusMismatch { .. } => vec!["status".to_owned()],
        Found::HeaderMismatch { key, .. } => vec![format!("header {key}")],
        // The contracts here that state a type state it in this header.
        Found::BodyTypeMismatch { .. } => vec!["header Content-Type".to_owned()],
        Found::BodyMismatch { path, mismatch, .. } => {
            let root = if path == "/" { "$" } else { path };
            match mismatch.split_once("is missing the following keys: ") {
                Some((_, keys)) => keys
                    .split(", ")
                    .map(|key| {
                        let mut path = DocPath::new(root).expect("a path");
                        format!("body {}", path.push_field(key))
                    })
                    .collect(),
                None => vec![format!("body {root}")],
            }
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_reference_verifier_comes_to_the_same_verdict_at_the_same_places() {
    let provider = StandIn::start(answer).await;
    for (version, corpus) in [
        ("3.0.0", corpus()),
        ("2.0.0", corpus_v2()),
        ("4.0", corpus_v4()),
    ] {
        let expected = corpus.len();
        let (_folder, path) = pact(version, json!(corpus));
        let ours = ours(&provider.url, &path).await;
        let theirs = theirs(provider.port, &path).await;
        assert_eq!(ours.len(), expected);
        for ((description, ours), (_, theirs)) in ours.into_iter().zip(theirs) {
            // A body that is not JSON has no paths: we say `body`, they say its root.
            let ours: BTreeSet<String> = ours
                .into_iter()
                .map(|at| {
                    if at == "body" {
                        "body $".to_owned()
                    } else {
                        at
                    }
                })
                .collect();
            assert_eq!(ours, theirs, "V{version} {description}");
            let green = description.starts_with("green");
            assert_eq!(ours.is_empty(), green, "V{version} {description}: {ours:?}");
        }
    }
}
