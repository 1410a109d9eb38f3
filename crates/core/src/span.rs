use std::fmt;
use std::sync::Arc;

/// Where in a text something stands, with the line itself, so that a failure found long after
/// parsing can still point at it as a syntax error does.
///
/// Lines and columns count from 1; columns and `len` count characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Path as the user wrote it, or the flag that held the text (`--threshold`).
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// Characters that the marker underlines; at least 1.
    pub len: u32,
    /// The source line, without its line break; of one that is too long to be carried, the part
    /// around the column.
    pub text: Arc<str>,
    /// Column at which `text` begins: 1, but where it is only a part of the line.
    pub text_column: u32,
}

impl Span {
    /// The span of a whole command-line value: `flag` names it, `text` is what was typed.
    pub fn of_flag(flag: &str, text: &str) -> Self {
        Self {
            file: flag.into(),
            line: 1,
            column: 1,
            len: (text.chars().count() as u32).max(1),
            text: text.into(),
            text_column: 1,
        }
    }
}

/// `file:line:column`, the form that editors and terminals turn into a link.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
