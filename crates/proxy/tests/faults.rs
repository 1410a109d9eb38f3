//! The faults beyond Toxiproxy, through `/rtest/v1`.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Api, echo, expect_bytes, soon, took};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const FAULTS: &str = "/rtest/v1/proxies/p/faults";
const MS: Duration = Duration::from_millis(1);

/// The API with a proxy `p` before an echo, and the address of the proxy.
async fn api() -> (Api, String) {
    let api = Api::start().await;
    let upstream = echo().await.to_string();
    let body = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": upstream });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    let listen = made["listen"].as_str().unwrap().to_owned();
    (api, listen)
}

async fn add(api: &Api, fault: Value) -> Value {
    api.json(201, "POST", FAULTS, &fault.to_string()).await
}

async fn client(listen: &str) -> TcpStream {
    let client = TcpStream::connect(listen).await.unwrap();
    client.set_nodelay(true).unwrap();
    client
}

async fn round_trip(client: &mut TcpStream) -> Duration {
    took(async {
        client.write_all(b"ping").await.unwrap();
        expect_bytes(client, b"ping").await;
    })
    .await
    .1
}

async fn end(client: &mut TcpStream) -> Result<usize, ErrorKind> {
    soon(client.read(&mut [0; 64]))
        .await
        .map_err(|error| error.kind())
}

#[tokio::test]
async fn a_fault_is_made_shown_changed_and_removed_and_toxiproxys_clients_never_see_it() {
    let (api, _) = api().await;
    let made = add(
        &api,
        json!({
            "name": "slow",
            "type": "delay",
            "toxicity": 0.5,
            "attributes": { "distribution": "normal", "mean_us": 1500, "deviation_us": 20 },
        }),
    )
    .await;
    let expected = json!({
        "attributes": { "distribution": "normal", "mean_us": 1500, "deviation_us": 20 },
        "name": "slow", "type": "delay", "stream": "downstream", "toxicity": 0.5,
    });
    assert_eq!(made, expected);
    let path = format!("{FAULTS}/slow");
    assert_eq!(api.json(200, "GET", FAULTS, "").await, json!([expected]));
    assert_eq!(api.json(200, "GET", &path, "").await, expected);

    assert_eq!(api.expect(200, "GET", "/proxies/p/toxics", "").await, "[]");
    let proxy = api.json(200, "GET", "/proxies/p", "").await;
    assert_eq!(proxy["toxics"], json!([]));
    for (method, body) in [("GET", ""), ("PATCH", "{}"), ("DELETE", "")] {
        api.expect(404, method, "/proxies/p/toxics/slow", body)
            .await;
    }
    let same_name = r#"{"type":"latency","name":"slow"}"#;
    api.expect(409, "POST", "/proxies/p/toxics", same_name)
        .await;

    let change = r#"{"toxicity":1,"attributes":{"distribution":"pareto","scale_us":7,"shape":2}}"#;
    let changed = api.json(200, "PATCH", &path, change).await;
    assert_eq!(changed["toxicity"], 1);
    assert_eq!(changed["attributes"]["scale_us"], 7);
    api.expect(204, "DELETE", &path, "").await;
    api.expect(404, "GET", &path, "").await;
    api.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_json() {
    let (api, _) = api().await;
    for (body, status, message) in [
        (
            json!({ "type": "lag" }),
            400,
            "bad request body: `type` is `lag`, but can be bandwidth, latency, limit_data, noop, reset_peer, slicer, slow_close, timeout, connect, corruption, cut, delay, http, loss",
        ),
        (
            json!({ "type": "loss", "attributes": { "rate": 2 } }),
            400,
            "bad request body: `rate` must be from 0 to 1",
        ),
        (
            json!({ "type": "cut", "ttl_ms": 0 }),
            400,
            "bad request body: `ttl_ms` must be from 1 to 86400000, which is a day",
        ),
        (
            json!({ "type": "cut", "ttl_ms": "1s" }),
            400,
            "bad request body: `ttl_ms` must be a whole number of at least 0",
        ),
    ] {
        let answer = api.call("POST", FAULTS, &body.to_string()).await;
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(error, json!({ "error": message, "status": status }));
    }
    add(&api, json!({ "type": "cut", "name": "c" })).await;
    let twice = r#"{"type":"loss","name":"c"}"#;
    let error = api.json(409, "POST", FAULTS, twice).await;
    assert_eq!(error["error"], "there is a fault or a toxic of this name");
    let renew = format!("{FAULTS}/c/renew");
    api.expect(200, "POST", &renew, "").await;
    let error = api.json(409, "POST", &renew, r#"{"ttl_ms":5}"#).await;
    assert!(
        error["error"]
            .as_str()
            .unwrap()
            .contains("without `ttl_ms`")
    );
    api.expect(404, "GET", "/rtest/v1/proxies/q/faults", "")
        .await;
    api.expect(404, "GET", "/rtest/v1/other", "").await;
    api.expect(405, "PUT", FAULTS, "").await;
    api.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_with_a_lease_goes_when_it_is_not_renewed_and_stays_while_it_is() {
    let (api, listen) = api().await;
    let mut client = client(&listen).await;
    let made = add(
        &api,
        json!({
            "name": "leased", "type": "latency", "ttl_ms": 1000,
            "attributes": { "latency": 100 },
        }),
    )
    .await;
    assert_eq!(made["ttl_ms"], 1000);
    for _ in 0..5 {
        tokio::time::sleep(800 * MS).await;
        assert!(round_trip(&mut client).await >= 100 * MS);
        let renewed = api
            .json(200, "POST", &format!("{FAULTS}/leased/renew"), "")
            .await;
        assert!(renewed["left_ms"].as_u64().unwrap() > 900);
    }
    tokio::time::sleep(1100 * MS).await;
    assert!(round_trip(&mut client).await < 100 * MS);
    api.expect(404, "GET", &format!("{FAULTS}/leased"), "")
        .await;

    // Another one by the same name is not ended by what is left of the first lease.
    add(&api, json!({ "name": "n", "type": "loss", "ttl_ms": 100 })).await;
    api.expect(204, "DELETE", &format!("{FAULTS}/n"), "").await;
    add(&api, json!({ "name": "n", "type": "loss" })).await;
    tokio::time::sleep(300 * MS).await;
    api.expect(200, "GET", &format!("{FAULTS}/n"), "").await;
    api.expect(204, "POST", "/reset", "").await;
    assert_eq!(api.expect(200, "GET", FAULTS, "").await, "[]");
    api.stop().await;
}

#[tokio::test]
async fn the_first_connections_fail_and_those_after_them_do_not() {
    let (api, listen) = api().await;
    let attributes = json!({ "how": "reset", "first": 3 });
    add(&api, json!({ "type": "connect", "attributes": attributes })).await;
    let mut failed = Vec::new();
    for _ in 0..6 {
        let mut client = client(&listen).await;
        // It may be reset before it has written.
        let _ = client.write_all(b"x").await;
        failed.push(end(&mut client).await == Err(ErrorKind::ConnectionReset));
    }
    assert_eq!(failed, [true, true, true, false, false, false]);
    api.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_held_goes_on_when_it_is_let_go() {
    let (api, listen) = api().await;
    let fault = json!({
        "name": "hole", "type": "connect", "stream": "upstream", "attributes": { "how": "hold" },
    });
    add(&api, fault).await;
    let mut client = client(&listen).await;
    client.write_all(b"anyone?").await.unwrap();
    let silent = tokio::time::timeout(50 * MS, client.read(&mut [0; 1])).await;
    assert!(silent.is_err());
    api.expect(204, "DELETE", &format!("{FAULTS}/hole"), "")
        .await;
    expect_bytes(&mut client, b"anyone?").await;
    api.stop().await;
}

#[tokio::test]
async fn a_connection_is_cut_or_reset_after_bytes_or_time() {
    let (api, listen) = api().await;
    let path = format!("{FAULTS}/c");
    for (attributes, ends) in [
        (json!({ "after_bytes": 4 }), Ok(0)),
        (json!({ "after_ms": 30 }), Ok(0)),
        (
            json!({ "after_ms": 30, "reset": true }),
            Err(ErrorKind::ConnectionReset),
        ),
    ] {
        add(
            &api,
            json!({ "name": "c", "type": "cut", "attributes": attributes }),
        )
        .await;
        let mut client = client(&listen).await;
        client.write_all(b"ping").await.unwrap();
        expect_bytes(&mut client, b"ping").await;
        assert_eq!(end(&mut client).await, ends, "{attributes}");
        api.expect(204, "DELETE", &path, "").await;
    }
    api.stop().await;
}

#[tokio::test]
async fn bytes_are_corrupted_in_one_direction_only() {
    let (api, listen) = api().await;
    let fault = json!({ "type": "corruption", "attributes": { "rate": 1 } });
    add(&api, fault).await;
    let mut client = client(&listen).await;
    client.write_all(&[0; 100]).await.unwrap();
    let mut seen = [0; 100];
    soon(client.read_exact(&mut seen)).await.unwrap();
    // Only on the way back: twice might have made some right again.
    assert!(seen.iter().all(|byte| byte.count_ones() == 1));
    api.stop().await;
}

#[tokio::test(start_paused = true)]
async fn lost_packets_are_late_and_never_missing() {
    let (api, listen) = api().await;
    let attributes = json!({ "rate": 1, "retransmit_ms": 10 });
    add(&api, json!({ "type": "loss", "attributes": attributes })).await;
    let mut client = client(&listen).await;
    // Six times, twice as long each: 10 + 20 + 40 + 80 + 160 + 320.
    let elapsed = round_trip(&mut client).await;
    assert!((630 * MS..640 * MS).contains(&elapsed), "{elapsed:?}");
    api.stop().await;
}

#[tokio::test]
async fn what_a_fault_does_not_have_is_refused_by_name() {
    let (api, _) = api().await;
    add(&api, json!({ "name": "kept", "type": "loss" })).await;
    for (fault, told) in [
        (
            json!({ "type": "loss", "attributes": { "ratee": 0.1 } }),
            "`ratee` is no attribute of `loss`, did you mean `rate`?",
        ),
        (
            json!({ "type": "http", "attributes": { "abort": { "statuss": 500 } } }),
            "`statuss` is no attribute of an answer, did you mean `status`?",
        ),
        (
            json!({ "type": "http", "attributes": { "match": { "url": "/" }, "abort": {} } }),
            "`url` is no attribute of `match`, which has method, path, headers",
        ),
    ] {
        let error = api.json(400, "POST", FAULTS, &fault.to_string()).await;
        assert_eq!(error["error"], format!("bad request body: {told}"));
    }
    let change = json!({ "attributes": { "rat": 1 } }).to_string();
    let kept = format!("{FAULTS}/kept");
    let error = api.json(400, "PATCH", &kept, &change).await;
    assert!(
        error["error"]
            .as_str()
            .unwrap()
            .contains("did you mean `rate`?")
    );
    // Toxiproxy's own clients may say more than it knows.
    let toxic = json!({ "type": "latency", "attributes": { "latencyy": 5 } }).to_string();
    api.json(200, "POST", "/proxies/p/toxics", &toxic).await;
}
