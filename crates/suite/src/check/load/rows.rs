//! The names of the columns in a file of rows, from its beginning.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use serde_json::{Deserializer, Map, Value};

/// Bytes that a first row has at most.
const MAX_FIRST_ROW: u64 = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Columns at most.
const MAX_COLUMNS: usize = 1000;

/// The first line of a CSV file (RFC 4180).
pub(super) fn of_csv(path: &Path, delimiter: u8) -> Result<Vec<String>, String> {
    csv_header(open(path)?, delimiter).and_then(not_too_many)
}

/// The keys of the first object of a JSON file: of an array, or of one object a line.
pub(super) fn of_json(path: &Path) -> Result<Vec<String>, String> {
    json_keys(open(path)?).and_then(not_too_many)
}

fn not_too_many(columns: Vec<String>) -> Result<Vec<String>, String> {
    if columns.len() > MAX_COLUMNS {
        return Err(format!("it has more than {MAX_COLUMNS} columns"));
    }
    Ok(columns)
}

fn open(path: &Path) -> Result<impl BufRead, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    Ok(BufReader::new(file).take(MAX_FIRST_ROW))
}

/// The next byte, which stays the next one.
fn peek(reader: &mut impl BufRead) -> Result<Option<u8>, String> {
    let bytes = reader.fill_buf().map_err(|error| error.to_string())?;
    Ok(bytes.first().copied())
}

/// Skips a byte order mark, and then what is meant.
fn skip(reader: &mut impl BufRead, is_meant: impl Fn(u8) -> bool) -> Result<(), String> {
    let start = reader.fill_buf().map_err(|error| error.to_string())?;
    if start.starts_with(BYTE_ORDER_MARK) {
        reader.consume(BYTE_ORDER_MARK.len());
    }
    while peek(reader)?.is_some_and(&is_meant) {
        reader.consume(1);
    }
    Ok(())
}

fn csv_header(mut reader: impl BufRead, delimiter: u8) -> Result<Vec<String>, String> {
    skip(&mut reader, |byte| matches!(byte, b'\r' | b'\n'))?;
    let mut fields = vec![Vec::new()];
    let mut quoted = false;
    let mut bytes = reader.bytes().peekable();
    loop {
        let byte = bytes
            .next()
            .transpose()
            .map_err(|error| error.to_string())?;
        let field = fields.last_mut().expect("there is always one");
        match byte {
            Some(b'"') if quoted && matches!(bytes.peek(), Some(Ok(b'"'))) => {
                bytes.next();
                field.push(b'"');
            }
            Some(b'"') if quoted || field.is_empty() => quoted = !quoted,
            None if quoted => return Err("a quote in its first line is never closed".to_owned()),
            None => break,
            Some(byte) if quoted => field.push(byte),
            Some(b'\n') => break,
            Some(byte) if byte == delimiter => fields.push(Vec::new()),
            Some(byte) => field.push(byte),
        }
    }
    let last = fields.last_mut().expect("there is always one");
    if last.last() == Some(&b'\r') {
        last.pop();
    }
    let names: Result<Vec<String>, _> = fields.into_iter().map(String::from_utf8).collect();
    let names = names.map_err(|_| "its first line is not text in UTF-8".to_owned())?;
    if names.iter().all(|name| name.is_empty()) {
        return Err("its first line names no column".to_owned());
    }
    Ok(names)
}

fn json_keys(mut reader: impl BufRead) -> Result<Vec<String>, String> {
    skip(&mut reader, |byte| byte.is_ascii_whitespace())?;
    if peek(&mut reader)? == Some(b'[') {
        reader.consume(1);
    }
    let first = Deserializer::from_reader(reader)
        .into_iter::<Map<String, Value>>()
        .next();
    match first {
        Some(Ok(object)) if !object.is_empty() => Ok(object.keys().cloned().collect()),
        Some(Ok(_)) => Err("its first object is empty".to_owned()),
        Some(Err(error)) => Err(format!("its first row is not a JSON object: {error}")),
        None => Err("it holds no row".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str, delimiter: u8) -> Result<Vec<String>, String> {
        csv_header(text.as_bytes(), delimiter)
    }

    fn owned(names: &[&str]) -> Result<Vec<String>, String> {
        Ok(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn the_columns_of_a_csv_file_are_the_fields_of_its_first_line() {
        assert_eq!(csv("id,name\r\n1,a\r\n", b','), owned(&["id", "name"]));
        assert_eq!(csv("id;name,x", b';'), owned(&["id", "name,x"]));
        assert_eq!(
            csv("\"a,\"\"b\"\"\n\",c\"d,\n1", b','),
            owned(&["a,\"b\"\n", "c\"d", ""])
        );
        assert_eq!(csv("\u{feff}\"id\",name\n", b','), owned(&["id", "name"]));
        assert!(csv("", b',').is_err());
        assert_eq!(csv("\r\n\nid,\"\"", b','), owned(&["id", ""]));
        assert!(csv("\"\"\n1,2", b',').is_err());
        assert!(csv("\"id", b',').is_err());
        assert!(csv_header(&b"\xff,a\n"[..], b',').is_err());
    }

    #[test]
    fn the_columns_of_a_json_file_are_the_keys_of_its_first_object() {
        let keys = |text: &str| json_keys(text.as_bytes());
        let both = owned(&["id", "name"]);
        assert_eq!(keys(" [ {\"id\": 1, \"name\": {\"a\": []}}, 2"), both);
        assert_eq!(keys("\u{feff}\n[{\"id\":1,\"name\":2}]"), both);
        assert_eq!(keys("{\"id\": 1, \"name\": 2}\n{\"id\": 2}\n"), both);
        for text in [
            "",
            "[]",
            "[1]",
            "[{}]",
            "id,name",
            "[{\"id\": ",
            "{",
            "null",
        ] {
            assert!(keys(text).is_err(), "{text}");
        }
    }
}
