//! Answers from bytes, in whatever pieces these come. Knows of no connection and no clock.

use bytes::Bytes;
use hyper::HeaderMap;

use super::body::BodyReader;
use super::head::{Asked, Head, HeadReader, Malformed, header_map};
use crate::client::Answer;

/// The most that is read of a head whose end does not come.
const MAX_HEAD: usize = 64 * 1024;

/// The most that is read of interim answers (1xx) before the answer itself.
const MOST_INTERIM: usize = 512 * 1024;

/// The most of a body that is kept for whoever looks at it. A body that nobody looks at is counted
/// and thrown away, whatever its size.
pub(super) const MAX_KEPT_BODY: usize = 16 * 1024 * 1024;

/// Room that is made at once for a body that is kept: a service may announce any length.
const MAX_RESERVED: u64 = 256 * 1024;

/// What is wanted of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// What the method says of it.
    pub(super) asked: Asked,
    /// Whether something will look at the headers of a success. Those of everything else are few,
    /// and may lead elsewhere.
    pub(super) headers: bool,
    /// Whether something will look at the body.
    pub(super) body: bool,
}

/// Why bytes are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// They break the rules of HTTP.
    Malformed(Malformed),
    /// The body is larger than what is kept.
    TooLarge,
}

impl From<Malformed> for Unreadable {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Reads one answer. Holds no more than the limits above, whatever comes.
#[derive(Debug)]
pub(super) struct AnswerReader {
    wanted: Wanted,
    head_reader: HeadReader,
    /// What came of a head that is not whole.
    held: Vec<u8>,
    /// How many bytes of interim answers came.
    interim: usize,
    answer: Option<Begun>,
}

/// An answer whose head was read.
#[derive(Debug)]
struct Begun {
    head: Head,
    headers: HeaderMap,
    body_reader: BodyReader,
    body: Vec<u8>,
}

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Not to the end of its head.
    Nothing {
        /// How many of the last bytes are of the head that is not whole.
        of_head: usize,
    },
    /// Not to the end of its body.
    Head,
    /// To its end.
    Whole {
        /// Whether more came than that.
        surplus: bool,
    },
}

impl AnswerReader {
    /// Has read nothing.
    #[inline]
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            head_reader: HeadReader::default(),
            held: Vec::new(),
            interim: 0,
            answer: None,
        }
    }

    /// Takes what was read from the connection.
    ///
    /// # Errors
    /// It cannot become an answer.
    #[inline]
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Came, Unreadable> {
        if self.answer.is_some() {
            return self.take_body(bytes);
        }
        if self.held.is_empty() {
            let came = self.take_head(bytes)?;
            if let Came::Nothing { of_head } = came {
                self.held.extend_from_slice(&bytes[bytes.len() - of_head..]);
            }
            return Ok(came);
        }
        // Rare: heads come in one piece.
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let came = self.take_head(&held)?;
        if let Came::Nothing { of_head } = came {
            held.drain(..held.len() - of_head);
            self.held = held;
        }
        Ok(came)
    }

    /// The connection has ended. Whether that is the answer's end.
    pub(super) fn ends_with_connection(&self) -> bool {
        self.answer
            .as_ref()
            .is_some_and(|begun| begun.body_reader.ends_with_connection())
    }

    /// Whether the connection may be used again once the answer is whole.
    pub(super) fn keeps_alive(&self) -> bool {
        self.answer
            .as_ref()
            .is_some_and(|begun| begun.head.keep_alive)
    }

    /// The answer, when it is whole.
    pub(super) fn finish(&mut self) -> Option<Answer> {
        self.answer.take().map(|begun| Answer {
            status: begun.head.status,
            headers: begun.headers,
            body: Bytes::from(begun.body),
        })
    }

    /// `bytes` begin where the head does.
    fn take_head(&mut self, mut bytes: &[u8]) -> Result<Came, Unreadable> {
        let head = loop {
            match self.head_reader.read(bytes, self.wanted.asked)? {
                Some(head) if head.len > MAX_HEAD => return Err(HEAD_TOO_LARGE),
                Some(head) if head.is_interim() => {
                    bytes = &bytes[head.len..];
                    self.interim += head.len;
                    if self.interim > MOST_INTERIM {
                        return Err(NO_HEAD);
                    }
                    self.head_reader = HeadReader::default();
                }
                Some(head) => break head,
                None if bytes.len() > MAX_HEAD => return Err(HEAD_TOO_LARGE),
                None => {
                    return Ok(Came::Nothing {
                        of_head: bytes.len(),
                    });
                }
            }
        };
        let (head_bytes, body_bytes) = bytes.split_at(head.len);
        let is_success = (200..300).contains(&head.status);
        let begun = self.answer.insert(Begun {
            head,
            headers: if self.wanted.headers || !is_success {
                header_map(head_bytes)
            } else {
                HeaderMap::new()
            },
            body_reader: BodyReader::new(head.framing),
            body: Vec::new(),
        });
        if self.wanted.body
            && let Some(length) = begun.body_reader.length()
        {
            let room = usize::try_from(length.min(MAX_RESERVED));
            begun.body.reserve_exact(room.unwrap_or(0));
        }
        self.take_body(body_bytes)
    }

    fn take_body(&mut self, bytes: &[u8]) -> Result<Came, Unreadable> {
        let Some(begun) = &mut self.answer else {
            return Ok(Came::Nothing { of_head: 0 });
        };
        let (keep, body) = (self.wanted.body, &mut begun.body);
        let mut too_large = false;
        let taken = begun.body_reader.take(bytes, |content| {
            if keep {
                too_large |= body.len() + content.len() > MAX_KEPT_BODY;
                if !too_large {
                    body.extend_from_slice(content);
                }
            }
        })?;
        if too_large {
            return Err(Unreadable::TooLarge);
        }
        Ok(if taken.whole {
            Came::Whole {
                surplus: taken.bytes < bytes.len(),
            }
        } else {
            Came::Head
        })
    }
}

const NO_HEAD: Unreadable =
    Unreadable::Malformed(Malformed("interim answers came, and the head of no answer"));

const HEAD_TOO_LARGE: Unreadable = Unreadable::Malformed(Malformed("the head does not end"));
