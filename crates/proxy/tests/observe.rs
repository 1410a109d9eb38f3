//! What an observer is told of links over real sockets, on paused time.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::RunTime;
use rtest_proxy::observe::{Attempt, AttemptEnd, Began, Correlation, Observer};
use rtest_proxy::{Latency, Proxy, ProxyConfig, Stream, ToxicConfig};
use support::{TokioClock, Upstream, config, connect, link, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug, Default)]
struct Notes {
    began: Mutex<Vec<Began>>,
    ended: Mutex<Vec<Attempt>>,
}

impl Observer for Notes {
    fn began(&self, attempt: &Began) {
        self.began.lock().unwrap().push(attempt.clone());
    }

    fn ended(&self, attempt: &Attempt) {
        self.ended.lock().unwrap().push(attempt.clone());
    }
}

impl Notes {
    fn methods(&self) -> Vec<Option<String>> {
        let began = self.began.lock().unwrap();
        began.iter().map(|began| began.method.clone()).collect()
    }

    fn ends(&self) -> Vec<AttemptEnd> {
        self.ended
            .lock()
            .unwrap()
            .iter()
            .map(|attempt| attempt.end)
            .collect()
    }

    /// How long each attempt took, in whole milliseconds.
    fn took(&self) -> Vec<u128> {
        let ended = self.ended.lock().unwrap();
        let took = |attempt: &Attempt| (attempt.ended_at - attempt.began.at).as_millis();
        ended.iter().map(took).collect()
    }

    async fn wait_for_ends(&self, count: usize) {
        soon(async {
            while self.ended.lock().unwrap().len() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }
}

async fn observed(upstream: impl ToString) -> (Proxy, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let config = ProxyConfig {
        observer: Some(notes.clone()),
        ..config(upstream)
    };
    (
        Proxy::start(config, TokioClock::start()).await.unwrap(),
        notes,
    )
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn read(stream: &mut TcpStream, count: usize) {
    let mut bytes = vec![0; count];
    soon(stream.read_exact(&mut bytes)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn each_request_of_a_connection_is_an_attempt_with_the_status_of_its_answer() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    let requests: [&[u8]; 3] = [
        b"GET / HTTP/1.1\r\nhost: a\r\nx-request-id: r-1\r\n\r\n",
        b"POST /orders HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\nx-request-id: r-1\r\n\r\nabc",
        b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n",
    ];
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n",
    ];
    for (request, answer) in requests.iter().zip(answers) {
        client.write_all(request).await.unwrap();
        read_head(&mut server).await;
        if request.starts_with(b"POST") {
            read(&mut server, 3).await;
        }
        server.write_all(answer).await.unwrap();
        read(&mut client, answer.len()).await;
    }
    notes.wait_for_ends(3).await;
    let methods = ["GET", "POST", "HEAD"].map(|method| Some(method.to_owned()));
    assert_eq!(notes.methods(), methods);
    let ends = [200, 503, 200].map(|status| AttemptEnd::Answered { status });
    assert_eq!(notes.ends(), ends);
    let correlation = |index: usize| notes.began.lock().unwrap()[index].correlation;
    assert_eq!(
        correlation(0),
        Correlation::of_header("x-request-id", b"r-1")
    );
    assert_eq!(correlation(0), correlation(1));
    assert_eq!(correlation(2), None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_a_toxic_holds_back_is_not_there_yet() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let latency = Latency::new(Duration::from_millis(400), Duration::ZERO);
    proxy
        .add_toxic(ToxicConfig::new(Stream::Downstream, latency))
        .unwrap();
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    read_head(&mut server).await;
    server.write_all(OK).await.unwrap();
    read(&mut client, OK.len()).await;
    notes.wait_for_ends(1).await;
    let took = notes.took()[0];
    assert!((400..=402).contains(&took), "{took} ms");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_has_given_up_and_when_is_told() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    read_head(&mut server).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    drop(client);
    // The upstream answers long after; nobody is there any more.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let _ = server.write_all(OK).await;
    drop(server);
    notes.wait_for_ends(1).await;
    assert_eq!(notes.ends(), [AttemptEnd::GivenUp]);
    let took = notes.took()[0];
    assert!((250..=255).contains(&took), "{took} ms");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_only_shuts_its_side_still_gets_its_answer() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    client.shutdown().await.unwrap();
    read_head(&mut server).await;
    server
        .write_all(b"HTTP/1.0 200 OK\r\n\r\nuntil the end")
        .await
        .unwrap();
    drop(server);
    let mut all = Vec::new();
    soon(client.read_to_end(&mut all)).await.unwrap();
    notes.wait_for_ends(1).await;
    assert_eq!(notes.ends(), [AttemptEnd::Answered { status: 200 }]);
}

#[tokio::test(start_paused = true)]
async fn what_breaks_before_the_answer_is_whole_is_broken() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    read_head(&mut server).await;
    server.write_all(&OK[..OK.len() - 2]).await.unwrap();
    drop(server);
    notes.wait_for_ends(1).await;
    // And by the proxy itself, in the middle of another.
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    read_head(&mut server).await;
    proxy.disable().await;
    notes.wait_for_ends(2).await;
    assert_eq!(notes.ends(), [AttemptEnd::Broken, AttemptEnd::Broken]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_to_an_upstream_that_is_not_there_is_an_attempt_that_was_refused() {
    let nobody = {
        let gone = Upstream::bind().await;
        gone.address()
    };
    let (proxy, notes) = observed(nobody).await;
    let mut client = connect(&proxy).await;
    let _ = client.write_all(b"GET / HTTP/1.1\r\n\r\n").await;
    notes.wait_for_ends(1).await;
    assert_eq!(notes.ends(), [AttemptEnd::Refused]);
    assert_eq!(notes.methods(), [None]);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_broken_off_resets_what_is_live_and_sees_what_is_tried() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut live, _server) = link(&proxy, &upstream).await;
    live.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    soon(async {
        while notes.methods().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    proxy.break_off().await;
    assert!(proxy.is_enabled() && proxy.is_broken_off());
    assert!(!matches!(soon(live.read(&mut [0; 9])).await, Ok(1..)));
    for says in [true, true, false] {
        let mut tried = connect(&proxy).await;
        if says {
            tried
                .write_all(b"PUT / HTTP/1.1\r\nx-request-id: r\r\n\r\n")
                .await
                .unwrap();
        }
        assert!(!matches!(soon(tried.read(&mut [0; 9])).await, Ok(1..)));
    }
    notes.wait_for_ends(4).await;
    let put = || Some("PUT".to_owned());
    assert_eq!(notes.methods()[1..], [put(), put(), None]);
    let refused = AttemptEnd::Refused;
    assert_eq!(
        notes.ends(),
        [AttemptEnd::Broken, refused, refused, refused]
    );

    proxy.mend();
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    read_head(&mut server).await;
}

/// The request of each is there a moment after its connection, and is not to be missed.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_reset_was_heard_before() {
    const CALLERS: usize = 200;
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    proxy.break_off().await;
    for _ in 0..CALLERS {
        let mut tried = connect(&proxy).await;
        let request = b"GET / HTTP/1.1\r\nx-request-id: r\r\n\r\n";
        tried.write_all(request).await.expect("it listens");
        assert!(!matches!(soon(tried.read(&mut [0; 9])).await, Ok(1..)));
    }
    notes.wait_for_ends(CALLERS).await;
    assert_eq!(notes.methods(), vec![Some("GET".to_owned()); CALLERS]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_http_passes_and_is_no_attempt() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n";
    client.write_all(hello).await.unwrap();
    read(&mut server, hello.len()).await;
    server.write_all(OK).await.unwrap();
    read(&mut client, OK.len()).await;
    drop((client, server));
    proxy.close().await;
    assert!(notes.methods().is_empty() && notes.ends().is_empty());
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_are_answered_in_order() {
    let upstream = Upstream::bind().await;
    let (proxy, notes) = observed(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client
        .write_all(b"GET /1 HTTP/1.1\r\n\r\nDELETE /2 HTTP/1.1\r\n\r\nPATCH /3 HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    for _ in 0..3 {
        read_head(&mut server).await;
    }
    let answers = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
    server.write_all(answers).await.unwrap();
    read(&mut client, answers.len()).await;
    drop(server);
    notes.wait_for_ends(3).await;
    let answered = |status| AttemptEnd::Answered { status };
    assert_eq!(
        notes.ends(),
        [answered(200), answered(404), AttemptEnd::Broken]
    );
    assert!(
        notes
            .ended
            .lock()
            .unwrap()
            .iter()
            .all(|attempt| attempt.ended_at >= RunTime::ZERO)
    );
}
