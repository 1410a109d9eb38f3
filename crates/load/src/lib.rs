//! The load engine: issues requests on a schedule and records what became of each.
//!
//! ```text
//!   Load::prepare(plan, context) ── setup ──► run(start) ──► teardown
//!                                               │ one thread per core
//!                                 ┌─────────────┴─────────────┐
//!                              worker 0                    worker 1 …   slot j belongs to
//!                                 │                                     worker j mod N
//!   Scenario ── Executor ──► Pacer + Headcount                  (values, no code of its own)
//!      │     └─ Schedule = Timeline (pauses) + Pacer;  Crew: who is wanted, who is free
//!      │ hands due arrivals to
//!   VirtualUser ── Walker ──► Flow: requests, groups, branches, loops     the one request loop
//!      │              │          └── Feeders: the rows of the iteration, by its number
//!      │            Lane ──► Session ──► Client ──► Exchange    four instants and the answer
//!      │                     cookies, logins,  │
//!      │                     redirects         │ decoded; checks, captures, measures
//!      └────────► Recorder ◄───────────────────┘
//!                    │ every tick
//!                 EventSink: LoadTick, GeneratorHealth
//! ```
//!
//! Invariants:
//! - Response time counts from the instant the schedule wanted the request, whatever held it up.
//!   Arrivals that were due and never began are recorded as errors, never left out:
//!   `offered = started + dropped` and `started = completed + interrupted`.
//! - Workers share nothing on the hot path but the one atomic of the window board. Memory does
//!   not grow with the number of samples.
//! - A virtual user owns its connections, and polls those of HTTP/1.1 from its own task: a request
//!   costs no task switch, no channel and no timer of its own.
//! - What an iteration does was compiled before the run: holes are places, not names, and a flow
//!   of fixed requests allocates nothing. What is left to chance depends on the seed, the scenario
//!   and the iteration's number, never on the worker.
//! - Setup, teardown and what virtual users do before and after their iterations leave nothing in
//!   the results.
//! - A new executor is one file in `executor/` and one line in `executor.rs`; a new course of a
//!   rate one `Intensity` in `pacer/`; a new protocol one file in `client/`; a new extractor one
//!   file in `step/extract/`; a new kind of data file one `Format` in `feeder/`.
//!
//! Deliberately absent: thresholds, percentiles and tags (folded from the ticks by
//! `rtest-metrics`).

mod alarm;
mod basis;
mod client;
mod context;
mod control;
mod crew;
mod engine;
mod error;
mod executor;
mod feeder;
mod headcount;
mod health;
mod open_files;
mod origin;
mod pacer;
mod patience;
mod recorder;
mod scenario;
mod schedule;
mod seat;
mod session;
mod setup;
mod share;
mod step;
mod thread_time;
mod timeline;
mod virtual_user;
mod worker;

pub use client::{Transport, reach};
pub use context::{LoadContext, ResolvedTarget};
pub use control::{LoadControl, MAX_SCALE, Wanted};
pub use engine::Load;
pub use error::{LoadError, LoadErrorKind};
pub use feeder::{FeederError, FeederErrorKind};
pub use health::HealthMonitor;
pub use open_files::ensure_open_files;
pub use origin::Origin;
pub use step::{Dice, Encoding};
