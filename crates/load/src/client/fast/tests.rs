//! What the fast client takes for an answer, held against what hyper does.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use rtest_core::sample::ErrorKind;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::answer::{AnswerReader, Came, Unreadable, Wanted};
use super::encode::{Manner, encode};
use crate::client::Failure;

/// How a server's bytes are understood.
#[derive(Clone, Debug, PartialEq)]
enum Understood {
    /// A whole answer.
    Answer {
        status: u16,
        headers: HeaderMap,
        body: Bytes,
        /// Whether the connection is used for another request.
        reused: bool,
    },
    /// None, and why.
    Failed(ErrorKind),
    /// Nothing yet: more may come.
    Waiting,
}

/// Before and after the server ends the connection.
type Reading = [Understood; 2];

fn understood(pieces: &[&[u8]], method: &str) -> Reading {
    let request = request(method);
    let mut reader = AnswerReader::new(Wanted {
        asked: Manner::of(&request).asked,
        headers: true,
        body: true,
    });
    let mut came = Ok(Came::Nothing { of_head: 0 });
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        came = match came {
            Ok(Came::Whole { .. }) => Ok(Came::Whole { surplus: true }),
            Ok(_) => reader.take(piece),
            Err(_) => break,
        };
    }
    match came {
        Ok(Came::Whole { surplus }) => {
            let reused = reader.keeps_alive() && !surplus;
            let answer = answer(&mut reader, reused);
            [answer.clone(), answer]
        }
        Err(error) => {
            let failed = Understood::Failed(match error {
                Unreadable::Malformed(_) => ErrorKind::Protocol,
                Unreadable::TooLarge => ErrorKind::BodyTooLarge,
            });
            [failed.clone(), failed]
        }
        Ok(_) if reader.ends_with_connection() => [Understood::Waiting, answer(&mut reader, false)],
        Ok(_) => [Understood::Waiting, Understood::Failed(ErrorKind::Closed)],
    }
}

fn answer(reader: &mut AnswerReader, reused: bool) -> Understood {
    let answer = reader.finish().expect("it is whole");
    Understood::Answer {
        status: answer.status,
        headers: answer.headers,
        body: answer.body,
        reused,
    }
}

fn request(method: &str) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri("/");
    request.body(Full::default()).expect("a request")
}

/// A connection whose other end has sent some bytes, and perhaps its end.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    ended: bool,
    written: Vec<u8>,
}

#[derive(Clone, Default)]
struct Scripted(std::sync::Arc<std::sync::Mutex<Script>>);

impl AsyncRead for Scripted {
    fn poll_read(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let mut script = self.0.lock().expect("lock");
        if script.bytes.is_empty() && !script.ended {
            return Poll::Pending;
        }
        let here = script.bytes.len().min(buf.remaining());
        buf.put_slice(&script.bytes.drain(..here).collect::<Vec<_>>());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Scripted {
    fn poll_write(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let mut script = self.0.lock().expect("lock");
        script.written.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls as often as it may take for everything that is there to come through.
fn settle<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..64 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
    }
    None
}

fn understood_by_hyper(bytes: &[u8], method: &str) -> Reading {
    let script = Scripted::default();
    let mut handshake = http1::Builder::new();
    handshake.max_header_size(64 * 1024);
    let handshake = pin!(handshake.handshake(TokioIo::new(script.clone())));
    let (mut requests, connection) = settle(handshake)
        .expect("nothing to wait for")
        .expect("no failure");
    let request = request(method);
    let exchange = async move {
        let answer = requests.send_request(request).await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok::<_, hyper::Error>((head, body, requests))
    };
    let whole = async {
        let mut connection = pin!(connection);
        let mut exchange = pin!(exchange);
        let mut ended = false;
        std::future::poll_fn(|cx| {
            ended = ended || connection.as_mut().poll(cx).is_ready();
            exchange.as_mut().poll(cx).map(|result| {
                result.map(|(head, body, requests)| {
                    // What came beyond the answer is found by one more look.
                    ended = ended || connection.as_mut().poll(cx).is_ready();
                    (head, body, !ended && requests.is_ready())
                })
            })
        })
        .await
    };
    let mut whole = pin!(whole);
    assert!(settle(whole.as_mut()).is_none(), "nothing was answered");
    script
        .0
        .lock()
        .expect("lock")
        .bytes
        .extend_from_slice(bytes);
    let result = settle(whole.as_mut());
    let surplus = !script.0.lock().expect("lock").bytes.is_empty();
    if let Some(result) = result {
        let understood = Understood::from_hyper(result, !surplus);
        return [understood.clone(), understood];
    }
    script.0.lock().expect("lock").ended = true;
    let result = settle(whole).expect("an ended connection has nothing to wait for");
    [Understood::Waiting, Understood::from_hyper(result, false)]
}

type HyperAnswer = (hyper::http::response::Parts, Bytes, bool);

impl Understood {
    fn from_hyper(result: hyper::Result<HyperAnswer>, nothing_more: bool) -> Self {
        match result {
            Ok((head, body, reusable)) => Self::Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body,
                reused: reusable && nothing_more,
            },
            Err(error) => Self::Failed(Failure::of_http(&error).kind),
        }
    }
}

/// Cuts bytes where told, in any order and beyond the end, too.
fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.push(bytes.len());
    cuts.sort_unstable();
    let mut from = 0;
    cuts.iter()
        .map(|cut| &bytes[std::mem::replace(&mut from, *cut)..*cut])
        .collect()
}

/// What answers are made of, good and bad.
const PARTS: &[&str] = &[
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 204 No Content\r\n",
    "HTTP/1.1 304 \r\n",
    "HTTP/1.1 301 Moved\r\nLocation: /there\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n",
    "HTTP/1.0 200 OK\r\n",
    "HTTP/1.1 99 Odd\r\n",
    "HTTP/1.1 999\r\n",
    "HTTP/2 200\r\n",
    "HTTP/1.1  200 OK\r\n",
    "HTTP/1.1 200 \u{e9}t\u{e9}\n",
    "Content-Length: 5\r\n",
    "content-length:5\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: 6\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: 99999999999999999999999\r\n",
    "Content-Length:\r\n",
    "Transfer-Encoding: chunked\r\n",
    "transfer-encoding: gzip, Chunked \r\n",
    "Transfer-Encoding: gzip\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Connection: Upgrade , close\r\n",
    "Server: x\r\n",
    "X-Odd:\t a b\tc \t\r\n",
    "X-Empty:\r\n",
    "X Space: a\r\n",
    ": no name\r\n",
    " folded\r\n",
    "X-Bell: \u{7}\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    "hello",
    "5\r\nhello\r\n",
    "2;ext=1\r\nhe\r\n",
    "3 \r\nllo\r\n",
    "0\r\n\r\n",
    "0\r\nX-Trailer: t\r\n\r\n",
    "0\r\nno trailer\r\n\r\n",
    "fffffffffffffffff\r\n",
    "g\r\n",
    "\0",
];

/// Parts in any order: mostly nonsense, in which the grammar's corners meet.
fn any_parts() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::sample::select(PARTS), 0..9)
        .prop_map(|parts| parts.concat().into_bytes())
}

/// A status line, headers, an empty line, and what may follow: mostly answers.
fn answer_like() -> impl Strategy<Value = Vec<u8>> {
    let of = |from: usize, to: usize| proptest::sample::select(&PARTS[from..to]);
    (
        proptest::option::weighted(0.2, of(4, 6)),
        of(0, 10),
        proptest::collection::vec(of(13, 29), 0..4),
        proptest::collection::vec(of(37, 43), 0..4),
    )
        .prop_map(|(interim, status, headers, body)| {
            let interim = interim.unwrap_or("");
            [interim, status, &headers.concat(), "\r\n", &body.concat()]
                .concat()
                .into_bytes()
        })
}

/// One of the above with some bytes changed.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<usize>(), any::<u8>(), 0..4_u8);
    (answer_like(), proptest::collection::vec(change, 1..4)).prop_map(|(mut bytes, changes)| {
        for (at, byte, what) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at % bytes.len();
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

fn method() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&["GET", "GET", "GET", "POST", "HEAD", "CONNECT"][..])
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(any::<usize>(), 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// In one piece: hyper finds what is wrong with a head later where it comes in several.
    #[test]
    fn answers_are_what_hyper_takes_them_for(
        bytes in prop_oneof![any_parts(), answer_like(), mangled()],
        method in method(),
    ) {
        let (ours, hypers) = (understood(&[&bytes], method), understood_by_hyper(&bytes, method));
        // Ours looks at a status line when it has come to its end.
        let awaits_status_line = ours.first() == Some(&Understood::Waiting)
            && !bytes.iter().skip_while(|byte| b"\r\n".contains(byte)).any(|byte| *byte == b'\n');
        if !awaits_status_line {
            prop_assert_eq!(ours, hypers, "{} in {:?}", method, String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn it_makes_no_difference_in_what_pieces_an_answer_comes(
        bytes in prop_oneof![any_parts(), answer_like(), mangled()],
        cuts in cuts(),
        method in method(),
    ) {
        let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
        let whole = understood(&[&bytes], method);
        for pieces in [pieces(&bytes, &cuts), one_by_one] {
            let ours = understood(&pieces, method);
            let shown: Vec<_> = pieces.iter().map(|piece| piece.escape_ascii().to_string()).collect();
            prop_assert_eq!(&ours, &whole, "{} in {:?}", method, shown);
        }
    }

    #[test]
    fn no_bytes_do_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        cuts in cuts(),
        method in method(),
    ) {
        let _ = understood(&pieces(&bytes, &cuts), method);
        let begun = [b"HTTP/1.1 200 OK\r\n", &*bytes].concat();
        let _ = understood(&pieces(&begun, &cuts), method);
        let chunks = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", &*bytes].concat();
        let _ = understood(&pieces(&chunks, &cuts), method);
    }
}

fn written_by_hyper(request: &Request<Full<Bytes>>) -> Vec<u8> {
    let script = Scripted::default();
    let handshake = pin!(http1::handshake(TokioIo::new(script.clone())));
    let (mut requests, connection) = settle(handshake)
        .expect("nothing to wait for")
        .expect("no failure");
    let answering = pin!(requests.send_request(request.clone()));
    let mut connection = pin!(connection);
    let (mut cx, mut answering) = (Context::from_waker(Waker::noop()), answering);
    for _ in 0..8 {
        let _ = answering.as_mut().poll(&mut cx);
        let _ = connection.as_mut().poll(&mut cx);
    }
    std::mem::take(&mut script.0.lock().expect("lock").written)
}

#[test]
fn requests_are_written_as_hyper_writes_them() {
    let large = "x".repeat(40_000);
    for (method, target, headers, body) in [
        ("GET", "/", &[("host", "a:1"), ("user-agent", "me")][..], ""),
        (
            "GET",
            "/users/7?q=%20&r",
            &[("accept", "a"), ("accept", "b")],
            "",
        ),
        ("OPTIONS", "*", &[("host", "a")], ""),
        ("POST", "/", &[("host", "a"), ("content-length", "0")], ""),
        (
            "PUT",
            "/x",
            &[("host", "a"), ("x-n", "\u{e9}")],
            "{\"n\":1}",
        ),
        (
            "POST",
            "/",
            &[("content-length", "3"), ("host", "a")],
            "abc",
        ),
        (
            "POST",
            "/",
            &[("host", "a"), ("transfer-encoding", "chunked")],
            "abc",
        ),
        (
            "POST",
            "/",
            &[("host", "a"), ("transfer-encoding", "chunked")],
            "",
        ),
        ("POST", "/large", &[("host", "a")], &*large),
    ] {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = Full::from(body.to_owned());
        let request = request.body(body).expect("a request");
        let mut ours = Vec::new();
        let rest = encode(&request, &mut ours);
        ours.extend_from_slice(&rest);
        let hypers = written_by_hyper(&request);
        assert_eq!(
            ours.escape_ascii().to_string(),
            hypers.escape_ascii().to_string()
        );
    }
}

#[test]
fn what_does_not_end_is_given_up_before_it_is_large() {
    let wanted = Wanted {
        asked: Manner::of(&request("GET")).asked,
        headers: true,
        body: false,
    };
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (begin, forever) in [
        ("HTTP/1.1 200 OK\r\nX-Long: ", "x"),
        ("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n"),
        ("HTTP/1.1 200 ", "OK"),
        ("", "\r\n"),
        (&*format!("{chunked}5;"), "ext"),
        (&*format!("{chunked}0\r\n"), "X-More: and more\r\n"),
        (&*format!("{chunked}0\r\n"), "X"),
        (chunked, "0"),
    ] {
        let mut reader = AnswerReader::new(wanted);
        let mut came = reader.take(begin.as_bytes());
        let more = forever.repeat(100);
        let mut read = 0;
        while came.is_ok() && read < 200_000 {
            came = reader.take(more.as_bytes());
            read += more.len();
        }
        let is_endless_number = forever == "0";
        assert_eq!(came.is_err(), !is_endless_number, "{begin:?} {forever:?}");
    }
}
