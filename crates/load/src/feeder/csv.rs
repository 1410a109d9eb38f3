use std::str;

use memchr::{memchr, memchr2};

use super::format::{Format, Found, Malformed, Stretch, listed};
use super::row::Row;

/// CSV as RFC 4180 has it, whose first line names the columns. Lines end with LF or CRLF; empty
/// lines are no rows.
///
/// It is stricter than the `csv` crate, which takes a quote for itself wherever it makes no sense:
/// a file that was put together by hand with `5" pipe` in it would lose rows without a word.
#[derive(Debug)]
pub(super) struct Csv {
    delimiter: u8,
    /// For each field of a line, the plan's column that it is.
    fields: Vec<Option<usize>>,
    /// How many columns the plan has.
    columns: usize,
}

impl Csv {
    /// Reads the first line. Returns where the rows begin; nothing where more bytes are needed.
    ///
    /// # Errors
    /// It is none, or lacks a column.
    pub(super) fn open(
        file: Stretch<'_>,
        delimiter: u8,
        columns: &[String],
    ) -> Result<Option<(Self, usize)>, Malformed> {
        if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\n' | b'\r') {
            return Err(Malformed::new(
                0,
                format!("`{}` cannot separate fields", delimiter.escape_ascii()),
            ));
        }
        let (text, next) = match find(file) {
            Found::Row { text, next } => (text, next),
            Found::Incomplete => return Ok(None),
            Found::End => {
                let empty = "the file is empty: its first line names the columns";
                return Err(Malformed::new(0, empty));
            }
        };
        let head = str::from_utf8(&file.bytes[text.clone()]).map_err(|error| {
            Malformed::new(text.start + error.valid_up_to(), "this is not UTF-8")
        })?;
        let mut names = Vec::new();
        split(head, delimiter, |field| {
            let mut name = String::new();
            field.append_to(&mut name);
            names.push(name);
        })
        .map_err(|malformed| malformed.after(text.start))?;
        let missing = columns.iter().filter(|column| !names.contains(column));
        let missing = listed(missing.map(String::as_str));
        if !missing.is_empty() {
            let there = listed(names.iter().map(String::as_str));
            return Err(Malformed::new(
                text.start,
                format!("there is no column {missing}; the columns are {there}"),
            ));
        }
        let place = |name| columns.iter().position(|column| column == name);
        let csv = Self {
            delimiter,
            fields: names.iter().map(place).collect(),
            columns: columns.len(),
        };
        Ok(Some((csv, next)))
    }
}

impl Format for Csv {
    fn find(&self, bytes: Stretch<'_>) -> Result<Found, Malformed> {
        Ok(find(bytes))
    }

    fn parse(&self, text: &str, row: &mut Row) -> Result<(), Malformed> {
        row.reset(self.columns);
        let mut count = 0;
        split(text, self.delimiter, |field| {
            if let Some(Some(column)) = self.fields.get(count) {
                row.set_with(*column, |text| field.append_to(text));
            }
            count += 1;
        })?;
        if count == self.fields.len() {
            return Ok(());
        }
        let expected = self.fields.len();
        let fields = if count == 1 { "field" } else { "fields" };
        Err(Malformed::new(
            0,
            format!("this row has {count} {fields}, and the first line names {expected} columns"),
        ))
    }
}

/// Finds the end of a line: the first line feed outside of quotes. A quote where there may be none
/// makes the row longer than it is; parsing it finds the quote.
fn find(Stretch { bytes, whole, .. }: Stretch<'_>) -> Found {
    let mut from = 0;
    loop {
        match &bytes[from..] {
            [b'\n', ..] => from += 1,
            [b'\r', b'\n', ..] => from += 2,
            [] | [b'\r'] if whole => return Found::End,
            [] | [b'\r'] => return Found::Incomplete,
            _ => break,
        }
    }
    let mut at = from;
    while let Some(found) = memchr2(b'"', b'\n', &bytes[at..]) {
        at += found + 1;
        if bytes[at - 1] == b'\n' {
            return Found::Row {
                text: from..at - 1 - usize::from(bytes[at - 2] == b'\r'),
                next: at,
            };
        }
        // Of two quotes that stand for one, the second opens what the first closed.
        match memchr(b'"', &bytes[at..]) {
            Some(closing) => at += closing + 1,
            None => break,
        }
    }
    if whole {
        let end = bytes.len() - usize::from(bytes.ends_with(b"\r"));
        Found::Row {
            text: from..end,
            next: bytes.len(),
        }
    } else {
        Found::Incomplete
    }
}

/// A field as it is written.
#[derive(Clone, Copy, Debug)]
struct Field<'a> {
    /// Without the quotes around it.
    text: &'a str,
    /// Whether two quotes in it stand for one.
    doubled: bool,
}

impl Field<'_> {
    fn append_to(self, out: &mut String) {
        if !self.doubled {
            return out.push_str(self.text);
        }
        for (index, piece) in self.text.split("\"\"").enumerate() {
            if index > 0 {
                out.push('"');
            }
            out.push_str(piece);
        }
    }
}

/// Splits a line into its fields.
fn split<'a>(
    line: &'a str,
    delimiter: u8,
    mut each: impl FnMut(Field<'a>),
) -> Result<(), Malformed> {
    let bytes = line.as_bytes();
    let mut from = 0;
    loop {
        let (text, doubled, end) = if bytes.get(from) == Some(&b'"') {
            let (end, doubled) = closing_quote(bytes, from)?;
            (from + 1..end, doubled, end + 1)
        } else {
            let end = memchr2(delimiter, b'"', &bytes[from..]).map_or(bytes.len(), |n| from + n);
            (from..end, false, end)
        };
        each(Field {
            text: &line[text],
            doubled,
        });
        match bytes.get(end) {
            None => return Ok(()),
            Some(byte) if *byte == delimiter => from = end + 1,
            Some(b'"') if bytes[from] != b'"' => {
                let reason = "a quote within a field that does not begin with one";
                return Err(Malformed::new(end, reason).hint(
                    "put the whole field into quotes, and write each quote in it twice: \
                     `\"5\"\" pipe\"`",
                ));
            }
            Some(_) => {
                let reason = "something follows the quote that ends the field";
                return Err(Malformed::new(end, reason)
                    .hint("a quote within a quoted field is written twice: `\"5\"\" pipe\"`"));
            }
        }
    }
}

/// Where the field that begins with a quote at `from` ends, and whether quotes stand in it.
fn closing_quote(bytes: &[u8], from: usize) -> Result<(usize, bool), Malformed> {
    let mut at = from + 1;
    let mut doubled = false;
    while let Some(found) = memchr(b'"', &bytes[at..]) {
        at += found;
        if bytes.get(at + 1) != Some(&b'"') {
            return Ok((at, doubled));
        }
        doubled = true;
        at += 2;
    }
    Err(Malformed::new(
        from,
        "the quote that opens here is never closed",
    ))
}
