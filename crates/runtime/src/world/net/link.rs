use std::time::Duration;

use rtest_core::plan::SimLink;

use super::{Network, Packet, SocketId};
use crate::world::arrivals::{Arrival, Arrivals};
use crate::world::delay::Delay;

/// The way to a host, in both directions. Its words are those of the proxy's toxics.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    /// What each packet takes, one way.
    pub(crate) delay: Delay,
    /// 0 to 1: the share of packets that are lost, and sent again after a while.
    pub(crate) loss: f64,
    /// Bytes a second in each direction; none for no limit.
    pub(crate) rate: Option<u64>,
    /// Live connections are closed, new ones refused.
    pub(crate) down: bool,
    /// Nothing gets through, and nobody is told.
    pub(crate) partitioned: bool,
}

impl Link {
    pub(super) const LOOPBACK: Self = Self {
        delay: Delay::NONE,
        loss: 0.0,
        rate: None,
        down: false,
        partitioned: false,
    };

    /// Within a data centre.
    pub(super) const DEFAULT: Self = Self {
        delay: Delay::Uniform {
            latency: Duration::from_micros(500),
            jitter: Duration::from_micros(250),
        },
        ..Self::LOOPBACK
    };

    /// Whether a packet takes no time and always arrives.
    pub(super) fn is_immediate(&self) -> bool {
        *self == Self::LOOPBACK
    }

    /// The change that takes `change` back.
    fn undo(&self, change: &SimLink) -> SimLink {
        SimLink {
            delay: change.delay.as_ref().map(|_| self.delay.as_change()),
            loss: change.loss.map(|_| self.loss),
            rate: change.rate.map(|_| self.rate),
            down: change.down.map(|_| self.down),
            partitioned: change.partitioned.map(|_| self.partitioned),
        }
    }

    fn change(&mut self, change: &SimLink) {
        let Self {
            delay,
            loss,
            rate,
            down,
            partitioned,
        } = self;
        if let Some(change) = &change.delay {
            delay.change(change);
        }
        *loss = change.loss.unwrap_or(*loss);
        *rate = change.rate.unwrap_or(*rate);
        *down = change.down.unwrap_or(*down);
        *partitioned = change.partitioned.unwrap_or(*partitioned);
    }
}

impl Network {
    /// Changes the link to `HOST` or `HOST:PORT`, also where nobody has that name yet; returns the
    /// change that takes it back.
    pub(crate) fn change_link(
        &mut self,
        to: &str,
        change: &SimLink,
        now_ns: u64,
        arrivals: &mut Arrivals,
    ) -> SimLink {
        let host = to.split(':').next().unwrap_or(to);
        let default = match self.hosts.lookup(host).first() {
            Some(ip) => self.hosts.default_link(ip),
            None => Link::DEFAULT,
        };
        let link = self.links.entry(to.to_owned()).or_insert(default);
        let undo = link.undo(change);
        link.change(change);
        if change.down == Some(true) {
            for id in self.sockets_over(to) {
                arrivals.push(now_ns, Arrival::Packet(Packet::Severed { to: id }));
            }
        }
        undo
    }

    /// Resets every live connection over the link to `HOST` or `HOST:PORT`.
    pub(crate) fn reset_link(&mut self, to: &str, now_ns: u64, arrivals: &mut Arrivals) {
        for id in self.sockets_over(to) {
            arrivals.push(now_ns, Arrival::Packet(Packet::reset(id)));
        }
    }

    /// Takes all faults away: every link is as it was configured, but up and whole.
    pub(crate) fn heal(&mut self) {
        for link in self.links.values_mut() {
            link.down = false;
            link.partitioned = false;
        }
    }

    fn sockets_over(&self, to: &str) -> Vec<SocketId> {
        let is_over = |address: &super::Address| {
            let name = self.hosts.name_of(&address.ip);
            to == name || to == format!("{name}:{}", address.port)
        };
        self.sockets
            .iter()
            .filter(|(_, socket)| socket.is_live() && is_over(&socket.destination))
            .map(|(id, _)| *id)
            .collect()
    }
}
