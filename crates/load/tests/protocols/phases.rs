//! Where the time of a request went, against servers that take a known time for each part.

use std::time::Duration;

use rtest_core::Scheme;
use rtest_core::plan::{Body, HttpVersion, ProxyPlan, Reuse};
use rtest_core::sample::{Outcome, RequestPhase};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use crate::certificates::Authority;
use crate::servers::{LARGE, MS, Shows, only_series, take_large, target, ten, times};
use crate::support::Run;
use crate::support::plan::{get, load, open, request, scenario, sends, text};
use crate::support::recorded::assert_close;
use crate::support::server::{Server, read_request};

const TUNNEL: Duration = Duration::from_millis(70);
const HANDSHAKE: Duration = Duration::from_millis(110);
const THINKING: Duration = Duration::from_millis(60);
const HALF: Duration = Duration::from_millis(40);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_phase_takes_what_the_peers_made_it_take() {
    let authority = Authority::new();
    let acceptor = Shows::new(authority.server("localhost"))
        .alpn(&["http/1.1"])
        .acceptor();
    let server = Server::scripted(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            tokio::time::sleep(HANDSHAKE).await;
            let mut stream = acceptor.accept(stream).await.expect("a handshake");
            let mut request = [0; 1000];
            while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                tokio::time::sleep(THINKING).await;
                let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na";
                stream.write_all(head).await.expect("a client");
                stream.flush().await.expect("a client");
                tokio::time::sleep(HALF).await;
                stream.write_all(b"b").await.expect("a client");
                stream.flush().await.expect("a client");
            }
        }
    })
    .await;
    let address = server.address;
    let proxy = Server::scripted(move |mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        tokio::time::sleep(TUNNEL).await;
        let mut onward = TcpStream::connect(address).await.expect("the server");
        stream
            .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
            .await
            .expect("a client");
        let _ = copy_bidirectional(&mut stream, &mut onward).await;
    })
    .await;
    // Each of four virtual users needs a connection, and uses it again.
    let executor = open("40/s", 500 * MS, 20);
    let plan = load(vec![scenario(executor, vec![sends(get("/"))])]);
    let mut run = Run::new(plan, proxy.address);
    run.plan.http.proxy = Some(ProxyPlan {
        authority: proxy.address.to_string(),
        login: None,
    });
    run.plan.http.tls = authority.trusted();
    run.context.target = target(Scheme::Https, "localhost", address);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        20,
        "{examples:?}"
    );

    let series = only_series(&recorded);
    let opened = server.connections();
    assert!(opened < 20, "some were used again: {opened}");
    for (phase, truth) in [
        (RequestPhase::Connecting, TUNNEL),
        (RequestPhase::TlsHandshaking, HANDSHAKE),
    ] {
        assert_eq!(times(&series, phase), opened, "{phase:?}");
        let median = series.phases.get(phase).quantile_ms(0.5);
        assert_close(phase.name(), median, truth + 3 * MS, 0.3);
    }
    for phase in [
        RequestPhase::Blocked,
        RequestPhase::LookingUp,
        RequestPhase::Sending,
    ] {
        assert_eq!(times(&series, phase), 0, "{phase:?}");
    }
    assert_close(
        "waiting",
        series.waiting.quantile_ms(0.5),
        THINKING + MS,
        0.3,
    );
    assert_close(
        "receiving",
        series.receiving.quantile_ms(0.5),
        HALF + MS,
        0.1,
    );
    let service = series.service_time.quantile_ms(0.5);
    assert_close("service time", service, THINKING + HALF + 2 * MS, 0.1);
    // What it took to open a connection is part of what a user waits, and of nothing else.
    let slowest = series.response_time.max_ms();
    let all = TUNNEL + HANDSHAKE + THINKING + HALF;
    assert_close("response time", slowest, all + 6 * MS, 0.12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_lasts_until_the_last_byte_is_handed_over() {
    const RELUCTANCE: Duration = Duration::from_millis(150);
    let body = "x".repeat(LARGE);
    for version in [HttpVersion::Http1, HttpVersion::Http2] {
        let server = Server::scripted(move |mut stream: TcpStream| async move {
            if version == HttpVersion::Http2 {
                let mut connection = h2::server::handshake(stream).await.expect("a client");
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    tokio::spawn(async move {
                        tokio::time::sleep(RELUCTANCE).await;
                        let mut body = request.into_body();
                        while let Some(Ok(piece)) = body.data().await {
                            let read = body.flow_control().release_capacity(piece.len());
                            read.expect("a stream");
                        }
                        tokio::time::sleep(THINKING).await;
                        let head = hyper::Response::new(());
                        respond.send_response(head, true).expect("a stream");
                    });
                }
                return;
            }
            while take_large(&mut stream, RELUCTANCE).await {
                tokio::time::sleep(THINKING).await;
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(answer).await.expect("a client");
            }
        })
        .await;
        let mut step = request("POST", "/");
        step.body = Body::Text(text(&body));
        let executor = open("4/s", 1000 * MS, 4);
        let plan = load(vec![scenario(executor, vec![sends(step)])]);
        let mut run = Run::new(plan, server.address);
        run.plan.http.version = version;
        let recorded = run.go().await;
        let examples = recorded.examples();
        assert_eq!(recorded.ended_with(Outcome::Status(200)), 4, "{examples:?}");
        let series = only_series(&recorded);
        let sending = series.phases.get(RequestPhase::Sending);
        assert_eq!(sending.len(), 4, "{version:?}");
        assert!(
            sending.min_ms() >= 149.0,
            "{version:?}: {}",
            sending.min_ms()
        );
        let waiting = series.waiting.quantile_ms(0.5);
        assert!(
            waiting < 150.0,
            "{version:?}: sending is no waiting: {waiting}"
        );
        assert!(waiting >= 59.0, "{version:?}: {waiting}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_for_one_request_are_opened_for_each() {
    let server = Server::answering(|request| async move {
        assert!(request.contains("connection: close"), "{request}");
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()
    })
    .await;
    let mut run = Run::new(ten(get("/")), server.address);
    run.plan.http.connections.reuse = Reuse::Never;
    let recorded = run.go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
    assert_eq!(server.connections(), 10);
    let series = only_series(&recorded);
    assert_eq!(times(&series, RequestPhase::Connecting), 10);
}
