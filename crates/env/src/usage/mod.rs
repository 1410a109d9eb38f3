//! What services use, looked at while they run.
//!
//! ```text
//! Instance ──► Source ─┐   one file a kind of source
//! store ready ► Source ─┼─► Board ──► sampler, each period ──► EventKind::Usage
//! rtest itself ► Source ┘
//! ```
//!
//! | source | of | how | how often |
//! |---|---|---|---|
//! | `control_group` | containers of an engine on this machine | files of cgroups, version 1 and 2 | each period |
//! | `engine_stats` | containers of an engine elsewhere | the engine's stream | 1 s |
//! | `process_group` | processes, rtest itself | CPU clocks, `/proc` | each period |
//! | `postgres` | Postgres | `pg_stat_activity` | 500 ms |
//! | `redis` | Redis | `INFO` | 1 s |
//!
//! A source never makes the sampler wait: what takes its time is asked by a task of its own, and
//! the sampler takes what has come in since.

mod board;
mod control_group;
mod counter;
mod engine_stats;
mod inbox;
mod postgres;
mod process_group;
mod redis;
mod sampler;
mod source;
mod store;

pub(crate) use board::{Board, Seat};
pub(crate) use control_group::ControlGroup;
pub(crate) use engine_stats::EngineStats;
pub(crate) use process_group::ProcessGroupUsage;
pub(crate) use sampler::sample;
pub(crate) use source::Source;
pub(crate) use store::of_store;
