use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rand::Rng;
use rtest_core::{RunTime, Seed, Stream as RandomStream};

use super::super::lot::unit;
use super::super::{Chunk, HOLD_LIMIT, Item, Joining, Junction, Stage, Stream, Toxic};
use super::exchange::{Exchange, Fate, Pending};
use super::{Http, HttpAction};
use crate::http1::{
    Body, Came, Head, MessageReader, NotUnderstood, read_request, switches_protocol,
};

/// The part of an [`Http`] fault that requests pass.
#[derive(Debug)]
pub(super) struct RequestSide {
    http: Http,
    random: RandomStream,
    exchange: Arc<Mutex<Exchange>>,
    junction: Arc<Junction>,
    reader: MessageReader,
    phase: Phase,
    /// The body of the request that is coming goes nowhere.
    swallows: bool,
    /// What may leave, and when.
    queue: VecDeque<(Item, RunTime)>,
    /// What came behind a request that may switch protocols, and is not read yet.
    unread: VecDeque<Item>,
    held: usize,
    /// Nothing leaves before.
    not_before: RunTime,
    /// The toxic does not touch this link any more.
    is_over: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// In the middle of something, until a chunk begins with a request.
    Seeking,
    Reading,
    /// Not HTTP, or not any more.
    Opaque,
    /// The connection ends with an answer that is under way.
    Closing,
}

/// What a request's head says.
#[derive(Debug)]
struct Asked {
    raw: Bytes,
    method: String,
    target: String,
    may_switch: bool,
}

impl Asked {
    fn read(bytes: &[u8]) -> Result<Option<(usize, Self, Body)>, NotUnderstood> {
        read_request(bytes, |request, raw| {
            Ok(Self {
                raw: Bytes::copy_from_slice(raw),
                method: request.method.unwrap_or_default().to_owned(),
                target: request.path.unwrap_or_default().to_owned(),
                may_switch: switches_protocol(request),
            })
        })
    }
}

/// What one request drew.
struct Lot {
    /// Decides whether a share picks it; at least 0, below 1.
    draw: f64,
    /// For what is done to it.
    seed: Seed,
}

impl RequestSide {
    pub(super) fn new(http: Http, joining: Joining) -> Self {
        Self {
            http,
            random: joining.random,
            exchange: joining.junction.exchange(joining.toxic),
            junction: joining.junction,
            reader: MessageReader::default(),
            phase: if joining.is_late {
                Phase::Seeking
            } else {
                Phase::Reading
            },
            swallows: false,
            queue: VecDeque::new(),
            unread: VecDeque::new(),
            held: 0,
            not_before: RunTime::ZERO,
            is_over: false,
        }
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        // Both directions of a link are one task, so it is never waited for.
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&mut self, item: Item) {
        self.held += item.cost();
        self.queue.push_back((item, self.not_before));
    }

    fn forward(&mut self, bytes: Bytes, received_at: RunTime) {
        if !bytes.is_empty() {
            self.send(Item::Data(Chunk { bytes, received_at }));
        }
    }

    /// Reads on, unless it has to be known first in which protocol.
    fn take(&mut self, item: Item) {
        if self.is_undecided() {
            self.held += item.cost();
            self.unread.push_back(item);
            return;
        }
        match item {
            Item::Data(chunk) => self.read(chunk),
            other => {
                self.forward_held(self.not_before);
                self.send(other);
            }
        }
    }

    fn is_undecided(&self) -> bool {
        !self.unread.is_empty() || (self.reader.is_between() && !self.exchange().is_decided())
    }

    /// Reads what waited for the protocol to be known.
    fn catch_up(&mut self) {
        while !self.unread.is_empty() && self.exchange().is_decided() {
            let mut waiting = std::mem::take(&mut self.unread);
            if let Some(item) = waiting.pop_front() {
                self.held -= item.cost();
                self.take(item);
            }
            // What is not read yet even so comes first.
            self.unread.append(&mut waiting);
        }
    }

    fn read(&mut self, chunk: Chunk) {
        let at = chunk.received_at;
        let mut rest = chunk.bytes;
        if self.phase == Phase::Seeking && begins_request(&rest) {
            self.phase = Phase::Reading;
        }
        while self.phase == Phase::Reading {
            if self.exchange().is_opaque() {
                self.phase = Phase::Opaque;
                self.forward_held(at);
                break;
            }
            if self.is_undecided() {
                if !rest.is_empty() {
                    let item = Item::Data(Chunk {
                        bytes: rest,
                        received_at: at,
                    });
                    self.held += item.cost();
                    self.unread.push_back(item);
                }
                return;
            }
            let mut left = &rest[..];
            let came = self.reader.next(&mut left, at, Asked::read);
            let taken = rest.split_to(rest.len() - left.len());
            match came {
                Ok(Some(Came::Head { head, .. })) => self.begin(&head, at),
                Ok(Some(Came::End)) => {
                    self.pass_body(taken, at);
                    self.swallows = false;
                }
                Ok(None) => {
                    if self.reader.body().is_some() {
                        self.pass_body(taken, at);
                    }
                    return;
                }
                Err(NotUnderstood) => self.give_up(at),
            }
        }
        if self.phase != Phase::Closing {
            self.forward(rest, at);
        }
    }

    /// Nothing more is understood. What was asked before is still answered as was decided.
    fn give_up(&mut self, at: RunTime) {
        if self.swallows {
            // The rest of what the upstream was not asked for is not for it either.
            self.phase = Phase::Closing;
            return;
        }
        self.phase = Phase::Opaque;
        self.forward_held(at);
        if self.exchange().is_first_not_understood() {
            self.http.counts.not_http();
        }
    }

    fn forward_held(&mut self, at: RunTime) {
        let held = self.reader.take_held();
        self.forward(held.into(), at);
    }

    fn pass_body(&mut self, bytes: Bytes, at: RunTime) {
        if !self.swallows {
            self.forward(bytes, at);
        }
    }

    /// Decides what becomes of a request.
    fn begin(&mut self, asked: &Asked, at: RunTime) {
        // Always as many draws for a request, so that it is the same for one of the same number.
        let lot = Lot {
            draw: unit(&mut self.random),
            seed: Seed::new(self.random.next_u64()),
        };
        let mut head = Head::of(&asked.raw);
        let matching = &self.http.matching;
        let is_match = !self.is_over && matching.admits(&asked.method, &asked.target, &head);
        let action = is_match.then(|| self.http.strike(lot.draw)).flatten();
        self.http.counts.request(is_match, action.is_some());
        let mut pending = Pending {
            is_head: asked.method == "HEAD",
            is_connect: asked.method == "CONNECT",
            may_switch: asked.may_switch,
            fate: Fate::Pass,
        };
        match action.cloned() {
            None => {}
            Some(HttpAction::Abort(answer)) => {
                let closes = is_last(&head);
                pending.may_switch = false;
                pending.fate = Fate::Local {
                    answer: answer.whole(pending.is_head, closes),
                    closes,
                };
                self.exchange().ask(pending);
                self.junction.wake(Stream::Downstream);
                self.swallows = true;
                if closes {
                    self.phase = Phase::Closing;
                }
                return;
            }
            Some(HttpAction::Delay(distribution)) => {
                let delay = distribution.draw(&mut lot.seed.stream("delay"));
                self.not_before = self.not_before.max(at + delay);
            }
            Some(HttpAction::Replace(answer)) => pending.fate = Fate::Replace(Arc::new(answer)),
            Some(HttpAction::Truncate { after_bytes }) => {
                pending.fate = Fate::Truncate(after_bytes);
            }
            Some(HttpAction::Host(host)) => {
                head.set("host", &host);
                self.exchange().ask(pending);
                return self.forward(head.to_bytes(), at);
            }
        }
        self.exchange().ask(pending);
        self.forward(asked.raw.clone(), at);
    }
}

/// Whether the connection ends with the answer to this request when the upstream is not asked: the
/// client wants it so, or may or may not send its body (RFC 9110, 10.1.1).
fn is_last(head: &Head) -> bool {
    let keeps = head.lists("connection", "keep-alive");
    head.lists("connection", "close")
        || (head.is_of_http_1_0() && !keeps)
        || head.lists("expect", "100-continue")
}

/// Whether bytes from the middle of a stream are surely the beginning of a request.
fn begins_request(bytes: &[u8]) -> bool {
    const METHODS: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE",
    ];
    let mut words = bytes.splitn(3, |byte| *byte == b' ');
    let method = words.next().unwrap_or_default();
    METHODS.iter().any(|known| known.as_bytes() == method)
        && words.next().is_some_and(|target| !target.is_empty())
        && Asked::read(bytes).is_ok()
}

impl Stage for RequestSide {
    fn push(&mut self, item: Item, _now: RunTime) {
        self.catch_up();
        self.take(item);
    }

    fn pop(&mut self, now: RunTime) -> Option<Item> {
        self.catch_up();
        self.queue.front().filter(|(_, due)| *due <= now)?;
        let (item, _) = self.queue.pop_front()?;
        self.held -= item.cost();
        Some(item)
    }

    fn due(&self) -> Option<RunTime> {
        match self.queue.front() {
            Some((_, due)) => Some(*due),
            None if !self.unread.is_empty() && self.exchange().is_decided() => Some(RunTime::ZERO),
            None => None,
        }
    }

    fn held(&self) -> usize {
        self.held
    }

    fn has_room(&self) -> bool {
        self.held < HOLD_LIMIT && self.exchange().has_room()
    }

    fn update(&mut self, toxic: &dyn Toxic) {
        if let Some(http) = (toxic as &dyn Any).downcast_ref::<Http>() {
            self.http = http.clone();
        }
        self.is_over = false;
    }

    /// What the upstream was not asked for is not to reach it now.
    fn lingers(&mut self) -> bool {
        self.is_over = true;
        self.phase == Phase::Closing || (self.swallows && self.phase == Phase::Reading)
    }

    fn drain(&mut self) -> Vec<Item> {
        self.not_before = RunTime::ZERO;
        self.forward_held(RunTime::ZERO);
        self.held = 0;
        let queue = self.queue.drain(..).map(|(item, _)| item);
        queue.chain(self.unread.drain(..)).collect()
    }
}
