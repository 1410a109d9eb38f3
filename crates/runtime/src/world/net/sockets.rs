//! Sockets, and what the program does to them.

use std::collections::{BTreeMap, VecDeque};

use super::address::{Address, is_any, is_v6, source_for, takes};
use super::transport::{Packet, Payload};
use super::{Errno, Network, Result};
use crate::world::arrivals::{Arrival, Arrivals};

pub(crate) type SocketId = u32;

/// Bytes that a connection holds in one direction, on the way and not read yet, before a write
/// has to wait.
const BUFFER_BYTES: usize = 256 << 10;

/// Bytes of one read, at most.
pub(super) const READ_BYTES: usize = 64 << 10;

/// Reads of one socket in a row, at most, where each of them is filled: those of `uv__read`.
pub(super) const READS: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Socket {
    pub(super) state: State,
    pub(super) local: Address,
    pub(super) remote: Address,
    /// Whom the connection was made to, from either end: what its link is named by.
    pub(super) destination: Address,
    /// The other end, as long as it is there.
    pub(super) peer: Option<SocketId>,
    /// Whether the program has still to be told that it connected, or could not.
    pub(super) is_unknown: bool,
    pub(super) sent: Sent,
    pub(super) received: Received,
    /// Why the connection broke, until a write has told.
    pub(super) broken: Option<Errno>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    New,
    Listening,
    Connecting,
    Open,
    /// Reset: nothing comes or goes any more.
    Broken,
}

/// The direction away from a socket.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) next_number: u64,
    /// Bytes that the other end has not read.
    pub(super) unread: usize,
    /// Whether a write waits for room.
    pub(super) waiting: bool,
    pub(super) ended: bool,
    /// Until when a link of limited rate is busy with what was sent.
    pub(super) busy_until_ns: u64,
}

/// The direction towards a socket.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) next_number: u64,
    /// What overtook something that is still on its way.
    pub(super) early: BTreeMap<u64, Payload>,
    pub(super) ready: VecDeque<u8>,
    pub(super) ended: bool,
    /// Whether the program wants to be told.
    pub(super) reading: bool,
    /// Whether the system does not know of that yet.
    pub(super) starting: bool,
    pub(super) told_end: bool,
    /// Whether a look at what is ready is on its way.
    pub(super) looking: bool,
    /// How often it may be read from before others are looked at.
    pub(super) reads_left: usize,
    /// Whether both directions were over when the system told of it: `EPOLLHUP`.
    pub(super) hung_up: bool,
}

impl Received {
    /// Whether something is left to be told once it has been read from as often as may be.
    pub(super) fn outlasts_reads(&self) -> bool {
        let ends_apart =
            self.ended && !self.hung_up && !self.ready.len().is_multiple_of(READ_BYTES);
        ends_apart || self.ready.len() / READ_BYTES >= self.reads_left
    }

    /// A read gave so many bytes. libuv reads on while its buffer is filled (`uv__read`); where it
    /// is not, and both directions are over, it tells of the end there and then (`uv__stream_io`).
    pub(super) fn count_read(&mut self, bytes: usize) {
        self.reads_left = match bytes {
            READ_BYTES => self.reads_left.saturating_sub(1),
            _ => usize::from(self.hung_up),
        };
    }
}

impl Socket {
    pub(super) fn is_listening(&self) -> bool {
        self.state == State::Listening
    }

    pub(super) fn is_live(&self) -> bool {
        self.state == State::Open
    }

    /// Whether nothing will come any more, and everything was sent.
    pub(super) fn is_over(&self) -> bool {
        self.received.ended && self.sent.ended && !self.sent.waiting
    }
}

impl Network {
    pub(crate) fn open(&mut self) -> SocketId {
        self.add(Socket::default())
    }

    pub(super) fn add(&mut self, socket: Socket) -> SocketId {
        self.last_id += 1;
        self.sockets.insert(self.last_id, socket);
        self.last_id
    }

    pub(crate) fn bind(&mut self, id: SocketId, ip: &str, port: u16) -> Result<()> {
        if !is_any(ip) && !self.hosts.is_known(ip) {
            return Err(Errno::EADDRNOTAVAIL);
        }
        let socket = self.socket(id)?;
        socket.local = Address {
            ip: ip.to_owned(),
            port,
        };
        Ok(())
    }

    pub(crate) fn listen(&mut self, id: SocketId) -> Result<()> {
        let mut local = self.socket(id)?.local.clone();
        if local.port == 0 {
            local.port = self.free_port();
        }
        if self.is_taken(&local) {
            return Err(Errno::EADDRINUSE);
        }
        let socket = self.socket(id)?;
        socket.local = local;
        socket.state = State::Listening;
        Ok(())
    }

    /// Whether a socket that is new was bound to where another listens: libuv tells of it not when
    /// it is bound, but when it is asked for its address.
    pub(crate) fn is_bound_in_vain(&self, id: SocketId) -> bool {
        let socket = self.sockets.get(&id);
        socket
            .is_some_and(|socket| socket.state == State::default() && self.is_taken(&socket.local))
    }

    /// Whether somebody listens there.
    fn is_taken(&self, local: &Address) -> bool {
        let overlaps = |other: &Socket| {
            other.is_listening()
                && other.local.port == local.port
                && (takes(&other.local.ip, &local.ip) || takes(&local.ip, &other.local.ip))
        };
        local.port != 0 && self.sockets.values().any(overlaps)
    }

    fn free_port(&mut self) -> u16 {
        self.last_port = self.last_port.checked_add(1).unwrap_or(40_001);
        self.last_port
    }

    pub(super) fn listener(&self, address: &Address) -> Option<SocketId> {
        let takes = |socket: &Socket| {
            socket.is_listening()
                && socket.local.port == address.port
                && takes(&socket.local.ip, &address.ip)
        };
        self.sockets
            .iter()
            .find(|(_, socket)| takes(socket))
            .map(|(id, _)| *id)
    }

    /// Begins to connect. What is refused on this host is known at once, and told in the pending
    /// phase; the rest arrives.
    pub(crate) fn connect(
        &mut self,
        id: SocketId,
        ip: &str,
        port: u16,
        now_ns: u64,
        arrivals: &mut Arrivals,
        pending: &mut VecDeque<Arrival>,
    ) -> Result<()> {
        let ip = match ip {
            "0.0.0.0" => "127.0.0.1",
            "::" => "::1",
            ip => ip,
        };
        if !self.hosts.is_known(ip) {
            return Err(Errno::ENETUNREACH);
        }
        let port_of_ours = self.free_port();
        let destination = Address {
            ip: ip.to_owned(),
            port,
        };
        let socket = self.socket(id)?;
        socket.state = State::Connecting;
        socket.is_unknown = true;
        socket.remote = destination.clone();
        socket.destination = destination.clone();
        if socket.local.ip.is_empty() || is_any(&socket.local.ip) {
            socket.local.ip = source_for(ip);
        }
        if socket.local.port == 0 {
            socket.local.port = port_of_ours;
        }
        if self.link_to(&destination).is_immediate() {
            match self.listener(&destination) {
                Some(listener) => {
                    let accepted = self.accept(listener, id)?;
                    self.establish(id, accepted);
                    let told = Packet::Accepted {
                        listener,
                        socket: accepted,
                    };
                    arrivals.push(now_ns, Arrival::Packet(told));
                    arrivals.push(
                        now_ns,
                        Arrival::Packet(Packet::Answered { to: id, status: 0 }),
                    );
                }
                None => pending.push_back(Arrival::Packet(Packet::Answered {
                    to: id,
                    status: Errno::ECONNREFUSED.code(),
                })),
            }
        } else {
            self.send_syn(id, 0, now_ns, arrivals);
        }
        Ok(())
    }

    /// The listening end of a connection from `client`.
    pub(super) fn accept(&mut self, listener: SocketId, client: SocketId) -> Result<SocketId> {
        let client_socket = self.socket(client)?;
        let (local, remote) = (client_socket.remote.clone(), client_socket.local.clone());
        let dual_stack = self.socket(listener)?.local.ip == "::";
        // A socket that takes both families shows IPv4 addresses in IPv6's clothes.
        let shown = |address: &Address| {
            let mapped = dual_stack && !is_v6(&address.ip);
            let prefix = if mapped { "::ffff:" } else { "" };
            Address {
                ip: format!("{prefix}{}", address.ip),
                port: address.port,
            }
        };
        Ok(self.add(Socket {
            state: State::Open,
            local: shown(&local),
            remote: shown(&remote),
            destination: local,
            peer: Some(client),
            ..Socket::default()
        }))
    }

    pub(super) fn establish(&mut self, client: SocketId, accepted: SocketId) {
        if let Some(socket) = self.sockets.get_mut(&client) {
            socket.state = State::Open;
            socket.peer = Some(accepted);
        }
    }

    /// Writes all of `data`. Returns whether the system took it at once; if not, what was written
    /// is told later.
    pub(crate) fn write(
        &mut self,
        id: SocketId,
        data: Vec<u8>,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> Result<bool> {
        let socket = self.socket(id)?;
        match socket.state {
            State::Open if !socket.sent.ended => {}
            State::Broken => return Err(socket.broken.take().unwrap_or(Errno::EPIPE)),
            State::Open => return Err(Errno::EPIPE),
            _ => return Err(Errno::ENOTCONN),
        }
        if data.is_empty() {
            return Ok(true);
        }
        socket.sent.unread += data.len();
        let fits = socket.sent.unread <= BUFFER_BYTES;
        socket.sent.waiting |= !fits;
        self.send(id, Payload::Data(data), now_ns, arrivals);
        Ok(fits)
    }

    /// Says that nothing more will be written.
    pub(crate) fn shutdown(
        &mut self,
        id: SocketId,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> Result<()> {
        let socket = self.socket(id)?;
        if socket.state != State::Open {
            return Err(Errno::ENOTCONN);
        }
        if !socket.sent.ended {
            socket.sent.ended = true;
            self.send(id, Payload::End, now_ns, arrivals);
        }
        Ok(())
    }

    /// Closes a socket. What was sent still arrives; but the other end is reset where bytes were
    /// left unread, or `reset` asks for it.
    pub(crate) fn close(
        &mut self,
        id: SocketId,
        reset: bool,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        if socket.state == State::Open {
            if reset || !socket.received.ready.is_empty() {
                self.send_reset(id, now_ns, arrivals);
            } else if !socket.sent.ended {
                self.send(id, Payload::End, now_ns, arrivals);
            }
        }
        let peer = self.sockets.remove(&id).and_then(|socket| socket.peer);
        if let Some(peer) = peer.and_then(|peer| self.sockets.get_mut(&peer)) {
            peer.peer = None;
        }
    }

    /// Tells what is ready from the next poll on, or no longer.
    pub(crate) fn set_reading(&mut self, id: SocketId, reading: bool) -> Result<()> {
        let received = &mut self.socket(id)?.received;
        let starts = reading && !received.reading;
        received.reading = reading;
        received.starting |= starts;
        if starts {
            self.starting.push(id);
        }
        Ok(())
    }

    /// A poll begins. Only now libuv has the system watch the sockets that it was told to read: what
    /// is ready there comes behind all that was ready before.
    pub(crate) fn watch_started(&mut self, now_ns: u64, arrivals: &mut Arrivals) {
        for id in std::mem::take(&mut self.starting) {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.received.starting = false;
                self.look_again(id, now_ns, arrivals);
            }
        }
    }

    /// Where something is ready to be told, has it told in the next poll.
    pub(super) fn look_again(&mut self, id: SocketId, now_ns: u64, arrivals: &mut Arrivals) {
        if self.is_to_look(id) {
            arrivals.push(now_ns, Arrival::Packet(Packet::Look { at: id }));
        }
    }

    /// Whether something is ready to be told, and no look is on its way yet; now it is.
    pub(super) fn is_to_look(&mut self, id: SocketId) -> bool {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return false;
        };
        let received = &mut socket.received;
        let is_broken = socket.state == State::Broken;
        let has_news = !received.ready.is_empty() || received.ended || is_broken;
        let reads = received.reading && !received.starting && !received.told_end;
        let wanted = reads || is_broken && socket.sent.waiting;
        let looks = has_news && wanted && !received.looking;
        received.looking |= looks;
        looks
    }

    /// Takes bytes that are ready.
    pub(super) fn take_ready(&mut self, id: SocketId) -> Vec<u8> {
        match self.sockets.get_mut(&id) {
            Some(socket) => {
                let ready = &mut socket.received.ready;
                let length = ready.len().min(READ_BYTES);
                ready.drain(..length).collect()
            }
            None => Vec::new(),
        }
    }

    /// The other end has read so many bytes: where a write waited for room, there may be some.
    pub(super) fn has_room(&mut self, id: SocketId, read: usize) -> bool {
        let Some(socket) = self.sockets.get_mut(&id) else {
            return false;
        };
        let sent = &mut socket.sent;
        sent.unread = sent.unread.saturating_sub(read);
        let woken = sent.waiting && sent.unread <= BUFFER_BYTES;
        sent.waiting &= !woken;
        woken
    }

    /// The address of this end, `(ip, port)`.
    pub(crate) fn local(&self, id: SocketId) -> Option<(String, u16)> {
        let socket = self.sockets.get(&id)?;
        Some((socket.local.ip.clone(), socket.local.port))
    }

    /// The address of the other end.
    pub(crate) fn remote(&self, id: SocketId) -> Option<(String, u16)> {
        let socket = self.sockets.get(&id)?;
        let connected = matches!(socket.state, State::Open | State::Broken);
        connected.then(|| (socket.remote.ip.clone(), socket.remote.port))
    }
}
