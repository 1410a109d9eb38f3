//! Changing a load while it runs: k6's REST API on a loopback address, its client, and what keys
//! of the terminal share with both.
//!
//! ```text
//! rtest ctl ──► Server ──► Steering ──► LoadControl        PATCH /v1/status
//! k6's tools      │ ◄── Board, Published                   GET /v1/status, /v1/metrics
//! keys ─────────────────► Steering
//! ```
//!
//! Invariants:
//! - Off unless asked for, on loopback only, and deaf to web pages: a name that was made to
//!   point at loopback is no loopback.
//! - A request changes all that it says, or nothing.

mod api;
mod client;
mod metrics;
mod server;
mod status;
mod steering;

pub(crate) use api::Api;
pub(crate) use client::{ControlError, call};
pub(crate) use metrics::Published;
pub(crate) use server::Server;
pub(crate) use steering::Steering;
