//! HTTP/2, by prior knowledge and by ALPN, with servers that use what it has.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Ping, Reason};
use hyper::Response;
use rtest_core::Scheme;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{Body, HttpVersion, LoadPlan};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::certificates::Authority;
use crate::servers::{MS, Shows, hold, https, only_series, serve, target, ten, times};
use crate::support::Run;
use crate::support::plan::{check, get, load, open, request, scenario, sends, text, thinks};
use crate::support::recorded::Recorded;
use crate::support::server::Server;

async fn by_prior_knowledge(plan: LoadPlan, server: &Server) -> Arc<Recorded> {
    let mut run = Run::new(plan, server.address);
    run.plan.http.version = HttpVersion::Http2;
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    recorded
}

/// Answers 200 and `fine`.
fn answer(mut respond: SendResponse<Bytes>) {
    let head = Response::new(());
    let mut body = respond.send_response(head, false).expect("a stream");
    body.send_data(Bytes::from_static(b"fine"), true)
        .expect("a stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_virtual_user_keeps_one_connection() {
    let server = Server::scripted(|stream| serve(stream, true)).await;
    let recorded = by_prior_knowledge(ten(get("/")), &server).await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
    assert_eq!(server.connections(), 1);
    let series = only_series(&recorded);
    assert_eq!(times(&series, RequestPhase::Connecting), 1);
    assert_eq!(times(&series, RequestPhase::TlsHandshaking), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_says_what_http2_says() {
    let authority = Authority::new();
    let server = https(Shows::new(authority.server("localhost"))).await;
    let mut step = request("POST", "/a?b=c");
    step.headers = vec![
        ("x-own".to_owned(), text("yes")),
        ("connection".to_owned(), text("keep-alive")),
        ("te".to_owned(), text("gzip")),
    ];
    step.body = Body::Text(text("12345"));
    let contains = |part: &str| check(part, Expectation::BodyContains(part.to_owned()));
    let url = format!(
        "POST https://localhost:{}/a?b=c HTTP/2.0 5",
        server.address.port()
    );
    step.checks = vec![
        contains(&url),
        contains(r#""x-own": "yes""#),
        contains(r#""content-length": "5""#),
    ];
    let mut run = Run::new(ten(step), server.address);
    run.plan.http.tls = authority.trusted();
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    let held = recorded.checks();
    assert!(held.values().all(|(_, fails)| *fails == 0), "{examples:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_of_the_steps_own_is_the_authority() {
    let server = Server::scripted(|stream| serve(stream, true)).await;
    let mut step = get("/");
    step.headers = vec![("host".to_owned(), text("virtual.test"))];
    let url = "http://virtual.test/ HTTP/2.0".to_owned();
    step.checks = vec![check("host", Expectation::BodyContains(url))];
    let recorded = by_prior_knowledge(ten(step), &server).await;
    assert_eq!(recorded.checks()[&0], (10, 0), "{:?}", recorded.examples());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_go_both_ways_through_flow_control() {
    let server = Server::scripted(|stream| async move {
        let mut connection = h2::server::handshake(stream).await.expect("a client");
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            tokio::spawn(async move {
                // An echo: the answer begins before the request has ended.
                let mut up = request.into_body();
                let mut down = respond
                    .send_response(Response::new(()), false)
                    .expect("a stream");
                while let Some(Ok(piece)) = up.data().await {
                    up.flow_control()
                        .release_capacity(piece.len())
                        .expect("a stream");
                    down.send_data(piece, false).expect("a stream");
                }
                down.send_data(Bytes::new(), true).expect("a stream");
            });
        }
    })
    .await;
    let mut step = request("POST", "/");
    step.body = Body::Text(text(&format!("{}end", "x".repeat(3_000_000))));
    step.checks = vec![check("end", Expectation::BodyContains("xend".to_owned()))];
    let recorded = by_prior_knowledge(ten(step), &server).await;
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{:?}",
        recorded.examples()
    );
    assert_eq!(recorded.checks()[&0], (10, 0));
    let series = only_series(&recorded);
    assert!(series.bytes_sent > 30_000_000, "{}", series.bytes_sent);
    assert!(
        series.bytes_received > 30_000_000,
        "{}",
        series.bytes_received
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_is_connected_to_again() {
    let server = Server::scripted(|stream| async move {
        let mut connection = h2::server::handshake(stream).await.expect("a client");
        if let Some(Ok((_, respond))) = connection.accept().await {
            answer(respond);
            connection.graceful_shutdown();
            while connection.accept().await.is_some() {}
        }
    })
    .await;
    let recorded = by_prior_knowledge(ten(get("/")), &server).await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    assert!(server.connections() >= 10, "{}", server.connections());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_stream_is_sent_again_whatever_the_method() {
    let refused = Arc::new(AtomicU64::new(0));
    let server = {
        let refused = Arc::clone(&refused);
        Server::scripted(move |stream| {
            let refused = Arc::clone(&refused);
            async move {
                let mut connection = h2::server::handshake(stream).await.expect("a client");
                let mut seen = 0;
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    seen += 1;
                    if seen == 3 {
                        refused.fetch_add(1, Ordering::SeqCst);
                        respond.send_reset(Reason::REFUSED_STREAM);
                    } else {
                        answer(respond);
                    }
                }
            }
        })
        .await
    };
    let recorded = by_prior_knowledge(ten(request("POST", "/")), &server).await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    assert_eq!(refused.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_stream_is_closed_and_its_connection_kept() {
    let server = Server::scripted(|stream| async move {
        let mut connection = h2::server::handshake(stream).await.expect("a client");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(Reason::INTERNAL_ERROR);
        }
    })
    .await;
    let recorded = by_prior_knowledge(ten(get("/")), &server).await;
    assert_eq!(recorded.failed_with(ErrorKind::Closed), 10);
    assert_eq!(server.connections(), 1);
    assert!(recorded.examples()[0].contains("stream error received"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_whether_anybody_is_there_is_answered_between_requests() {
    let answered = Arc::new(AtomicU64::new(0));
    let server = {
        let answered = Arc::clone(&answered);
        Server::scripted(move |stream| {
            let answered = Arc::clone(&answered);
            async move {
                let mut connection = h2::server::handshake(stream).await.expect("a client");
                let mut pings = connection.ping_pong().expect("the first to ask for it");
                let pinging = async {
                    while pings.ping(Ping::opaque()).await.is_ok() {
                        answered.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(10 * MS).await;
                    }
                };
                let answering = async {
                    while let Some(Ok((_, respond))) = connection.accept().await {
                        answer(respond);
                    }
                };
                tokio::join!(pinging, answering);
            }
        })
        .await
    };
    let flow = vec![sends(get("/")), thinks(300 * MS)];
    let plan = load(vec![scenario(open("1/s", 100 * MS, 1), flow)]);
    let recorded = by_prior_knowledge(plan, &server).await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 1);
    let answered = answered.load(Ordering::SeqCst);
    assert!(answered >= 10, "{answered}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_http2_is_a_protocol_error() {
    for bytes in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        &[0xff; 100],
        // Settings of an odd length.
        &[0, 0, 1, 4, 0, 0, 0, 0, 0, 9],
        // An answer to a stream that nobody opened.
        &[0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 1, 5, 0, 0, 0, 7, 0x88],
    ] {
        let server = Server::scripted(move |mut stream: TcpStream| async move {
            let _ = stream.write_all(bytes).await;
            hold(stream).await;
        })
        .await;
        let recorded = by_prior_knowledge(ten(get("/")), &server).await;
        let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
        assert_eq!(
            recorded.failed_with(ErrorKind::Protocol),
            10,
            "{bytes:?}: {outcomes:?} {examples:?}"
        );
    }
}
