//! Bodies and requests that nobody would send: always an answer, never a panic, and afterwards
//! the server still works.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{Api, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const CASES: u32 = 300;

/// Any JSON, with the API's own keys more often than others.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        4 => prop::sample::select(vec![
            "name", "listen", "upstream", "enabled", "toxics", "type", "stream", "toxicity",
            "attributes", "latency", "jitter", "rate", "delay", "timeout", "bytes", "average_size",
            "distribution", "percentiles_us", "shape", "rate", "how", "first", "every", "ttl_ms",
            "after_ms", "after_bytes", "match", "method", "path", "headers", "percentage", "abort",
            "replace", "truncate", "host", "status", "body",
            "size_variation", "NAME", "Enabled",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "latency",
            "bandwidth",
            "slow_close",
            "timeout",
            "reset_peer",
            "slicer",
            "limit_data",
            "delay",
            "http",
            "percentiles",
            "pareto",
            "loss",
            "cut",
            "connect",
            "hold",
            "upstream",
            "DOWNSTREAM",
            "",
            "127.0.0.1:0",
            ":0",
            "bad",
            "[::1",
            "a",
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// JSON, JSON cut off or with a byte changed, or any bytes.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => any_json().prop_map(|json| json.to_string().into_bytes()),
        1 => (any_json(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(json, at, byte)| {
            let mut bytes = json.to_string().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(at + 1 + usize::from(byte));
            bytes
        }),
        1 => prop::collection::vec(any::<u8>(), 0..64),
    ]
}

fn any_route() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(vec![
        ("POST", "/proxies"),
        ("POST", "/populate"),
        ("POST", "/reset"),
        ("PATCH", "/proxies/p"),
        ("POST", "/proxies/p/toxics"),
        ("PATCH", "/proxies/p/toxics/t"),
        ("POST", "/rtest/v1/proxies/p/faults"),
        ("PATCH", "/rtest/v1/proxies/p/faults/f"),
        ("POST", "/rtest/v1/proxies/p/faults/f/renew"),
    ])
}

async fn api_with_a_toxic() -> Api {
    let api = Api::start().await;
    let proxy = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1" });
    api.expect(201, "POST", "/proxies", &proxy.to_string())
        .await;
    api.expect(
        200,
        "POST",
        "/proxies/p/toxics",
        r#"{"type":"latency","name":"t"}"#,
    )
    .await;
    let fault = r#"{"type":"delay","name":"f","ttl_ms":60000}"#;
    api.expect(201, "POST", "/rtest/v1/proxies/p/faults", fault)
        .await;
    api
}

fn runner() -> TestRunner {
    // Failures are shown as they shrink; there is no folder for them to be kept in.
    TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(CASES)
    })
}

#[test]
fn every_body_gets_an_answer() {
    let runtime = Runtime::new().unwrap();
    let api = runtime.block_on(api_with_a_toxic());
    runner()
        .run(&(any_route(), any_body()), |((method, path), body)| {
            runtime.block_on(async {
                let answer = support::http(api.address, method, path, "", &body).await;
                assert!(
                    [200, 201, 204, 400, 404, 409, 500].contains(&answer.status),
                    "{answer:?}"
                );
                if answer.status >= 400 {
                    let error: Value = serde_json::from_str(&answer.body).unwrap();
                    assert_eq!(error["status"], answer.status);
                }
            });
            Ok(())
        })
        .unwrap();
    runtime.block_on(async {
        api.expect(200, "GET", "/proxies", "").await;
        api.stop().await;
    });
}

#[test]
fn every_request_line_is_answered_or_closed() {
    let runtime = Runtime::new().unwrap();
    let api = runtime.block_on(api_with_a_toxic());
    let request = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "(GET|POST|PATCH|X) /(proxies|version|%[0-9a-z]{0,2}|.{0,8}){1,4} HTTP/1.[01]\r\n"
            .prop_map(String::into_bytes),
    ];
    runner()
        .run(&request, |request| {
            runtime.block_on(async {
                let mut client = TcpStream::connect(api.address).await.unwrap();
                let _ = client.write_all(&request).await;
                let _ = client.write_all(b"Connection: close\r\n\r\n").await;
                let _ = client.shutdown().await;
                // Whatever comes: it ends.
                let _ = soon(client.read_to_end(&mut Vec::new())).await;
            });
            Ok(())
        })
        .unwrap();
    runtime.block_on(async {
        api.expect(200, "GET", "/version", "").await;
        api.stop().await;
    });
}
