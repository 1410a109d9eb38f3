use serde_json::Value;

/// Longest value that is shown, in characters.
const LONGEST_VALUE: usize = 80;

/// Longest excerpt of a body that is shown, in characters.
const LONGEST_EXCERPT: usize = 200;

/// The first `longest` characters on one line, with `…` where there was more.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = characters.by_ref().take(longest).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The beginning of a body.
pub(crate) fn excerpt(body: &[u8]) -> String {
    // A character has four bytes at most; the rest would be decoded for nothing.
    let head = &body[..body.len().min(LONGEST_EXCERPT * 4 + 4)];
    match shorten(String::from_utf8_lossy(head).trim(), LONGEST_EXCERPT) {
        empty if empty.is_empty() => "an empty body".to_owned(),
        shown => shown,
    }
}

/// A value: whole where it is short, else its beginning or its size.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 3 => format!("an array of {} items", items.len()),
        Value::Object(members) if members.len() > 5 => {
            format!("an object of {} fields", members.len())
        }
        _ => shorten(&value.to_string(), LONGEST_VALUE),
    }
}

/// `1 item`, `2 items`.
pub(crate) fn items(count: usize) -> String {
    let word = if count == 1 { "item" } else { "items" };
    format!("{count} {word}")
}

/// A JSON value's type, with its article.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_values_are_cut_and_large_ones_counted() {
        assert_eq!(value(&json!([1, 2])), "[1,2]");
        assert_eq!(value(&json!([1, 2, 3, 4])), "an array of 4 items");
        let long = value(&json!("é".repeat(500)));
        assert_eq!(long.chars().count(), LONGEST_VALUE + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn bodies_are_shown_on_one_line_whatever_they_hold() {
        assert_eq!(excerpt(b" a\r\nb\xff "), "a  b\u{fffd}");
        assert_eq!(excerpt(b""), "an empty body");
        assert_eq!(excerpt(&[b'x'; 5000]).chars().count(), LONGEST_EXCERPT + 1);
    }
}
