//! Toxiproxy's control API over HTTP, as its clients know it.
//!
//! ```text
//! request ─► server ─► route ─► handler ─► Registry ─► Proxy
//!            (limits)  (path,    │  ▲
//!                       method)  ▼  │
//!            answer ◄────────── answer   body (JSON as Go reads it)
//! ```
//!
//! Beside it stands `/rtest/v1`, with what Toxiproxy does not have: `faults`.
//!
//! The texts, statuses and headers are those that Toxiproxy 2.12 was seen to send; where they look
//! odd (errors in JSON sent as text, 200 for a toxic that was made), clients depend on them.

mod address;
mod answer;
mod body;
mod error;
mod faults;
mod handler;
mod lease;
mod metrics;
mod process;
mod registry;
mod route;
mod server;
mod syntax;

pub use error::ApiError;
pub(crate) use lease::Lease;
pub use metrics::MetricsShown;
pub use registry::Registry;
pub use server::ApiServer;
