use bytes::Bytes;

use super::super::Distribution;
use crate::http1::Head;

/// What is done to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum HttpAction {
    /// It is answered at once, and the upstream is not asked.
    Abort(HttpAnswer),
    /// It is held for so long, from when its head was there, and what follows it on its connection
    /// with it.
    Delay(Distribution),
    /// Its answer is changed; the upstream is asked. What has no body keeps none.
    Replace(HttpAnswer),
    /// Its answer ends after so many bytes of content, and its connection with it: the client sees
    /// that something is missing.
    Truncate {
        /// How many; an answer that has no more is left as it is.
        after_bytes: u64,
    },
    /// It is sent with this `Host`.
    Host(String),
}

/// An answer, or what one is changed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Its status, 200 to 599. `None`: 503 where it is a whole answer, and otherwise that which there
    /// was.
    pub status: Option<u16>,
    /// Headers, each in place of those of its name.
    pub headers: Vec<(String, String)>,
    /// Its body. `None`: none where it is a whole answer, and otherwise that which there was.
    pub body: Option<String>,
}

/// Headers that say something of a body that is not there any more.
const OF_A_BODY: [&str; 8] = [
    "content-length",
    "transfer-encoding",
    "content-encoding",
    "content-range",
    "content-md5",
    "content-digest",
    "trailer",
    "etag",
];

impl HttpAnswer {
    const STATUS: u16 = 503;

    /// As a whole answer to a request.
    pub(super) fn whole(&self, is_to_head: bool, closes: bool) -> Bytes {
        let status = self.status.unwrap_or(Self::STATUS);
        let mut head = Head::of_status(status);
        let body = self.body.as_deref().unwrap_or_default();
        let has_body = has_body(status);
        if has_body {
            head.set("content-length", &body.len().to_string());
        }
        self.set_headers(&mut head);
        if closes {
            head.set("connection", "close");
        }
        let bytes = head.to_bytes();
        if has_body && !is_to_head {
            [&bytes, body.as_bytes()].concat().into()
        } else {
            bytes
        }
    }

    /// Changes the head of an answer; gives the body that follows it, where that is another one.
    pub(super) fn change(&self, head: &mut Head, status: u16, is_to_head: bool) -> Option<Bytes> {
        let now = self.status.unwrap_or(status);
        if now != status {
            head.set_status(now);
        }
        let body = match &self.body {
            _ if !has_body(now) => (now != status).then_some(""),
            Some(body) => Some(body.as_str()),
            None => (!has_body(status)).then_some(""),
        };
        // The framing of what goes on as it came stays as it is.
        if let Some(body) = body {
            for name in OF_A_BODY {
                head.remove(name);
            }
            if has_body(now) {
                head.set("content-length", &body.len().to_string());
            }
        }
        self.set_headers(head);
        let body = body.filter(|_| !is_to_head)?;
        Some(Bytes::copy_from_slice(body.as_bytes()))
    }

    fn set_headers(&self, head: &mut Head) {
        for (name, value) in &self.headers {
            head.set(name, value);
        }
    }
}

/// Whether an answer of this status can have a body.
const fn has_body(status: u16) -> bool {
    !matches!(status, 204 | 304)
}
