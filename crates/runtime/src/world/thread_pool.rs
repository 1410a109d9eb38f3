use std::cell::RefCell;
use std::rc::Rc;

use crate::explore::{ChoicePoint, Chooser};

/// What a task takes at least: a system call or two, and the way to a thread and back.
const FILE_NS: u64 = 30_000;
const LOOKUP_NS: u64 = 200_000;
const CRYPTO_NS: u64 = 50_000;

/// libuv's thread pool. Tasks are admitted in the order in which they come; which of those under
/// way is done first is left to how long each takes, which the seed decides.
#[derive(Debug)]
pub(crate) struct ThreadPool {
    /// When each thread is free.
    threads: Vec<u64>,
    /// When each of the threads that may do slow work is free: half of all, as in libuv.
    slow: Vec<u64>,
    choices: Rc<RefCell<Chooser>>,
}

/// What a task is, which decides how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkKind {
    /// An operation on files.
    File,
    /// Looking a host's name up: slow work to libuv.
    Lookup,
    /// Random bytes, keys from passwords.
    Crypto,
}

impl WorkKind {
    /// The kind of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        match name {
            "file" => Some(Self::File),
            "lookup" => Some(Self::Lookup),
            "crypto" => Some(Self::Crypto),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::File => "file operation",
            Self::Lookup => "name lookup",
            Self::Crypto => "computation",
        }
    }
}

impl ThreadPool {
    /// A pool of `size` threads, at least one.
    pub(crate) fn new(choices: Rc<RefCell<Chooser>>, size: usize) -> Self {
        let size = size.max(1);
        Self {
            threads: vec![0; size],
            slow: vec![0; size.div_ceil(2)],
            choices,
        }
    }

    /// Takes a task in that takes `more_ns` than one of its kind does; returns when it is done, in
    /// virtual nanoseconds.
    pub(crate) fn admit(&mut self, kind: WorkKind, more_ns: u64, now_ns: u64) -> u64 {
        let took_ns = self.duration_ns(kind, now_ns).saturating_add(more_ns);
        let mut begins_ns = now_ns.max(self.threads[earliest(&self.threads)]);
        if kind == WorkKind::Lookup {
            let slot = earliest(&self.slow);
            begins_ns = begins_ns.max(self.slow[slot]);
            self.slow[slot] = begins_ns.saturating_add(took_ns);
        }
        let thread = earliest(&self.threads);
        self.threads[thread] = begins_ns.saturating_add(took_ns);
        begins_ns.saturating_add(took_ns)
    }

    /// How long a task takes.
    fn duration_ns(&mut self, kind: WorkKind, now_ns: u64) -> u64 {
        let least_ns = match kind {
            WorkKind::File => FILE_NS,
            WorkKind::Lookup => LOOKUP_NS,
            WorkKind::Crypto => CRYPTO_NS,
        };
        let mut choices = self.choices.borrow_mut();
        least_ns + choices.stall_ns(ChoicePoint::Task, now_ns)
    }
}

fn earliest(free_ns: &[u64]) -> usize {
    (0..free_ns.len())
        .min_by_key(|index| free_ns[*index])
        .expect("a pool has a thread")
}

#[cfg(test)]
mod tests {
    use rtest_core::Seed;

    use super::*;
    use crate::explore::Chance;

    fn pool(seed: u64) -> ThreadPool {
        let chooser = Chooser::new(Seed::new(seed), &Chance::Seeded, 0);
        ThreadPool::new(Rc::new(RefCell::new(chooser)), 4)
    }

    #[test]
    fn a_task_waits_for_a_thread_and_four_run_at_once() {
        for seed in 0..50 {
            let mut pool = pool(seed);
            let done: Vec<u64> = (0..5).map(|_| pool.admit(WorkKind::File, 0, 0)).collect();
            let first = done[..4].iter().min().expect("four");
            assert!(done[4] > *first, "seed {seed}: {done:?}");
        }
    }

    #[test]
    fn half_of_the_threads_look_names_up() {
        for seed in 0..50 {
            let mut pool = pool(seed);
            let done: Vec<u64> = (0..3).map(|_| pool.admit(WorkKind::Lookup, 0, 0)).collect();
            assert!(done[2] > done[0].min(done[1]), "seed {seed}: {done:?}");
        }
    }

    #[test]
    fn four_tasks_finish_in_any_order() {
        let mut orders = std::collections::BTreeSet::new();
        for seed in 0..300 {
            let mut pool = pool(seed);
            let done: Vec<u64> = (0..4).map(|_| pool.admit(WorkKind::File, 0, 0)).collect();
            let mut order: Vec<usize> = (0..4).collect();
            order.sort_by_key(|index| done[*index]);
            orders.insert(order);
        }
        assert_eq!(orders.len(), 24);
    }
}
