//! Experiments of the Chaos Toolkit, as they are: JSON of a steady state, a method and rollbacks.
//!
//! ```text
//! JSON ──► read: everything wrong at once ──► Experiment ──► run ──► Journal (chaoslib's format)
//!                                               │ before · method · after · rollbacks
//!                                               └ activities: http, process
//! ```
//!
//! The names and the semantics are those of chaostoolkit-lib; where it differs is said in
//! `docs/CHAOS.md`: providers and controls in Python are refused by name, rollbacks come whenever
//! the method has begun, and calls stay on this machine unless they are allowed to leave it.

mod activity;
mod journal;
mod read;
mod run;
mod substitute;
mod tolerance;

pub use journal::{Journal, Status};
pub use read::{Experiment, RollbackStrategy, read};
pub use run::run;

#[cfg(test)]
mod tests;
