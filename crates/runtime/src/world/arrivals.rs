use std::collections::BTreeMap;

use rtest_core::plan::SimFault;

use super::net::Packet;

/// What reaches the loop from outside.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A task of the thread pool is done; the id of its callback.
    Work(u32),
    /// What was asked for is done already; the id of its callback.
    Done(u32),
    /// The loop was woken for messages of ports.
    Wake,
    /// Something goes wrong with the world.
    Fault(Box<SimFault>),
    /// Something of the network.
    Packet(Packet),
}

/// What is on its way, ordered by when it arrives; at one instant, by when it was sent.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    /// By instant in virtual nanoseconds, and a count that tells those of one instant apart.
    queue: BTreeMap<(u64, u64), Arrival>,
    count: u64,
}

impl Arrivals {
    /// `arrival` comes at `at_ns`.
    pub(crate) fn push(&mut self, at_ns: u64, arrival: Arrival) {
        self.queue.insert((at_ns, self.count), arrival);
        self.count += 1;
    }

    /// When the first one comes.
    pub(crate) fn first_ns(&self) -> Option<u64> {
        self.queue.keys().next().map(|(at_ns, _)| *at_ns)
    }

    /// Takes everything that has come by `now_ns`, in order.
    pub(crate) fn take_until(&mut self, now_ns: u64) -> BTreeMap<(u64, u64), Arrival> {
        let later = self.queue.split_off(&(now_ns.saturating_add(1), 0));
        std::mem::replace(&mut self.queue, later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_first_comes_first_at_one_instant() {
        let mut arrivals = Arrivals::default();
        for (at_ns, id) in [(5, 1), (3, 2), (5, 3), (9, 4)] {
            arrivals.push(at_ns, Arrival::Work(id));
        }
        assert_eq!(arrivals.first_ns(), Some(3));
        let ids: Vec<u32> = arrivals
            .take_until(5)
            .into_values()
            .map(|arrival| match arrival {
                Arrival::Work(id) => id,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, [2, 1, 3]);
        assert_eq!(arrivals.first_ns(), Some(9));
    }
}
