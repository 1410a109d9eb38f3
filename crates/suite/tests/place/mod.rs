//! Places in a suite, as a reader of the suite would name them.

use rtest_core::Span;

/// The place of `marked` in the only line of the suite that is `line` or, where none is, that
/// holds it.
pub(crate) fn in_suite(suite: &str, line: &str, marked: &str) -> Span {
    let text = std::fs::read_to_string(suite).expect("the suite is there");
    let lines = || (1_u32..).zip(text.lines());
    let mut found: Vec<(u32, &str)> = lines().filter(|(_, text)| text.trim() == line).collect();
    if found.is_empty() {
        found = lines().filter(|(_, text)| text.contains(line)).collect();
    }
    let [(number, text)] = found[..] else {
        panic!("not one line for `{line}`: {found:?}");
    };
    let start = text
        .find(marked)
        .unwrap_or_else(|| panic!("{marked} is not in {text}"));
    Span {
        file: suite.into(),
        line: number,
        column: text[..start].chars().count() as u32 + 1,
        len: marked.chars().count() as u32,
        text: text.into(),
        text_column: 1,
    }
}
