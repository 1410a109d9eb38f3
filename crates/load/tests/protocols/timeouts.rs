//! Each part of a request has a limit of its own, and its own name when that is over.

use std::sync::Arc;
use std::time::Duration;

use rtest_core::Scheme;
use rtest_core::plan::{Body, HttpVersion, TimeoutsPlan};
use rtest_core::sample::{ErrorKind, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::certificates::Authority;
use crate::servers::{LARGE, MS, Shows, hold, only_series, take_large, target, ten};
use crate::support::Run;
use crate::support::plan::{get, request, text};
use crate::support::recorded::{Recorded, assert_close};
use crate::support::server::{Server, read_request};

const LIMIT: Duration = Duration::from_millis(120);

#[track_caller]
fn assert_gave_up(recorded: &Recorded, kind: ErrorKind, says: &str) {
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(recorded.failed_with(kind), 10, "{outcomes:?} {examples:?}");
    assert!(examples[0].contains(says), "{examples:?}");
    // Recorded at the limit, not when it was noticed.
    let series = only_series(recorded);
    assert_close(says, series.service_time.min_ms(), LIMIT, 0.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_has_a_limit() {
    // A queue that is full: further connections get no answer.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind(([127, 0, 0, 1], 0).into())
        .expect("a free port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("bound");
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(100 * MS, TcpStream::connect(address)).await {
        waiting.push(stream);
    }
    let mut run = Run::new(ten(get("/")), address);
    run.plan.http.timeouts.connect = Some(LIMIT);
    let recorded = run.go().await;
    let says = "timed out while connecting: connecting may take 120ms";
    assert_gave_up(&recorded, ErrorKind::ConnectTimeout, says);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handshake_has_a_limit() {
    let silent = Server::scripted(hold).await;
    let mut run = Run::new(ten(get("/")), silent.address);
    run.plan.http.timeouts.tls = Some(LIMIT);
    run.plan.http.tls.insecure = true;
    run.context.target = target(Scheme::Https, "localhost", silent.address);
    let recorded = run.go().await;
    let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
    assert_eq!(
        recorded.failed_with(ErrorKind::TlsTimeout),
        10,
        "{outcomes:?}"
    );
    assert!(
        examples[0].contains("the handshake may take 120ms"),
        "{examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_byte_has_a_limit() {
    let silent = Server::scripted(hold).await;
    let mut run = Run::new(ten(get("/")), silent.address);
    run.plan.http.timeouts.first_byte = Some(LIMIT);
    let recorded = run.go().await;
    let says = "timed out while waiting for the answer: the first byte may take 120ms";
    assert_gave_up(&recorded, ErrorKind::FirstByteTimeout, says);

    let silent = Server::scripted(|stream| async move {
        let mut connection = h2::server::handshake(stream).await.expect("a client");
        let mut held = Vec::new();
        while let Some(Ok(request)) = connection.accept().await {
            held.push(request);
        }
    })
    .await;
    let mut run = Run::new(ten(get("/")), silent.address);
    run.plan.http.version = HttpVersion::Http2;
    run.plan.http.timeouts.first_byte = Some(LIMIT);
    let recorded = run.go().await;
    assert_gave_up(&recorded, ErrorKind::FirstByteTimeout, says);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_upload_is_no_wait_for_the_first_byte() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        while take_large(&mut stream, LIMIT * 3).await {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await.expect("a client");
        }
    })
    .await;
    let mut step = request("POST", "/");
    step.body = Body::Text(text(&"x".repeat(LARGE)));
    let mut run = Run::new(ten(step), server.address);
    run.plan.http.timeouts.first_byte = Some(LIMIT);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_within_a_body_has_a_limit() {
    // Longer than the limit in all, with a silence of that length only at the end.
    async fn drip<S: AsyncWriteExt + Unpin>(stream: &mut S) {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        if stream.write_all(head).await.is_err() {
            return;
        }
        for _ in 0..4 {
            let written = stream.write_all(b"piece").await;
            if written.is_err() || stream.flush().await.is_err() {
                return;
            }
            tokio::time::sleep(LIMIT / 2).await;
        }
    }
    let says = "timed out while receiving the body: the next byte may take 120ms";
    let limits = TimeoutsPlan {
        idle: Some(LIMIT),
        ..TimeoutsPlan::default()
    };
    let check = |recorded: Arc<Recorded>| {
        let (outcomes, examples) = (recorded.outcomes(), recorded.examples());
        assert_eq!(
            recorded.failed_with(ErrorKind::IdleTimeout),
            10,
            "{outcomes:?}"
        );
        assert!(examples[0].contains(says), "{examples:?}");
        let receiving = only_series(&recorded).receiving;
        assert_close("receiving", receiving.quantile_ms(0.5), LIMIT * 5 / 2, 0.15);
    };

    let plain = Server::scripted(|mut stream: TcpStream| async move {
        while read_request(&mut stream).await.is_some() {
            drip(&mut stream).await;
        }
    })
    .await;
    let mut run = Run::new(ten(get("/")), plain.address);
    run.plan.http.timeouts = limits;
    check(run.go().await);

    let authority = Authority::new();
    let acceptor = Shows::new(authority.server("localhost"))
        .alpn(&["http/1.1"])
        .acceptor();
    let tls = Server::scripted(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut request = [0; 1000];
            while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                drip(&mut stream).await;
            }
        }
    })
    .await;
    let mut run = Run::new(ten(get("/")), tls.address);
    run.plan.http.timeouts = limits;
    run.plan.http.tls = authority.trusted();
    run.context.target = target(Scheme::Https, "localhost", tls.address);
    check(run.go().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_request_ends_before_its_parts_may() {
    let silent = Server::scripted(hold).await;
    let mut step = get("/");
    step.timeout = LIMIT;
    let mut run = Run::new(ten(step), silent.address);
    run.plan.http.timeouts = TimeoutsPlan {
        dns: Some(LIMIT * 2),
        connect: Some(LIMIT * 2),
        tls: Some(LIMIT * 2),
        first_byte: Some(LIMIT * 2),
        idle: Some(LIMIT * 2),
    };
    let recorded = run.go().await;
    assert_gave_up(
        &recorded,
        ErrorKind::Timeout,
        "timed out while waiting for the answer",
    );
}
