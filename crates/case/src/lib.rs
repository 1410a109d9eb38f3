//! Integration cases: requests to the running services, questions to their stores, and what must
//! come of each.
//!
//! ```text
//! CasePlan ──► data brought back ──► step ──► step ──► …  ──► CaseResult ──► told in order
//!                  (DataControl)      │         ▲                               (Telling)
//!                                     ├─ held?  │ captures
//!                                     └─ again, while there is time (`within`)
//! ```
//!
//! Invariants:
//! - A case runs alone, for the stores that it looks into are shared, unless it and its neighbours
//!   are `concurrent`: then `jobs` of them run at the same time.
//! - Whoever runs alone has the data of every service with a `reset` brought back before each
//!   attempt; neighbours that run beside each other, once before the first of them.
//! - Results are told in the suite's order, whatever the order in which cases end.
//! - Cases share no clients, and so no cookies.
//! - The first step that does not hold ends its case, and no other.
//! - What a server or a store sends is read up to a bound, within a time.
//! - A case that passes only when it is tried again is told as flaky.
//!
//! Deliberately absent: starting services, what brings data back, verdicts.

mod company;
mod context;
mod cookies;
mod exchange;
mod fill;
mod http;
mod json_diff;
mod runner;
mod snapshot;
mod step;
mod telling;

pub use context::CaseContext;
pub use runner::run;
