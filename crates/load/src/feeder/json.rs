use std::fmt;

use memchr::memchr2;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::format::{Format, Found, Malformed, Stretch};
use super::row::Row;

/// Objects: those of an array, or one a line. A string is its text, any other value its JSON.
#[derive(Debug)]
pub(super) struct Json {
    /// Whether they stand in an array.
    array: bool,
    columns: Vec<String>,
}

impl Json {
    /// Looks at how the file begins. Returns where the rows begin; nothing where more bytes are
    /// needed.
    ///
    /// # Errors
    /// It begins with neither an array nor an object.
    pub(super) fn open(
        file: Stretch<'_>,
        columns: &[String],
    ) -> Result<Option<(Self, usize)>, Malformed> {
        let from = blank(file.bytes);
        let array = match file.bytes.get(from) {
            Some(b'[') => true,
            Some(b'{') => false,
            Some(_) => return Err(Malformed::new(from, NEITHER)),
            None if file.whole => false,
            None => return Ok(None),
        };
        let json = Self {
            array,
            columns: columns.to_vec(),
        };
        Ok(Some((json, from + usize::from(array))))
    }
}

const NEITHER: &str = "this is neither an array of objects nor an object";

impl Format for Json {
    fn find(&self, stretch: Stretch<'_>) -> Result<Found, Malformed> {
        let Stretch {
            bytes,
            first,
            whole,
        } = stretch;
        let mut at = blank(bytes);
        let comma = self.array && !first && bytes.get(at) == Some(&b',');
        if comma {
            at += 1;
            at += blank(&bytes[at..]);
        }
        match bytes.get(at) {
            Some(b'{') if self.array && !first && !comma => {
                Err(Malformed::new(at, "there is no `,` between two rows"))
            }
            Some(b'{') => match object_len(&bytes[at..]) {
                Some(len) => Ok(Found::Row {
                    text: at..at + len,
                    next: at + len,
                }),
                None if !whole => Ok(Found::Incomplete),
                None => Err(Malformed::new(
                    at,
                    "the object that begins here is never closed",
                )),
            },
            Some(b']') if self.array && !comma => {
                let after = at + 1 + blank(&bytes[at + 1..]);
                match bytes.get(after) {
                    Some(_) => Err(Malformed::new(after, "the array has ended before")),
                    None if whole => Ok(Found::End),
                    None => Ok(Found::Incomplete),
                }
            }
            Some(_) => Err(Malformed::new(at, "this row is not an object")
                .hint("each row is an object whose keys are the columns")),
            None if !whole => Ok(Found::Incomplete),
            None if self.array => Err(Malformed::new(at, "the array is never closed")),
            None => Ok(Found::End),
        }
    }

    fn parse(&self, text: &str, row: &mut Row) -> Result<(), Malformed> {
        row.reset(self.columns.len());
        let mut parser = serde_json::Deserializer::from_str(text);
        let fill = Fill {
            columns: &self.columns,
            row,
        };
        fill.deserialize(&mut parser).map_err(|error| {
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let reason = message.strip_suffix(&place).unwrap_or(&message);
            Malformed::new(
                offset_of(text, &error),
                format!("this is not JSON: {reason}"),
            )
        })?;
        match row.first_missing() {
            None => Ok(()),
            Some(column) => Err(Malformed::new(
                0,
                format!("this row has no `{}`", self.columns[column]),
            )),
        }
    }
}

/// How many bytes of white space come first.
fn blank(bytes: &[u8]) -> usize {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let end = bytes.iter().position(|byte| !is_blank(byte));
    end.unwrap_or(bytes.len())
}

/// How long the object is that begins here: up to the bracket that closes its first. Whether what
/// is in between is JSON is the parser's business.
fn object_len(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'"' => at += string_len(&bytes[at..])?,
            _ => {}
        }
    }
    None
}

/// How long the string is whose opening quote came before, with its closing quote.
fn string_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The parser counts lines, and bytes in them, from 1.
fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let before = text.split_inclusive('\n').take(error.line().max(1) - 1);
    let line = before.map(str::len).sum::<usize>();
    (line + error.column().max(1) - 1).min(text.len())
}

/// Fills a row with the members of an object. The last of several of one name is taken, as
/// everywhere; those that are no column are passed over.
struct Fill<'a> {
    columns: &'a [String],
    row: &'a mut Row,
}

impl<'de> DeserializeSeed<'de> for Fill<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        // Objects of one file mostly have their members in one order.
        let mut expected = 0;
        while let Some(column) = members.next_key_seed(Column {
            columns: self.columns,
            expected,
        })? {
            let Some(column) = column else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            expected = column + 1;
            let value = members.next_value::<&'de RawValue>()?.get();
            match value.strip_prefix('"') {
                None => self.row.set(column, value),
                Some(text) if !text.contains('\\') => {
                    self.row.set(column, &text[..text.len() - 1]);
                }
                Some(_) => {
                    let text: String =
                        serde_json::from_str(value).map_err(serde::de::Error::custom)?;
                    self.row.set(column, &text);
                }
            }
        }
        Ok(())
    }
}

/// Finds the column of a member by its name.
struct Column<'a> {
    columns: &'a [String],
    /// The one that is likely.
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Column<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Column<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        if self.columns.get(self.expected).is_some_and(|it| it == name) {
            return Ok(Some(self.expected));
        }
        Ok(self.columns.iter().position(|column| column == name))
    }
}
