//! The simulated network: hosts, links to them, and TCP between sockets.
//!
//! ```text
//!   connect, write, shutdown, close ──► link (latency, jitter, loss, bandwidth, faults)
//!                                          │ arrivals
//!   connection, connect, read, written ◄───┘ poll and pending phases
//! ```
//!
//! The program runs on `localhost`; every other host is one that it made up. Within a host bytes
//! are there at once, as on Linux's loopback, unless a link says otherwise. Bytes arrive in order
//! and once, whatever becomes of the packets; what a lossy or cut link costs is time.

mod address;
mod link;
mod sockets;
mod transport;

pub(crate) use link::Link;
pub(crate) use sockets::SocketId;
pub(crate) use transport::Packet;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::explore::{ChoicePoint, Chooser};

use super::delay::Delay;
use super::errno::Errno;
use address::{Address, Hosts, is_local};
use sockets::Socket;

pub(crate) type Result<T> = std::result::Result<T, Errno>;

/// libuv's number for the end of a stream.
const EOF: i32 = -4095;

#[derive(Debug)]
pub(crate) struct Network {
    hosts: Hosts,
    /// By `host` or `host:port`, as the program names the far end.
    links: BTreeMap<String, Link>,
    sockets: BTreeMap<SocketId, Socket>,
    /// Those that are read from since the last poll.
    starting: Vec<SocketId>,
    last_id: SocketId,
    last_port: u16,
    choices: Rc<RefCell<Chooser>>,
}

/// What a socket has to tell the program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) socket: SocketId,
    pub(crate) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A listening socket has a new connection: this one.
    Connection(SocketId),
    /// Connecting ended: 0, or libuv's negative number for why it failed.
    Connected(i32),
    /// Bytes.
    Read(Vec<u8>),
    /// No more bytes: the end, or why.
    ReadEnded(i32),
    /// A write that had to wait ended.
    Written(i32),
}

impl Network {
    pub(crate) fn new(choices: Rc<RefCell<Chooser>>) -> Self {
        Self {
            hosts: Hosts::default(),
            links: BTreeMap::new(),
            sockets: BTreeMap::new(),
            starting: Vec::new(),
            last_id: 0,
            last_port: 40_000,
            choices,
        }
    }

    /// Makes a host up, or finds it; returns its address.
    pub(crate) fn host(&mut self, name: &str) -> String {
        self.hosts.add(name)
    }

    /// The addresses of a name, IPv4 first; none where no host has it.
    pub(crate) fn lookup(&self, name: &str) -> Vec<String> {
        self.hosts.lookup(name)
    }

    /// What a packet takes that leaves now.
    fn delay_ns(&self, delay: &Delay, now_ns: u64) -> u64 {
        let mut choices = self.choices.borrow_mut();
        let delay = match delay {
            Delay::Uniform { latency, jitter } if !jitter.is_zero() => {
                let lies = ChoicePoint::jitter(choices.choose(ChoicePoint::Jitter, now_ns));
                let offset_ns = lies * jitter.as_nanos() as f64;
                return (latency.as_nanos() as f64 + offset_ns).max(0.0) as u64;
            }
            fixed if fixed.is_fixed() => fixed.at(0),
            spread => {
                let weights = ChoicePoint::percentile_weights();
                spread.at(choices.weigh(ChoicePoint::Delay, weights, now_ns))
            }
        };
        u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Whether a packet is lost.
    fn is_lost(&self, loss: f64, now_ns: u64) -> bool {
        let mut choices = self.choices.borrow_mut();
        loss > 0.0 && choices.happens(ChoicePoint::Loss, loss, now_ns)
    }

    /// What the program's own host listens on: `localhost:3000`, in order.
    pub(crate) fn listening(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .sockets
            .values()
            .filter(|socket| socket.is_listening() && is_local(&socket.local.ip))
            .map(|socket| self.hosts.show(&socket.local))
            .collect();
        all.sort();
        all
    }

    /// Whether any connection is open.
    pub(crate) fn has_connections(&self) -> bool {
        self.sockets.values().any(Socket::is_live)
    }

    /// The link to an address: the one to its port before the one to its host.
    fn link_to(&self, address: &Address) -> Link {
        let name = self.hosts.name_of(&address.ip);
        self.links
            .get(&format!("{name}:{}", address.port))
            .or_else(|| self.links.get(name))
            .cloned()
            .unwrap_or_else(|| self.hosts.default_link(&address.ip))
    }

    fn socket(&mut self, id: SocketId) -> Result<&mut Socket> {
        self.sockets.get_mut(&id).ok_or(Errno::EBADF)
    }
}

#[cfg(test)]
mod tests;
