use rtest_store::Postgres;

use super::catalog::Table;
use super::tables::Tables;

/// Tables are emptied in one statement.
pub(crate) fn way(database: Postgres) -> Tables {
    Tables::new(database, empty)
}

fn empty(tables: &[&Table]) -> String {
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    format!("TRUNCATE {};\n", names.join(", "))
}
