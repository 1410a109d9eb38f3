//! Where HTTP/1.1 messages begin and end, and the little of their heads that matters here.

use httparse::{EMPTY_HEADER, Header, Status};
use rtest_core::RunTime;

use super::attempt::{Correlation, fnv1a};
use super::framing::Body;

/// A head that is larger is not waited for: what follows is not understood.
const LARGEST_HEAD: usize = 64 * 1024;

/// Header lines of one message at most.
const MOST_HEADERS: usize = 128;

/// Not HTTP/1.1, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotUnderstood;

/// What came of a direction.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came<H> {
    /// The head of a message whose first byte came at `began_at`.
    Head {
        /// When.
        began_at: RunTime,
        /// What it says.
        head: H,
    },
    /// The end of the message whose head came last.
    End,
}

/// Reads one direction of a connection. Bodies are passed over, not held.
#[derive(Debug, Default)]
pub(super) struct MessageReader {
    /// Of a head that has not come whole.
    held: Vec<u8>,
    /// When the first byte of that head came.
    began_at: Option<RunTime>,
    /// What is still to come of the message whose head came last.
    body: Option<Body>,
}

impl MessageReader {
    /// Takes bytes from the front of `bytes`, which came at `now`, until something is to be told;
    /// nothing when all were taken. `read` reads a head.
    ///
    /// # Errors
    /// It cannot be understood; nor can anything that follows.
    pub(super) fn next<H>(
        &mut self,
        bytes: &mut &[u8],
        now: RunTime,
        read: impl Fn(&[u8]) -> Result<Option<(usize, H, Body)>, NotUnderstood>,
    ) -> Result<Option<Came<H>>, NotUnderstood> {
        if let Some(body) = &mut self.body {
            let (taken, over) = body.take(bytes).map_err(|_| NotUnderstood)?;
            *bytes = &bytes[taken..];
            if over {
                self.body = None;
                return Ok(Some(Came::End));
            }
            return Ok(None);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let began_at = *self.began_at.get_or_insert(now);
        let held = self.held.len();
        let read = if held == 0 {
            read(bytes)?
        } else {
            self.held.extend_from_slice(bytes);
            read(&self.held)?
        };
        let Some((length, head, body)) = read else {
            if held == 0 {
                self.held.extend_from_slice(bytes);
            }
            *bytes = &[];
            return if self.held.len() > LARGEST_HEAD {
                Err(NotUnderstood)
            } else {
                Ok(None)
            };
        };
        *bytes = &bytes[length - held..];
        self.held.clear();
        self.began_at = None;
        self.body = Some(body);
        Ok(Some(Came::Head { began_at, head }))
    }

    /// Whether the message whose head came last goes on until the connection ends.
    pub(super) fn ends_with_connection(&self) -> bool {
        self.body == Some(Body::UntilEnd)
    }
}

/// What a request's head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestHead {
    pub(super) method: String,
    /// Method and target, hashed.
    pub(super) call: u64,
    pub(super) correlation: Option<Correlation>,
}

impl RequestHead {
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(usize, Self, Body)>, NotUnderstood> {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes).map_err(|_| NotUnderstood)? {
            Status::Partial => return Ok(None),
            Status::Complete(length) => length,
        };
        let method = request.method.unwrap_or_default().to_owned();
        // What follows them is another protocol.
        if method == "CONNECT" || find(request.headers, "upgrade").is_some() {
            return Err(NotUnderstood);
        }
        let target = request.path.unwrap_or_default();
        let call = fnv1a(format!("{method} {target}").as_bytes());
        let correlation = Correlation::HEADERS
            .iter()
            .find_map(|name| Correlation::of_header(name, find(request.headers, name)?));
        let body = framing(request.headers, Body::NONE)?;
        let head = Self {
            method,
            call,
            correlation,
        };
        Ok(Some((length, head, body)))
    }
}

/// What an answer's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AnswerHead {
    pub(super) status: u16,
}

impl AnswerHead {
    /// Of an answer to a request with this method.
    pub(super) fn read(
        bytes: &[u8],
        method: &str,
    ) -> Result<Option<(usize, Self, Body)>, NotUnderstood> {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut answer = httparse::Response::new(&mut headers);
        let length = match answer.parse(bytes).map_err(|_| NotUnderstood)? {
            Status::Partial => return Ok(None),
            Status::Complete(length) => length,
        };
        let status = answer.code.unwrap_or_default();
        let has_none = method == "HEAD" || matches!(status, 100..=199 | 204 | 304);
        let body = if status == 101 {
            return Err(NotUnderstood);
        } else if has_none {
            Body::NONE
        } else {
            framing(answer.headers, Body::UntilEnd)?
        };
        Ok(Some((length, Self { status }, body)))
    }

    /// Whether the answer itself is still to come.
    pub(super) const fn is_interim(self) -> bool {
        self.status < 200
    }
}

fn find<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a [u8]> {
    let found = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))?;
    Some(found.value.trim_ascii())
}

/// The body that a message's headers announce, or this one.
fn framing(headers: &[Header<'_>], otherwise: Body) -> Result<Body, NotUnderstood> {
    if let Some(coding) = find(headers, "transfer-encoding") {
        let last = coding
            .rsplit(|byte| *byte == b',')
            .next()
            .unwrap_or_default();
        return Ok(if last.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            Body::CHUNKED
        } else {
            otherwise
        });
    }
    match find(headers, "content-length") {
        None => Ok(otherwise),
        Some(length) => {
            let length = std::str::from_utf8(length)
                .ok()
                .and_then(|length| length.parse().ok());
            length.map(Body::Length).ok_or(NotUnderstood)
        }
    }
}
