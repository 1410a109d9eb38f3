//! The head of an answer, read by hand: the status line and the few headers that say where the
//! answer ends. Everything else is looked over for its grammar and skipped.

use std::ops::Range;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use memchr::memchr;

use super::body::Framing;

/// What breaks the rules of HTTP, in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// What a whole head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The status code, from 100.
    pub(super) status: u16,
    /// How many bytes it is long.
    pub(super) len: usize,
    /// Where the body ends.
    pub(super) framing: Framing,
    /// Whether the connection may be used for another request.
    pub(super) keep_alive: bool,
}

impl Head {
    /// Whether the answer itself is still to come.
    pub(super) const fn is_interim(&self) -> bool {
        self.status < 200 && self.status != 101
    }
}

/// What the method says of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// An answer with a body, if it has one.
    Any,
    /// `HEAD`: a head alone.
    HeadAlone,
    /// `CONNECT`: no HTTP after a success.
    Tunnel,
}

/// Reads one head, line by line, from bytes that may come in pieces. No line is read twice.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    /// Where the line begins that is not whole yet.
    line: usize,
    /// Up to where its end was looked for.
    searched: usize,
    /// Whether the present line's name was seen whole.
    named: bool,
    /// Nothing before the status line.
    status: Option<u16>,
    is_http10: bool,
    length: Length,
    coding: Coding,
    keep_alive: bool,
    close: bool,
}

/// `content-length`, of all headers of that name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Length {
    #[default]
    Absent,
    Is(u64),
    /// Not a number, or not one number.
    Malformed,
}

/// `transfer-encoding`; the last header of that name decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    Absent,
    Chunked,
    Other,
}

impl HeadReader {
    /// Reads on. `bytes` are all that came since the head's first, those of earlier calls
    /// included. Nothing while the head is not whole.
    ///
    /// # Errors
    /// What came cannot be the head of an answer, whatever follows.
    #[inline]
    pub(super) fn read(&mut self, bytes: &[u8], asked: Asked) -> Result<Option<Head>, Malformed> {
        while let Some(end) = memchr(b'\n', &bytes[self.searched..]) {
            let end = self.searched + end;
            let line = &bytes[self.line..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.line = end + 1;
            self.searched = self.line;
            self.named = false;
            match (self.status, line) {
                // A server may end the answer before with an empty line too many.
                (None, []) => {}
                (None, line) => self.status_line(line)?,
                (Some(status), []) => return self.end(status, asked).map(Some),
                (Some(_), line) => self.field(line)?,
            }
        }
        self.look_at_open_line(bytes)?;
        // A carriage return is looked at again, with what follows it.
        self.searched = bytes.len() - usize::from(bytes.ends_with(b"\r"));
        Ok(None)
    }

    /// Finds what is no HTTP in a line whose end has not come, and perhaps never will.
    fn look_at_open_line(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let line = &bytes[self.line..];
        if self.status.is_none() {
            return open_status_line(line);
        }
        let mut fresh = &bytes[self.searched..];
        if !self.named {
            let name = name_len(fresh);
            match fresh.get(name) {
                None => return Ok(()),
                Some(b'\r') if line == b"\r" => return Ok(()),
                Some(b':') if self.searched + name > self.line => {
                    self.named = true;
                    fresh = &fresh[name + 1..];
                }
                Some(_) => return Err(NO_NAME),
            }
        }
        value_of(fresh.strip_suffix(b"\r").unwrap_or(fresh)).map(|_| ())
    }

    fn status_line(&mut self, line: &[u8]) -> Result<(), Malformed> {
        let Some((version, rest)) = line.split_first_chunk::<8>() else {
            return Err(NOT_HTTP);
        };
        self.is_http10 = match version {
            b"HTTP/1.1" => false,
            b"HTTP/1.0" => true,
            _ => return Err(NOT_HTTP),
        };
        self.keep_alive = !self.is_http10;
        let [
            b' ',
            a @ b'0'..=b'9',
            b @ b'0'..=b'9',
            c @ b'0'..=b'9',
            reason @ ..,
        ] = rest
        else {
            return Err(NO_STATUS);
        };
        let digit = |byte: &u8| u16::from(byte - b'0');
        self.status = Some(100 * digit(a) + 10 * digit(b) + digit(c));
        match reason {
            [] => Ok(()),
            [b' ', reason @ ..] if !has_control(reason) => Ok(()),
            _ => Err(NO_STATUS),
        }
    }

    #[inline]
    fn field(&mut self, line: &[u8]) -> Result<(), Malformed> {
        let Field { name, value } = Field::read(line)?;
        // Their lengths tell the headers that matter from nearly all others.
        match name.len() {
            10 if name.eq_ignore_ascii_case(b"connection") => self.connection(value),
            14 if name.eq_ignore_ascii_case(b"content-length") => self.content_length(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                let last = value.rsplit(|byte| *byte == b',').next();
                let chunked =
                    value.is_ascii() && last.is_some_and(|last| is_token(last, b"chunked"));
                self.coding = if chunked {
                    Coding::Chunked
                } else {
                    Coding::Other
                };
            }
            _ => {}
        }
        Ok(())
    }

    /// Once a line asks to close, no other undoes it.
    fn connection(&mut self, value: &[u8]) {
        let has = |token: &[u8]| {
            let mut tokens = value.split(|byte| *byte == b',');
            value.is_ascii() && tokens.any(|one| is_token(one, token))
        };
        if has(b"close") {
            self.close = true;
        } else if has(b"keep-alive") {
            self.keep_alive = true;
        }
    }

    /// Several lengths are one if they are the same (RFC 9112, 6.3).
    fn content_length(&mut self, value: &[u8]) {
        for one in value.split(|byte| *byte == b',') {
            self.length = match (self.length, number(one.trim_ascii())) {
                (Length::Absent, Some(length)) => Length::Is(length),
                (Length::Is(before), Some(length)) if before == length => Length::Is(length),
                _ => Length::Malformed,
            };
        }
    }

    /// Where the body ends: RFC 9112, 6.3, in its order.
    fn end(&self, status: u16, asked: Asked) -> Result<Head, Malformed> {
        if status < 100 {
            return Err(NO_STATUS);
        }
        let is_success = (200..300).contains(&status);
        let is_empty = matches!(status, 100..=199 | 204 | 304) || asked == Asked::HeadAlone;
        let upgrades = status == 101 || asked == Asked::Tunnel && is_success && !is_empty;
        let framing = if is_empty || upgrades {
            Framing::Length(0)
        } else {
            match (self.coding, self.length) {
                (Coding::Absent, Length::Is(length)) => Framing::Length(length),
                (Coding::Absent, Length::Absent) => Framing::UntilClosed,
                (Coding::Absent, Length::Malformed) => {
                    return Err(Malformed("content-length is not one number"));
                }
                _ if self.is_http10 => {
                    return Err(Malformed("transfer-encoding in an answer of HTTP/1.0"));
                }
                (Coding::Chunked, _) => Framing::Chunked,
                (Coding::Other, _) => Framing::UntilClosed,
            }
        };
        Ok(Head {
            status,
            len: self.line,
            framing,
            keep_alive: self.keep_alive
                && !self.close
                && !upgrades
                && framing != Framing::UntilClosed,
        })
    }
}

/// All headers of a head that was read whole.
pub(super) fn header_map(head: &[u8]) -> HeaderMap {
    // One copy, which all values share.
    let shared = Bytes::copy_from_slice(head);
    let range = |part: &[u8]| -> Range<usize> {
        let from = part.as_ptr() as usize - head.as_ptr() as usize;
        from..from + part.len()
    };
    let mut map = HeaderMap::new();
    let lines = head.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    // Empty lines ahead, the status line, the fields, the empty line at the end.
    let fields = lines.skip_while(|line| line.is_empty()).skip(1);
    for line in fields.take_while(|line| !line.is_empty()) {
        let Ok(Field { name, value }) = Field::read(line) else {
            continue;
        };
        let name = HeaderName::from_bytes(name);
        let value = HeaderValue::from_maybe_shared(shared.slice(range(value)));
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    map
}

/// A header line, or a trailer's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

impl<'a> Field<'a> {
    /// Takes a line apart, without the end of it.
    ///
    /// # Errors
    /// It has no name, or bytes that no header has.
    #[inline]
    pub(super) fn read(line: &'a [u8]) -> Result<Self, Malformed> {
        let name = name_len(line);
        match line.get(name) {
            Some(b':') if name > 0 => Ok(Self {
                name: &line[..name],
                value: value_of(&line[name + 1..])?,
            }),
            _ => Err(NO_NAME),
        }
    }
}

/// As far as the status line came, it must be one.
fn open_status_line(line: &[u8]) -> Result<(), Malformed> {
    // The carriage return may be its end, or that of an empty line before it.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let fits = line.iter().zip(0..).all(|(byte, at)| match at {
        0..7 => *byte == b"HTTP/1."[at],
        7 => matches!(byte, b'0' | b'1'),
        9..12 => byte.is_ascii_digit(),
        8 | 12 => *byte == b' ',
        _ => true,
    });
    if fits && !has_control(line) {
        Ok(())
    } else {
        Err(NOT_HTTP)
    }
}

const NOT_HTTP: Malformed = Malformed("what came is not HTTP/1.x");
const NO_STATUS: Malformed = Malformed("the status line has no status");
const NO_NAME: Malformed = Malformed("a header has no name");

/// How many bytes of a name stand at the front.
#[inline]
fn name_len(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| !NAME[usize::from(*byte)]);
    end.unwrap_or(bytes.len())
}

#[inline]
fn value_of(bytes: &[u8]) -> Result<&[u8], Malformed> {
    if has_control(bytes) {
        return Err(Malformed("a header holds a control character"));
    }
    Ok(bytes.trim_ascii())
}

/// Looks at every byte, without a branch for each: the compiler takes sixteen at a time.
#[inline]
fn has_control(bytes: &[u8]) -> bool {
    let is_control = |byte: u8| (byte < b' ') & (byte != b'\t') | (byte == 0x7f);
    bytes
        .iter()
        .fold(false, |found, byte| found | is_control(*byte))
}

fn is_token(text: &[u8], token: &[u8]) -> bool {
    text.trim_ascii().eq_ignore_ascii_case(token)
}

/// Digits alone; nothing where there is anything else, or too many of them.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// The bytes of names: `tchar` of RFC 9110, 5.6.2.
const NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[allow(clippy::cast_possible_truncation)]
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric()
            || matches!(
                c,
                b'!' | b'#'
                    | b'$'
                    | b'%'
                    | b'&'
                    | b'\''
                    | b'*'
                    | b'+'
                    | b'-'
                    | b'.'
                    | b'^'
                    | b'_'
                    | b'`'
                    | b'|'
                    | b'~'
            );
        byte += 1;
    }
    table
};
