use std::fmt;
use std::time::Duration;

use rtest_core::unit::format_duration;

/// Why a store did not answer, or not with what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is none, or one that is not spoken to.
    #[error("{0}")]
    Address(String),
    /// No connection, or one that broke off.
    #[error("{0}")]
    Connection(String),
    /// Postgres refused the statement.
    #[error(transparent)]
    Sql(Box<SqlError>),
    /// The store understood, and refused.
    #[error("{0}")]
    Refused(String),
    /// It took longer than [`crate::Limits::time`].
    #[error("no answer within {}", format_duration(*.0))]
    TooSlow(Duration),
    /// The answer has more than [`crate::Limits::rows`].
    #[error("the answer has more than {0} rows")]
    TooManyRows(usize),
    /// The answer has more than [`crate::Limits::bytes`].
    #[error("the answer has more than {0} bytes")]
    TooManyBytes(u64),
    /// The answer is none that this client understands.
    #[error("{0}")]
    Garbled(String),
}

impl StoreError {
    /// Whether the session is over, so that another may do better: the connection broke off, or
    /// the server ended it (class 57P, operator intervention).
    pub fn ended_session(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Sql(said) => said.sqlstate.starts_with("57P"),
            _ => false,
        }
    }
}

/// What Postgres says of a statement that it refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// One line.
    pub message: String,
    /// What else it knows.
    pub detail: Option<String>,
    /// What it would do.
    pub hint: Option<String>,
    /// What it was doing: `COPY users, line 2, column id`.
    pub context: Option<String>,
    /// Five characters: `42P01`.
    pub sqlstate: String,
    /// Where in the statement's text, in characters from 1.
    pub position: Option<usize>,
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate)?;
        if let Some(detail) = &self.detail {
            write!(f, "; {detail}")?;
        }
        if let Some(context) = &self.context {
            write!(f, "; in {context}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SqlError {}
