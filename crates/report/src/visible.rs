//! Text from outside, made safe to look at: what a terminal or a browser would act on is shown
//! instead.

use std::borrow::Cow;

/// The text with every control character made visible (`ESC` as `␛`), and those that reorder
/// text, which can make a line read as something else, replaced. Line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| shown(c) == c) {
        return Cow::Borrowed(text);
    }
    // CRLF is a line break, not a curiosity.
    Cow::Owned(text.replace("\r\n", "\n").chars().map(shown).collect())
}

/// As [`visible`], in one line.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.contains(['\n', '\t']) {
        return Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    text
}

/// At most `limit` characters, with a word on how many are left out.
pub(crate) fn capped(text: &str, limit: usize) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return Cow::Borrowed(text);
    };
    let more = text[end..].chars().count();
    Cow::Owned(format!("{} … ({more} more characters)", &text[..end]))
}

fn shown(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        // Unicode's control pictures stand in the order of the characters that they picture.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        // C1 controls, bidirectional overrides and isolates, line separators, non-characters.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fffe}'
        | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_and_plain_text_is_left_alone() {
        assert!(matches!(visible("plain → text\n\ttoo"), Cow::Borrowed(_)));
        assert_eq!(visible("\u{1b}[31mred\0\r\n"), "␛[31mred␀\n");
        assert_eq!(visible("abc\u{202e}fed\u{9b}"), "abc\u{fffd}fed\u{fffd}");
        assert_eq!(one_line("a\n   b\tc"), "a b c");
    }

    #[test]
    fn long_text_says_how_much_is_left_out() {
        assert_eq!(capped("abc", 3), "abc");
        assert_eq!(capped("äbcdef", 2), "äb … (4 more characters)");
    }
}
