use std::ops::Range;

/// One row: the values of its columns, in the plan's order. Made once and filled again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// The values one after the other, in the order of the source.
    text: String,
    /// Where in it each column's value is.
    columns: Vec<Option<Range<usize>>>,
}

impl Row {
    /// A column's value; nothing where there is no such column.
    pub(super) fn get(&self, column: usize) -> Option<&str> {
        let range = self.columns.get(column)?.clone()?;
        Some(&self.text[range])
    }

    /// Takes every value away, and makes room for those of so many columns.
    pub(super) fn reset(&mut self, columns: usize) {
        self.text.clear();
        self.columns.clear();
        self.columns.resize(columns, None);
    }

    /// Sets a column to what `write` appends.
    pub(super) fn set_with(&mut self, column: usize, write: impl FnOnce(&mut String)) {
        let from = self.text.len();
        write(&mut self.text);
        self.columns[column] = Some(from..self.text.len());
    }

    /// Sets a column to a text.
    pub(super) fn set(&mut self, column: usize, text: &str) {
        self.set_with(column, |all| all.push_str(text));
    }

    /// The first column without a value.
    pub(super) fn first_missing(&self) -> Option<usize> {
        self.columns.iter().position(Option::is_none)
    }
}
