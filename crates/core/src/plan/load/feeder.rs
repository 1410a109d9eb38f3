use std::path::PathBuf;
use std::sync::Arc;

use crate::span::Span;

/// Where iterations get their data from. Each column of a row fills the hole of its name.
#[derive(Clone, Debug)]
pub struct FeederPlan {
    /// The rows.
    pub source: FeederSource,
    /// Which row an iteration gets.
    pub pick: Pick,
    /// What happens after the last row; of no meaning to [`Pick::Random`].
    pub at_end: AtEnd,
    /// Its columns, in order; what holes may name.
    pub columns: Vec<String>,
    /// Its entry in the suite.
    pub span: Span,
}

/// The rows of a feeder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeederSource {
    /// A CSV file whose first line names the columns (RFC 4180).
    Csv {
        /// Where it is.
        path: PathBuf,
        /// One byte between two fields: `,` mostly.
        delimiter: u8,
    },
    /// A JSON array of objects, or one object a line.
    Json {
        /// Where it is.
        path: PathBuf,
    },
    /// Rows of the suite itself, each as long as there are columns; at least one.
    Inline(Arc<[Vec<String>]>),
}

/// Which row an iteration gets. Rows are numbered from 0 in the order of the source; all shards
/// and workers together use each number as one process would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pick {
    /// Row `n` for the iteration `n` of the scenario.
    #[default]
    Sequential,
    /// Any row, drawn from the run's seed and the iteration's number; a row may come again.
    Random,
    /// Row `n` for virtual user `n`, in all of its iterations.
    UniquePerVu,
    /// Row `n` for the iteration `n`, and no row twice.
    UniquePerIteration,
}

impl Pick {
    /// Every pick with its name in a suite.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("sequential", Self::Sequential),
        ("random", Self::Random),
        ("unique-per-vu", Self::UniquePerVu),
        ("unique-per-iteration", Self::UniquePerIteration),
    ];
}

/// What happens when there is no row left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtEnd {
    /// The first row comes after the last.
    Recycle,
    /// The scenario starts no further iteration.
    Stop,
    /// Iterations without a row fail, under a named error.
    Fail,
}

impl AtEnd {
    /// Every behaviour with its name in a suite.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("recycle", Self::Recycle),
        ("stop", Self::Stop),
        ("fail", Self::Fail),
    ];
}
