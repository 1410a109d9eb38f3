//! What chance decides in a run, and the search for the chance that breaks a program.
//!
//! ```text
//!  strategy ──► chance of one run ──► chooser ◄── choice points of the clock, the world, the program
//!  random, pct,   seed, or forced        │
//!  exhaustive     choices                ▼
//!     ▲                               choices made ──► schedule (`v1:7:r3=2,w1=4`)
//!     └── search: runs, findings ──► shrink ──► the fewest choices that still show the finding
//! ```
//!
//! Invariants:
//! - A run is a function of the program, its arguments and its [`Schedule`]: the seed, which is
//!   what `Math.random` and its like follow from, and the choices that are not calm.
//! - Choice 0 of every point is what an idle machine does. A schedule names only the others, so
//!   that an empty one is the calm run.
//! - What a search reports does not depend on how many cores it ran on.

mod choice;
mod chooser;
mod finding;
mod run;
mod schedule;
mod search;
mod shrink;
mod strategy;
mod swarm;
mod team;

pub use choice::{Choice, ChoicePoint};
pub(crate) use chooser::Chooser;
pub use chooser::{Chance, ChanceRecord, Taken};
pub(crate) use finding::last_words;
pub use finding::{Finding, FindingId, FindingKind};
pub use schedule::{Schedule, ScheduleError};
pub use search::{
    FailedRun, FirstRun, Found, MOST_FAILURES, Search, SearchOptions, Watcher, search,
    search_watched,
};
pub use shrink::{ForcedChoice, Shrunk};
pub use strategy::{Coverage, Strategy};
pub use swarm::{Machine, Swarm};
