//! Integration cases: requests to the running services, questions to their stores, and what must
//! come of each.
//!
//! ```text
//! CasePlan ──► data brought back ──► step ──► step ──► …  ──► CaseResult
//!                  (DataControl)      │         ▲
//!                                     ├─ held?  │ captures
//!                                     └─ again, while there is time (`within`)
//! ```
//!
//! Invariants:
//! - Cases run one after the other, in the suite's order: the stores that they look into are shared.
//! - Before each attempt the data of every service that has a `reset` is brought back.
//! - The first step that does not hold ends its case, and no other.
//! - What a server or a store sends is read up to a bound, within a time.
//! - A case that passes only when it is tried again is told as flaky.
//!
//! Deliberately absent: starting services, what brings data back, verdicts, cookies (a session's
//! cookie is captured and sent like any header).

mod context;
mod cookies;
mod exchange;
mod fill;
mod http;
mod json_diff;
mod runner;
mod snapshot;
mod step;

pub use context::CaseContext;
pub use runner::run;
