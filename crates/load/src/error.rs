use std::error::Error;
use std::{fmt, io};

use rtest_core::Span;

use crate::feeder::FeederError;

/// Why a load could not be run at all. What happens to requests is never an error of the load:
/// it is recorded.
#[derive(Debug)]
pub struct LoadError {
    /// What went wrong.
    pub kind: Box<LoadErrorKind>,
    /// The step of the suite that is at fault, where one is.
    pub span: Option<Span>,
    /// What to do about it, where something can be said.
    pub hint: Option<String>,
}

/// What went wrong before, or instead of, any load.
#[derive(Debug, thiserror::Error)]
pub enum LoadErrorKind {
    /// Each virtual user holds a connection, and the process may not open so many files.
    #[error(
        "{wanted} open files are needed for {vus} virtual users, and the limit of open files \
         (RLIMIT_NOFILE) is {limit}"
    )]
    OpenFiles {
        /// The most virtual users that all scenarios may have together.
        vus: u64,
        /// Their connections, the files open already, and a few for the generator itself.
        wanted: u64,
        /// The hard limit: the soft one has been raised to it.
        limit: u64,
    },
    /// A request can never be built, whatever fills its holes.
    #[error("the request `{endpoint}` of {whose} cannot be built: {reason}")]
    Request {
        /// What it is a step of: ``scenario `browse` ``, `the setup`.
        whose: String,
        /// The endpoint's name.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// A step can never be taken.
    #[error("a step of {whose} cannot be taken: {reason}")]
    Step {
        /// What it is a step of.
        whose: String,
        /// Why not.
        reason: String,
    },
    /// A feeder has no rows, or what it has are none.
    #[error("{}", rtest_core::causes(.0))]
    Feeder(FeederError),
    /// The setup did not go well, and the load builds on it.
    #[error("the setup failed at `{step}`: expected {expected}, got {actual}")]
    Setup {
        /// The request that was made: `POST /login`.
        step: String,
        /// What was expected of its answer.
        expected: String,
        /// What came; may hold server data.
        actual: String,
    },
    /// TLS cannot be spoken as the plan has it.
    #[error("{role}: {reason}")]
    Tls {
        /// Which of the plan's files or names it is about, as the suite names it: `tls.ca`.
        role: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The proxy's address is none.
    #[error("`{0}` is not the address of a proxy")]
    Proxy(String),
    /// No connection to the target could be opened before the load.
    #[error("the target {target} cannot be reached: {why}")]
    Unreachable {
        /// `host:port`, or the Unix socket.
        target: String,
        /// Why not.
        why: String,
    },
    /// A worker's thread or its runtime could not be made.
    #[error("a load worker could not be started")]
    Worker(#[source] io::Error),
    /// Another engine than rtest's own could not run it.
    #[error("the engine {engine} could not run the load: {reason}")]
    Engine {
        /// Which.
        engine: &'static str,
        /// As it says itself.
        reason: String,
    },
    /// A worker ended by a panic: a defect of rtest. What it had recorded is kept.
    #[error("a load worker panicked: {0}")]
    Panicked(String),
}

impl From<LoadErrorKind> for LoadError {
    fn from(kind: LoadErrorKind) -> Self {
        Self {
            kind: Box::new(kind),
            span: None,
            hint: None,
        }
    }
}

/// The kind's message: the rest is for whoever shows it.
impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}
