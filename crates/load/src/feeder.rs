//! Feeders: which row of data an iteration gets, and the row itself.
//!
//! ```text
//! FeederPlan ── open ──► Feeder ─────────────── shared by all workers, never changed
//!               reads     │ Format (csv, json): where a row ends, what it holds
//!               each row  │ Index: where in the file the row after every so many bytes begins
//!                         │ Picker: the row's number, from the plan, the seed and the iteration
//!                         └─ reader() ──► RowReader ──► Row      one reader for each worker
//! ```
//!
//! Which row an iteration gets follows from the plan alone, so workers and shards agree on it
//! without a word. Memory does not grow with the file: the index is bounded, and a reader holds
//! the one block of the file that its last row was in.

mod csv;
mod data;
mod error;
mod file;
mod format;
mod index;
mod json;
mod limited;
mod pick;
mod reader;
mod row;

pub(crate) use data::{Data, DataReader, Feeders};
pub use error::{FeederError, FeederErrorKind};
pub(crate) use limited::Limited;
pub(crate) use pick::Limits;

use std::path::Path;
use std::sync::Arc;

use rtest_core::Seed;
use rtest_core::plan::{FeederPlan, FeederSource};

use csv::Csv;
use file::RowFile;
use json::Json;
use pick::Picker;
use reader::RowReader;

/// The rows of one feeder, and which of them an iteration gets.
#[derive(Debug)]
struct Feeder {
    rows: Rows,
    /// How many there are; at least one.
    count: u64,
    picker: Picker,
    /// As it is named in messages: its file, or where its rows stand.
    name: String,
}

#[derive(Debug)]
enum Rows {
    File(RowFile),
    Inline(Arc<[Vec<String>]>),
}

impl Feeder {
    /// Opens a feeder, and reads all of its file once: whatever is wrong in any row is found now.
    /// `label` tells it from the other feeders of the run; rows that are picked at random are
    /// drawn under it.
    ///
    /// # Errors
    /// The file cannot be read, has no rows, lacks a column, or holds a row that is none: with its
    /// place.
    fn open(plan: &FeederPlan, seed: Seed, label: &str) -> Result<Self, FeederError> {
        let (rows, count, name) = match &plan.source {
            FeederSource::Csv { path, delimiter } => {
                let file = RowFile::open(path, |file| Csv::open(file, *delimiter, &plan.columns))?;
                opened(path, file)
            }
            FeederSource::Json { path } => {
                let file = RowFile::open(path, |file| Json::open(file, &plan.columns))?;
                opened(path, file)
            }
            FeederSource::Inline(rows) => {
                let count = rows.len() as u64;
                (Rows::Inline(Arc::clone(rows)), count, plan.span.to_string())
            }
        };
        if count == 0 {
            return Err(FeederError::new(FeederErrorKind::NoRows, &name));
        }
        Ok(Self {
            rows,
            count,
            picker: Picker::new(plan.pick, plan.at_end, seed, label),
            name,
        })
    }

    /// The row of an iteration, by its number: of the iteration `iteration` of the scenario, from
    /// 0, by its virtual user `vu`, from 0.
    ///
    /// # Errors
    /// There is no row left.
    fn pick(&self, iteration: u64, vu: u64) -> Result<u64, FeederError> {
        let wanted = self.picker.pick(iteration, vu, self.count);
        wanted.map_err(|row| {
            let rows = self.count;
            FeederError::new(FeederErrorKind::NoRowLeft { row, rows }, &self.name)
        })
    }

    /// How far its rows reach, where the scenario ends with them.
    const fn limits(&self) -> Limits {
        self.picker.limits(self.count)
    }

    /// Reads rows, for one worker.
    fn reader(self: &Arc<Self>) -> RowReader {
        RowReader::new(Arc::clone(self))
    }
}

fn opened(path: &Path, file: RowFile) -> (Rows, u64, String) {
    let count = file.index().rows();
    (Rows::File(file), count, path.display().to_string())
}

#[cfg(test)]
mod tests;
