//! The reference runtime: Node-style programs over a virtual clock, byte for byte the same for
//! the same seed.
//!
//! ```text
//!  program.mjs ──► engine ────────► prelude (JavaScript: process, timers, console, inspect, …)
//!  seed ─────────┐   │ QuickJS              │ node (Node's own library: streams, Buffer, URL, …)
//!                ▼   ▼                      ▼
//!            clock ◄── event_loop ◄──────── host ──► stdout, stderr, exit code
//!            virtual   timers once, then     │       trace, hash
//!                      pending → poll → check → closing → timers …
//!                       ▲  between any two callbacks: microtask (ticks, promise jobs, rejections)
//!                     world: thread pool, disk, network of hosts and links
//! ```
//!
//! Invariants:
//! - The order of callbacks is Node 20's (libuv 1.46). Where Node's own order is a matter of
//!   chance, the seed decides, and only among the orders that Node can show.
//! - Virtual time moves only here: it jumps to the next timer when nothing else can run, and
//!   advances by a small cost with each callback and each read, and by the stalls that chance
//!   chooses ([`ChoicePoint`]). Nothing waits in real time.
//! - `Date`, `performance.now`, `process.hrtime`, `Math.random`, timers and the depth of the
//!   stack depend on the seed and the program alone. The wall clock starts at [`EPOCH_MS`], the
//!   time zone is UTC, the environment is empty, the working directory is the program's folder.
//! - A program that does not end is stopped by counting what it does ([`Limits`]), never by the
//!   machine's clock.
//! - What the runtime does not have is refused by its name, where it is used.
//! - Files, names and sockets are those of the simulated world. Of the machine a program sees its
//!   own modules, and the folders that were granted by name ([`ProgramOptions::readable`]).
//! - The memory of an engine is put back, byte for byte, to what it was after the prelude, and what
//!   the program names of Node's library, before it runs another seed: nothing of one seed reaches
//!   the next.
//!
//! [`vu`] is something else with the same engine: scripts whose synchronous calls of their host
//! sleep, the ground for scripted load.
//!
//! Deliberately absent: TLS and HTTP/2, child processes, worker threads, the environment, `Intl`, native addons.

mod bytes;
mod clock;
mod compression;
mod engine;
mod error;
mod event_loop;
mod explore;
mod histograms;
mod imports;
mod jest;
mod microtask;
mod node;
mod program;
mod trace;
mod typescript;
pub mod vu;
mod world;

pub use clock::EPOCH_MS;
pub use error::{Budget, RuntimeError, RuntimeErrorKind};
pub use explore::{
    Chance, ChanceRecord, Choice, ChoicePoint, Coverage, FailedRun, Finding, FindingId,
    FindingKind, FirstRun, ForcedChoice, Found, MOST_FAILURES, Machine, Schedule, ScheduleError,
    Search, SearchOptions, Shrunk, Strategy, Swarm, Taken, Watcher, search, search_watched,
};
pub use program::{Limits, ProgramOptions, ProgramOutcome, run_program};
pub use trace::{Action, Phase, Trace, TraceEvent, TraceOf};
pub use world::WorkKind;
