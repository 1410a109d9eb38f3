/// What a statement gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The columns' names; none where the statement gives no rows.
    pub columns: Vec<String>,
    /// The rows, each value as text; `None` is `NULL`.
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows that the last statement gave or changed.
    pub affected: u64,
}

impl Rows {
    /// The first value of the first row.
    pub fn first(&self) -> Option<Option<&str>> {
        let value = self.rows.first()?.first()?;
        Some(value.as_deref())
    }
}
