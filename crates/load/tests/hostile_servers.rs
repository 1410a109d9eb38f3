//! Servers that break the rules: each is counted under its own kind of error, within the timeout,
//! and the load goes on.

mod support;

use std::time::Duration;

use rtest_core::expectation::Expectation;
use rtest_core::plan::LoadPlan;
use rtest_core::sample::{ErrorKind, Outcome};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use support::Run;
use support::plan::{check, closed, get, load, open, request, scenario, sends};
use support::recorded::assert_close;
use support::server::{Server, ok, read_request, reset};

const TIMEOUT: Duration = Duration::from_millis(300);

/// Ten requests, 50 a second, each with little time.
fn ten_requests() -> LoadPlan {
    let mut request = get("/");
    request.timeout = TIMEOUT;
    let executor = open("50/s", Duration::from_millis(200), 10);
    load(vec![scenario(executor, vec![sends(request)])])
}

/// Sends ten requests to a server that answers each with these bytes and closes.
async fn answered_with(bytes: &'static [u8]) -> std::sync::Arc<support::recorded::Recorded> {
    let server = Server::scripted(move |mut stream: TcpStream| async move {
        if read_request(&mut stream).await.is_some() {
            // The client may have hung up in disgust already.
            let _ = stream.write_all(bytes).await;
        }
    })
    .await;
    let recorded = Run::new(ten_requests(), server.address).go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.scenario(0).completed, 10);
    recorded
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    for bytes in [
        &b"garbage\r\n\r\n"[..],
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    ] {
        let recorded = answered_with(bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        let outcomes = recorded.outcomes();
        assert_eq!(
            recorded.failed_with(ErrorKind::Protocol),
            10,
            "{shown}: {outcomes:?}"
        );
        assert!(recorded.examples()[0].starts_with("GET /: "), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_closed_connection() {
    for bytes in [
        &b""[..],
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let recorded = answered_with(bytes).await;
        let shown = String::from_utf8_lossy(bytes);
        let outcomes = recorded.outcomes();
        assert_eq!(
            recorded.failed_with(ErrorKind::Closed),
            10,
            "{shown}: {outcomes:?}"
        );
    }
}

#[tokio::test]
async fn a_body_up_to_the_end_of_the_connection_is_whole() {
    let recorded = answered_with(b"HTTP/1.0 200 OK\r\n\r\nall of it").await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
    let series: Vec<_> = recorded.series().into_values().collect();
    assert_eq!(series[0].bytes_received, 10 * 28, "heads and bodies");
}

#[tokio::test]
async fn heads_without_end_are_a_protocol_error() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        let more = b"X-More: and more\r\n".repeat(500);
        while stream.write_all(&more).await.is_ok() {}
    })
    .await;
    let recorded = Run::new(ten_requests(), server.address).go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.failed_with(ErrorKind::Protocol),
        10,
        "{examples:?}"
    );
    let series: Vec<_> = recorded.series().into_values().collect();
    let received = series[0].bytes_received;
    assert!(
        received < 10 * 100_000,
        "it was not read on and on: {received}"
    );
}

#[tokio::test]
async fn a_reset_is_a_closed_connection() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        reset(stream);
    })
    .await;
    let recorded = Run::new(ten_requests(), server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Closed), 10);

    let server = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
        stream.write_all(head).await.expect("a client that reads");
        reset(stream);
    })
    .await;
    let recorded = Run::new(ten_requests(), server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Closed), 10);
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_timeout() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        let _ = read_request(&mut stream).await;
        for byte in ok(&"x".repeat(1000)) {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    })
    .await;
    let recorded = Run::new(ten_requests(), server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Timeout), 10);
    let series: Vec<_> = recorded.series().into_values().collect();
    let service_time = &series[0].service_time;
    // Sent after connecting, which the timeout includes.
    assert_close("timeout", service_time.min_ms(), TIMEOUT, 0.1);
    assert!(service_time.max_ms() <= 300.3, "{}", service_time.max_ms());
    let waiting = series[0].waiting.max_ms();
    assert!(waiting < 290.0, "the head had arrived: {waiting}");
    assert!(recorded.examples()[0].contains("timed out while receiving the body"));
}

#[tokio::test]
async fn nobody_there_is_a_refused_connection() {
    let port_of_nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("bound")
    };
    let recorded = Run::new(ten_requests(), port_of_nobody).go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.failed_with(ErrorKind::ConnectRefused), 10);

    // In a closed loop nothing slows the attempts down; the loop must still see its end.
    let plan = load(vec![scenario(
        closed(2, Duration::from_millis(300)),
        vec![sends(get("/"))],
    )]);
    let recorded = Run::new(plan, port_of_nobody).go().await;
    recorded.assert_nothing_lost(0);
    assert!(recorded.failed_with(ErrorKind::ConnectRefused) > 10);
}

#[tokio::test]
async fn a_body_without_end_is_cut_where_it_would_be_kept() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n";
    let server = Server::scripted(move |mut stream: TcpStream| async move {
        while read_request(&mut stream).await.is_some() {
            let _ = stream.write_all(head).await;
            if stream.write_all(&vec![b'x'; 20_000_000]).await.is_err() {
                return;
            }
        }
    })
    .await;
    let executor = || open("10/s", Duration::from_millis(200), 2);

    let unread = load(vec![scenario(executor(), vec![sends(get("/"))])]);
    let recorded = Run::new(unread, server.address).go().await;
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        2,
        "a download that nobody looks into is only counted"
    );
    let series: Vec<_> = recorded.series().into_values().collect();
    assert_eq!(series[0].bytes_received, 2 * (20_000_000 + 45));

    let mut looked_into = request("GET", "/");
    looked_into.checks = vec![check("end", Expectation::BodyContains("end".to_owned()))];
    let looked_into = load(vec![scenario(executor(), vec![sends(looked_into)])]);
    let recorded = Run::new(looked_into, server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::BodyTooLarge), 2);
    assert_eq!(recorded.checks()[&0], (0, 2));
}
