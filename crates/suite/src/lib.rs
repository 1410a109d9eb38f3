//! The suite language: text becomes a checked suite, and that a [`rtest_core::Plan`].
//!
//! ```text
//!  text ──yaml──► Node tree ──interpolate──► Node tree ──file──► SuiteFile ──check──► CheckedSuite ──► Plan
//!                    │            │                        │                   │
//!                    └────────────┴─────── Diagnostics ────┴───────────────────┘   all of them, in one pass
//!
//!  file's declarations ──► JSON Schema
//! ```
//!
//! - `yaml` is the only module that knows the YAML library; limits on size, depth and aliases are
//!   set there.
//! - `file` says what can be written, one `record!` for each mapping: the struct, its reader and
//!   its JSON Schema come from the same declaration.
//! - `check` says what it must mean, section by section, and makes the parts of the plan.
//!
//! Invariants:
//! - No pass stops at its first finding. What could not be read is left out with a report, and
//!   whatever depends on it is not reported again.
//! - Keys are never ignored: one without effect is an error.
//! - A variable's value cannot change the structure of a suite, and the values of secret
//!   variables show up in no diagnostic.
//! - Deliberately absent: reading the process environment (it is an argument), running anything,
//!   and defaults downstream — a plan has none left to apply.

mod check;
mod collection;
mod diagnostics;
mod file;
mod form;
mod include;
mod interpolate;
mod node;
mod record;
mod scalar;
mod schema;
mod secrets;
mod shape;
mod source;
mod spanned;
mod suite;
mod world;
mod yaml;

pub use schema::json_schema;
pub use suite::{CheckedSuite, Inputs, check, load};
pub use world::load_world;
