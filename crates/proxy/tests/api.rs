//! The control API over raw HTTP: every route, status, header, body and error.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use rtest_proxy::MetricsShown;
use serde_json::{Value, json};
use support::{Api, echo, expect_bytes, http, loopback, soon, took};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// A proxy as the API shows it.
fn shown(name: &str, listen: &str, upstream: &str, enabled: bool) -> String {
    format!(
        r#"{{"name":"{name}","listen":"{listen}","upstream":"{upstream}","enabled":{enabled},"Logger":{{}},"toxics":[]}}"#
    )
}

/// A port of which nobody but us knows that it is free.
async fn free_address() -> String {
    let listener = TcpListener::bind(loopback()).await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn every_answer_of_a_whole_session_is_that_of_toxiproxy() {
    let api = Api::start().await;
    let a = free_address().await;
    let b = free_address().await;
    let made_a = shown("a", &a, "localhost:1", true);
    let disabled = r#"{"name":"off","listen":"localhost:7","upstream":"u:1","enabled":false}"#;
    let shown_disabled = shown("off", "localhost:7", "u:1", false);
    let latency = r#"{"attributes":{"latency":100,"jitter":10},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}"#;
    let up = r#"{"attributes":{"latency":0,"jitter":0},"name":"latency_UpStream","type":"latency","stream":"UpStream","toxicity":0.25}"#;
    let patched = r#"{"attributes":{"latency":100,"jitter":5},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":0.5}"#;
    let with_toxics = made_a.replace(r#""toxics":[]"#, &format!(r#""toxics":[{up},{latency}]"#));
    let moved = shown("a", &b, "localhost:2", true)
        .replace(r#""toxics":[]"#, &format!(r#""toxics":[{up},{patched}]"#));
    let all = format!(r#"{{"a":{with_toxics},"off":{shown_disabled}}}"#);

    // Method, path, body sent; status, content type, body expected. In order, on one server.
    let exchanges = [
        (
            "GET",
            "/version",
            "",
            200,
            "application/json;charset=utf-8",
            "{\"version\": \"2.12.0\"}\n",
        ),
        ("GET", "/proxies", "", 200, JSON, "{}"),
        ("POST", "/populate", "[]", 201, JSON, r#"{"proxies":null}"#),
        (
            "POST",
            "/proxies",
            &format!(r#"{{"NAME":"a","Listen":"{a}","upstream":"localhost:1","what":[1]}}"#),
            201,
            JSON,
            &made_a,
        ),
        ("GET", "/proxies/a", "", 200, JSON, &made_a),
        ("POST", "/proxies", disabled, 201, JSON, &shown_disabled),
        ("GET", "/proxies/a/toxics", "", 200, JSON, "[]"),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","attributes":{"latency":100,"jitter":10}}"#,
            200,
            JSON,
            latency,
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","stream":"UpStream","toxicity":0.25}"#,
            200,
            JSON,
            up,
        ),
        (
            "GET",
            "/proxies/a/toxics",
            "",
            200,
            JSON,
            &format!("[{up},{latency}]"),
        ),
        (
            "GET",
            "/proxies/a/toxics/latency_downstream",
            "",
            200,
            JSON,
            latency,
        ),
        ("GET", "/proxies", "", 200, JSON, &all),
        (
            "PATCH",
            "/proxies/a/toxics/latency_downstream",
            r#"{"attributes":{"jitter":5},"toxicity":0.5,"name":"x","stream":"upstream","type":"y"}"#,
            200,
            JSON,
            patched,
        ),
        (
            "POST",
            "/proxies/a/toxics/latency_downstream",
            "{}",
            200,
            JSON,
            patched,
        ),
        (
            "PATCH",
            "/proxies/a",
            &format!(r#"{{"listen":"{b}","upstream":"localhost:2","name":"ignored"}}"#),
            200,
            JSON,
            &moved,
        ),
        (
            "POST",
            "/proxies/a",
            r#"{"enabled":false}"#,
            200,
            JSON,
            &moved.replace("true", "false"),
        ),
        (
            "DELETE",
            "/proxies/a/toxics/latency_UpStream",
            "",
            204,
            "",
            "",
        ),
        ("DELETE", "/proxies/off", "", 204, "", ""),
        ("POST", "/reset", "", 204, "", ""),
        (
            "GET",
            "/proxies/a",
            "",
            200,
            JSON,
            &shown("a", &b, "localhost:2", true),
        ),
        ("DELETE", "/proxies/a", "", 204, "", ""),
        ("GET", "/proxies", "", 200, JSON, "{}"),
    ];
    for (method, path, body, status, content_type, expected) in exchanges {
        let answer = api.call(method, path, body).await;
        let note = format!("{method} {path} {body}");
        assert_eq!(answer.body, expected, "{note}");
        assert_eq!(answer.status, status, "{note}");
        assert_eq!(
            answer.header("content-type").unwrap_or_default(),
            content_type,
            "{note}"
        );
        assert_eq!(answer.header("x-content-type-options"), None, "{note}");
        let id = answer.header("x-toxiproxy-request-id").expect("an id");
        assert!(
            id.len() == 20 && id.bytes().all(|c| c.is_ascii_alphanumeric()),
            "{id}"
        );
    }
    api.stop().await;
}

#[tokio::test]
async fn every_error_is_told_in_toxiproxys_words() {
    let api = Api::start().await;
    let taken = TcpListener::bind(loopback()).await.unwrap();
    let taken = taken.local_addr().unwrap();
    api.expect(
        201,
        "POST",
        "/proxies",
        r#"{"name":"a","listen":":0","upstream":"u:1"}"#,
    )
    .await;
    api.expect(
        200,
        "POST",
        "/proxies/a/toxics",
        r#"{"type":"latency","name":"t"}"#,
    )
    .await;

    let proxy = |listen: &str| format!(r#"{{"name":"n","listen":"{listen}","upstream":"u:1"}}"#);
    let in_use = format!("listen tcp {taken}: bind: address already in use");
    // Method, path, body sent; status, message expected.
    let exchanges = [
        ("POST", "/proxies", "", 400, "bad request body: EOF"),
        (
            "POST",
            "/proxies",
            "{",
            400,
            "bad request body: unexpected EOF",
        ),
        (
            "POST",
            "/proxies",
            "{\"name\": \"a\",}",
            400,
            "bad request body: invalid character '}' looking for beginning of object key string",
        ),
        (
            "POST",
            "/proxies",
            "[]",
            400,
            "bad request body: json: cannot unmarshal array into Go value of type toxiproxy.Proxy",
        ),
        (
            "POST",
            "/proxies",
            r#"{"name":1}"#,
            400,
            "bad request body: json: cannot unmarshal number into Go struct field Proxy.name of type string",
        ),
        (
            "POST",
            "/proxies",
            r#"{"enabled":"no"}"#,
            400,
            "bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool",
        ),
        (
            "POST",
            "/proxies",
            "{}",
            400,
            "missing required field: name",
        ),
        (
            "POST",
            "/proxies",
            "null",
            400,
            "missing required field: name",
        ),
        (
            "POST",
            "/proxies",
            r#"{"name":"x"}"#,
            400,
            "missing required field: upstream",
        ),
        (
            "POST",
            "/proxies",
            r#"{"name":"a","upstream":"u:1"}"#,
            409,
            "proxy already exists",
        ),
        ("POST", "/proxies", &proxy(&taken.to_string()), 500, &in_use),
        (
            "POST",
            "/proxies",
            &proxy("bad"),
            500,
            "listen tcp: address bad: missing port in address",
        ),
        (
            "POST",
            "/proxies",
            &proxy("192.0.2.1:0"),
            500,
            "listen tcp 192.0.2.1:0: bind: cannot assign requested address",
        ),
        ("GET", "/proxies/n", "", 404, "proxy not found"),
        ("PATCH", "/proxies/n", "{}", 404, "proxy not found"),
        ("DELETE", "/proxies/n", "", 404, "proxy not found"),
        ("GET", "/proxies/n/toxics", "", 404, "proxy not found"),
        (
            "POST",
            "/proxies/n/toxics",
            "garbage",
            404,
            "proxy not found",
        ),
        ("GET", "/proxies/n/toxics/t", "", 404, "proxy not found"),
        ("PATCH", "/proxies/n/toxics/t", "{}", 404, "proxy not found"),
        ("DELETE", "/proxies/n/toxics/t", "", 404, "proxy not found"),
        (
            "PATCH",
            "/proxies/a",
            r#"{"enabled":1}"#,
            400,
            "bad request body: json: cannot unmarshal number into Go struct field Proxy.enabled of type bool",
        ),
        (
            "PATCH",
            "/proxies/a",
            r#"{"listen":"bad"}"#,
            500,
            "address bad: missing port in address",
        ),
        ("GET", "/proxies/a/toxics/u", "", 404, "toxic not found"),
        (
            "PATCH",
            "/proxies/a/toxics/u",
            "garbage",
            404,
            "toxic not found",
        ),
        ("DELETE", "/proxies/a/toxics/u", "", 404, "toxic not found"),
        (
            "POST",
            "/proxies/a/toxics",
            "",
            400,
            "bad request body: EOF",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","stream":"sideways"}"#,
            400,
            "stream was invalid, can be either upstream or downstream",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","stream":""}"#,
            400,
            "stream was invalid, can be either upstream or downstream",
        ),
        ("POST", "/proxies/a/toxics", "{}", 400, "invalid toxic type"),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"no such toxic"}"#,
            400,
            "invalid toxic type",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","name":"t"}"#,
            409,
            "toxic already exists",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"slow_close","name":"t","attributes":{"delay":"x"}}"#,
            409,
            "toxic already exists",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","name":"t","stream":"upstream"}"#,
            409,
            "toxic already exists",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","toxicity":"1"}"#,
            400,
            "bad request body: json: cannot unmarshal string into Go struct field ToxicWrapper.toxicity of type float32",
        ),
        (
            "POST",
            "/proxies/a/toxics",
            r#"{"type":"latency","attributes":{"latency":"300ms"}}"#,
            400,
            "bad request body: json: cannot unmarshal string into Go struct field LatencyToxic.attributes.latency of type int64",
        ),
        (
            "PATCH",
            "/proxies/a/toxics/t",
            r#"{"attributes":{"jitter":1.5}}"#,
            400,
            "bad request body: json: cannot unmarshal number 1.5 into Go struct field LatencyToxic.attributes.jitter of type int64",
        ),
    ];
    for (method, path, body, status, message) in exchanges {
        let answer = api.call(method, path, body).await;
        let note = format!("{method} {path} {body}");
        let expected = format!("{}\n", json!({ "error": message, "status": status }));
        assert_eq!(answer.body, expected, "{note}");
        assert_eq!(answer.status, status, "{note}");
        assert_eq!(answer.header("content-type"), Some(TEXT), "{note}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{note}"
        );
        assert!(answer.header("x-toxiproxy-request-id").is_some(), "{note}");
    }
    let toxics = api.json(200, "GET", "/proxies/a/toxics", "").await;
    assert_eq!(
        toxics.as_array().unwrap().len(),
        1,
        "no error changed anything"
    );
    api.stop().await;
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_are_told_as_gos_router_tells_them() {
    let api = Api::start().await;
    for (method, path, status, body) in [
        ("GET", "/", 404, "404 page not found\n"),
        ("GET", "/version/", 404, "404 page not found\n"),
        ("GET", "/metrics", 404, "404 page not found\n"),
        ("POST", "/proxies/a/other", 404, "404 page not found\n"),
        ("PUT", "/proxies", 405, ""),
        ("GET", "/reset", 405, ""),
        ("GET", "/populate", 405, ""),
        ("PATCH", "/proxies/a/toxics", 405, ""),
    ] {
        let answer = api.call(method, path, "").await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, body),
            "{method} {path}"
        );
        assert_eq!(
            answer.header("x-toxiproxy-request-id"),
            None,
            "{method} {path}"
        );
        let content_type = (status == 404).then_some(TEXT);
        assert_eq!(
            answer.header("content-type"),
            content_type,
            "{method} {path}"
        );
    }
    api.stop().await;
}

#[tokio::test]
async fn browsers_are_kept_out() {
    let api = Api::start().await;
    let browser = "User-Agent: Mozilla/5.0 (X11)\r\n";
    let answer = http(api.address, "POST", "/reset", browser, b"").await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.body, "User agent not allowed\n");
    assert_eq!(answer.header("content-type"), Some(TEXT));
    assert!(answer.header("x-toxiproxy-request-id").is_some());
    let other = http(
        api.address,
        "GET",
        "/version",
        "User-Agent: mozilla/5\r\n",
        b"",
    )
    .await;
    assert_eq!(other.status, 200);
    api.stop().await;
}

#[tokio::test]
async fn populate_checks_everything_first_and_then_stops_at_the_first_failure() {
    let api = Api::start().await;
    let taken = TcpListener::bind(loopback()).await.unwrap();
    let taken = taken.local_addr().unwrap();
    let a = free_address().await;

    let answer = api
        .call(
            "POST",
            "/populate",
            r#"[{"name":"a","upstream":"u:1"},{"name":"b"}]"#,
        )
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type"), Some(JSON));
    assert_eq!(
        answer.body,
        r#"{"error":"missing required field: upstream at proxy 2","status":400,"proxies":null}"#
    );
    let body = api
        .expect(400, "POST", "/populate", r#"[{"upstream":"u:1"}]"#)
        .await;
    assert!(
        body.contains("missing required field: name at proxy 1"),
        "{body}"
    );
    let body = api
        .expect(400, "POST", "/populate", r#"{"name":"a"}"#)
        .await;
    assert!(
        body.contains("cannot unmarshal object into Go value"),
        "{body}"
    );
    assert_eq!(api.json(200, "GET", "/proxies", "").await, json!({}));

    let body = json!([
        { "name": "a", "listen": a, "upstream": "u:1", "toxics": [{ "type": "latency" }] },
        { "name": "b", "listen": taken.to_string(), "upstream": "u:1" },
        { "name": "c", "upstream": "u:1" },
    ]);
    let answer = api.call("POST", "/populate", &body.to_string()).await;
    assert_eq!(answer.status, 500);
    assert_eq!(
        answer.body,
        format!(
            r#"{{"error":"listen tcp {taken}: bind: address already in use","status":500,"proxies":[{}]}}"#,
            shown("a", &a, "u:1", true)
        )
    );
    let proxies = api.json(200, "GET", "/proxies", "").await;
    let names: Vec<&String> = proxies.as_object().unwrap().keys().collect();
    assert_eq!(names, ["a"]);
    api.stop().await;
}

#[tokio::test]
async fn populate_leaves_what_is_the_same_and_replaces_what_differs() {
    let api = Api::start().await;
    let a = free_address().await;
    let port = a.rsplit_once(':').unwrap().1.to_owned();
    let populate = |listen: &str, upstream: &str, enabled: bool| {
        json!([{ "name": "a", "listen": listen, "upstream": upstream, "enabled": enabled }])
            .to_string()
    };
    api.expect(201, "POST", "/populate", &populate(&a, "u:1", true))
        .await;
    api.expect(200, "POST", "/proxies/a/toxics", r#"{"type":"latency"}"#)
        .await;

    // The same address by another name: toxics stay, the wish to disable it is not heard.
    let same = populate(&format!("localhost:{port}"), "u:1", false);
    let body = api.json(201, "POST", "/populate", &same).await;
    assert_eq!(body["proxies"][0]["enabled"], true);
    assert_eq!(body["proxies"][0]["toxics"].as_array().unwrap().len(), 1);

    let other = populate(&a, "u:2", true);
    let body = api.json(201, "POST", "/populate", &other).await;
    assert_eq!(body["proxies"][0]["upstream"], "u:2");
    assert_eq!(body["proxies"][0]["toxics"], json!([]));
    api.stop().await;
}

#[tokio::test]
async fn an_empty_listen_and_port_zero_take_a_free_port_and_a_disabled_proxy_keeps_its_text() {
    let api = Api::start().await;
    for (name, listen) in [("a", ""), ("b", ":0"), ("c", "127.0.0.1:0")] {
        let body = json!({ "name": name, "listen": listen, "upstream": "u:1" });
        let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
        let port: u16 = made["listen"]
            .as_str()
            .unwrap()
            .rsplit_once(':')
            .unwrap()
            .1
            .parse()
            .unwrap();
        assert_ne!(port, 0);
        TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    }
    let body = json!({ "name": "d", "listen": ":0", "upstream": "u:1", "enabled": false });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    assert_eq!(made["listen"], ":0");
    let enabled = api
        .json(200, "PATCH", "/proxies/d", r#"{"enabled":true}"#)
        .await;
    let address = enabled["listen"].as_str().unwrap().to_owned();
    assert_ne!(address, ":0");
    let disabled = api
        .json(200, "PATCH", "/proxies/d", r#"{"enabled":false}"#)
        .await;
    assert_eq!(disabled["listen"], address, "the port stays its own");
    api.stop().await;
}

#[tokio::test]
async fn toxics_and_down_through_the_api_act_on_live_connections() {
    let api = Api::start().await;
    let upstream = echo().await;
    let body = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": upstream.to_string() });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    let address = made["listen"].as_str().unwrap().to_owned();
    let mut client = TcpStream::connect(&address).await.unwrap();
    let mut round_trip = async || {
        let exchange = async {
            client.write_all(b"ping").await.unwrap();
            expect_bytes(&mut client, b"ping").await;
        };
        took(exchange).await.1
    };
    round_trip().await;
    let toxic = r#"{"type":"latency","attributes":{"latency":120}}"#;
    api.expect(200, "POST", "/proxies/p/toxics", toxic).await;
    assert!(round_trip().await >= Duration::from_millis(120));
    let longer = r#"{"attributes":{"latency":200}}"#;
    api.expect(200, "PATCH", "/proxies/p/toxics/latency_downstream", longer)
        .await;
    assert!(round_trip().await >= Duration::from_millis(200));
    api.expect(204, "DELETE", "/proxies/p/toxics/latency_downstream", "")
        .await;
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        fastest = fastest.min(round_trip().await);
    }
    assert!(fastest < Duration::from_millis(120), "{fastest:?}");

    api.expect(200, "PATCH", "/proxies/p", r#"{"enabled":false}"#)
        .await;
    assert_eq!(soon(client.read(&mut [0; 1])).await.unwrap(), 0);
    let refused = TcpStream::connect(&address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    api.expect(204, "POST", "/reset", "").await;
    TcpStream::connect(&address).await.unwrap();
    api.stop().await;
}

#[tokio::test]
async fn a_proxy_on_the_port_of_a_disabled_one_keeps_that_one_from_coming_back() {
    let api = Api::start().await;
    let a = free_address().await;
    let proxy = |name: &str| json!({ "name": name, "listen": a, "upstream": "u:1" }).to_string();
    api.expect(201, "POST", "/proxies", &proxy("first")).await;
    api.expect(200, "PATCH", "/proxies/first", r#"{"enabled":false}"#)
        .await;
    api.expect(201, "POST", "/proxies", &proxy("second")).await;
    let body = api
        .json(500, "PATCH", "/proxies/first", r#"{"enabled":true}"#)
        .await;
    assert_eq!(
        body["error"],
        format!("listen tcp {a}: bind: address already in use")
    );
    api.expect(204, "DELETE", "/proxies/second", "").await;
    api.expect(200, "PATCH", "/proxies/first", r#"{"enabled":true}"#)
        .await;
    api.stop().await;
}

#[tokio::test]
async fn names_with_any_character_work_in_paths() {
    let api = Api::start().await;
    let body = json!({ "name": "storefront -> catalog", "listen": ":0", "upstream": "u:1" });
    let text = api.expect(201, "POST", "/proxies", &body.to_string()).await;
    assert!(
        text.contains(r#""name":"storefront -\u003e catalog""#),
        "{text}"
    );
    let path = "/proxies/storefront%20-%3E%20catalog";
    let shown: Value = api.json(200, "GET", path, "").await;
    assert_eq!(shown["name"], "storefront -> catalog");
    api.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let api = Api::start().await;
    let answer = api
        .call("POST", "/populate", &" ".repeat(5 * 1024 * 1024))
        .await;
    assert_eq!(answer.status, 413);
    api.expect(200, "GET", "/version", "").await;
    api.stop().await;
}

#[tokio::test(start_paused = true)]
async fn slow_clients_are_given_up() {
    let api = Api::start().await;
    let mut silent = TcpStream::connect(api.address).await.unwrap();
    let mut slow_head = TcpStream::connect(api.address).await.unwrap();
    slow_head.write_all(b"GET /version HT").await.unwrap();
    let mut slow_body = TcpStream::connect(api.address).await.unwrap();
    let head = b"POST /proxies HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{";
    slow_body.write_all(head).await.unwrap();

    let wait = Duration::from_secs(90);
    let mut answer = [0; 256];
    let read = tokio::time::timeout(wait, slow_body.read(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer[..read.unwrap().unwrap()]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    for client in [&mut silent, &mut slow_head] {
        let read = tokio::time::timeout(wait, client.read_to_end(&mut Vec::new())).await;
        read.expect("the server closes it").unwrap();
    }
    api.stop().await;
}

#[tokio::test]
async fn connections_are_kept_alive_and_end_with_the_server() {
    let api = Api::start().await;
    let mut client = TcpStream::connect(api.address).await.unwrap();
    let mut answer = [0; 512];
    for _ in 0..3 {
        let request = b"GET /version HTTP/1.1\r\nHost: h\r\n\r\n";
        client.write_all(request).await.unwrap();
        let count = soon(client.read(&mut answer)).await.unwrap();
        assert!(answer[..count].ends_with(b"{\"version\": \"2.12.0\"}\n"));
    }
    let address = api.address;
    api.stop().await;
    assert_eq!(soon(client.read(&mut answer)).await.unwrap(), 0);
    TcpStream::connect(address).await.unwrap_err();
}

#[tokio::test]
async fn the_proxies_end_with_the_server() {
    let api = Api::start().await;
    let body = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": "u:1" });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    let address = made["listen"].as_str().unwrap().to_owned();
    api.stop().await;
    let refused = TcpStream::connect(&address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn each_type_of_toxic_is_made_with_its_defaults_and_updated_one_attribute_at_a_time() {
    let api = Api::start().await;
    let body = r#"{"name":"a","listen":"127.0.0.1:0","upstream":"u:1"}"#;
    api.expect(201, "POST", "/proxies", body).await;
    // Type, attributes by default, a change, attributes after it.
    for (kind, default, change, changed) in [
        (
            "latency",
            r#"{"latency":0,"jitter":0}"#,
            r#"{"LATENCY":5}"#,
            r#"{"latency":5,"jitter":0}"#,
        ),
        ("noop", "{}", r#"{"rate":7}"#, "{}"),
        (
            "bandwidth",
            r#"{"rate":0}"#,
            r#"{"rate":7}"#,
            r#"{"rate":7}"#,
        ),
        (
            "slow_close",
            r#"{"delay":0}"#,
            r#"{"delay":-3}"#,
            r#"{"delay":-3}"#,
        ),
        (
            "timeout",
            r#"{"timeout":0}"#,
            r#"{"timeout":9223372036854775807}"#,
            r#"{"timeout":9223372036854775807}"#,
        ),
        (
            "reset_peer",
            r#"{"timeout":0}"#,
            r#"{"timeout":11,"other":"ignored"}"#,
            r#"{"timeout":11}"#,
        ),
        (
            "slicer",
            r#"{"average_size":0,"size_variation":0,"delay":0}"#,
            r#"{"size_variation":64}"#,
            r#"{"average_size":0,"size_variation":64,"delay":0}"#,
        ),
        (
            "limit_data",
            r#"{"bytes":0}"#,
            r#"{"bytes":1}"#,
            r#"{"bytes":1}"#,
        ),
    ] {
        let shown = |attributes: &str| {
            format!(
                r#"{{"attributes":{attributes},"name":"{kind}_downstream","type":"{kind}","stream":"downstream","toxicity":1}}"#
            )
        };
        let path = "/proxies/a/toxics";
        let made = format!(r#"{{"type":"{kind}"}}"#);
        assert_eq!(api.expect(200, "POST", path, &made).await, shown(default));
        let path = format!("{path}/{kind}_downstream");
        let change = format!(r#"{{"attributes":{change}}}"#);
        assert_eq!(
            api.expect(200, "PATCH", &path, &change).await,
            shown(changed)
        );
        assert_eq!(api.expect(200, "GET", &path, "").await, shown(changed));
        api.expect(204, "DELETE", &path, "").await;
        api.expect(404, "GET", &path, "").await;
    }
    api.stop().await;
}

#[tokio::test]
async fn an_attribute_of_the_wrong_type_is_told_in_gos_words_for_each_type() {
    let api = Api::start().await;
    let body = r#"{"name":"a","listen":"127.0.0.1:0","upstream":"u:1"}"#;
    api.expect(201, "POST", "/proxies", body).await;
    for (kind, attribute, owner, wanted) in [
        ("bandwidth", "rate", "BandwidthToxic", "int64"),
        ("slow_close", "delay", "SlowCloseToxic", "int64"),
        ("timeout", "timeout", "TimeoutToxic", "int64"),
        ("reset_peer", "timeout", "ResetToxic", "int64"),
        ("slicer", "average_size", "SlicerToxic", "int"),
        ("slicer", "delay", "SlicerToxic", "int"),
        ("limit_data", "bytes", "LimitDataToxic", "int64"),
    ] {
        let body = json!({ "type": kind, "attributes": { attribute: "x" } }).to_string();
        let answer = api.json(400, "POST", "/proxies/a/toxics", &body).await;
        assert_eq!(
            answer["error"],
            format!(
                "bad request body: json: cannot unmarshal string into Go struct field {owner}.attributes.{attribute} of type {wanted}"
            )
        );
    }
    api.stop().await;
}

#[tokio::test]
async fn metrics_count_the_bytes_of_each_proxy_and_direction_where_they_are_switched_on() {
    let api = Api::showing(MetricsShown {
        proxies: true,
        process: false,
    })
    .await;
    let upstream = echo().await;
    let body = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": upstream.to_string() });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    let listen = made["listen"].as_str().unwrap().to_owned();
    let limit = r#"{"type":"limit_data","attributes":{"bytes":3}}"#;
    api.expect(200, "POST", "/proxies/p/toxics", limit).await;
    let mut client = TcpStream::connect(&listen).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let mut seen = Vec::new();
    soon(client.read_to_end(&mut seen)).await.unwrap();
    assert_eq!(seen, b"hel");
    api.expect(204, "DELETE", "/proxies/p", "").await;

    let answer = api.call("GET", "/metrics", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let line = |what: &str, direction: &str, bytes: u64| {
        format!(
            "toxiproxy_proxy_{what}_bytes_total{{direction=\"{direction}\",listener=\"{listen}\",proxy=\"p\",upstream=\"{upstream}\"}} {bytes}"
        )
    };
    let seen: Vec<&str> = answer
        .body
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(
        seen,
        [
            line("received", "downstream", 5),
            line("received", "upstream", 5),
            line("sent", "downstream", 3),
            line("sent", "upstream", 5),
        ]
    );
    let browser = "User-Agent: Mozilla/5.0 (X11)\r\n";
    let refused = http(api.address, "GET", "/metrics", browser, b"").await;
    assert_eq!(refused.status, 403);
    api.stop().await;
}
