//! What no suite can ask for by itself: requests at the same time, and to other origins.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use http_body_util::Full;
use hyper::Response;
use hyper::header::HOST;
use rtest_core::plan::{HttpPlan, HttpVersion, ProxyPlan};
use rtest_core::sample::RequestPhase;
use rtest_core::{MonotonicClock, Scheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::client::names::Names;
use crate::client::{Encoded, Failure};
use crate::context::ResolvedTarget;

fn local<F: Future<Output = ()>>(test: F) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    runtime.expect("a runtime").block_on(test);
}

fn clients(http: HttpPlan, target: &ResolvedTarget) -> (GeneralClients, Arc<dyn Clock>) {
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let protocol = Protocol::compile(&http, target).expect("a plan");
    let share = Share::new(0, 1);
    let clients = GeneralClients::new(Arc::new(protocol), Arc::clone(&clock), share);
    (clients, clock)
}

fn request(path: &str, target: &ResolvedTarget) -> Request {
    let http = hyper::Request::builder()
        .uri(path)
        .header(HOST, &target.authority)
        .body(Full::default());
    Request {
        http: http.expect("a request"),
        origin: None,
        timeout: Duration::from_secs(5),
        encoded: Encoded::default(),
        keep_headers: false,
        keep_body: false,
        idempotent: true,
        redirects: 0,
        login: None,
    }
}

async fn send(client: &General, clock: &Arc<dyn Clock>, request: &Request) -> Exchange {
    let mut patience = Patience::new(Arc::clone(clock), CancellationToken::new());
    client.clone().exchange(request, &mut patience).await
}

#[track_caller]
fn assert_ok(exchange: &Exchange) {
    let status = exchange.result.as_ref().map(|answer| answer.status);
    assert_eq!(status, Ok(200));
}

/// Answers over HTTP/2 when `at_once` requests wait on one connection.
async fn serve_h2(listener: TcpListener, at_once: usize) {
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        tokio::task::spawn_local(async move {
            let mut connection = h2::server::handshake(stream).await.expect("a client");
            let mut waiting = Vec::new();
            while let Some(Ok((_, respond))) = connection.accept().await {
                waiting.push(respond);
                if waiting.len() == at_once {
                    for mut respond in waiting.drain(..) {
                        let sent = respond.send_response(Response::new(()), true);
                        sent.expect("a stream");
                    }
                }
            }
        });
    }
}

#[test]
fn requests_at_the_same_time_share_a_connection_of_http2() {
    local(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let target = ResolvedTarget::at(listener.local_addr().expect("bound"));
        tokio::task::spawn_local(serve_h2(listener, 3));
        let http = HttpPlan {
            version: HttpVersion::Http2,
            ..HttpPlan::default()
        };
        let (clients, clock) = clients(http, &target);
        let client = clients.client();
        let request = request("/", &target);
        // Twice: the first time the connection is opened, by one for all.
        for opened in [1, 0] {
            let exchanges = tokio::join!(
                send(&client, &clock, &request),
                send(&client, &clock, &request),
                send(&client, &clock, &request),
            );
            let exchanges = <[Exchange; 3]>::from(exchanges);
            exchanges.iter().for_each(assert_ok);
            let connected = exchanges
                .iter()
                .filter(|exchange| exchange.phases.get(RequestPhase::Connecting) > Duration::ZERO);
            assert_eq!(connected.count(), opened);
            let sent: u64 = exchanges.iter().map(|exchange| exchange.bytes_sent).sum();
            assert!(sent < 600, "each byte is counted once: {sent}");
        }
    });
}

/// Answers over HTTP/1.1 when `at_once` connections have a request.
async fn serve_h1(listener: TcpListener, at_once: usize) {
    let together = Rc::new(Semaphore::new(0));
    let mut asked = 0;
    loop {
        let (mut stream, _) = listener.accept().await.expect("a client");
        asked += 1;
        if asked % at_once == 0 {
            together.add_permits(at_once);
        }
        let together = Rc::clone(&together);
        tokio::task::spawn_local(async move {
            let mut request = [0; 1000];
            let mut first = true;
            while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                if std::mem::take(&mut first) {
                    together.acquire().await.expect("open").forget();
                }
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.expect("a client");
            }
        });
    }
}

#[test]
fn requests_at_the_same_time_have_connections_of_their_own_over_http1() {
    local(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let target = ResolvedTarget::at(listener.local_addr().expect("bound"));
        tokio::task::spawn_local(serve_h1(listener, 2));
        let (clients, clock) = clients(HttpPlan::default(), &target);
        let client = clients.client();
        let request = request("/", &target);
        for opened in [2, 0] {
            let (one, other) = tokio::join!(
                send(&client, &clock, &request),
                send(&client, &clock, &request),
            );
            let exchanges = [one, other];
            exchanges.iter().for_each(assert_ok);
            let connected = exchanges
                .iter()
                .filter(|exchange| exchange.phases.get(RequestPhase::Connecting) > Duration::ZERO);
            assert_eq!(connected.count(), opened, "both are kept for the next time");
        }
    });
}

#[test]
fn each_origin_has_connections_of_its_own() {
    local(async {
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for _ in 0..2 {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            addresses.push(listener.local_addr().expect("bound"));
            tokio::task::spawn_local(serve_h1(listener, 1));
        }
        let target = ResolvedTarget::at(addresses[0]);
        let (clients, clock) = clients(HttpPlan::default(), &target);
        let client = clients.client();
        let at_target = request("/", &target);
        let elsewhere = format!("localhost:{}", addresses[1].port());
        let elsewhere = Request {
            origin: Origin::parse(Scheme::Http, &elsewhere).map(Rc::new),
            ..at_target.clone()
        };
        // A redirect may name the target itself.
        let named = Request {
            origin: Some(Rc::new(target.origin.clone())),
            ..at_target.clone()
        };
        let nowhere = Request {
            origin: Origin::parse(Scheme::Http, "127.0.0.1:9").map(Rc::new),
            ..at_target.clone()
        };
        for first in [true, false] {
            for request in [&at_target, &elsewhere] {
                let exchange = send(&client, &clock, request).await;
                assert_ok(&exchange);
                let connected = exchange.phases.get(RequestPhase::Connecting);
                assert_eq!(connected > Duration::ZERO, first);
            }
            let exchange = send(&client, &clock, &named).await;
            assert_ok(&exchange);
            let connected = exchange.phases.get(RequestPhase::Connecting);
            assert_eq!(connected, Duration::ZERO);
            let exchange = send(&client, &clock, &nowhere).await;
            let failure = exchange.result.expect_err("nobody listens");
            assert_eq!(failure.kind, ErrorKind::ConnectRefused);
        }
    });
}

#[test]
fn looking_up_has_a_limit() {
    local(async {
        let origin = Origin::parse(Scheme::Http, "slow.test").expect("a host");
        let target = ResolvedTarget::new(origin, String::new());
        let mut http = HttpPlan::default();
        http.timeouts.dns = Some(Duration::from_millis(50));
        // A proxy's name is looked up as any other.
        let proxy = Some(ProxyPlan {
            authority: "slow.test:3128".to_owned(),
            login: None,
        });
        for proxy in [None, proxy] {
            http.proxy = proxy;
            let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
            let protocol = Arc::new(Protocol::compile(&http, &target).expect("a plan"));
            let never = Box::new(|_| std::future::pending::<io::Result<_>>().boxed_local());
            let names = Names::with_resolver(http.dns.clone(), Arc::clone(&clock), never);
            let clients = GeneralClients {
                connector: Rc::new(Connector::with_names(protocol, Arc::clone(&clock), names)),
                pool: None,
            };
            let exchange = send(&clients.client(), &clock, &request("/", &target)).await;
            let says = "timed out while looking up the name: the lookup may take 50ms";
            let failure = Failure::new(ErrorKind::DnsTimeout, says);
            assert_eq!(exchange.result.expect_err("no address"), failure);
            let looking_up = exchange.phases.get(RequestPhase::LookingUp);
            assert!(looking_up >= Duration::from_millis(50), "{looking_up:?}");
            let took = exchange.done_at - exchange.sent_at;
            // Nothing else would end it before the minute that a request may take.
            assert!(took < Duration::from_secs(10), "at the limit: {took:?}");
        }
    });
}
