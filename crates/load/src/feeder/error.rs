use std::error::Error;
use std::{fmt, io};

use rtest_core::Span;

/// Why a feeder has no rows, or no row for an iteration.
#[derive(Debug)]
pub struct FeederError {
    /// What is wrong.
    pub kind: FeederErrorKind,
    /// The feeder: its file as the suite has it, or where its rows stand.
    pub feeder: String,
    /// The place in the file that is at fault, where one is.
    pub place: Option<Span>,
    /// What to do about it, where it is not plain.
    pub hint: Option<&'static str>,
}

/// What is wrong with a feeder.
#[derive(Debug, thiserror::Error)]
pub enum FeederErrorKind {
    /// The file cannot be read.
    #[error("cannot be read")]
    Unreadable(#[source] io::Error),
    /// It is a folder, a pipe or the like: rows are read from wherever in it they are.
    #[error("is not a regular file")]
    NotAFile,
    /// There is nothing to feed.
    #[error("has no rows")]
    NoRows,
    /// A row, or the line that names the columns, is not what it must be.
    #[error("{0}")]
    Malformed(String),
    /// An iteration wants a row after the last.
    #[error("has no row {}: it has {rows} row{}", .row + 1, if *.rows == 1 { "" } else { "s" })]
    NoRowLeft {
        /// The row's number, from 0.
        row: u64,
        /// How many there are.
        rows: u64,
    },
    /// A row is no longer where it was when the load began.
    #[error("was changed while the load ran: row {} is not where it was", .row + 1)]
    Changed {
        /// The row's number, from 0.
        row: u64,
    },
}

impl FeederError {
    /// Without a place.
    pub(super) fn new(kind: FeederErrorKind, feeder: &str) -> Self {
        Self {
            kind,
            feeder: feeder.to_owned(),
            place: None,
            hint: None,
        }
    }
}

impl fmt::Display for FeederError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, feeder, .. } = self;
        match (kind, &self.place) {
            (FeederErrorKind::Malformed(_), Some(place)) => {
                write!(f, "feeder {feeder}:{}: {kind}", place.line)
            }
            (FeederErrorKind::Malformed(_), None) => write!(f, "feeder {feeder}: {kind}"),
            _ => write!(f, "feeder {feeder} {kind}"),
        }
    }
}

impl Error for FeederError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}
