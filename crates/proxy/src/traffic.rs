use std::sync::atomic::{AtomicU64, Ordering};

use crate::toxic::Stream;

/// How many bytes have crossed a proxy, by direction; grows as they do.
#[derive(Debug, Default)]
pub struct Traffic {
    upstream: Counted,
    downstream: Counted,
}

/// The bytes of one direction.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    received: AtomicU64,
    sent: AtomicU64,
}

impl Traffic {
    /// Bytes received from the sender of a direction, those that a toxic dropped included.
    pub fn received(&self, stream: Stream) -> u64 {
        self.of(stream).received.load(Ordering::Relaxed)
    }

    /// Bytes sent to the receiver of a direction.
    pub fn sent(&self, stream: Stream) -> u64 {
        self.of(stream).sent.load(Ordering::Relaxed)
    }

    pub(crate) fn of(&self, stream: Stream) -> &Counted {
        match stream {
            Stream::Upstream => &self.upstream,
            Stream::Downstream => &self.downstream,
        }
    }
}

impl Counted {
    pub(crate) fn receive(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn send(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
