//! Brings the services of a suite up, says when they are ready, and takes them down again.
//!
//! ```text
//! Setup ──► Ground ──► Environment::start ── one task a service, from its birth to its end ─────────┐
//!             │      callees ready ──► provider ──► readiness ──► ServiceReady ──► supervised
//!             │                        process      http          (proxies are     exit → Event
//!             │                        external     tcp            aimed here)     stop → down
//!             └─► reaper: a child of the same binary, on a pipe that ends when we do ──► sweep
//! ```
//!
//! Invariants:
//! - A service is started when all that it depends on is ready, and not before; services that do
//!   not wait for each other start in parallel. Teardown takes the same graph backwards.
//! - A service counts as ready when it answers its probe; an open port is not enough.
//! - Nothing outlives the run: [`Environment::stop`] ends every process group and then whatever
//!   still carries the run's mark in its environment; where the program itself is killed, the
//!   reaper does the same.
//! - Callees are reached through links, whose addresses the caller of this crate gives; a service
//!   never sees where its callee really listens.
//! - What a service prints is redacted before it reaches the disk or an error, line by line and
//!   in bounded memory.
//! - What services use is sampled on the run's clock for as long as they run; nothing waits for a
//!   sample, and what cannot be seen is not told.
//! - A service that is broken on purpose ([`Environment::control`]) is mended by the one task that
//!   keeps it, which does one thing at a time; its port stays its own while it is down.
//! - Where the engine that containers run in is gone, none of them is said to have ended:
//!   [`Environment::lost`] says it once.
//! - Deliberately absent: the proxies themselves, the decision what a dead service means for the
//!   run, when something is broken, and any retry of a service that failed to start.

mod cgroup;
mod control;
mod data;
mod docker;
mod endpoint;
mod environment;
mod error;
mod graph;
mod ground;
mod keep;
mod latch;
mod leftovers;
mod log;
mod loss;
mod port;
mod process_group;
mod processes;
mod provider;
mod readiness;
mod reaper;
mod service;
mod setup;
mod sweep;
mod usage;
mod wiring;

pub use data::SeedError;
pub use docker::{DockerFailure, Pruned, engine_version, prune};
pub use environment::Environment;
pub use error::{EnvError, EnvErrorKind, LogExcerpt};
pub use ground::Ground;
pub use leftovers::{Leftovers, end_leftovers, process_started};
pub use reaper::reap;
pub use setup::{ServiceReady, Setup};
pub use wiring::RUN_ID_VARIABLE;
