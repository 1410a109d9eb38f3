use std::time::Duration;

use crate::pacer::{Arrival, Pacer};
use crate::share::Share;

/// A schedule that ends with the rows: arrivals beyond them are never due.
#[derive(Debug)]
pub(crate) struct Limited {
    pacer: Box<dyn Pacer>,
    /// The first iteration that has no row.
    limit: u64,
    /// How many of this share have one, where arrivals are dealt out one by one.
    most: u64,
    spent: bool,
}

impl Limited {
    /// The `share` of the iterations of numbers below `limit`.
    pub(crate) fn new(pacer: Box<dyn Pacer>, limit: u64, share: Share) -> Self {
        Self {
            pacer,
            limit,
            most: share.count(limit),
            spent: false,
        }
    }
}

impl Pacer for Limited {
    fn take(&mut self, elapsed: Duration) -> Option<Arrival> {
        if self.spent {
            return None;
        }
        // A share's arrivals come in the order of their numbers.
        let arrival = self.pacer.take(elapsed)?;
        self.spent = arrival.index >= self.limit;
        (!self.spent).then_some(arrival)
    }

    fn next_due(&self) -> Option<Duration> {
        self.pacer.next_due().filter(|_| !self.spent)
    }

    fn is_spent(&self) -> bool {
        self.spent || self.pacer.is_spent()
    }

    fn offered(&mut self, elapsed: Duration) -> Option<u64> {
        let offered = self.pacer.offered(elapsed)?;
        Some(offered.min(self.most))
    }

    fn rescale(&mut self, elapsed: Option<Duration>, scale: f64) {
        self.pacer.rescale(elapsed, scale);
    }
}

#[cfg(test)]
mod tests {
    use rtest_core::unit::parse_rate;

    use super::*;
    use crate::pacer::{Paced, Ramp, Spacing, Unpaced};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_open_schedule_ends_with_the_last_row_in_whatever_shares() {
        for (rows, of) in [(1, 1), (7, 1), (7, 3), (2, 3), (100, 3)] {
            let mut taken = Vec::new();
            for index in 0..of {
                let share = Share::new(index, of);
                let rate = parse_rate("10/s").expect("a rate");
                let ramp = Ramp::constant(rate, SECOND);
                let paced = Paced::new(ramp, Spacing::Even, SECOND, share);
                let mut pacer = Limited::new(Box::new(paced), rows, share);
                let mine: Vec<_> = std::iter::from_fn(|| pacer.take(SECOND)).collect();
                assert_eq!(pacer.offered(SECOND), Some(mine.len() as u64));
                assert_eq!(pacer.next_due(), None);
                taken.extend(mine.iter().map(|arrival| arrival.index));
            }
            taken.sort_unstable();
            assert_eq!(taken, (0..rows.min(10)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_closed_one_ends_with_it_too() {
        let mut taken = Vec::new();
        for index in 0..2 {
            let share = Share::new(index, 2);
            let unpaced = Unpaced::new(SECOND, 3, share);
            let mut pacer = Limited::new(Box::new(unpaced), 7, share);
            taken.extend(std::iter::from_fn(|| pacer.take(Duration::ZERO)).map(|it| it.index));
            assert!(pacer.is_spent());
        }
        taken.sort_unstable();
        assert_eq!(taken, (0..7).collect::<Vec<_>>());
    }
}
