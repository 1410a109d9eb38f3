use std::future::poll_fn;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::ready;

use bytes::BytesMut;
use rtest_core::{Clock, RunTime};
use rtest_timer::AlarmClock;
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio_util::io::poll_read_buf;

use crate::observe::Sight;
use crate::pipeline::Pipeline;
use crate::splice::{Conduit, Failed, Moved, Pipes};
use crate::toxic::{Chain, Chunk, Item, Junction, Stream};
use crate::traffic::Traffic;

/// The most that is read at once.
const READ_MOST: usize = 64 * 1024;
/// Below this much room in the buffer a new one is taken.
const READ_LEAST: usize = 16 * 1024;

/// Why both directions of a link end, whatever the other one is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A peer has reset the connection or cannot be reached any more, or a toxic resets it: both
    /// ends are to be reset.
    Reset,
    /// A toxic closes it: both ends are to be closed in order.
    Cut,
}

/// One direction of a link at work.
#[derive(Debug)]
pub(crate) struct Pump {
    pub(crate) pipeline: Pipeline,
    pub(crate) chain: watch::Receiver<Chain>,
    /// Whether the pipeline is behind the chain.
    pub(crate) chain_changed: bool,
    /// Whether the sender has not ended yet.
    pub(crate) is_reading: bool,
    /// What of it is looked at.
    pub(crate) sight: Sight,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alarms: Arc<AlarmClock>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) stream: Stream,
    /// Where it meets the other direction.
    pub(crate) junction: Arc<Junction>,
    /// `None` where every byte has to be seen: then the kernel moves none of them by itself.
    pub(crate) pipes: Option<Arc<Pipes>>,
}

impl Pump {
    /// Carries everything from `from` to `to` until `from` ends, then shuts `to`. Gives back the
    /// sender, whose reset is still of interest.
    ///
    /// # Cancellation
    /// Dropping it loses what it holds: only to be dropped together with the connection.
    pub(crate) async fn run<'a>(
        mut self,
        mut from: ReadHalf<'a>,
        mut to: WriteHalf<'_>,
    ) -> Result<ReadHalf<'a>, Stop> {
        let mut buffer = BytesMut::new();
        let mut received = None;
        let mut bulk = Bulk::new(self.pipes.take());
        loop {
            let now = self.clock.now();
            // In this order: what was received after a change is subject to the change, also where
            // both came, from other threads, while the wait below was between its branches.
            self.apply_chain(now);
            match received.take() {
                Some(item) => self.pipeline.push(item, now),
                None => self.pipeline.advance(now),
            }
            if self.deliver(&mut to).await?.is_break() {
                return Ok(from);
            }

            let blocked = self.pipeline.front().is_some();
            if self.is_reading
                && !blocked
                && self.pipeline.is_plain()
                && let Some(conduit) = bulk.conduit()
            {
                let counted = self.traffic.of(self.stream);
                tokio::select! {
                    biased;
                    Ok(()) = self.chain.changed() => {
                        self.chain_changed = true;
                        // Received before the change, so no toxic touches it.
                        let bytes = conduit.reclaim().map_err(|_| Stop::Reset)?;
                        self.pipeline.bypass(bytes, now);
                    }
                    moved = conduit.step(
                        from.as_ref(),
                        to.as_ref(),
                        |count| counted.receive(count),
                        |count| counted.send(count),
                    ) => match moved {
                        Ok(Moved::Bytes(count)) => bulk.moved(count),
                        Ok(Moved::End) => received = Some(Item::End),
                        Err(Failed::Sender) => received = Some(Item::Reset),
                        Err(Failed::Receiver) => return Err(Stop::Reset),
                        Err(Failed::Unable) => bulk.give_up(),
                    }
                }
                self.is_reading = received.is_none();
                continue;
            }
            let due = self.pipeline.due();
            tokio::select! {
                biased;
                // Fails only when the proxy is gone, and with it this link.
                Ok(()) = self.chain.changed() => self.chain_changed = true,
                () = self.alarms.at(due), if due.is_some() => {}
                () = self.junction.woken(self.stream), if self.pipeline.is_two_way() => {}
                result = to.writable(), if blocked => result.map_err(|_| Stop::Reset)?,
                count = receive(&mut from, &mut buffer), if self.may_read() => {
                    if let Ok(count @ 1..) = count {
                        bulk.read(count);
                    }
                    received = Some(self.received(count, &mut buffer));
                }
            }
        }
    }

    /// Brings the pipeline up to what its toxics are and to what time it is.
    pub(crate) fn keep_up(&mut self, now: RunTime) {
        self.apply_chain(now);
        self.pipeline.advance(now);
    }

    fn apply_chain(&mut self, now: RunTime) {
        if std::mem::take(&mut self.chain_changed) || self.chain.has_changed().unwrap_or(false) {
            let chain = self.chain.borrow_and_update().clone();
            self.pipeline.apply(&chain, now);
        }
    }

    /// Whether the sender has not ended and there is room for more of it.
    pub(crate) fn may_read(&self) -> bool {
        self.is_reading && self.pipeline.has_room()
    }

    /// What came of a [`receive`] from the sender.
    pub(crate) fn received(&mut self, count: io::Result<usize>, buffer: &mut BytesMut) -> Item {
        let item = match count {
            Ok(0) => Item::End,
            Ok(count) => {
                self.traffic.of(self.stream).receive(count);
                Item::Data(Chunk {
                    bytes: buffer.split().freeze(),
                    received_at: self.clock.now(),
                })
            }
            Err(_) => Item::Reset,
        };
        self.sight.read(&item, &*self.clock);
        self.is_reading = matches!(item, Item::Data(_));
        item
    }

    /// Writes what may leave, as far as the receiver takes it now. Breaks when its side is shut.
    pub(crate) async fn deliver(
        &mut self,
        to: &mut WriteHalf<'_>,
    ) -> Result<ControlFlow<()>, Stop> {
        while let Some(item) = self.pipeline.front() {
            match item {
                Item::Data(chunk) => match to.try_write(&chunk.bytes) {
                    Ok(count) => {
                        self.traffic.of(self.stream).send(count);
                        self.sight.wrote(&chunk.bytes[..count]);
                        self.pipeline.consume(count);
                    }
                    // A reset overtakes what the receiver does not take.
                    Err(error)
                        if error.kind() == io::ErrorKind::WouldBlock && !self.pipeline.resets() =>
                    {
                        break;
                    }
                    Err(_) => return Err(Stop::Reset),
                },
                Item::End => {
                    // For a TCP socket this waits for nothing.
                    to.shutdown().await.map_err(|_| Stop::Reset)?;
                    self.sight.shut();
                    return Ok(ControlFlow::Break(()));
                }
                Item::Reset => return Err(Stop::Reset),
                Item::Cut => return Err(Stop::Cut),
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Whether a direction carries so much that the kernel had better move it alone: from two full reads
/// in a row until two small moves in a row.
#[derive(Debug)]
struct Bulk {
    conduit: Option<Conduit>,
    is_on: bool,
    /// Signs in a row that it should be otherwise.
    signs: u8,
}

impl Bulk {
    const ENOUGH_SIGNS: u8 = 2;

    fn new(pipes: Option<Arc<Pipes>>) -> Self {
        Self {
            conduit: pipes.map(Conduit::new),
            is_on: false,
            signs: 0,
        }
    }

    /// What moves the bytes, where the kernel is to.
    fn conduit(&mut self) -> Option<&mut Conduit> {
        self.conduit.as_mut().filter(|_| self.is_on)
    }

    fn give_up(&mut self) {
        self.conduit = None;
    }

    fn read(&mut self, count: usize) {
        self.sign(count >= READ_MOST, true);
    }

    fn moved(&mut self, count: usize) {
        self.sign(count < READ_LEAST, false);
    }

    fn sign(&mut self, is_one: bool, for_it: bool) {
        self.signs = if is_one { self.signs + 1 } else { 0 };
        if self.signs == Self::ENOUGH_SIGNS {
            self.is_on = for_it;
            self.signs = 0;
        }
    }
}

/// Reads what is there, at least a byte, 0 at the end. While nothing is there it holds no memory:
/// most connections are idle most of the time.
///
/// # Cancellation
/// May be dropped at any time; nothing is lost.
pub(crate) async fn receive(from: &mut ReadHalf<'_>, buffer: &mut BytesMut) -> io::Result<usize> {
    poll_fn(|cx| {
        let readable = from.as_ref().poll_read_ready(cx);
        if readable.is_pending() {
            *buffer = BytesMut::new();
        }
        ready!(readable)?;
        // A buffer is shared with the chunks that were read into it and are still held; several
        // small ones fill one buffer instead of pinning one each.
        if !buffer.try_reclaim(READ_MOST) && buffer.capacity() < READ_LEAST {
            buffer.reserve(READ_MOST);
        }
        // Not `try_read`: this one knows from a short read that the socket is empty, and saves
        // the system call that would say so.
        poll_read_buf(Pin::new(&mut *from), cx, buffer)
    })
    .await
}

/// Returns once the peer has reset the connection.
///
/// # Cancellation
/// May be dropped at any time; nothing is lost.
pub(crate) async fn was_reset(stream: &tokio::net::TcpStream) {
    // An error means that the runtime is ending, and the connection with it.
    let _ = stream.ready(Interest::ERROR).await;
}
