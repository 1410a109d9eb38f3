//! Where HTTP/1.1 messages begin and end.

use httparse::{EMPTY_HEADER, Header, Request, Response, Status};
use rtest_core::RunTime;

use super::framing::Body;

/// A head that is larger is not waited for: what follows is not understood.
const LARGEST_HEAD: usize = 64 * 1024;

/// Header lines of one message at most.
const MOST_HEADERS: usize = 128;

/// Not HTTP/1.1, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUnderstood;

/// What came of a direction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Came<H> {
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
pub(crate) struct MessageReader {
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
    /// It cannot be understood; nor can anything that follows. What was taken and not told of is
    /// given back by [`MessageReader::take_held`], before what is left of `bytes`.
    pub(crate) fn next<H>(
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
            read(&self.held).inspect_err(|_| self.held.truncate(held))?
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

    /// What came of a head that is not whole.
    pub(crate) fn take_held(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// What is still to come of the message whose head came last.
    pub(crate) const fn body(&self) -> Option<Body> {
        self.body
    }

    /// Whether the next byte is the first of a message.
    pub(crate) const fn is_between(&self) -> bool {
        self.body.is_none() && self.held.is_empty()
    }

    /// Whether the message whose head came last goes on until the connection ends.
    pub(crate) fn ends_with_connection(&self) -> bool {
        self.body == Some(Body::UntilEnd)
    }
}

/// Reads a request's head, and makes of it what is wanted.
///
/// # Errors
/// It is none, or `make` has no use for it.
pub(crate) fn read_request<H>(
    bytes: &[u8],
    make: impl FnOnce(&Request<'_, '_>, &[u8]) -> Result<H, NotUnderstood>,
) -> Result<Option<(usize, H, Body)>, NotUnderstood> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut request = Request::new(&mut headers);
    let length = match request.parse(bytes).map_err(|_| NotUnderstood)? {
        Status::Partial => return Ok(None),
        Status::Complete(length) => length,
    };
    let body = framing(request.headers, Body::NONE)?;
    let head = make(&request, &bytes[..length])?;
    Ok(Some((length, head, body)))
}

/// Whether what follows a request may be another protocol.
pub(crate) fn switches_protocol(request: &Request<'_, '_>) -> bool {
    request.method == Some("CONNECT") || find(request.headers, "upgrade").is_some()
}

/// Reads the head of an answer, and makes of it what is wanted. `has_body` says whether the request
/// is one whose answers have bodies: those to HEAD do not.
///
/// # Errors
/// It is none, or `make` has no use for it.
pub(crate) fn read_answer<H>(
    bytes: &[u8],
    has_body: bool,
    make: impl FnOnce(u16, &[u8]) -> Result<H, NotUnderstood>,
) -> Result<Option<(usize, H, Body)>, NotUnderstood> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut answer = Response::new(&mut headers);
    let length = match answer.parse(bytes).map_err(|_| NotUnderstood)? {
        Status::Partial => return Ok(None),
        Status::Complete(length) => length,
    };
    let status = answer.code.unwrap_or_default();
    let head = make(status, &bytes[..length])?;
    let body = if !has_body || matches!(status, 100..=199 | 204 | 304) {
        Body::NONE
    } else {
        framing(answer.headers, Body::UntilEnd)?
    };
    Ok(Some((length, head, body)))
}

/// The value of the first header of this name.
pub(crate) fn find<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a [u8]> {
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
