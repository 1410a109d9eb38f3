use std::fmt;

use serde_json::Value;

use crate::expectation::{Unmet, ValueMatch};

/// Rows that a message shows.
const SHOWN_ROWS: usize = 5;

/// What a query must give; values are compared as text.
#[derive(Clone, Debug)]
pub enum SqlExpectation {
    /// These rows, in this order.
    Rows(Vec<Vec<Value>>),
    /// This in the first column of the first row.
    Value(ValueMatch),
}

impl SqlExpectation {
    /// Holds the rows that a query gave against it; `None` is `NULL`.
    ///
    /// # Errors
    /// What was there instead.
    pub fn meet(&self, rows: &[Vec<Option<String>>]) -> Result<(), Unmet> {
        let (meets, actual) = match self {
            Self::Value(wanted) => match rows.first().and_then(|row| row.first()) {
                None => (false, "no row".to_owned()),
                Some(value) => (
                    wanted.fits_text(value.as_deref()),
                    format!("value {}", shown(value.as_deref())),
                ),
            },
            Self::Rows(wanted) => (same(rows, wanted), format!("rows {}", listed(rows))),
        };
        if meets {
            return Ok(());
        }
        Err(Unmet {
            expected: self.to_string(),
            actual,
        })
    }
}

fn same(rows: &[Vec<Option<String>>], wanted: &[Vec<Value>]) -> bool {
    let mut pairs = rows.iter().zip(wanted);
    rows.len() == wanted.len() && pairs.all(|(row, wanted)| equal(row, wanted))
}

fn equal(row: &[Option<String>], wanted: &[Value]) -> bool {
    row.len() == wanted.len()
        && row.iter().zip(wanted).all(|(value, wanted)| match value {
            None => wanted.is_null(),
            Some(text) => ValueMatch::Equals(wanted.clone()).fits_text(Some(text)),
        })
}

fn listed(rows: &[Vec<Option<String>>]) -> String {
    let shown_rows = rows.iter().take(SHOWN_ROWS).map(|row| {
        let values = row.iter().map(|value| shown(value.as_deref()));
        format!("[{}]", values.collect::<Vec<_>>().join(", "))
    });
    let mut shown_rows: Vec<String> = shown_rows.collect();
    if rows.len() > SHOWN_ROWS {
        shown_rows.push("…".to_owned());
    }
    format!("[{}]", shown_rows.join(", "))
}

fn shown(value: Option<&str>) -> String {
    value.map_or_else(|| "null".to_owned(), |text| format!("{text:?}"))
}

impl fmt::Display for SqlExpectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "value {value}"),
            Self::Rows(rows) => {
                let rows = rows.iter().map(|row| Value::from(row.clone()).to_string());
                write!(f, "rows [{}]", rows.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
