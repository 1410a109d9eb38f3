//! Servers that break the rules: each is counted under its own kind of error, within the timeout,
//! and the load goes on. Every one of them meets every transport, and both must say the same.

mod support;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::expectation::{Expectation, ValueMatch};
use rtest_core::plan::{LoadPlan, RequestStep};
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_load::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use support::Run;
use support::plan::{check, closed, get, load, open, request, scenario, sends};
use support::recorded::{Recorded, assert_close};
use support::server::{Server, ok, read_request, reset};

const TIMEOUT: Duration = Duration::from_millis(300);

/// How long a request may take in the worst case: its timeout, and what the machine's other work
/// may add to it while servers send as fast as they can.
const PATIENCE: Duration = Duration::from_secs(20);

const TRANSPORTS: [Transport; 2] = [Transport::Cheapest, Transport::General];

/// Ten requests, 50 a second, each with little time.
fn ten(mut request: RequestStep) -> LoadPlan {
    request.timeout = TIMEOUT;
    let executor = open("50/s", Duration::from_millis(200), 10);
    load(vec![scenario(executor, vec![sends(request)])])
}

/// Sends ten requests to a server, over each transport; none is lost, and none waits for longer
/// than it may.
async fn met_by(server: &Server, request: &RequestStep) -> Vec<Arc<Recorded>> {
    let mut all = Vec::new();
    for transport in TRANSPORTS {
        let run = Run::new(ten(request.clone()), server.address);
        let recorded = run.go_over(transport).await;
        recorded.assert_nothing_lost(0);
        assert_eq!(recorded.scenario(0).completed, 10, "{transport:?}");
        let slowest = recorded.response_time().max_ms();
        assert!(slowest < PATIENCE.as_secs_f64() * 1e3, "{slowest} ms");
        all.push(recorded);
    }
    all
}

/// Sends ten requests to a server that plays `script` on each connection.
async fn scripted<F>(script: impl Fn(TcpStream) -> F + Send + 'static) -> Vec<Arc<Recorded>>
where
    F: Future<Output = ()> + Send + 'static,
{
    met_by(&Server::scripted(script).await, &get("/")).await
}

/// Sends ten requests to a server that answers each with these bytes and closes.
async fn answered_with(bytes: &[u8]) -> Vec<Arc<Recorded>> {
    let bytes = bytes.to_vec();
    scripted(move |mut stream| {
        let bytes = bytes.clone();
        async move {
            if read_request(&mut stream).await.is_some() {
                // The client may have hung up in disgust already.
                let _ = stream.write_all(&bytes).await;
            }
        }
    })
    .await
}

#[track_caller]
fn assert_all(recorded: &[Arc<Recorded>], outcome: Outcome, what: &[u8]) {
    for (recorded, transport) in recorded.iter().zip(TRANSPORTS) {
        assert_eq!(
            recorded.ended_with(outcome),
            10,
            "{} over {transport:?}: {:?} {:?}",
            what[..what.len().min(200)].escape_ascii(),
            recorded.outcomes(),
            recorded.examples()
        );
    }
}

#[track_caller]
fn assert_failed(recorded: &[Arc<Recorded>], kind: ErrorKind, what: &[u8]) {
    assert_all(recorded, Outcome::Error(kind), what);
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    for bytes in [
        &b"garbage\r\n\r\n"[..],
        b"\0\0\0\0\0\0\0\0",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 1000 High\r\n\r\n",
        b"HTTP/1.1 200 O\0K\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX\0Y: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX\xff: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
    ] {
        let recorded = answered_with(bytes).await;
        assert_failed(&recorded, ErrorKind::Protocol, bytes);
        for recorded in recorded {
            let example = &recorded.examples()[0];
            assert!(example.starts_with("GET /: "), "{example}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_closed_connection() {
    for bytes in [
        &b""[..],
        b"H",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nX",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: ",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        let recorded = answered_with(bytes).await;
        assert_failed(&recorded, ErrorKind::Closed, bytes);
    }
}

#[tokio::test]
async fn what_is_odd_and_yet_http_is_an_answer() {
    for (bytes, status) in [
        (&b"HTTP/1.0 200 OK\r\n\r\nall of it"[..], 200),
        (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999),
        (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", 200),
        (b"HTTP/1.1 200 \xff\xfe\r\nX: \xe4\xff\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 200),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 204),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200),
    ] {
        let recorded = answered_with(bytes).await;
        assert_all(&recorded, Outcome::Status(status), bytes);
    }
    let recorded = answered_with(b"HTTP/1.0 200 OK\r\n\r\nall of it").await;
    for recorded in recorded {
        let series: Vec<_> = recorded.series().into_values().collect();
        assert_eq!(series[0].bytes_received, 10 * 28, "heads and bodies");
    }
}

/// What follows an answer on its connection answers nothing.
#[tokio::test]
async fn bytes_beyond_an_answer_are_never_taken_for_the_next() {
    for surplus in [
        &b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"[..],
        b"garbage",
        b"\r\n",
    ] {
        let answer = [&ok("hello"), surplus].concat();
        let server = Server::answering(move |_| {
            let answer = answer.clone();
            async move { answer }
        })
        .await;
        for recorded in met_by(&server, &get("/")).await {
            let outcomes = recorded.outcomes();
            assert_eq!(recorded.ended_with(Outcome::Status(201)), 0, "{outcomes:?}");
            let answered = recorded.ended_with(Outcome::Status(200));
            let protocol = recorded.failed_with(ErrorKind::Protocol);
            assert_eq!(answered + protocol, 10, "{outcomes:?}");
            assert!(answered > 0, "{outcomes:?}");
        }
    }
}

/// Bytes that come again and again, up to the client's having enough.
async fn without_end(begin: &'static [u8], again: &'static [u8]) -> Vec<Arc<Recorded>> {
    scripted(move |mut stream| async move {
        let _ = read_request(&mut stream).await;
        let _ = stream.write_all(begin).await;
        let more = again.repeat(500);
        while stream.write_all(&more).await.is_ok() {}
    })
    .await
}

#[tokio::test]
async fn heads_without_end_are_a_protocol_error() {
    for (begin, again) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], &b"X-More: and more\r\n"[..]),
        (b"HTTP/1.1 200 OK\r\nX-More: ", b"and more"),
        (b"HTTP/1.1 200 ", b"and more"),
    ] {
        let recorded = without_end(begin, again).await;
        assert_failed(&recorded, ErrorKind::Protocol, begin);
        for recorded in recorded {
            let series: Vec<_> = recorded.series().into_values().collect();
            let received = series[0].bytes_received;
            assert!(
                received < 10 * 200_000,
                "it was not read on and on: {received}"
            );
        }
    }
}

#[tokio::test]
async fn chunks_that_are_all_frame_and_no_body_do_not_fill_the_memory() {
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const EXTENDED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;";
    const TRAILED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    for (begin, again) in [
        (EXTENDED, &b"extension=and more;"[..]),
        (TRAILED, b"X-More: and more\r\n"),
        (CHUNKED, b"00000000000000000000"),
        (CHUNKED, b"1;extension\r\nx\r\n"),
    ] {
        for recorded in without_end(begin, again).await {
            let ended = recorded.failed_with(ErrorKind::Protocol)
                + recorded.failed_with(ErrorKind::Timeout);
            assert_eq!(ended, 10, "{:?}", recorded.outcomes());
        }
    }
}

#[tokio::test]
async fn interim_answers_without_end_are_given_up() {
    let recorded = without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n").await;
    for recorded in recorded {
        let ended =
            recorded.failed_with(ErrorKind::Protocol) + recorded.failed_with(ErrorKind::Timeout);
        assert_eq!(ended, 10, "{:?}", recorded.outcomes());
    }
}

#[tokio::test]
async fn a_reset_is_a_closed_connection_wherever_it_comes() {
    for recorded in scripted(|stream| async move { reset(stream) }).await {
        // It may come while the connection is being opened, or after.
        let ended =
            recorded.failed_with(ErrorKind::Connect) + recorded.failed_with(ErrorKind::Closed);
        assert_eq!(ended, 10, "{:?}", recorded.outcomes());
    }
    for sent in [
        &b""[..],
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\n\r\nup to the end",
    ] {
        let recorded = scripted(move |mut stream| async move {
            let _ = read_request(&mut stream).await;
            let _ = stream.write_all(sent).await;
            reset(stream);
        })
        .await;
        assert_failed(&recorded, ErrorKind::Closed, sent);
    }
}

/// A server that says nothing, or too little, holds nobody up for longer than the timeout.
#[tokio::test]
async fn silence_ends_at_the_timeout() {
    for sent in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nX",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n\r\nno end in sight",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let recorded = scripted(move |mut stream| async move {
            let _ = read_request(&mut stream).await;
            let _ = stream.write_all(sent).await;
            // Up to the client's having enough.
            let _ = stream.read(&mut [0; 1]).await;
        })
        .await;
        assert_failed(&recorded, ErrorKind::Timeout, sent);
    }
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_timeout() {
    let drip = |bytes: Vec<u8>| {
        scripted(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                let _ = read_request(&mut stream).await;
                for byte in bytes {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
            }
        })
    };
    for recorded in drip(ok(&"x".repeat(1000))).await {
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
    let head = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1000));
    for recorded in drip(head.into_bytes()).await {
        assert_eq!(recorded.failed_with(ErrorKind::Timeout), 10);
        assert!(recorded.examples()[0].contains("timed out while waiting for the answer"));
    }
}

/// What a server says before it was asked, or before it has heard all, may come in time or too
/// early; it is counted, and never waited for in vain.
#[tokio::test]
async fn an_answer_that_comes_before_its_request_is_counted() {
    let early = Server::scripted(|mut stream: TcpStream| async move {
        let _ = stream.write_all(&ok("hello")).await;
        let _ = read_request(&mut stream).await;
    })
    .await;
    for recorded in met_by(&early, &get("/")).await {
        let ended = recorded.ended_with(Outcome::Status(200))
            + recorded.failed_with(ErrorKind::Protocol)
            + recorded.failed_with(ErrorKind::Closed);
        assert_eq!(ended, 10, "{:?}", recorded.outcomes());
    }

    // The body is far more than the buffers in between hold: the answer comes while it is sent.
    let refusing = Server::scripted(|mut stream: TcpStream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
        let refused = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let _ = stream.write_all(refused).await;
    })
    .await;
    let mut upload = request("POST", "/");
    upload.body = rtest_core::plan::Body::File(vec![b'x'; 20_000_000].into());
    for recorded in met_by(&refusing, &upload).await {
        let ended =
            recorded.ended_with(Outcome::Status(413)) + recorded.failed_with(ErrorKind::Closed);
        assert_eq!(ended, 10, "{:?}", recorded.outcomes());
    }
}

#[tokio::test]
async fn headers_beyond_ascii_are_looked_at_without_fear() {
    let mut looks = get("/");
    looks.checks = vec![check(
        "x",
        Expectation::Header {
            name: "x".to_owned(),
            value: ValueMatch::Exists(true),
        },
    )];
    let server = Server::answering(|_| async {
        b"HTTP/1.1 200 OK\r\nX: caf\xe9\xff\r\nContent-Length: 0\r\n\r\n".to_vec()
    })
    .await;
    for recorded in met_by(&server, &looks).await {
        assert_eq!(recorded.checks()[&0], (10, 0));
    }
}

#[tokio::test]
async fn nobody_there_is_a_refused_connection() {
    let port_of_nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("bound")
    };
    for transport in TRANSPORTS {
        let run = Run::new(ten(get("/")), port_of_nobody);
        let recorded = run.go_over(transport).await;
        recorded.assert_nothing_lost(0);
        assert_eq!(recorded.failed_with(ErrorKind::ConnectRefused), 10);

        // In a closed loop nothing slows the attempts down; the loop must still see its end.
        let plan = load(vec![scenario(
            closed(2, Duration::from_millis(300)),
            vec![sends(get("/"))],
        )]);
        let recorded = Run::new(plan, port_of_nobody).go_over(transport).await;
        recorded.assert_nothing_lost(0);
        assert!(recorded.failed_with(ErrorKind::ConnectRefused) > 10);
    }
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
    for transport in TRANSPORTS {
        let unread = load(vec![scenario(executor(), vec![sends(get("/"))])]);
        let recorded = Run::new(unread, server.address).go_over(transport).await;
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
        let recorded = Run::new(looked_into, server.address)
            .go_over(transport)
            .await;
        assert_eq!(recorded.failed_with(ErrorKind::BodyTooLarge), 2);
        assert_eq!(recorded.checks()[&0], (0, 2));
    }
}
