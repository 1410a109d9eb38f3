//! What is expected, with its holes filled.

use rtest_core::expectation::{Expectation, ValueMatch};
use rtest_core::plan::SqlExpectation;
use rtest_core::{UnknownVariable, Variables};

/// What is expected, filled by what a case knows.
pub(crate) trait Fill {
    fn fill_match(&self, value: &ValueMatch) -> Result<ValueMatch, UnknownVariable>;

    fn fill_expectation(&self, expectation: &Expectation) -> Result<Expectation, UnknownVariable>;

    fn fill_rows(&self, expected: &SqlExpectation) -> Result<SqlExpectation, UnknownVariable>;
}

impl Fill for Variables {
    fn fill_match(&self, value: &ValueMatch) -> Result<ValueMatch, UnknownVariable> {
        Ok(match value {
            ValueMatch::Equals(value) => ValueMatch::Equals(self.fill(value)?),
            ValueMatch::All(all) => {
                let all: Result<_, _> = all.iter().map(|one| self.fill_match(one)).collect();
                ValueMatch::All(all?)
            }
            other => other.clone(),
        })
    }

    fn fill_expectation(&self, expectation: &Expectation) -> Result<Expectation, UnknownVariable> {
        Ok(match expectation {
            Expectation::Header { name, value } => Expectation::Header {
                name: name.clone(),
                value: self.fill_match(value)?,
            },
            Expectation::Json { path, value } => Expectation::Json {
                path: path.clone(),
                value: self.fill_match(value)?,
            },
            other => other.clone(),
        })
    }

    fn fill_rows(&self, expected: &SqlExpectation) -> Result<SqlExpectation, UnknownVariable> {
        Ok(match expected {
            SqlExpectation::Value(value) => SqlExpectation::Value(self.fill_match(value)?),
            SqlExpectation::Rows(rows) => {
                let rows = rows.iter().map(|row| {
                    let values = row.iter().map(|value| self.fill(value));
                    values.collect::<Result<Vec<_>, _>>()
                });
                SqlExpectation::Rows(rows.collect::<Result<_, _>>()?)
            }
        })
    }
}
