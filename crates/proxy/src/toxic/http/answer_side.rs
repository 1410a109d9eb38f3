use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rtest_core::RunTime;

use super::super::{Chunk, Item, Joining, Junction, Stage, Stream, Toxic};
use super::exchange::{Exchange, Fate, Pending};
use super::tally::Counts;
use crate::http1::{Body, Came, Head, MessageReader, NotUnderstood, read_answer};

/// The part of an [`Http`](super::Http) fault that answers pass.
#[derive(Debug)]
pub(super) struct AnswerSide {
    counts: Arc<Counts>,
    exchange: Arc<Mutex<Exchange>>,
    junction: Arc<Junction>,
    reader: MessageReader,
    phase: Phase,
    content: Content,
    /// The answer that is coming is to be followed by another to the same request.
    is_interim: bool,
    queue: VecDeque<Item>,
    held: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// In the middle of something, until bytes begin with an answer.
    Seeking,
    Reading,
    /// Nothing follows.
    Ended,
}

/// What becomes of the body that is coming.
#[derive(Clone, Copy, Debug)]
enum Content {
    Passes,
    Swallowed,
    /// It is read once more, to count its content.
    Truncated {
        body: Body,
        left: u64,
    },
}

/// The status and the bytes of an answer's head.
type Answered = (u16, Bytes);

impl AnswerSide {
    pub(super) fn new(counts: Arc<Counts>, joining: &Joining) -> Self {
        Self {
            counts,
            exchange: joining.junction.exchange(joining.toxic),
            junction: joining.junction.clone(),
            reader: MessageReader::default(),
            phase: if joining.is_late {
                Phase::Seeking
            } else {
                Phase::Reading
            },
            content: Content::Passes,
            is_interim: false,
            queue: VecDeque::new(),
            held: 0,
        }
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        // Both directions of a link are one task, so it is never waited for.
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&mut self, item: Item) {
        self.held += item.cost();
        self.queue.push_back(item);
    }

    fn forward(&mut self, bytes: Bytes, received_at: RunTime) {
        if !bytes.is_empty() {
            self.send(Item::Data(Chunk { bytes, received_at }));
        }
    }

    fn forward_held(&mut self, at: RunTime) {
        let held = self.reader.take_held();
        self.forward(held.into(), at);
    }

    /// Gives the answers that the upstream was not asked for and whose turn it is.
    fn answer(&mut self, now: RunTime) {
        while self.is_its_turn() {
            let front = self.exchange().front().map(|front| front.fate.clone());
            let Some(Fate::Local { answer, closes }) = front else {
                return;
            };
            self.exchange().answered();
            self.forward(answer, now);
            if closes {
                self.end(Item::Cut);
            }
            self.junction.wake(Stream::Upstream);
        }
    }

    /// Whether an answer of its own may come next.
    fn is_its_turn(&self) -> bool {
        self.phase != Phase::Ended && self.reader.is_between() && {
            let exchange = self.exchange();
            let front = exchange.front();
            front.is_some_and(|front| matches!(front.fate, Fate::Local { .. }))
        }
    }

    fn end(&mut self, item: Item) {
        self.send(item);
        self.phase = Phase::Ended;
    }

    fn read(&mut self, chunk: Chunk, now: RunTime) {
        let at = chunk.received_at;
        let mut rest = chunk.bytes;
        loop {
            self.answer(now);
            if self.phase == Phase::Ended {
                return;
            }
            if self.exchange().is_opaque() {
                self.forward_held(at);
                return self.forward(rest, at);
            }
            let Some(asked) = self.exchange().front().cloned() else {
                // Nobody asked for it, or before this was here.
                if !rest.is_empty() {
                    self.phase = Phase::Seeking;
                }
                return self.forward(rest, at);
            };
            if !self.begins_answer(&rest) {
                return self.forward(rest, at);
            }
            let mut left = &rest[..];
            let read = |bytes: &[u8]| {
                read_answer(bytes, !asked.is_head, |status, raw| {
                    Ok((status, Bytes::copy_from_slice(raw)))
                })
            };
            let came = self.reader.next(&mut left, at, read);
            let taken = rest.split_to(rest.len() - left.len());
            match came {
                Ok(Some(Came::Head { head, .. })) => self.begin(&asked, head, at),
                Ok(Some(Came::End)) => {
                    self.pass_body(taken, at);
                    self.finish();
                }
                Ok(None) => {
                    if self.reader.body().is_some() {
                        self.pass_body(taken, at);
                    }
                    return;
                }
                Err(NotUnderstood) => self.give_up(),
            }
        }
    }

    /// Whether what comes is to be read: an answer, or more of one.
    fn begins_answer(&mut self, bytes: &[u8]) -> bool {
        const BEGINNING: &[u8] = b"HTTP/1.";
        let begins =
            bytes.starts_with(BEGINNING) || (!bytes.is_empty() && BEGINNING.starts_with(bytes));
        if self.phase == Phase::Seeking && begins {
            self.phase = Phase::Reading;
        }
        self.phase == Phase::Reading
    }

    fn begin(&mut self, asked: &Pending, (status, raw): Answered, at: RunTime) {
        let switches = status == 101 || (asked.is_connect && (200..300).contains(&status));
        if switches {
            self.exchange().make_opaque();
            self.junction.wake(Stream::Upstream);
            return self.forward(raw, at);
        }
        self.is_interim = status < 200;
        if self.is_interim {
            return self.forward(raw, at);
        }
        if asked.may_switch {
            self.exchange().stays_http();
            self.junction.wake(Stream::Upstream);
        }
        match &asked.fate {
            // A local answer came before anything of the upstream's was read.
            Fate::Pass | Fate::Local { .. } => self.forward(raw, at),
            Fate::Replace(change) => {
                let mut head = Head::of(&raw);
                let body = change.change(&mut head, status, asked.is_head);
                self.forward(head.to_bytes(), at);
                if let Some(body) = body {
                    self.forward(body, at);
                    self.content = Content::Swallowed;
                }
            }
            Fate::Truncate(after_bytes) => {
                self.forward(raw, at);
                if let Some(body) = self.reader.body() {
                    let left = *after_bytes;
                    self.content = Content::Truncated { body, left };
                }
            }
        }
    }

    fn pass_body(&mut self, mut bytes: Bytes, at: RunTime) {
        match &mut self.content {
            Content::Passes => self.forward(bytes, at),
            Content::Swallowed => {}
            Content::Truncated { body, left } => {
                let Some(most) = body.take_content(&bytes, left) else {
                    return self.forward(bytes, at);
                };
                // One that goes until the connection ends would look whole at an orderly end.
                let end = match body {
                    Body::UntilEnd => Item::Reset,
                    Body::Length(_) | Body::Chunked(_) => Item::Cut,
                };
                bytes.truncate(most);
                self.forward(bytes, at);
                self.end(end);
            }
        }
    }

    /// The answer that came is whole.
    fn finish(&mut self) {
        if std::mem::take(&mut self.is_interim) || self.phase == Phase::Ended {
            return;
        }
        self.content = Content::Passes;
        self.exchange().answered();
        self.junction.wake(Stream::Upstream);
    }

    /// Nothing more is understood, in both directions.
    fn give_up(&mut self) {
        if self.exchange().is_first_not_understood() {
            self.counts.not_http();
        }
        if !matches!(self.content, Content::Passes) {
            // The client has an answer that this is not the rest of.
            return self.end(Item::Cut);
        }
        self.exchange().make_opaque();
        self.junction.wake(Stream::Upstream);
    }
}

impl Stage for AnswerSide {
    fn push(&mut self, item: Item, now: RunTime) {
        if self.phase == Phase::Ended {
            return;
        }
        match item {
            Item::Data(chunk) => self.read(chunk, now),
            other => {
                self.answer(now);
                if self.phase != Phase::Ended {
                    self.forward_held(now);
                    self.end(other);
                }
            }
        }
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.answer(now);
        let item = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        (!self.queue.is_empty() || self.is_its_turn()).then_some(RunTime::ZERO)
    }

    fn held(&self) -> usize {
        self.held
    }

    /// All that it needs to know of the fault stands in the exchange.
    fn update(&mut self, _: &dyn Toxic) {}

    /// An answer that was begun is brought to its end.
    fn lingers(&mut self) -> bool {
        let owes = self.exchange().let_pass();
        self.phase != Phase::Ended && (owes || !matches!(self.content, Content::Passes))
    }

    fn drain(&mut self) -> Vec<Item> {
        self.forward_held(RunTime::ZERO);
        self.held = 0;
        self.queue.drain(..).collect()
    }
}
