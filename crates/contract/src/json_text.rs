use std::ops::Range;
use std::sync::Arc;

use rtest_core::Span;

use crate::unreadable::{UnreadableContract, UnreadableKind};

/// One step from a JSON value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A member of an object.
    Key(String),
    /// A member of an object, whatever the case of its name: a header.
    AnyCase(String),
    /// An item of an array. Beyond the end it is the first: the example that stands for all.
    /// In an object it is the member of that name.
    Index(usize),
}

/// The text of a contract's file, and where things stand in it: of one in JSON that `serde_json`
/// accepted, by a path; of any other, by byte offsets.
#[derive(Debug)]
pub(crate) struct JsonText {
    file: Arc<str>,
    text: String,
    /// Byte offset of each line.
    line_starts: Vec<usize>,
    /// How many characters begin before each multiple of [`COUNTED_BYTES`]: a file may be one line.
    counts: Vec<usize>,
}

/// Characters of a line are counted from the last multiple of so many bytes on.
const COUNTED_BYTES: usize = 1024;

/// Bytes of a line that spans carry whole.
const LONG_LINE_BYTES: usize = 512;

/// Bytes of a longer line that they carry before and after their first character.
const AROUND_BYTES: usize = 200;

/// A value, and what to underline for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// Byte offset of the value.
    value_at: usize,
    /// A member's key with a scalar value, a member's key alone otherwise, an item's first byte.
    mark: Range<usize>,
}

impl JsonText {
    pub(crate) fn new(file: Arc<str>, text: String) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let counts = text
            .as_bytes()
            .chunks(COUNTED_BYTES)
            .scan(0, |before, chunk| {
                let here = *before;
                *before += characters(chunk);
                Some(here)
            })
            .collect();
        Self {
            file,
            text,
            line_starts,
            counts,
        }
    }

    /// The text of a file; `shown` is its path as the user is told it.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub(crate) fn decode(bytes: Vec<u8>, shown: Arc<str>) -> Result<Self, UnreadableContract> {
        match String::from_utf8(bytes) {
            // A byte order mark belongs to no format, but editors on Windows leave it.
            Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
                Some(rest) => Self::new(shown, rest.to_owned()),
                None => Self::new(shown, text),
            }),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                // Alike up to the first bad byte, which is all that the span shows.
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Err(UnreadableContract {
                    span: Some(Self::new(shown, text).span(at..at + 1)),
                    kind: UnreadableKind::NotText,
                })
            }
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The byte offset of a line and a byte column, both from 1, as `serde_json` gives them.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let start = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(self.text.len());
        self.text
            .floor_char_boundary(start + column.saturating_sub(1))
    }

    /// The span of a byte range; cut at the end of its first line.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.text.floor_char_boundary(range.start);
        let line = self.line_starts.partition_point(|begin| *begin <= start) - 1;
        let line_start = self.line_starts[line];
        let line_end = self
            .line_starts
            .get(line + 1)
            .map_or(self.text.len(), |next| next - 1);
        let end = self.text.floor_char_boundary(range.end).min(line_end);
        let shown = if line_end - line_start <= LONG_LINE_BYTES {
            line_start..line_end
        } else {
            let from = start.saturating_sub(AROUND_BYTES).max(line_start);
            let to = start.saturating_add(AROUND_BYTES).min(line_end);
            self.text.floor_char_boundary(from)..self.text.floor_char_boundary(to)
        };
        let column = |at: usize| self.count(line_start..at).saturating_add(1);
        Span {
            file: Arc::clone(&self.file),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: column(start),
            len: self.count(start..end).max(1),
            text_column: column(shown.start),
            text: self.text[shown].trim_end_matches('\r').into(),
        }
    }

    /// Characters that begin in a byte range; none where it ends before it starts.
    fn count(&self, range: Range<usize>) -> u32 {
        let before = |at: usize| {
            let block = (at / COUNTED_BYTES).min(self.counts.len().saturating_sub(1));
            let counted = self.counts.get(block).copied().unwrap_or(0);
            counted + characters(&self.text.as_bytes()[block * COUNTED_BYTES..at])
        };
        let count = before(range.end).saturating_sub(before(range.start));
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Byte offsets of the items of the array that the root object has under `key`.
    pub(crate) fn items(&self, key: &str) -> Vec<usize> {
        let mut cursor = Cursor::new(&self.text, 0);
        cursor.blank();
        cursor
            .member(|name| name == key)
            .map(|node| Cursor::new(&self.text, node.value_at).items())
            .unwrap_or_default()
    }

    /// The span of the value that `path` leads to from the value at `from`, or of the nearest
    /// one around it.
    pub(crate) fn locate(&self, from: usize, path: &[Step]) -> Span {
        let mut node = Node {
            value_at: from,
            mark: from..from + 1,
        };
        for step in path {
            let cursor = Cursor::new(&self.text, node.value_at);
            let next = match (step, cursor.peek()) {
                (Step::Key(key), Some(b'{')) => cursor.member(|name| name == key),
                (Step::AnyCase(key), Some(b'{')) => {
                    cursor.member(|name| name.eq_ignore_ascii_case(key))
                }
                (Step::Index(index), Some(b'{')) => {
                    let key = index.to_string();
                    cursor.member(|name| name == key)
                }
                (Step::Index(index), Some(b'[')) => {
                    let items = cursor.items();
                    items.get(*index).or(items.first()).map(|at| Node {
                        value_at: *at,
                        mark: *at..Cursor::new(&self.text, *at).scalar_end().unwrap_or(*at + 1),
                    })
                }
                _ => None,
            };
            match next {
                Some(inner) => node = inner,
                None => break,
            }
        }
        self.span(node.mark)
    }
}

/// How many characters begin in a part of a text: all bytes but those that go on with one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// A reader that trusts the text to be JSON, and on other text goes no further than its end.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str, at: usize) -> Self {
        Self {
            bytes: text.as_bytes(),
            at,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Over a string; the range includes its quotes.
    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => break,
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        start..self.at
    }

    /// Over any value, without recursion.
    fn value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                None => return,
                Some(b'"') => {
                    self.string();
                    if depth == 0 {
                        return;
                    }
                }
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                    if depth == 0 {
                        return;
                    }
                }
                Some(b',') if depth == 0 => return,
                Some(byte) if depth == 0 && byte.is_ascii_whitespace() => return,
                Some(_) => self.at += 1,
            }
        }
    }

    /// The end of the value where it is a scalar.
    fn scalar_end(mut self) -> Option<usize> {
        if matches!(self.peek(), None | Some(b'{' | b'[')) {
            return None;
        }
        self.value();
        Some(self.at)
    }

    /// The member of the object here whose name is wanted; the last of several, as `serde_json`
    /// keeps it.
    fn member(mut self, wanted: impl Fn(&str) -> bool) -> Option<Node> {
        let mut found = None;
        if self.peek() != Some(b'{') {
            return None;
        }
        self.at += 1;
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                return found;
            }
            let key = self.string();
            self.blank();
            if self.peek() != Some(b':') {
                return found;
            }
            self.at += 1;
            self.blank();
            let value_at = self.at;
            let name = serde_json::from_slice::<String>(&self.bytes[key.clone()]);
            if name.is_ok_and(|name| wanted(&name)) {
                let end = self.scalar_end().unwrap_or(key.end);
                found = Some(Node {
                    value_at,
                    mark: key.start..end,
                });
            }
            self.value();
            self.blank();
            if self.peek() != Some(b',') {
                return found;
            }
            self.at += 1;
        }
    }

    /// The byte offsets of the items of the array here.
    fn items(mut self) -> Vec<usize> {
        let mut items = Vec::new();
        if self.peek() != Some(b'[') {
            return items;
        }
        self.at += 1;
        loop {
            self.blank();
            if matches!(self.peek(), None | Some(b']')) {
                return items;
            }
            items.push(self.at);
            self.value();
            self.blank();
            if self.peek() != Some(b',') {
                return items;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "note": "braces } ] and \" quotes",
  "interactions": [
    { "response": { "headers": { "Content-Type": "a" }, "body": { "id": 7, "items": [ {"n": 1} ] } } },
    { "ü": 1, "esc\u0061ped": [true, {"7": null}] }
  ]
}"#;

    fn text() -> JsonText {
        JsonText::new("p.json".into(), TEXT.to_owned())
    }

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    /// What the span underlines.
    fn marked(span: &Span) -> String {
        let from = (span.column - span.text_column) as usize;
        span.text
            .chars()
            .skip(from)
            .take(span.len as usize)
            .collect()
    }

    #[test]
    fn values_are_found_by_their_path() {
        let text = text();
        let items = text.items("interactions");
        assert_eq!(items.len(), 2);
        let body = [key("response"), key("body")];
        let id = text.locate(items[0], &[&body[..], &[key("id")]].concat());
        assert_eq!((id.line, marked(&id).as_str()), (4, r#""id": 7"#));
        let inner = [key("items"), Step::Index(0), key("n")];
        let found = text.locate(items[0], &[&body[..], &inner[..]].concat());
        assert_eq!(marked(&found), r#""n": 1"#);
    }

    #[test]
    fn headers_are_found_in_any_case_and_escaped_keys_by_their_meaning() {
        let text = text();
        let items = text.items("interactions");
        let header = Step::AnyCase("content-type".to_owned());
        let found = text.locate(items[0], &[key("response"), key("headers"), header]);
        assert_eq!(marked(&found), r#""Content-Type": "a""#);
        let escaped = text.locate(items[1], &[key("escaped"), Step::Index(1), Step::Index(7)]);
        assert_eq!(marked(&escaped), r#""7": null"#);
        assert_eq!(escaped.line, 5);
        let after_non_ascii = text.locate(items[1], &[key("escaped")]);
        assert_eq!(marked(&after_non_ascii), r#""esc\u0061ped""#);
    }

    #[test]
    fn a_path_that_ends_early_gives_the_nearest_enclosing_value() {
        let text = text();
        let items = text.items("interactions");
        let found = text.locate(
            items[0],
            &[key("response"), key("body"), key("gone"), key("x")],
        );
        assert_eq!(marked(&found), r#""body""#);
        let nowhere = text.locate(items[1], &[key("response")]);
        assert_eq!((nowhere.line, marked(&nowhere).as_str()), (5, "{"));
    }

    #[test]
    fn an_item_beyond_the_example_is_the_example() {
        let text = text();
        let at = text.items("interactions")[0];
        let path = ["response", "body", "items"].map(key);
        let ninth = text.locate(at, &[&path[..], &[Step::Index(9), key("n")]].concat());
        assert_eq!(marked(&ninth), r#""n": 1"#);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        let text = JsonText::new("p".into(), "{\"a\": 1,\n\"a\": 2}".to_owned());
        assert_eq!(marked(&text.locate(0, &[key("a")])), r#""a": 2"#);
    }

    #[test]
    fn of_a_long_line_a_span_carries_what_is_around_it() {
        let items: Vec<String> = (0..5000).map(|at| format!("\"ü{at}\"")).collect();
        let line = format!("[{}]", items.join(","));
        let text = JsonText::new("p".into(), format!("\n{line}\n"));
        for at in [0, 1, 77, 2500, 4999] {
            let span = text.locate(1, &[Step::Index(at)]);
            let before = line.find(&items[at]).expect("it is there");
            let column = line[..before].chars().count() + 1;
            assert_eq!((span.line, span.column as usize), (2, column));
            assert_eq!(marked(&span), items[at]);
            assert!(span.text.len() <= 2 * AROUND_BYTES, "{}", span.text.len());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_walked_without_a_panic(noise in r#"[\[\]{}":,\\ a7ü\n]{0,60}"#, from in 0_usize..70) {
            let text = JsonText::new("p".into(), noise);
            let _ = text.items("a");
            let _ = text.locate(from, &[key("a"), Step::Index(0), key("a")]);
            let _ = text.span(from..from + 3);
        }

        #[test]
        fn every_member_of_a_well_formed_object_is_found(
            members in proptest::collection::btree_map("[a-zü\"\\\\]{1,6}", "[^\u{0}-\u{1f}]{0,12}", 1..6)
        ) {
            let value = serde_json::json!(members);
            for shown in [value.to_string(), format!("{value:#}")] {
                let text = JsonText::new("p".into(), shown);
                for (name, content) in &members {
                    let marked = marked(&text.locate(0, &[key(name)]));
                    proptest::prop_assert!(marked.ends_with(&serde_json::json!(content).to_string()), "{}", marked);
                }
            }
        }
    }
}
