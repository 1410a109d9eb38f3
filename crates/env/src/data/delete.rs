use rtest_store::Postgres;

use super::catalog::Table;
use super::tables::Tables;

/// Rows are deleted, children first: cheaper than to truncate where there are few of them, and
/// other transactions may go on reading.
pub(crate) fn way(database: Postgres) -> Tables {
    Tables::new(database, empty)
}

/// The tables come parents first.
fn empty(tables: &[&Table]) -> String {
    let deletes = tables.iter().rev();
    deletes
        .map(|table| format!("DELETE FROM {};\n", table.name))
        .collect()
}
