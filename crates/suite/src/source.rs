use std::sync::Arc;

use rtest_core::Span;

/// The text of a suite, cut into lines, so that every place in it can become a [`Span`].
#[derive(Debug)]
pub(crate) struct Source {
    file: Arc<str>,
    text: String,
    /// Each line, and how many characters it has up to its trailing blanks: counted once, for a
    /// single line may hold the whole suite.
    lines: Vec<(Arc<str>, u32)>,
}

impl Source {
    /// A text, and the path that its spans show.
    pub(crate) fn new(text: &str, shown: &str) -> Self {
        Self {
            file: shown.into(),
            text: text.to_owned(),
            lines: text
                .lines()
                .map(|line| {
                    let width = line.trim_end().chars().count();
                    (line.into(), u32::try_from(width).unwrap_or(u32::MAX))
                })
                .collect(),
        }
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The path as the user typed it.
    pub(crate) fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The place at a line and column (both from 1, in characters), `len` characters long or to
    /// the end of its line, whichever comes first.
    pub(crate) fn span(&self, line: u64, column: u64, len: u64) -> Span {
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        let (text, width) = self.lines.get(index).cloned().unwrap_or_default();
        let column = u32::try_from(column).unwrap_or(u32::MAX).max(1);
        let rest = width.saturating_sub(column - 1).max(1);
        Span {
            file: Arc::clone(&self.file),
            line: u32::try_from(line).unwrap_or(u32::MAX).max(1),
            column,
            len: u32::try_from(len).unwrap_or(u32::MAX).clamp(1, rest),
            text,
            text_column: 1,
        }
    }
}
