//! Contracts between services: what a consumer wrote down is asked of the provider.
//!
//! ```text
//! ContractPlan ──► source ──► Contract ──► Interaction ──► state ──► provider ──► mismatch ──► Event
//!                  *.json     pact,        one by one      set up    one pooled   the field
//!                  *.yaml     spring       in file order             client       in the file
//!                  broker ◄── results of each pact, when all are verified
//! ContractStep ──────────────────────────► replay ──► requests of a load, each with its judge
//! ```
//!
//! `stub` turns it around: a request is held against the interactions, and answered as the one that
//! it matches says.
//!
//! A provider's own OpenAPI document is the other way round; [`openapi`] has its drawing.
//!
//! Pacts are matched by `pact_matching`; contracts of Spring Cloud Contract here; requests, provider states, limits and the words are ours.
//!
//! Invariants:
//! - Nothing is passed over in silence. What cannot be verified (a message, an XML body, a rule of
//!   a plugin) is a failed interaction under its own name; verifying nothing at all is a failure.
//! - Every result and every mismatch carries the place in the contract's file.
//! - Linear in the interactions: one client for all, no copy of the contract per interaction.
//! - A contract and a provider are both input: regular expressions, bodies, files and times are
//!   bounded, and a panic of the pact crates ends one interaction, not the run.
//! - Interactions run one after the other: provider states share the provider's data.
//!
//! Deliberately absent: redirects (an answer of 302 is an answer), retries, the system's proxy
//! settings for providers.

mod bounded_regex;
mod compute;
mod interaction;
mod json_text;
mod mismatch;
mod openapi;
mod pact;
mod provider;
mod regex_text;
mod replay;
mod source;
mod spring;
mod state;
mod stub;
mod unreadable;
mod verification;
mod yaml_text;

pub use replay::{Replay, replay};
pub use stub::{LoadError, NotServed, Served, Stub, StubOptions};
pub use verification::{VerifyContext, VerifySummary, verify};
