use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use rtest_core::{RunTime, Stream as RandomStream};

use super::{AttributeError, Attributes};

/// Bytes that were received together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The bytes; never empty.
    pub bytes: Bytes,
    /// When they were received from the peer.
    pub received_at: RunTime,
}

/// What travels along a direction of a link, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Bytes.
    Data(Chunk),
    /// The sender has shut its write side; nothing follows.
    End,
    /// The sender has reset the connection; nothing follows.
    Reset,
}

impl Item {
    /// What holding it costs in bytes. A chunk counts for more than its bytes, so that a million
    /// chunks of one byte are bounded too.
    pub fn cost(&self) -> usize {
        const PER_ITEM: usize = 64;
        match self {
            Self::Data(chunk) => PER_ITEM + chunk.bytes.len(),
            Self::End | Self::Reset => PER_ITEM,
        }
    }
}

/// A kind of fault with its attributes. One value is shared by all links.
pub trait Toxic: Any + fmt::Debug + Send + Sync {
    /// The word for it in the API and in suites: `latency`.
    fn type_name(&self) -> &'static str;

    /// Its attributes as the API shows them, in order.
    fn attributes(&self) -> Attributes;

    /// The same with some attributes changed; the others stay. Unknown names are ignored.
    ///
    /// # Errors
    /// An attribute of the wrong type.
    fn merged(&self, changes: &Attributes) -> Result<Arc<dyn Toxic>, AttributeError>;

    /// Its part in one direction of one link. `random` is this link's own stream.
    fn on_link(&self, random: RandomStream) -> Box<dyn Stage>;
}

/// A toxic at work in one direction of one link. Does no I/O and reads no clock.
pub trait Stage: fmt::Debug + Send {
    /// Takes the next item. Called in order; nothing comes after [`Item::End`] or [`Item::Reset`].
    fn push(&mut self, item: Item, now: RunTime);

    /// The next item that may leave at `now`, if any. Items leave in the order they came in.
    fn pop(&mut self, now: RunTime) -> Option<Item>;

    /// When [`Stage::pop`] will next give something, if nothing else happens. `None`: not by the
    /// passing of time.
    fn due(&self) -> Option<RunTime>;

    /// The [`Item::cost`] of everything held.
    fn held(&self) -> usize;

    /// Goes on with other attributes; what is held is held by the new ones. `toxic` is of the type
    /// that made this stage.
    fn update(&mut self, toxic: &dyn Toxic);

    /// Ends it: everything held, in order, to leave at once.
    fn drain(&mut self) -> Vec<Item>;
}
