//! Peers that break the rules of what lies below HTTP/1.1, or keep them to the letter without
//! end: a named kind of error, within the timeout, and no more memory than a limit.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use rtest_core::Scheme;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{HttpVersion, RequestStep};
use rtest_core::sample::{ErrorKind, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::certificates::Authority;
use crate::servers::{MS, Shows, hold, only_series, serve_with, target, ten};
use crate::support::Run;
use crate::support::plan::{check, get};
use crate::support::recorded::{Recorded, assert_close};
use crate::support::server::{Server, read_request, reset};

const TIMEOUT: Duration = Duration::from_millis(300);

fn impatient() -> RequestStep {
    RequestStep {
        timeout: TIMEOUT,
        ..get("/")
    }
}

async fn over(version: HttpVersion, server: &Server) -> Arc<Recorded> {
    let mut run = Run::new(ten(impatient()), server.address);
    run.plan.http.version = version;
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.requests(), 10);
    recorded
}

#[track_caller]
fn assert_timed_out(recorded: &Recorded) {
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::Timeout),
        10,
        "{outcomes:?} {examples:?}"
    );
    let series = only_series(recorded);
    assert_close("timeout", series.service_time.max_ms(), TIMEOUT, 0.05);
}

/// What the process takes of memory.
fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|number| number.parse().ok())
        .expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interim_answers_without_end_are_a_protocol_error() {
    let before = resident_kilobytes();
    let plain = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        let many = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(1000);
        while stream.write_all(&many).await.is_ok() {}
    })
    .await;
    let recorded = over(HttpVersion::Http1, &plain).await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::Protocol),
        10,
        "{outcomes:?} {examples:?}"
    );
    assert!(
        examples[0].contains("the head of no answer"),
        "{examples:?}"
    );

    let h2 = Server::scripted(|mut stream: TcpStream| async move {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let _ = stream.write_all(&settings).await;
        let mut preface = [0; 24];
        let _ = stream.read_exact(&mut preface).await;
        // HEADERS of stream 1: `:status: 103`, a literal that no table holds.
        let hints = [0, 0, 5, 1, 4, 0, 0, 0, 1, 0x08, 3, b'1', b'0', b'3'].repeat(1000);
        while stream.write_all(&hints).await.is_ok() {}
    })
    .await;
    let recorded = over(HttpVersion::Http2, &h2).await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    let failed = recorded.failed_with(ErrorKind::Timeout)
        + recorded.failed_with(ErrorKind::Protocol)
        + recorded.failed_with(ErrorKind::Closed);
    assert_eq!(failed, 10, "{outcomes:?} {examples:?}");
    let grown = resident_kilobytes() - before;
    assert!(grown < 200_000, "{grown} kB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_end_ends_at_the_timeout() {
    let before = resident_kilobytes();
    let plain = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
        let _ = stream.write_all(head).await;
        let piece = vec![b'x'; 1 << 20];
        while stream.write_all(&piece).await.is_ok() {}
    })
    .await;
    let recorded = over(HttpVersion::Http1, &plain).await;
    assert_timed_out(&recorded);

    let h2 = Server::scripted(|stream| async move {
        let mut connection = h2::server::handshake(stream).await.expect("a client");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            tokio::spawn(async move {
                let head = Response::new(());
                let mut body = respond.send_response(head, false).expect("a stream");
                loop {
                    body.reserve_capacity(1 << 16);
                    match std::future::poll_fn(|cx| body.poll_capacity(cx)).await {
                        Some(Ok(room)) => {
                            let piece = Bytes::from(vec![b'x'; room]);
                            if body.send_data(piece, false).is_err() {
                                return;
                            }
                        }
                        _ => return,
                    }
                }
            });
        }
    })
    .await;
    let recorded = over(HttpVersion::Http2, &h2).await;
    assert_timed_out(&recorded);
    let grown = resident_kilobytes() - before;
    assert!(grown < 200_000, "{grown} kB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_kept_has_a_limit_in_every_version() {
    for h2 in [false, true] {
        let server = Server::scripted(move |stream| async move {
            serve_with(stream, h2, |_| async {
                let body = Full::new(Bytes::from(vec![b'x'; 20_000_000]));
                Ok(Response::new(body))
            })
            .await;
        })
        .await;
        let mut step = get("/");
        step.checks = vec![check("end", Expectation::BodyContains("end".to_owned()))];
        let mut run = Run::new(ten(step), server.address);
        if h2 {
            run.plan.http.version = HttpVersion::Http2;
        }
        let recorded = run.go().await;
        let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
        assert_eq!(
            recorded.failed_with(ErrorKind::BodyTooLarge),
            10,
            "{outcomes:?} {examples:?}"
        );

        let mut run = Run::new(ten(get("/")), server.address);
        if h2 {
            run.plan.http.version = HttpVersion::Http2;
        }
        let recorded = run.go().await;
        assert_eq!(
            recorded.ended_with(Outcome::Status(200)),
            10,
            "nobody looks at it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_without_end_are_a_protocol_error() {
    // In HTTP/2: one HEADERS, then CONTINUATION upon CONTINUATION.
    let server = Server::scripted(|mut stream: TcpStream| async move {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let _ = stream.write_all(&settings).await;
        let mut preface = [0; 24];
        let _ = stream.read_exact(&mut preface).await;
        let _ = stream.write_all(&[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x88]).await;
        // `a: ` and 100 bytes, a literal that no table holds.
        let mut more = vec![0, 0, 104, 9, 0, 0, 0, 0, 1, 0, 1, b'a', 100];
        more.extend([b'b'; 101]);
        more[2] = u8::try_from(more.len() - 9).expect("short");
        let more = more.repeat(1000);
        while stream.write_all(&more).await.is_ok() {}
    })
    .await;
    let recorded = over(HttpVersion::Http2, &server).await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::Protocol),
        10,
        "{outcomes:?} {examples:?}"
    );
    let received = only_series(&recorded).bytes_received;
    assert!(
        received < 10 * 1_000_000,
        "it was not read on and on: {received}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_within_tls_is_a_tls_error() {
    let authority = Authority::new();
    let acceptor = Shows::new(authority.server("localhost"))
        .alpn(&["http/1.1"])
        .acceptor();
    let server = Server::scripted(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut request = [0; 1000];
            let _ = stream.read(&mut request).await;
            // Past TLS, onto the wire.
            let (wire, _) = stream.get_mut();
            let _ = wire.write_all(&[0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5]).await;
            let mut rest = [0; 1000];
            let _ = wire.read(&mut rest).await;
        }
    })
    .await;
    let mut run = Run::new(ten(impatient()), server.address);
    run.plan.http.tls = authority.trusted();
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::Tls),
        10,
        "{outcomes:?} {examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_in_any_phase_of_http2_is_a_closed_connection() {
    for after in [0, 24, 60] {
        let server = Server::scripted(move |mut stream: TcpStream| async move {
            let mut read = vec![0; after];
            let _ = stream.read_exact(&mut read).await;
            tokio::time::sleep(5 * MS).await;
            reset(stream);
        })
        .await;
        let recorded = over(HttpVersion::Http2, &server).await;
        let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
        let failed = recorded.failed_with(ErrorKind::Closed);
        assert_eq!(failed, 10, "{after}: {outcomes:?} {examples:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_within_a_body_over_tls_is_a_closed_connection() {
    let authority = Authority::new();
    let acceptor = Shows::new(authority.server("localhost"))
        .alpn(&["http/1.1"])
        .acceptor();
    let server = Server::scripted(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut request = [0; 1000];
            let _ = stream.read(&mut request).await;
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            stream.write_all(head).await.expect("a client");
            stream.flush().await.expect("a client");
            tokio::time::sleep(5 * MS).await;
            reset(stream.into_inner().0);
        }
    })
    .await;
    let mut run = Run::new(ten(impatient()), server.address);
    run.plan.http.tls = authority.trusted();
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::Closed),
        10,
        "{outcomes:?} {examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_drips_ends_at_the_timeout() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        // A record of 16,000 bytes, of which one comes every few milliseconds.
        let _ = stream.write_all(&[0x16, 3, 3, 0x3e, 0x80]).await;
        let mut first = true;
        while stream.write_all(&[if first { 2 } else { 0 }]).await.is_ok() {
            first = false;
            tokio::time::sleep(5 * MS).await;
        }
        hold(stream).await;
    })
    .await;
    let mut run = Run::new(ten(impatient()), server.address);
    run.plan.http.tls.insecure = true;
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(recorded.failed_with(ErrorKind::Timeout), 10, "{outcomes:?}");
    assert!(
        examples[0].contains("timed out while shaking hands over TLS"),
        "{examples:?}"
    );
}
