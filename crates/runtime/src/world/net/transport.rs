//! How packets travel, and what becomes of them at the other end.

use std::collections::BTreeSet;
use std::time::Duration;

use super::sockets::{READS, SocketId, State};
use super::{EOF, Errno, Network, Told, What};
use crate::world::arrivals::{Arrival, Arrivals};

/// A first packet is sent again after this long, then after twice as long, and so on. Linux's
/// TCP_TIMEOUT_INIT.
const SYN_TIMEOUT: Duration = Duration::from_secs(1);

/// It is sent again so often before connecting fails with ETIMEDOUT, after 127 s: Linux's
/// tcp_syn_retries.
const SYN_RETRIES: u32 = 6;

/// The same for bytes of a connection: Linux's TCP_RTO_MIN, TCP_RTO_MAX and tcp_retries2, which
/// come to a quarter of an hour.
const RETRANSMIT_TIMEOUT: Duration = Duration::from_millis(200);
const RETRANSMIT_TIMEOUT_MOST: Duration = Duration::from_secs(120);
const RETRANSMITS: u32 = 15;

/// What is on its way.
#[derive(Debug)]
pub(crate) enum Packet {
    /// A connection is asked for.
    Syn { from: SocketId },
    /// It is asked for once more, as there was no answer.
    SynAgain { from: SocketId, attempt: u32 },
    /// A connection was made: the client learns of it.
    SynAck {
        to: SocketId,
        accepted: SocketId,
        listener: SocketId,
    },
    /// Connecting ended.
    Answered { to: SocketId, status: i32 },
    /// A listening socket has a connection.
    Accepted {
        listener: SocketId,
        socket: SocketId,
    },
    /// The `number`-th thing that one end sent.
    Segment {
        from: SocketId,
        to: SocketId,
        number: u64,
        payload: Payload,
    },
    /// It was lost, and is sent again.
    Again {
        from: SocketId,
        to: SocketId,
        number: u64,
        payload: Payload,
        attempt: u32,
    },
    /// The other end has read so many bytes.
    Ack { to: SocketId, bytes: usize },
    /// The connection breaks.
    Broken { to: SocketId, why: Errno },
    /// Somebody between the ends closed the connection.
    Severed { to: SocketId },
    /// Something is ready to be read.
    Look { at: SocketId },
}

#[derive(Debug)]
pub(crate) enum Payload {
    Data(Vec<u8>),
    /// Nothing more will come.
    End,
}

impl Packet {
    pub(super) const fn reset(to: SocketId) -> Self {
        Self::Broken {
            to,
            why: Errno::ECONNRESET,
        }
    }
}

impl Network {
    /// When a packet of `bytes` that leaves now arrives; nothing if it does not.
    fn arrival_of(&mut self, from: SocketId, bytes: usize, now_ns: u64) -> Option<u64> {
        let Some(socket) = self.sockets.get(&from) else {
            return Some(now_ns);
        };
        let link = self.link_to(&socket.destination);
        if link.is_immediate() {
            return Some(now_ns);
        }
        if link.partitioned || self.is_lost(link.loss, now_ns) {
            return None;
        }
        let mut leaves_ns = now_ns;
        if let Some(rate) = link.rate
            && let Some(socket) = self.sockets.get_mut(&from)
        {
            let takes_ns = bytes as u64 * 1_000_000_000 / rate.max(1);
            leaves_ns = leaves_ns.max(socket.sent.busy_until_ns) + takes_ns;
            socket.sent.busy_until_ns = leaves_ns;
        }
        Some(leaves_ns.saturating_add(self.delay_ns(&link.delay, now_ns)))
    }

    pub(super) fn send_syn(
        &mut self,
        from: SocketId,
        attempt: u32,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) {
        match self.arrival_of(from, 0, now_ns) {
            Some(at_ns) => arrivals.push(at_ns, Arrival::Packet(Packet::Syn { from })),
            None => {
                let wait = SYN_TIMEOUT * 2_u32.pow(attempt);
                let attempt = attempt + 1;
                let packet = Packet::SynAgain { from, attempt };
                arrivals.push(now_ns + wait.as_nanos() as u64, Arrival::Packet(packet));
            }
        }
    }

    /// Sends to the other end, behind everything that was sent before.
    pub(super) fn send(
        &mut self,
        from: SocketId,
        payload: Payload,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) {
        let Some(socket) = self.sockets.get_mut(&from) else {
            return;
        };
        let Some(to) = socket.peer else {
            // It was closed, or somebody between closed it: whoever writes learns that way.
            if matches!(payload, Payload::Data(_)) {
                let at_ns = self.arrival_of(from, 0, now_ns).unwrap_or(now_ns);
                arrivals.push(at_ns, Arrival::Packet(Packet::reset(from)));
            }
            return;
        };
        let number = socket.sent.next_number;
        socket.sent.next_number += 1;
        self.transmit(from, to, number, payload, 0, now_ns, arrivals);
    }

    #[allow(clippy::too_many_arguments)] // the parts of one packet, and the world
    fn transmit(
        &mut self,
        from: SocketId,
        to: SocketId,
        number: u64,
        payload: Payload,
        attempt: u32,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) {
        let bytes = match &payload {
            Payload::Data(data) => data.len(),
            Payload::End => 0,
        };
        // On one host the kernel puts what is written into the other end's buffer there and then.
        if attempt == 0 && self.is_immediate(from) {
            self.receive(from, to, number, payload, now_ns, arrivals);
            self.look_again(to, now_ns, arrivals);
            return;
        }
        // A sender that has closed is gone; the link is also that of the other end.
        let end = if self.sockets.contains_key(&from) {
            from
        } else {
            to
        };
        let (at_ns, packet) = match self.arrival_of(end, bytes, now_ns) {
            Some(at_ns) => (
                at_ns,
                Packet::Segment {
                    from,
                    to,
                    number,
                    payload,
                },
            ),
            None if attempt >= RETRANSMITS => (
                now_ns,
                Packet::Broken {
                    to: from,
                    why: Errno::ETIMEDOUT,
                },
            ),
            None => {
                let wait = RETRANSMIT_TIMEOUT * 2_u32.pow(attempt);
                let wait = wait.min(RETRANSMIT_TIMEOUT_MOST);
                (
                    now_ns + wait.as_nanos() as u64,
                    Packet::Again {
                        from,
                        to,
                        number,
                        payload,
                        attempt: attempt + 1,
                    },
                )
            }
        };
        arrivals.push(at_ns, Arrival::Packet(packet));
    }

    /// Breaks the connection at the other end.
    pub(super) fn send_reset(&mut self, from: SocketId, now_ns: u64, arrivals: &mut Arrivals) {
        let Some(to) = self.sockets.get(&from).and_then(|socket| socket.peer) else {
            return;
        };
        if self.is_immediate(from) {
            self.breaks(to, Errno::ECONNRESET);
            self.look_again(to, now_ns, arrivals);
            return;
        }
        if let Some(at_ns) = self.arrival_of(from, 0, now_ns) {
            arrivals.push(at_ns, Arrival::Packet(Packet::reset(to)));
        }
    }

    fn is_immediate(&self, id: SocketId) -> bool {
        let socket = self.sockets.get(&id);
        socket.is_some_and(|socket| self.link_to(&socket.destination).is_immediate())
    }

    /// What the kernel does with what has arrived before it wakes the program: bytes go to their
    /// sockets. Returns what is left to look at, in order.
    pub(crate) fn absorb(
        &mut self,
        arrived: impl IntoIterator<Item = Arrival>,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> Vec<Arrival> {
        let mut left = Vec::new();
        let mut accepting = BTreeSet::new();
        for arrival in arrived {
            match arrival {
                Arrival::Packet(Packet::Segment {
                    from,
                    to,
                    number,
                    payload,
                }) => {
                    self.receive(from, to, number, payload, now_ns, arrivals);
                    if self.is_to_look(to) {
                        left.push(Arrival::Packet(Packet::Look { at: to }));
                    }
                }
                // libuv takes one connection of each listening socket, and finds the others next time.
                Arrival::Packet(Packet::Accepted { listener, .. })
                    if !accepting.insert(listener) =>
                {
                    arrivals.push(now_ns, arrival);
                }
                other => left.push(other),
            }
        }
        for arrival in &left {
            if let Arrival::Packet(Packet::Look { at }) = arrival
                && let Some(socket) = self.sockets.get_mut(at)
            {
                socket.received.hung_up = socket.is_over();
            }
        }
        left
    }

    /// A packet arrives. Returns what the program is to be told.
    pub(crate) fn arrive(
        &mut self,
        packet: Packet,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> Option<Told> {
        match packet {
            Packet::Syn { from } => {
                self.syn_arrives(from, now_ns, arrivals);
                None
            }
            Packet::SynAgain { from, attempt } => {
                if attempt <= SYN_RETRIES {
                    self.send_syn(from, attempt, now_ns, arrivals);
                    return None;
                }
                self.answered(from, Errno::ETIMEDOUT.code())
            }
            Packet::SynAck {
                to,
                accepted,
                listener,
            } => {
                let Some(socket) = self.sockets.get(&to) else {
                    arrivals.push(now_ns, Arrival::Packet(Packet::reset(accepted)));
                    return None;
                };
                // The link went down meanwhile, and the far end has been told.
                if self.link_to(&socket.destination).down {
                    return self.answered(to, Errno::ECONNREFUSED.code());
                }
                self.establish(to, accepted);
                let at_ns = self.arrival_of(to, 0, now_ns).unwrap_or(now_ns);
                let packet = Packet::Accepted {
                    listener,
                    socket: accepted,
                };
                arrivals.push(at_ns, Arrival::Packet(packet));
                self.answered(to, 0)
            }
            Packet::Answered { to, status } => self.answered(to, status),
            Packet::Accepted { listener, socket } => {
                if self.sockets.contains_key(&listener) {
                    return Some(Told {
                        socket: listener,
                        what: What::Connection(socket),
                    });
                }
                // It was closed before it took the connection.
                self.close(socket, true, now_ns, arrivals);
                None
            }
            Packet::Segment {
                from,
                to,
                number,
                payload,
            } => {
                self.receive(from, to, number, payload, now_ns, arrivals);
                self.look(to, now_ns, arrivals)
            }
            Packet::Again {
                from,
                to,
                number,
                payload,
                attempt,
            } => {
                self.transmit(from, to, number, payload, attempt, now_ns, arrivals);
                None
            }
            Packet::Ack { to, bytes } => self.has_room(to, bytes).then_some(Told {
                socket: to,
                what: What::Written(0),
            }),
            Packet::Broken { to, why } => {
                self.breaks(to, why);
                self.look(to, now_ns, arrivals)
            }
            Packet::Severed { to } => {
                let socket = self.sockets.get_mut(&to)?;
                socket.peer = None;
                socket.received.ended = true;
                socket.received.early.clear();
                self.look(to, now_ns, arrivals)
            }
            Packet::Look { at } => {
                self.sockets.get_mut(&at)?.received.looking = false;
                self.look(at, now_ns, arrivals)
            }
        }
    }

    fn syn_arrives(&mut self, from: SocketId, now_ns: u64, arrivals: &mut Arrivals) {
        let Some(socket) = self.sockets.get(&from) else {
            return;
        };
        let destination = socket.destination.clone();
        let down = self.link_to(&destination).down;
        let accepted = match self.listener(&destination) {
            Some(listener) if !down => {
                let accepted = self.accept(listener, from);
                accepted.ok().map(|accepted| (listener, accepted))
            }
            _ => None,
        };
        let packet = match accepted {
            Some((listener, accepted)) => Packet::SynAck {
                to: from,
                accepted,
                listener,
            },
            None => Packet::Answered {
                to: from,
                status: Errno::ECONNREFUSED.code(),
            },
        };
        // An answer that is lost is as good as a question that was.
        let at_ns = self
            .arrival_of(from, 0, now_ns)
            .unwrap_or(now_ns + SYN_TIMEOUT.as_nanos() as u64);
        arrivals.push(at_ns, Arrival::Packet(packet));
    }

    fn answered(&mut self, id: SocketId, status: i32) -> Option<Told> {
        let socket = self.sockets.get_mut(&id)?;
        if !std::mem::take(&mut socket.is_unknown) {
            return None;
        }
        // It may have broken before the program looked.
        let broken = socket.broken.take().filter(|_| status == 0);
        let status = broken.map_or(status, Errno::code);
        if status != 0 {
            socket.state = State::Broken;
            socket.received.told_end = true;
        }
        Some(Told {
            socket: id,
            what: What::Connected(status),
        })
    }

    /// Bytes, or their end, reach a socket.
    fn receive(
        &mut self,
        from: SocketId,
        to: SocketId,
        number: u64,
        payload: Payload,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) {
        let Some(socket) = self.sockets.get_mut(&to) else {
            // The other end has closed: it answers bytes with a reset.
            if matches!(payload, Payload::Data(_)) && self.sockets.contains_key(&from) {
                let at_ns = self.arrival_of(from, 0, now_ns).unwrap_or(now_ns);
                arrivals.push(at_ns, Arrival::Packet(Packet::reset(from)));
            }
            return;
        };
        if socket.state != State::Open || socket.received.ended {
            return;
        }
        let received = &mut socket.received;
        received.early.insert(number, payload);
        while let Some(payload) = received.early.remove(&received.next_number) {
            received.next_number += 1;
            match payload {
                Payload::Data(data) => received.ready.extend(data),
                Payload::End => received.ended = true,
            }
        }
    }

    /// There is something at a socket: it is read from.
    fn look(&mut self, id: SocketId, now_ns: u64, arrivals: &mut Arrivals) -> Option<Told> {
        self.sockets.get_mut(&id)?.received.reads_left = READS;
        self.tell(id, now_ns, arrivals)
    }

    /// What is told of a socket behind what was told of it before, before any other is looked at.
    pub(crate) fn read_on(
        &mut self,
        id: SocketId,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> Option<Told> {
        let received = &mut self.sockets.get_mut(&id)?.received;
        if received.reads_left == 0 || !received.reading {
            return None;
        }
        self.tell(id, now_ns, arrivals)
    }

    /// Tells what is ready, if the program reads.
    fn tell(&mut self, id: SocketId, now_ns: u64, arrivals: &mut Arrivals) -> Option<Told> {
        let socket = self.sockets.get_mut(&id)?;
        if socket.state == State::Connecting || socket.is_unknown {
            return None;
        }
        if !socket.received.reading || socket.received.told_end {
            let fails = socket.state == State::Broken && std::mem::take(&mut socket.sent.waiting);
            let why = socket.broken.unwrap_or(Errno::ECONNRESET).code();
            return fails.then_some(Told {
                socket: id,
                what: What::Written(why),
            });
        }
        let ended = |status| {
            Some(Told {
                socket: id,
                what: What::ReadEnded(status),
            })
        };
        if socket.received.ready.is_empty() {
            if socket.state == State::Broken {
                socket.received.told_end = true;
                return ended(socket.broken.unwrap_or(Errno::ECONNRESET).code());
            }
            if socket.received.ended {
                socket.received.told_end = true;
                return ended(EOF);
            }
            return None;
        }
        let peer = socket.peer;
        // What is still there then is next in line, whatever the program does with this.
        let outlasts = socket.received.outlasts_reads();
        let data = self.take_ready(id);
        if let Some(peer) = peer {
            let at_ns = self.arrival_of(id, 0, now_ns).unwrap_or(now_ns);
            let bytes = data.len();
            arrivals.push(at_ns, Arrival::Packet(Packet::Ack { to: peer, bytes }));
        }
        if outlasts {
            self.look_again(id, now_ns, arrivals);
        }
        if let Some(socket) = self.sockets.get_mut(&id) {
            socket.received.count_read(data.len());
        }
        Some(Told {
            socket: id,
            what: What::Read(data),
        })
    }

    /// A connection breaks: what was received and not read is gone with it.
    fn breaks(&mut self, id: SocketId, why: Errno) {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        if socket.state == State::Open {
            socket.state = State::Broken;
            socket.broken = Some(why);
            socket.peer = None;
            socket.received.ready.clear();
        }
    }
}
