//! The simulated world: what a program reaches outside itself, on virtual time.
//!
//! ```text
//!   fs, dns ──► thread pool ─┐
//!                            ├──► arrivals (by instant) ──► poll phase ──► one callback each
//!   net ──► links, hosts ────┘        pending, closing ──► their phases
//! ```
//!
//! Nothing here runs the program's code: the loop takes what has arrived and calls.

mod arrivals;
mod delay;
pub(crate) mod disk;
mod errno;
mod fault;
pub(crate) mod net;
mod thread_pool;

pub(crate) use arrivals::{Arrival, Arrivals};
pub(crate) use errno::{Errno, error_name};
pub(crate) use thread_pool::ThreadPool;
pub use thread_pool::WorkKind;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::explore::Chooser;
use disk::Disk;
use net::Network;

/// The world of one program.
#[derive(Debug)]
pub(crate) struct World {
    /// What comes in later, in the poll phase.
    pub(crate) arrivals: Arrivals,
    /// What comes in at the next pending phase.
    pub(crate) pending: VecDeque<Arrival>,
    /// Handles whose close callbacks are due, by the id of the callback.
    pub(crate) closing: VecDeque<u32>,
    /// Signals that the program sent itself: they come in behind all else of a poll phase, and do not
    /// keep the loop alive.
    pub(crate) signals: VecDeque<u32>,
    /// Whether it was woken and has not come round yet.
    pub(crate) waking: bool,
    /// Whether what is done to the disk is a task of the thread pool's, which has waited for it.
    pub(crate) in_task: bool,
    /// Active requests, and active handles that are referenced.
    active: usize,
    pub(crate) pool: ThreadPool,
    pub(crate) disk: Disk,
    pub(crate) network: Network,
}

impl World {
    pub(crate) fn new(choices: &Rc<RefCell<Chooser>>, pool_size: usize, disk: Disk) -> Self {
        Self {
            arrivals: Arrivals::default(),
            pending: VecDeque::new(),
            closing: VecDeque::new(),
            signals: VecDeque::new(),
            waking: false,
            in_task: false,
            active: 0,
            pool: ThreadPool::new(choices.clone(), pool_size),
            disk,
            network: Network::new(choices.clone()),
        }
    }

    /// Whether a request or handle keeps the loop alive, as `uv_loop_alive` sees it.
    pub(crate) fn keep_alive(&self) -> bool {
        self.active > 0 || self.must_not_sleep()
    }

    /// Whether something waits for a phase of this very turn.
    pub(crate) fn must_not_sleep(&self) -> bool {
        !self.pending.is_empty() || !self.closing.is_empty()
    }

    /// A request begins, or a handle becomes active and referenced.
    pub(crate) fn hold(&mut self) {
        self.active += 1;
    }

    /// The end of what [`Self::hold`] began.
    pub(crate) fn release(&mut self) {
        self.active -= 1;
    }

    /// A request that is done already; `id` is that of its callback.
    pub(crate) fn pend(&mut self, id: u32) {
        self.hold();
        self.pending.push_back(Arrival::Done(id));
    }

    /// Wakes the loop for messages of ports, as `uv_async_send` does: once, however often it is
    /// asked for until it is awake.
    pub(crate) fn wake(&mut self, now_ns: u64) {
        if !self.waking {
            self.waking = true;
            self.arrivals.push(now_ns, Arrival::Wake);
        }
    }

    /// Gives a task to the thread pool; `id` is that of its callback.
    pub(crate) fn work(&mut self, id: u32, kind: WorkKind, now_ns: u64) {
        let more_ns = match kind {
            WorkKind::File => self.disk.faults.delay_ns(now_ns),
            WorkKind::Lookup | WorkKind::Crypto => 0,
        };
        let done_ns = self.pool.admit(kind, more_ns, now_ns);
        self.hold();
        self.arrivals.push(done_ns, Arrival::Work(id));
    }
}
