//! A provider that is not there yet: the answers that contracts ask for, served over HTTP.
//!
//! ```text
//! contracts ──► Stub::load ──► Double, Double, …      what a stub needs of an interaction
//!                                 │
//! request ──► server ──► asked ──► choice ──► answer   or the nearest, and what differs
//!                                     └──► Served      a line for whoever watches
//! ```
//!
//! Invariants: the same requests under the same seed get the same answers; a request that nothing
//! matches is answered 500, never with something near; requests are bounded in size.

mod answer;
mod asked;
mod choice;
mod cors;
mod double;
mod load;
mod served;
mod server;

pub use load::{LoadError, NotServed, Stub};
pub use served::Served;
pub use server::StubOptions;

pub(crate) use answer::StubAnswer;
pub(crate) use asked::{Asked, pairs};
pub(crate) use double::{Difference, Double};
