use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use rtest_core::{RunTime, Stream as RandomStream};

use super::{AttributeError, Attributes, Junction, OnConnect, Placed, Stream, Tally};

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
    /// The sender, or a toxic in its place, has reset the connection; nothing follows.
    Reset,
    /// A toxic closes the connection, both ways and in order; nothing follows.
    Cut,
}

impl Item {
    /// What holding it costs in bytes. A chunk counts for more than its bytes, so that a million
    /// chunks of one byte are bounded too.
    pub fn cost(&self) -> usize {
        const PER_ITEM: usize = 64;
        match self {
            Self::Data(chunk) => PER_ITEM + chunk.bytes.len(),
            Self::End | Self::Reset | Self::Cut => PER_ITEM,
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

    /// What it does to a connection before the upstream is dialled; asked once for each that it
    /// touches.
    fn on_connect(&self) -> OnConnect {
        OnConnect::Dial
    }

    /// Whether it stands in both directions of a link, whatever its direction is called, next to the
    /// upstream.
    fn is_two_way(&self) -> bool {
        false
    }

    /// What it has met so far, where it counts that.
    fn tally(&self) -> Option<Tally> {
        None
    }

    /// Its part in one direction of one link.
    fn on_link(&self, joining: Joining) -> Box<dyn Stage>;
}

/// How a toxic comes to stand in a direction of a link.
#[derive(Debug)]
pub struct Joining {
    /// This link's own stream for this toxic.
    pub random: RandomStream,
    /// When it begins: with the link, or where it was added to a live one, then.
    pub at: RunTime,
    /// The direction that this part stands in.
    pub stream: Stream,
    /// Whether something has passed already in this direction.
    pub is_late: bool,
    /// Where it meets its part in the other direction.
    pub(super) junction: Arc<Junction>,
    /// Which toxic it is a part of.
    pub(super) toxic: u64,
}

impl Joining {
    pub(crate) fn new(
        placed: &Placed,
        random: RandomStream,
        at: RunTime,
        meeting: Meeting,
    ) -> Self {
        Self {
            random,
            at,
            stream: meeting.stream,
            is_late: meeting.is_late,
            junction: meeting.junction,
            toxic: placed.id,
        }
    }
}

/// Where in a link a part of a toxic comes to stand.
#[derive(Debug)]
pub(crate) struct Meeting {
    pub(crate) stream: Stream,
    pub(crate) is_late: bool,
    pub(crate) junction: Arc<Junction>,
}

/// How much a stage holds before its direction stops reading, where the stage has no bound of its
/// own; also the bound of a direction as a whole, in bytes. The sender then feels the backpressure.
/// At a latency of `t` a link carries up to `HOLD_LIMIT / t`.
pub const HOLD_LIMIT: usize = 4 * 1024 * 1024;

/// A toxic at work in one direction of one link. Does no I/O and reads no clock.
pub trait Stage: fmt::Debug + Send {
    /// Takes the next item. Called in order; nothing that matters comes after any item but
    /// [`Item::Data`].
    fn push(&mut self, item: Item, now: RunTime);

    /// The next item that may leave at `now`, if any. Items leave in the order they came in.
    fn pop(&mut self, now: RunTime) -> Option<Item>;

    /// When [`Stage::pop`] will next give something, if nothing else happens. `None`: not by the
    /// passing of time.
    fn due(&self) -> Option<RunTime>;

    /// The [`Item::cost`] of everything held.
    fn held(&self) -> usize;

    /// Whether it takes more. Asked before the direction reads, so what was read may still exceed
    /// it.
    fn has_room(&self) -> bool {
        self.held() < HOLD_LIMIT
    }

    /// Whether it holds its items back while the receiver does not take what has left already. A
    /// stage that lets nothing through but the end of the connection does not.
    fn waits_for_receiver(&self) -> bool {
        true
    }

    /// Goes on with other attributes; what is held is held by the new ones. `toxic` is of the type
    /// that made this stage.
    fn update(&mut self, toxic: &dyn Toxic);

    /// Its toxic does not touch this link any more: it begins nothing new. Whether it has to stay
    /// until what it began is over; then it is asked again.
    fn lingers(&mut self) -> bool {
        false
    }

    /// Ends it: everything held, in order, to leave at once. A toxic that has kept bytes back for
    /// good closes the connection with the last item, because the stream could not go on whole.
    fn drain(&mut self) -> Vec<Item>;
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rtest_core::Seed;
    use std::time::Duration;

    pub(in crate::toxic) fn at(millis: u64) -> RunTime {
        RunTime::from(Duration::from_millis(millis))
    }

    pub(in crate::toxic) fn chunk(text: impl Into<Bytes>, received_at: RunTime) -> Item {
        Item::Data(Chunk {
            bytes: text.into(),
            received_at,
        })
    }

    /// To a link that begins at 0.
    pub(in crate::toxic) fn joining(seed: u64) -> Joining {
        Joining {
            random: Seed::new(seed).stream("test"),
            at: RunTime::ZERO,
            stream: Stream::Upstream,
            is_late: false,
            junction: Arc::default(),
            toxic: 0,
        }
    }

    /// A toxic of this type with these attributes, at work on a link that begins at 0.
    pub(in crate::toxic) fn stage<const N: usize>(
        type_name: &str,
        attributes: [(&str, i64); N],
    ) -> Box<dyn Stage> {
        toxic(type_name, attributes).on_link(joining(1))
    }

    pub(in crate::toxic) fn toxic<const N: usize>(
        type_name: &str,
        attributes: [(&str, i64); N],
    ) -> Arc<dyn Toxic> {
        crate::toxic::by_type(type_name)
            .unwrap()
            .merged(&Attributes::of_integers(attributes))
            .unwrap()
    }

    /// Everything that leaves at `now`.
    pub(in crate::toxic) fn pop_all(stage: &mut dyn Stage, now: RunTime) -> Vec<Item> {
        std::iter::from_fn(|| stage.pop(now)).collect()
    }
}
