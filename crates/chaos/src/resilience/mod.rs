//! What the system does about its faults, read from what crosses its links.
//!
//! ```text
//! Proxy ── Attempt ──► LinkMeter ── LinkTick ──► EventSink ──► record ──► verdict
//! ```
//!
//! A meter counts and never judges: what was expected is held against the record.

mod chains;
mod meter;

pub use meter::LinkMeter;
