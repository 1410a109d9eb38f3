use std::fmt;
use std::ops::Range;

use super::row::Row;

/// How rows are written in a file.
pub(super) trait Format: fmt::Debug + Send + Sync {
    /// Finds the next row in `bytes`, without looking into it more than it must.
    ///
    /// # Errors
    /// What stands there is no row.
    fn find(&self, bytes: Stretch<'_>) -> Result<Found, Malformed>;

    /// Takes a row apart, as it was found.
    ///
    /// # Errors
    /// It breaks the format's rules, or lacks a column.
    fn parse(&self, text: &str, row: &mut Row) -> Result<(), Malformed>;
}

/// A part of a file in which rows are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch<'a> {
    /// The bytes.
    pub(super) bytes: &'a [u8],
    /// Whether no row stands before it: neither is there anything between it and that row.
    pub(super) first: bool,
    /// Whether the file ends with it, or the next row begins where it ends.
    pub(super) whole: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A row, and what of it is to be parsed.
    Row {
        /// Its text.
        text: Range<usize>,
        /// Where to look for the next.
        next: usize,
    },
    /// The beginning of one, perhaps: more bytes are needed.
    Incomplete,
    /// There are no more rows.
    End,
}

/// What is wrong with the text of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// At which byte of what was looked at.
    pub(super) at: usize,
    /// In plain words.
    pub(super) reason: String,
    /// What to do, where it is not plain.
    pub(super) hint: Option<&'static str>,
}

impl Malformed {
    /// Without a hint.
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Self {
        Self {
            at,
            reason: reason.into(),
            hint: None,
        }
    }

    /// Says what to do.
    pub(super) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same, of something that begins at `offset`.
    pub(super) fn after(mut self, offset: usize) -> Self {
        self.at += offset;
        self
    }
}

/// Texts, one after the other, as a sentence names them.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
