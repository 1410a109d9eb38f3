//! The summary as JSON: what k6 gives to `handleSummary`, so that tools that read k6 read this,
//! and beside it one key, `rtest`, with everything that k6 has no word for.
//!
//! ```text
//! { "metrics": { "http_req_duration": { type, contains, values, thresholds }, … },
//!   "root_group": { name, path, id, groups, checks },
//!   "options": …, "state": …,
//!   "rtest": { outcome, gates, run, load, windows, faults, probes, contracts, sims, … } }
//! ```
//!
//! Invariants:
//! - Keys keep one order, so that two reports can be compared as text.
//! - Under `rtest` a number says its unit in its key; instants are seconds on the run clock.
//! - A threshold's `ok` is k6's: whether the bound held. That too few samples stand behind it is
//!   said by the gate's status, under `rtest`.

mod group;
mod metrics;
mod rtest;
mod summary;
mod usage;

pub(crate) use summary::Json;
