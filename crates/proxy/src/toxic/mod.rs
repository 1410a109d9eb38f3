//! What can be wrong with a direction of a link.
//!
//! ```text
//! ToxicConfig ── name, stream, toxicity
//!     └── Toxic                      shared by all links: type and attributes
//!           └── on_link ──► Stage    one per link that the toxic touches: holds what it holds back
//! ```
//!
//! A new toxic is one file that implements [`Toxic`] and [`Stage`], and one line in `registry.rs`.
//! A stage is a queue with a will of its own: items go in with [`Stage::push`] as they arrive and
//! come out of [`Stage::pop`] when they may leave; [`Stage::due`] says when that will next be. It
//! is taken out with [`Stage::drain`], which gives back everything it holds.

mod attributes;
mod config;
mod latency;
mod lot;
mod registry;
mod set;
mod stage;

pub use attributes::{AttributeError, Attributes};
pub use config::{Stream, ToxicConfig, Toxicity};
pub use latency::Latency;
pub use registry::{by_type, type_names};
pub use stage::{Chunk, Item, Stage, Toxic};

pub(crate) use lot::LotSource;
pub(crate) use set::{Chain, NameTaken, NoSuchToxic, Placed, Toxics};
