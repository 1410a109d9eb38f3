use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::program::ProgramOutcome;

/// A program that could not be run to an end of its own. A program that fails by itself (an
/// uncaught exception, `process.exit(1)`) is an outcome, not an error.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", program.display())]
pub struct RuntimeError {
    /// The program.
    pub program: PathBuf,
    /// What went wrong.
    pub kind: RuntimeErrorKind,
    /// What the program had done by then, its output above all; absent where it never started.
    pub outcome: Option<Box<ProgramOutcome>>,
}

/// Why a program could not be run to its end.
#[derive(Debug)]
pub enum RuntimeErrorKind {
    /// Its file cannot be read.
    Unreadable(io::Error),
    /// Its file is neither JavaScript nor TypeScript in one of the known wrappings.
    UnsupportedFile,
    /// It uses something of Node's that the reference runtime does not have.
    Unavailable {
        /// What: `fs`, `fetch`, `util.parseArgs`.
        name: String,
        /// Where it was asked for, `file:line:column`.
        place: Option<String>,
    },
    /// It ran into a limit.
    Budget(Budget),
    /// The engine itself failed.
    Engine(String),
}

/// The limit that a program ran into, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Virtual time: usually a timer that repeats for ever.
    VirtualTime(Duration),
    /// Callbacks: usually `nextTick`, promises or immediates that call for each other for ever.
    Callbacks(u64),
    /// Nothing is left that could happen, and a handle keeps the program waiting: usually a server
    /// that is not closed. Node would wait for ever.
    Wait,
    /// Steps within one callback: usually a loop without an end.
    Steps(u64),
    /// Memory of the program, in bytes.
    Memory(usize),
    /// Bytes written to stdout and stderr together.
    Output(usize),
}

impl fmt::Display for RuntimeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Self::UnsupportedFile => f.write_str(
                "not a program for the reference runtime, which runs .js, .mjs, .cjs, .ts, .mts and .cts \
                 files",
            ),
            Self::Unavailable { name, place } => {
                write!(f, "{name} is not available in the reference runtime")?;
                match place {
                    Some(place) => write!(f, " (asked for at {place})"),
                    None => Ok(()),
                }
            }
            Self::Budget(budget) => budget.fmt(f),
            Self::Engine(message) => write!(f, "the engine failed: {message}"),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VirtualTime(limit) => write!(
                f,
                "stopped after {} of virtual time; does a timer repeat for ever?",
                rtest_core::unit::format_duration(*limit)
            ),
            Self::Callbacks(limit) => write!(
                f,
                "stopped after {limit} callbacks; do nextTick, promises or immediates call for \
                 each other for ever?"
            ),
            Self::Wait => f.write_str(
                "stopped, for nothing is left that could happen, and the program still waits; is a \
                 server or a connection not closed?",
            ),
            Self::Steps(limit) => write!(
                f,
                "stopped after {limit} steps of one callback; is there a loop without an end?"
            ),
            Self::Memory(limit) => write!(
                f,
                "stopped at the memory limit of {}; if the program needs more, raise it: --memory, \
                 `memory:` of a suite's sim entry",
                rtest_core::unit::format_size(*limit as u64)
            ),
            Self::Output(limit) => write!(f, "stopped after writing more than {limit} bytes"),
        }
    }
}
