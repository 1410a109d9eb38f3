//! What contracts ask for, served in the provider's place.

// clippy.toml allows `unwrap` in tests, and does not see that these functions are of tests.
#![allow(clippy::unwrap_used)]

mod stand_in;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use reqwest::{Client, RequestBuilder, Response};
use rtest_contract::{Stub, StubOptions};
use rtest_core::Seed;
use rtest_core::plan::ContractSource;
use serde_json::{Value, json};
use stand_in::{fixture, handlers, pact, plan, spring_plan, state, verify_at};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A stub on a free port; gone when dropped.
struct Running {
    url: String,
    client: Client,
    lines: Arc<Mutex<Vec<String>>>,
    not_served: Vec<String>,
    _tasks: JoinSet<()>,
}

async fn load(source: &Path, provider: Option<&str>) -> Result<Stub, String> {
    // Already installed when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sources = [ContractSource::Path(source.to_owned())];
    let stub = Stub::load(&sources, provider, Seed::new(7)).await;
    stub.map_err(|error| error.to_string())
}

async fn serve(source: impl Into<PathBuf>, states: &[&str], cors: bool) -> Running {
    let stub = load(&source.into(), None)
        .await
        .expect("something to serve");
    let not_served = stub.not_served().iter().map(ToString::to_string).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&lines);
    let options = StubOptions {
        states: states.iter().map(|it| (*it).to_owned()).collect(),
        cors,
        watch: Box::new(move |served| seen.lock().unwrap().push(served.to_string())),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(stub.serve(listener, options, CancellationToken::new()));
    Running {
        url,
        client: Client::new(),
        lines,
        not_served,
        _tasks: tasks,
    }
}

impl Running {
    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    fn post(&self, path: &str, body: Value) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url));
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    fn last_line(&self) -> String {
        self.lines.lock().unwrap().last().unwrap().clone()
    }
}

async fn answered(request: RequestBuilder) -> (u16, Value) {
    let response: Response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

#[tokio::test]
async fn a_stub_keeps_the_contracts_that_it_is_made_of() {
    let source = fixture("pacts/web-storefront.json");
    let stub = serve(&source, &[], false).await;
    let mut pacts = plan(&source);
    handlers(&mut pacts).push(state("user 7 exists", []));
    let done = verify_at(&stub.url, &pacts).await;
    let summary = (done.summary.verified, done.summary.passed());
    assert_eq!(summary, (6, true), "{:?}", done.interactions());

    let stub = serve(fixture("spring-cloud-contracts"), &[], false).await;
    let done = verify_at(&stub.url, &spring_plan(fixture("spring-cloud-contracts"))).await;
    assert_eq!(
        (done.summary.verified, done.summary.passed()),
        (6, true),
        "{:?}",
        done.summary
    );
    // A file of JSON is not a pact, and a contract in progress has no answer.
    let told = stub.not_served.join("\n");
    assert!(
        told.contains("user.json") && told.contains("inProgress"),
        "{told}"
    );
}

#[tokio::test]
async fn requests_are_matched_by_the_rules_of_the_pact() {
    let get = |path: &str, more: Value| {
        let mut request = json!({ "method": "GET", "path": path });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        request
    };
    let any_user = json!({ "matchingRules": { "path": { "matchers": [{ "match": "regex", "regex": "^/users/\\d+$" }] } } });
    let (_folder, path) = pact(
        "3.0.0",
        json!([
            { "description": "a user", "request": get("/users/1", any_user), "response": { "status": 200, "body": { "of": "rule" } } },
            { "description": "a page", "request": get("/pages", json!({ "query": { "page": ["2"] }, "headers": { "X-Tenant": "t1" } })),
              "response": { "status": 206, "headers": { "X-A": "1, 2" }, "body": "text" } },
            { "description": "an order", "request": { "method": "POST", "path": "/orders", "headers": { "Content-Type": "application/json" },
                "body": { "id": 1, "note": "x" }, "matchingRules": { "body": { "$.id": { "matchers": [{ "match": "integer" }] } } } },
              "response": { "status": 202 } }
        ]),
    );
    let stub = serve(&path, &[], false).await;
    assert_eq!(
        answered(stub.get("/users/42")).await,
        (200, json!({ "of": "rule" }))
    );
    assert!(
        stub.last_line()
            .starts_with("200  GET /users/42  web: a user ("),
        "{}",
        stub.last_line()
    );
    let page = stub.get("/pages?page=2").header("x-tenant", "t1");
    assert_eq!(answered(page).await, (206, json!("text")));
    let order = stub.post("/orders", json!({ "id": 99, "note": "x" }));
    assert_eq!(answered(order).await.0, 202);

    let (status, body) = answered(stub.post("/orders", json!({ "id": "9", "note": "y" }))).await;
    assert_eq!(
        (status, &body["error"]),
        (500, &json!("no interaction matches `POST /orders`"))
    );
    let nearest = &body["nearest"];
    assert_eq!(
        (&nearest["description"], &nearest["request"]),
        (&json!("an order"), &json!("POST /orders"))
    );
    assert!(
        nearest["place"].as_str().unwrap().contains("pact.json:"),
        "{nearest}"
    );
    let differences = nearest["differences"].as_array().unwrap();
    let places: Vec<&str> = differences
        .iter()
        .map(|it| it["location"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["body $.id", "body $.note"], "{nearest}");
    let line = stub.last_line();
    assert!(
        line.starts_with("500  POST /orders  no interaction matches; nearest is web: an order ("),
        "{line}"
    );

    let (_, body) = answered(stub.get("/pages?page=3")).await;
    let told = body["nearest"]["differences"].to_string();
    assert!(
        told.contains("query page") && told.contains("X-Tenant"),
        "{told}"
    );
    let (_, body) = answered(stub.get("/nowhere")).await;
    assert_eq!(body["nearest"]["differences"][0]["location"], "path");
    let (_, body) = answered(stub.get("/page")).await;
    assert_eq!(body["nearest"]["description"], "a page");
}

#[tokio::test]
async fn the_state_that_is_asked_for_comes_first_and_else_the_order_of_the_file() {
    let user = |state: &str, name: &str| {
        json!({ "description": name, "providerStates": [{ "name": state }],
            "request": { "method": "GET", "path": "/users/7" }, "response": { "status": 200, "body": { "name": name } } })
    };
    let (_folder, path) = pact(
        "3.0.0",
        json!([user("exists", "first"), user("is locked", "second")]),
    );
    let stub = serve(&path, &[], false).await;
    assert_eq!(answered(stub.get("/users/7")).await.1["name"], "first");
    let locked = || {
        stub.get("/users/7")
            .header("x-pact-provider-state", "is locked")
    };
    assert_eq!(answered(locked()).await.1["name"], "second");
    let unknown = stub
        .get("/users/7")
        .header("x-pact-provider-state", "nobody knows");
    assert_eq!(answered(unknown).await.1["name"], "first");
    let stub = serve(&path, &["is locked"], false).await;
    assert_eq!(answered(stub.get("/users/7")).await.1["name"], "second");
}

#[tokio::test]
async fn what_is_generated_is_drawn_anew_for_each_request_from_the_seed() {
    let generated = json!([{ "description": "id", "request": { "method": "GET", "path": "/id" },
        "response": { "status": 200, "body": { "id": 1 }, "generators": { "body": { "$.id": { "type": "RandomInt", "min": 1, "max": 1_000_000 } } } } }]);
    let (_folder, path) = pact("3.0.0", generated);
    let mut runs = Vec::new();
    for _ in 0..2 {
        let stub = serve(&path, &[], false).await;
        let first = answered(stub.get("/id")).await.1["id"].clone();
        let second = answered(stub.get("/id")).await.1["id"].clone();
        assert_ne!(first, second);
        runs.push((first, second));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn contracts_of_spring_are_matched_by_their_matchers_and_by_priority() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "
name: anyone
priority: 5
request:
  method: GET
  urlPath: /users/1
  queryParameters: { page: 1, size: 10 }
  cookies: { theme: dark }
  headers: { Accept: application/json }
  matchers:
    url: { regex: '/users/[0-9]+' }
    queryParameters:
      - { key: page, type: matching, value: '[0-9]+' }
      - { key: debug, type: absent }
    cookies: [{ key: theme, regex: dark|light }]
    headers: [{ key: Accept, regex: application/.* }]
response: { status: 200, body: { who: anyone }, cookies: { seen: 1 } }
---
name: seven
priority: 1
request: { method: GET, url: /users/7?page=2&size=10 }
response: { status: 200, body: { who: seven } }
---
name: order
request:
  method: POST
  url: /orders
  body: { id: 1, items: [{ n: 1 }, { n: 2 }] }
  matchers: { body: [{ path: $.id, type: by_type }] }
response: { status: 202, fixedDelayMilliseconds: 1 }";
    let path = folder.path().join("users.yaml");
    std::fs::write(&path, yaml).unwrap();
    let stub = serve(&path, &[], false).await;
    let users = |path: &str| {
        stub.get(path)
            .header("accept", "application/json")
            .header("cookie", "a=b; theme=light")
    };
    let response = users("/users/42?page=2&size=10").send().await.unwrap();
    assert_eq!(response.headers()["set-cookie"], "seen=1");
    assert_eq!(response.headers()["content-type"], "application/json");
    let who = |answer: (u16, Value)| answer.1["who"].clone();
    assert_eq!(
        who(answered(users("/users/42?page=2&size=10")).await),
        "anyone"
    );
    assert_eq!(
        who(answered(users("/users/7?page=2&size=10")).await),
        "seven"
    );
    let (status, body) = answered(users("/users/42?page=x&debug=1&size=10")).await;
    let told = body["nearest"]["differences"].to_string();
    assert_eq!(status, 500);
    assert!(
        told.contains("query page") && told.contains("query debug"),
        "{told}"
    );
    let (_, body) = answered(
        stub.get("/users/42?page=1&size=10")
            .header("cookie", "theme=secret"),
    )
    .await;
    let told = body["nearest"]["differences"].to_string();
    assert!(
        told.contains("cookie `theme` is `") && !told.contains("secret"),
        "{told}"
    );
    assert!(told.contains("header `Accept`"), "{told}");

    let order = |id: Value, n: u8| {
        stub.post(
            "/orders",
            json!({ "id": id, "items": [{ "n": n }, { "n": 1 }], "x": 1 }),
        )
    };
    assert_eq!(answered(order(json!(9), 2)).await.0, 202);
    let (_, body) = answered(order(json!("9"), 3)).await;
    let differences = body["nearest"]["differences"].as_array().unwrap();
    let places: Vec<&str> = differences
        .iter()
        .map(|it| it["location"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["body $.id", "body $.items[1].n"]);
}

#[tokio::test]
async fn browsers_may_ask_where_that_is_wanted() {
    let preflight = |stub: &Running| {
        let request = stub
            .client
            .request(reqwest::Method::OPTIONS, format!("{}/users", stub.url));
        request
            .header("origin", "http://shop.test")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
    };
    let stub = serve(fixture("pacts"), &[], true).await;
    let response = preflight(&stub).send().await.unwrap();
    assert_eq!(response.status(), 204);
    for (name, value) in [
        ("access-control-allow-origin", "http://shop.test"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "content-type"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    let response = stub
        .get("/health")
        .header("origin", "http://shop.test")
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "http://shop.test"
    );
    let closed = serve(fixture("pacts"), &[], false).await;
    let response = preflight(&closed).send().await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn what_is_not_served_is_told_and_nothing_to_serve_is_an_error() {
    let (folder, path) = pact(
        "4.0",
        json!([
            { "type": "Asynchronous/Messages", "description": "placed", "contents": { "content": "x" } },
            { "type": "Synchronous/HTTP", "description": "endless", "request": { "path": "/a", "matchingRules": {
                "path": { "matchers": [{ "match": "regex", "regex": "(((a{1000}){1000}){1000}){1000}" }] } } } },
            { "type": "Synchronous/HTTP", "description": "fine", "request": { "path": "/b" }, "response": { "status": 204 } }
        ]),
    );
    let stub = serve(&path, &[], false).await;
    let told = stub.not_served.join("\n");
    assert!(
        told.contains("`placed` of `web`: it is a message"),
        "{told}"
    );
    assert!(
        told.contains("`endless` of `web`: its regular expression"),
        "{told}"
    );
    assert_eq!(answered(stub.get("/b")).await.0, 204);

    let why = load(&path, Some("shop")).await.expect_err("nothing");
    assert!(
        why.contains("of provider `shop`") && why.contains("it is for provider `storefront`"),
        "{why}"
    );
    let why = load(&folder.path().join("gone"), None)
        .await
        .expect_err("nothing");
    assert!(why.contains("gone"), "{why}");
    let empty = tempfile::tempdir().unwrap();
    let why = load(empty.path(), None).await.expect_err("nothing");
    assert!(why.contains("holds no answer to serve"), "{why}");
    let openapi = folder.path().join("openapi.yaml");
    std::fs::write(&openapi, "openapi: 3.0.3\npaths: {}\n").expect("written");
    let why = load(&openapi, None).await.expect_err("nothing");
    assert!(
        why.contains("openapi.yaml:1:1: it is an OpenAPI document, not a pact"),
        "{why}"
    );
}
