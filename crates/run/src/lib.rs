//! A plan becomes events, and events a record: the only owner of a run's state.
//!
//! ```text
//! Plan ──► Runner ──► System (ground, links, environment) ──► stages ──► down ──► Finished
//!             │                                   ┌───────────┘
//!             │            cases, contracts, sim, load ∥ chaos   (engines; never know each other)
//!             │                                   │ EventSink
//!             └──────────── Dispatcher ◄──────────┘
//!                            │      ├──► Observer      progress, while it runs
//!                            │      ├──► ThresholdWatch  ends the load on a breach
//!                            │      └──► GuardrailWatch  ends drill and load
//!                            └─────────► RecordWriter  the run folder
//! ```
//!
//! Invariants:
//! - One [`Dispatcher`] owns the record; engines only emit. An event is stamped with the run
//!   clock where it happens and written in the order in which it is received.
//! - Everything that was brought up is taken down before [`Runner::run`] returns, whatever
//!   happened in between; cancellation only makes the way there shorter.
//! - A threshold or a guardrail that ends the load ends nothing else: faults are rolled back, services stopped,
//!   and everything is judged, as if the load had come to its end.
//! - Deliberately absent: what a gate is (`rtest-metrics`), what a report is (`rtest-report`),
//!   the terminal (the command line).

mod dispatcher;
mod engine;
mod guardrail;
mod journal;
mod links;
mod replay;
mod runner;
mod stage;
mod system;
mod target;
mod watch;

pub use dispatcher::{Dispatcher, Observer};
pub use engine::{HAS_GOOSE, hold_process};
pub use guardrail::GuardrailWatch;
pub use runner::{Finished, RunError, RunOptions, Runner};
pub use system::{System, SystemOptions};
pub use watch::ThresholdWatch;
