//! Requests as bytes.

use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame};
use hyper::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::{Method, Request};

use super::head::Asked;

/// Up to here a body is sent together with its head, in one write.
const JOINED_BODY: usize = 16 * 1024;

/// A request's bytes, where it is sent again and again. A clone has none: requests are cloned to
/// be changed.
#[derive(Debug, Default)]
pub(crate) struct Encoded(Option<Message>);

impl Clone for Encoded {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl Encoded {
    /// Works them out.
    pub(crate) fn new(request: &Request<Full<Bytes>>) -> Self {
        let mut bytes = Vec::new();
        let rest = encode(request, &mut bytes);
        Self(Some(Message {
            head: Bytes::from(bytes),
            rest,
            manner: Manner::of(request),
        }))
    }

    /// The bytes, if they were worked out.
    pub(super) const fn get(&self) -> Option<&Message> {
        self.0.as_ref()
    }
}

/// One request on the wire.
#[derive(Debug)]
pub(super) struct Message {
    /// The head, and the body unless that is large.
    pub(super) head: Bytes,
    /// The rest of it.
    pub(super) rest: Bytes,
    /// What else there is to know.
    pub(super) manner: Manner,
}

/// What a request says of its answer and its connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// What the answer will be like.
    pub(super) asked: Asked,
    /// Whether the connection is to be closed after it.
    pub(super) closes: bool,
}

impl Manner {
    /// Of a request.
    pub(super) fn of(request: &Request<Full<Bytes>>) -> Self {
        let mut values = request.headers().get_all(CONNECTION).iter();
        Self {
            asked: match *request.method() {
                Method::HEAD => Asked::HeadAlone,
                Method::CONNECT => Asked::Tunnel,
                _ => Asked::Any,
            },
            closes: values.any(|value| {
                let mut tokens = value.as_bytes().split(|byte| *byte == b',');
                tokens.any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
            }),
        }
    }
}

/// Appends a request's head, and its body unless that is large. Returns what is left of it.
///
/// Framing headers of the request's own are respected: a `content-length` is sent as it is, true
/// or not, and a `transfer-encoding` means one chunk.
pub(super) fn encode(request: &Request<Full<Bytes>>, out: &mut Vec<u8>) -> Bytes {
    let body = body_of(request);
    let headers = request.headers();
    let chunked = !body.is_empty() && headers.contains_key(TRANSFER_ENCODING);
    let target = request.uri().path_and_query();

    out.extend_from_slice(request.method().as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(target.map_or("/", |target| target.as_str()).as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in headers {
        if *name != TRANSFER_ENCODING && !(chunked && *name == CONTENT_LENGTH) {
            field(out, name.as_str(), value.as_bytes());
        }
    }
    if chunked {
        field(out, "transfer-encoding", b"chunked");
    } else if !body.is_empty() && !headers.contains_key(CONTENT_LENGTH) {
        field(out, "content-length", body.len().to_string().as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    if chunked {
        let _ = write!(out, "{:x}\r\n", body.len());
        out.extend_from_slice(&body);
        out.extend_from_slice(b"\r\n0\r\n\r\n");
    } else if body.len() <= JOINED_BODY {
        out.extend_from_slice(&body);
    } else {
        return body;
    }
    Bytes::new()
}

fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// The body, all of which is there.
fn body_of(request: &Request<Full<Bytes>>) -> Bytes {
    let mut body = request.body().clone();
    let frame = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
    match frame {
        Poll::Ready(Some(Ok::<_, Infallible>(frame))) => {
            Frame::into_data(frame).unwrap_or_default()
        }
        _ => Bytes::new(),
    }
}
