//! What happens to connections between requests.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtest_core::plan::LoadPlan;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use support::Run;
use support::plan::{closed, get, load, open, request, scenario, sends, thinks};
use support::server::{Server, ok, read_request, reset};

fn closed_loop(vus: u32) -> LoadPlan {
    let executor = closed(vus, Duration::from_millis(400));
    load(vec![scenario(executor, vec![sends(get("/"))])])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_virtual_user_keeps_one_connection() {
    let server = Server::answering(|_| async { ok("hello") }).await;
    let recorded = Run::new(closed_loop(8), server.address).go().await;
    recorded.assert_nothing_lost(0);
    let requests = recorded.requests();
    assert!(requests > 100, "{requests}");
    assert_eq!(recorded.ended_with(Outcome::Status(200)), requests);
    assert_eq!(server.connections(), 8);
    let series: Vec<_> = recorded.series().into_values().collect();
    let connected = series[0].phases.get(RequestPhase::Connecting).len();
    assert!(connected <= 8, "the others reused theirs: {connected}");
    assert_eq!(series[0].bytes_received, 43 * requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_answer_keeps_its_connection() {
    let server = Server::answering(|_| async {
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
            .to_vec()
    })
    .await;
    let recorded = Run::new(closed_loop(2), server.address).go().await;
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        recorded.requests()
    );
    assert_eq!(server.connections(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_closes_after_each_answer_is_connected_to_again() {
    for head in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        // It does not even say so: the end may cross the next request on its way.
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let server = Server::scripted(move |mut stream: TcpStream| async move {
            if read_request(&mut stream).await.is_some() {
                stream.write_all(head.as_bytes()).await.expect("a reader");
                stream.shutdown().await.expect("an open connection");
            }
        })
        .await;
        let recorded = Run::new(closed_loop(4), server.address).go().await;
        recorded.assert_nothing_lost(0);
        let requests = recorded.requests();
        assert!(requests > 20, "{requests}");
        // A server that is itself kept waiting between answer and end is taken for one that died
        // with the request; on a busy machine that may happen to one in hundreds.
        let failed = requests - recorded.ended_with(Outcome::Status(200));
        assert!(
            failed * 50 <= requests,
            "{:?}: {:?}",
            recorded.outcomes(),
            recorded.examples()
        );
        assert!(server.connections() >= requests - failed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_that_was_closed_is_replaced_whatever_the_method() {
    let server = Server::scripted(|mut stream: TcpStream| async move {
        if read_request(&mut stream).await.is_some() {
            stream.write_all(&ok("once")).await.expect("a reader");
        }
    })
    .await;
    let flow = vec![
        sends(request("POST", "/")),
        thinks(Duration::from_millis(60)),
    ];
    let plan = load(vec![scenario(closed(2, Duration::from_millis(400)), flow)]);
    let recorded = Run::new(plan, server.address).go().await;
    let requests = recorded.requests();
    assert!(requests >= 6, "{requests}");
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        requests,
        "{examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_dies_with_the_request_is_not_asked_twice() {
    for method in ["GET", "POST"] {
        let seen = Arc::new(AtomicU64::new(0));
        let server = {
            let seen = Arc::clone(&seen);
            Server::scripted(move |mut stream: TcpStream| {
                let seen = Arc::clone(&seen);
                async move {
                    // Answers the first request of each connection, dies in the second.
                    let _ = read_request(&mut stream).await;
                    seen.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(&ok("fine")).await.expect("a reader");
                    if read_request(&mut stream).await.is_some() {
                        seen.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(80)).await;
                        reset(stream);
                    }
                }
            })
            .await
        };
        let plan = load(vec![scenario(
            open("20/s", Duration::from_millis(400), 1),
            vec![sends(request(method, "/"))],
        )]);
        let recorded = Run::new(plan, server.address).go().await;
        assert_eq!(recorded.requests(), 8);
        assert_eq!(recorded.failed_with(ErrorKind::Closed), 4, "{method}");
        assert_eq!(seen.load(Ordering::SeqCst), 8, "{method}: no request twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_may_have_been_taken_is_not_sent_again() {
    let seen = Arc::new(AtomicU64::new(0));
    let server = {
        let seen = Arc::clone(&seen);
        Server::scripted(move |mut stream: TcpStream| {
            let seen = Arc::clone(&seen);
            async move {
                let _ = read_request(&mut stream).await;
                seen.fetch_add(1, Ordering::SeqCst);
                stream.write_all(&ok("fine")).await.expect("a reader");
                if read_request(&mut stream).await.is_some() {
                    seen.fetch_add(1, Ordering::SeqCst);
                    reset(stream); // at once, as if the end had crossed the request
                }
            }
        })
        .await
    };
    let plan = load(vec![scenario(
        open("20/s", Duration::from_millis(400), 1),
        vec![sends(request("POST", "/"))],
    )]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Closed), 4);
    assert_eq!(seen.load(Ordering::SeqCst), 8);
}
