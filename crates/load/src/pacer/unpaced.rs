use std::time::Duration;

use super::{Arrival, Pacer};
use crate::share::Share;

/// No schedule: an iteration is due whenever a virtual user is free, until the time is up or there
/// are no more of them.
///
/// Iteration `j` belongs to virtual user `j mod vus`, and so to that one's worker: workers have
/// iterations in proportion to their virtual users.
#[derive(Clone, Debug)]
pub(crate) struct Unpaced {
    until: Duration,
    /// Virtual users of the whole scenario, and of them those of this share.
    vus: u64,
    share: Share,
    mine: u64,
    /// The next iteration: in which round, and whose of this share.
    round: u64,
    turn: u64,
    /// Iterations that are left.
    left: u64,
}

impl Unpaced {
    /// Iterations are due at any time before `until`.
    pub(crate) fn new(until: Duration, vus: u32, share: Share) -> Self {
        let vus = u64::from(vus);
        Self {
            until,
            vus,
            share,
            mine: share.count(vus),
            round: 0,
            turn: 0,
            left: u64::MAX,
        }
    }

    /// But no more than this share of the first `total`.
    pub(crate) fn at_most(self, total: u64) -> Self {
        let (rounds, rest) = (total / self.vus.max(1), total % self.vus.max(1));
        Self {
            left: rounds * self.mine + self.share.count(rest),
            ..self
        }
    }
}

impl Pacer for Unpaced {
    fn take(&mut self, elapsed: Duration) -> Option<Arrival> {
        if elapsed >= self.until || self.left == 0 {
            return None;
        }
        let index = self.round * self.vus + self.share.nth(self.turn);
        self.left -= 1;
        self.turn += 1;
        if self.turn >= self.mine {
            self.turn = 0;
            self.round += 1;
        }
        Some(Arrival {
            index,
            due: elapsed,
        })
    }

    fn next_due(&self) -> Option<Duration> {
        (self.left > 0).then_some(Duration::ZERO)
    }

    fn is_spent(&self) -> bool {
        self.left == 0
    }

    fn offered(&mut self, _elapsed: Duration) -> Option<u64> {
        None
    }

    fn rescale(&mut self, _elapsed: Option<Duration>, _scale: f64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_arrival_is_due_when_it_is_asked_for_until_the_time_is_up() {
        let mut pacer = Unpaced::new(SECOND, 2, Share::new(1, 2));
        let at = Duration::from_millis(250);
        assert_eq!(pacer.take(at), Some(Arrival { index: 1, due: at }));
        assert_eq!(pacer.take(at), Some(Arrival { index: 3, due: at }));
        assert_eq!(pacer.take(SECOND), None);
        assert!(!pacer.is_spent());
    }

    #[test]
    fn shares_of_a_number_of_iterations_are_all_of_them_by_virtual_users() {
        for (total, vus, of) in [(10, 3, 2), (1, 5, 4), (0, 2, 2), (1000, 7, 7), (99, 10, 3)] {
            let mut dealt = Vec::new();
            for index in 0..of {
                let share = Share::new(index, of);
                let mut pacer = Unpaced::new(SECOND, vus, share).at_most(total);
                let mine: Vec<u64> = std::iter::from_fn(|| pacer.take(Duration::ZERO))
                    .map(|arrival| arrival.index)
                    .collect();
                assert!(pacer.is_spent());
                let fair = total * share.count(u64::from(vus)) / u64::from(vus);
                assert!(mine.len() as u64 >= fair, "{total} by {vus} in {of}");
                dealt.extend(mine);
            }
            dealt.sort_unstable();
            assert_eq!(
                dealt,
                (0..total).collect::<Vec<_>>(),
                "{total} by {vus} in {of}"
            );
        }
    }
}
