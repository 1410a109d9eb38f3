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
//! is taken out with [`Stage::drain`], which gives back everything it holds. A toxic that ends a
//! connection does so with an item: [`Item::Cut`] or [`Item::Reset`], which stand in the stream
//! behind what comes before them.
//!
//! A toxic that knows of requests and their answers [stands in both directions](Toxic::is_two_way);
//! its two stages on a link share what they know. One that has begun to answer in the upstream's
//! place [lingers](Stage::lingers) when it is removed, until that is over.

mod attributes;
mod bandwidth;
mod config;
mod connect;
mod corruption;
mod cut;
mod delay;
mod distribution;
mod http;
mod junction;
mod latency;
mod limit_data;
mod loss;
mod lot;
mod millis;
mod noop;
mod registry;
mod reset_peer;
mod set;
mod slicer;
mod slow_close;
mod stage;
mod timeout;

pub use attributes::{AttributeError, Attributes};
pub use bandwidth::Bandwidth;
pub use config::{Stream, ToxicConfig, Toxicity};
pub use connect::{Connect, OnConnect};
pub use corruption::Corruption;
pub use cut::Cut;
pub use delay::Delay;
pub use distribution::Distribution;
pub use http::{Http, HttpAction, HttpAnswer, HttpMatch, PathPattern, Tally};
pub use latency::Latency;
pub use limit_data::LimitData;
pub use loss::Loss;
pub use noop::Noop;
pub use registry::{by_type, by_type_beyond, type_names, type_names_beyond};
pub use reset_peer::ResetPeer;
pub use slicer::Slicer;
pub use slow_close::SlowClose;
pub(crate) use stage::Meeting;
pub use stage::{Chunk, HOLD_LIMIT, Item, Joining, Stage, Toxic};
pub use timeout::Timeout;

pub(crate) use config::Beyond;
pub(crate) use junction::Junction;
pub(crate) use lot::LotSource;
pub(crate) use set::{Chain, NameTaken, NoSuchToxic, Placed, Toxics};
