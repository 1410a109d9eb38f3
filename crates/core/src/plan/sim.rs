use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::SimWorld;
use crate::span::Span;

/// A program to run in the reference runtime.
#[derive(Clone, Debug)]
pub struct SimPlan {
    /// The program's file.
    pub program: PathBuf,
    /// The path from where rtest was started, for reports and for the command that replays it.
    pub shown: String,
    /// Under how many seeds, or other schedules; at least 1. None may have a finding.
    pub seeds: u32,
    /// How schedules are chosen.
    pub strategy: SimStrategy,
    /// Bytes of memory that the program may use; the runtime's own limit where absent.
    pub memory_bytes: Option<u64>,
    /// The world that it runs in.
    pub world: SimWorld,
    /// Whether what the program leaves behind is a finding.
    pub leaks: bool,
    /// What becomes of rejections that nobody handles; as in Node where absent.
    pub unhandled_rejections: Option<UnhandledRejections>,
    /// Its entry in the suite.
    pub span: Span,
}

impl SimPlan {
    /// Bytes of memory that a program can be granted.
    pub const MEMORY_BYTES: RangeInclusive<u64> = 16 << 20..=64 << 30;
}

/// How the schedules of a program are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimStrategy {
    /// Each seed disturbs some things, often or seldom.
    Random,
    /// Each seed stalls at `depth - 1` points.
    Pct {
        /// 1 to 100.
        depth: u32,
    },
    /// Under the first seed, every schedule with at most `forced` choices that are not calm.
    Exhaustive {
        /// 100 at most.
        forced: u32,
    },
}

impl SimStrategy {
    /// Its name, as a suite writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Pct { .. } => "pct",
            Self::Exhaustive { .. } => "exhaustive",
        }
    }
}

/// What becomes of a promise that is rejected and that nobody handles: Node's
/// `--unhandled-rejections`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnhandledRejections {
    /// `unhandledRejection` is emitted; where nothing listens, the reason is thrown. Node's default.
    Throw,
    /// The reason is thrown; where something catches that, `unhandledRejection` is emitted.
    Strict,
    /// `unhandledRejection` is emitted, and a warning.
    Warn,
    /// `unhandledRejection` is emitted, and nothing else happens.
    None,
    /// `unhandledRejection` is emitted; where nothing listens, a warning, and the exit code is 1.
    WarnWithErrorCode,
}

impl UnhandledRejections {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Throw,
        Self::Strict,
        Self::Warn,
        Self::None,
        Self::WarnWithErrorCode,
    ];

    /// Its name, as Node, a suite and the command line write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throw => "throw",
            Self::Strict => "strict",
            Self::Warn => "warn",
            Self::None => "none",
            Self::WarnWithErrorCode => "warn-with-error-code",
        }
    }
}
