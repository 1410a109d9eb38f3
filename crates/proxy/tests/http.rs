//! Faults of requests on links over real sockets, on paused time.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_proxy::observe::{Attempt, AttemptEnd, Began, Observer};
use rtest_proxy::{
    Http, HttpAction, HttpAnswer, HttpMatch, Latency, PathPattern, Proxy, ProxyConfig, Stream,
    ToxicConfig, Toxicity,
};
use serde_json::json;
use support::{Api, TokioClock, Upstream, config, expect_bytes, link, proxy_to, soon, took};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const GONE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\ngone";
const MS: Duration = Duration::from_millis(1);

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: shop\r\n\r\n").into_bytes()
}

fn of_path(path: &str) -> HttpMatch {
    HttpMatch {
        path: Some(PathPattern::new(path)),
        ..HttpMatch::default()
    }
}

fn abort() -> HttpAction {
    HttpAction::Abort(HttpAnswer {
        body: Some("gone".to_owned()),
        ..HttpAnswer::default()
    })
}

fn replaced(body: &str) -> HttpAction {
    HttpAction::Replace(HttpAnswer {
        body: Some(body.to_owned()),
        ..HttpAnswer::default()
    })
}

fn standing(name: &str, fault: Http) -> ToxicConfig {
    ToxicConfig::new(Stream::Downstream, fault).named(name)
}

/// Answers every request with `ANSWER`, and counts them.
async fn server() -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(support::loopback()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let log = log.clone();
            tokio::spawn(async move {
                let mut held = Vec::new();
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut buffer).await {
                    held.extend_from_slice(&buffer[..count]);
                    while let Some(end) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                        let head: Vec<u8> = held.drain(..end + 4).collect();
                        let head = String::from_utf8_lossy(&head).into_owned();
                        log.lock().unwrap().push(head);
                        let _ = client.write_all(ANSWER).await;
                    }
                }
            });
        }
    });
    (address, seen)
}

async fn exchange(client: &mut TcpStream, path: &str, expected: &[u8]) {
    client.write_all(&get(path)).await.unwrap();
    expect_bytes(client, expected).await;
}

#[derive(Debug, Default)]
struct Ends(Mutex<Vec<AttemptEnd>>);

impl Observer for Ends {
    fn began(&self, _: &Began) {}

    fn ended(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(attempt.end);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_on_sees_of_an_aborted_request_what_its_caller_saw() {
    let (upstream, seen) = server().await;
    let ends = Arc::new(Ends::default());
    let observed = ProxyConfig {
        observer: Some(ends.clone()),
        ..config(upstream)
    };
    let proxy = Proxy::start(observed, TokioClock::start()).await.unwrap();
    let fault = Http::new(abort()).on(of_path("/orders/:id"));
    proxy.add_toxic(standing("gone", fault)).unwrap();
    let mut client = support::connect(&proxy).await;
    exchange(&mut client, "/orders/7", GONE).await;
    exchange(&mut client, "/orders", ANSWER).await;
    assert_eq!(seen.lock().unwrap().len(), 1);
    let answered = |status| AttemptEnd::Answered { status };
    soon(async {
        while ends.0.lock().unwrap().len() < 2 {
            tokio::time::sleep(MS).await;
        }
    })
    .await;
    assert_eq!(*ends.0.lock().unwrap(), [answered(503), answered(200)]);
}

#[tokio::test(start_paused = true)]
async fn a_live_connection_is_struck_from_the_next_request_and_left_alone_after() {
    let (upstream, _) = server().await;
    let proxy = proxy_to(upstream).await;
    let mut client = support::connect(&proxy).await;
    for _ in 0..3 {
        exchange(&mut client, "/", ANSWER).await;
        proxy
            .add_toxic(standing("gone", Http::new(abort())))
            .unwrap();
        exchange(&mut client, "/", GONE).await;
        exchange(&mut client, "/", GONE).await;
        proxy.remove_toxic("gone").unwrap();
        exchange(&mut client, "/", ANSWER).await;
    }
}

#[tokio::test(start_paused = true)]
async fn several_on_one_link_keep_the_answers_in_order_in_whatever_order_they_were_added() {
    let faults = || {
        [
            standing("a", Http::new(abort()).on(of_path("/a"))),
            standing("b", Http::new(replaced("new")).on(of_path("/b"))),
            standing(
                "c",
                Http::new(HttpAction::Host("x".into())).on(of_path("/c")),
            ),
        ]
    };
    let new: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nnew";
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let (upstream, seen) = server().await;
        let proxy = proxy_to(upstream).await;
        for index in order {
            proxy.add_toxic(faults()[index].clone()).unwrap();
        }
        let mut client = support::connect(&proxy).await;
        let requests = ["/b", "/a", "/c", "/a", "/b"].map(get).concat();
        client.write_all(&requests).await.unwrap();
        let expected = [new, GONE, ANSWER, GONE, new].concat();
        expect_bytes(&mut client, &expected).await;
        let seen = seen.lock().unwrap();
        let hosts: Vec<bool> = seen.iter().map(|head| head.contains("host: x")).collect();
        assert_eq!(hosts, [false, true, false], "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_the_upstreams_place_passes_the_toxics_of_its_direction() {
    let (upstream, _) = server().await;
    let proxy = proxy_to(upstream).await;
    // Added after the fault, and yet between it and the client.
    proxy
        .add_toxic(standing("gone", Http::new(abort())))
        .unwrap();
    let slow = Latency::new(100 * MS, Duration::ZERO);
    proxy
        .add_toxic(ToxicConfig::new(Stream::Downstream, slow))
        .unwrap();
    let mut client = support::connect(&proxy).await;
    let ((), took) = took(exchange(&mut client, "/", GONE)).await;
    assert!(took >= 100 * MS, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_truncated_answer_ends_the_connection_before_it_is_whole() {
    let (upstream, _) = server().await;
    let proxy = proxy_to(upstream).await;
    let truncate = HttpAction::Truncate { after_bytes: 2 };
    proxy
        .add_toxic(standing("short", Http::new(truncate)))
        .unwrap();
    let mut client = support::connect(&proxy).await;
    client.write_all(&get("/")).await.unwrap();
    let mut seen = Vec::new();
    soon(client.read_to_end(&mut seen)).await.unwrap();
    assert_eq!(seen, ANSWER[..ANSWER.len() - 3]);
}

#[tokio::test(start_paused = true)]
async fn a_body_of_any_size_is_swallowed_and_the_connection_goes_on() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let fault = Http::new(abort()).on(of_path("/up"));
    proxy.add_toxic(standing("gone", fault)).unwrap();
    let (mut client, mut server) = link(&proxy, &upstream).await;
    let head = b"POST /up HTTP/1.1\r\ncontent-length: 9000000\r\n\r\n";
    client.write_all(head).await.unwrap();
    client.write_all(&vec![b'x'; 9_000_000]).await.unwrap();
    client.write_all(&get("/next")).await.unwrap();
    expect_bytes(&mut server, &get("/next")).await;
    expect_bytes(&mut client, GONE).await;
}

#[tokio::test(start_paused = true)]
async fn a_toxicity_that_comes_and_goes_leaves_a_connection_in_order() {
    let (upstream, _) = server().await;
    let proxy = proxy_to(upstream).await;
    let gone = standing("gone", Http::new(abort()));
    proxy.add_toxic(gone.clone()).unwrap();
    let mut client = support::connect(&proxy).await;
    for (share, expected) in [(1.0, GONE), (0.0, ANSWER), (1.0, GONE), (0.0, ANSWER)] {
        let changed = gone.clone().with_toxicity(Toxicity::new(share));
        proxy.update_toxic(changed).unwrap();
        exchange(&mut client, "/", expected).await;
    }
}

#[tokio::test]
async fn through_the_api_it_is_made_counted_and_removed() {
    let api = Api::start().await;
    let (upstream, _) = server().await;
    let body = json!({ "name": "p", "listen": "127.0.0.1:0", "upstream": upstream.to_string() });
    let made = api.json(201, "POST", "/proxies", &body.to_string()).await;
    let faults = "/rtest/v1/proxies/p/faults";
    let fault = json!({
        "name": "gone", "type": "http",
        "attributes": { "match": { "method": "GET", "path": "/a/*" }, "abort": { "body": "gone" } },
    });
    api.json(201, "POST", faults, &fault.to_string()).await;
    let listen = made["listen"].as_str().unwrap();
    let mut client = TcpStream::connect(listen).await.unwrap();
    exchange(&mut client, "/a/1", GONE).await;
    exchange(&mut client, "/b", ANSWER).await;
    let shown = api.json(200, "GET", &format!("{faults}/gone"), "").await;
    assert_eq!(
        shown["tally"],
        json!({ "requests": 2, "matched": 1, "struck": 1, "not_http": 0 })
    );
    let all = api.json(200, "GET", faults, "").await;
    assert_eq!(
        all.as_array().unwrap().len(),
        1,
        "it is one, in two directions"
    );
    api.expect(204, "DELETE", &format!("{faults}/gone"), "")
        .await;
    exchange(&mut client, "/a/1", ANSWER).await;
    let wrong = json!({ "type": "http", "attributes": { "abort": { "status": 99 } } });
    let error = api.json(400, "POST", faults, &wrong.to_string()).await;
    assert!(
        error["error"].as_str().unwrap().contains("from 200 to 599"),
        "{error}"
    );
}

/// An address where nobody listens, until the test does.
async fn nobody() -> std::net::SocketAddr {
    let listener = TcpListener::bind(support::loopback()).await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_down_is_stood_in_for() {
    let ends = Arc::new(Ends::default());
    let observed = ProxyConfig {
        observer: Some(ends.clone()),
        ..config(nobody().await)
    };
    let proxy = Proxy::start(observed, TokioClock::start()).await.unwrap();
    let fault = Http::new(abort()).on(of_path("/orders/:id"));
    proxy.add_toxic(standing("gone", fault)).unwrap();
    let mut client = support::connect(&proxy).await;
    for _ in 0..3 {
        exchange(&mut client, "/orders/7", GONE).await;
    }
    // What it does not answer itself meets what the upstream does.
    client.write_all(&get("/orders")).await.unwrap();
    let mut rest = Vec::new();
    let ended = soon(client.read_to_end(&mut rest)).await;
    assert!(ended.is_err(), "reset, as ever: {rest:?}");
    soon(async {
        while ends.0.lock().unwrap().len() < 4 {
            tokio::time::sleep(MS).await;
        }
    })
    .await;
    let answered = AttemptEnd::Answered { status: 503 };
    let expected = [answered, answered, answered, AttemptEnd::Refused];
    assert_eq!(*ends.0.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_ends_is_answered_to_its_end_where_nobody_listens() {
    let proxy = proxy_to(nobody().await).await;
    proxy
        .add_toxic(standing("gone", Http::new(abort())))
        .unwrap();
    let slow = Latency::new(100 * MS, Duration::ZERO);
    let slow = ToxicConfig::new(Stream::Downstream, slow).named("slow");
    proxy.add_toxic(slow).unwrap();
    let mut client = support::connect(&proxy).await;
    client.write_all(&get("/orders/7")).await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = Vec::new();
    soon(client.read_to_end(&mut answer)).await.unwrap();
    assert_eq!(answer, GONE);
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_comes_up_is_asked_on_the_same_connection() {
    let upstream = nobody().await;
    let proxy = proxy_to(upstream).await;
    let fault = Http::new(abort()).on(of_path("/orders/:id"));
    proxy.add_toxic(standing("gone", fault)).unwrap();
    let mut client = support::connect(&proxy).await;
    exchange(&mut client, "/orders/7", GONE).await;
    let listener = TcpListener::bind(upstream).await.unwrap();
    tokio::spawn(async move {
        let (mut asked, _) = listener.accept().await.unwrap();
        let mut request = vec![0; get("/orders").len()];
        asked.read_exact(&mut request).await.unwrap();
        asked.write_all(ANSWER).await.unwrap();
        asked.read_u8().await.unwrap_err();
    });
    exchange(&mut client, "/orders", ANSWER).await;
    exchange(&mut client, "/orders/7", GONE).await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_is_over_leaves_the_client_of_a_service_that_is_down_alone_with_it() {
    let proxy = proxy_to(nobody().await).await;
    proxy
        .add_toxic(standing("gone", Http::new(abort())))
        .unwrap();
    let mut client = support::connect(&proxy).await;
    exchange(&mut client, "/orders/7", GONE).await;
    proxy.remove_toxic("gone").unwrap();
    let mut rest = Vec::new();
    assert!(soon(client.read_to_end(&mut rest)).await.is_err(), "reset");
}
