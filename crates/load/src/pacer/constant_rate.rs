use std::time::Duration;

use rtest_core::unit::Rate;

use super::{Arrival, Pacer};
use crate::share::Share;

/// Evenly spaced arrivals: number `n` of the scenario falls due at `n · period`.
#[derive(Clone, Debug)]
pub(crate) struct ConstantRate {
    /// Nanoseconds between two arrivals of the whole scenario. A fraction: 30,000/s is one every
    /// 33,333.3 ns, and whole nanoseconds would be 0.6 ms off after a minute.
    period: f64,
    /// Arrivals of the whole scenario.
    total: u64,
    share: Share,
    taken: u64,
}

impl ConstantRate {
    /// `share` of the first `total` arrivals at `rate`.
    pub(crate) fn new(rate: Rate, total: u64, share: Share) -> Self {
        Self {
            period: rate.per.as_nanos() as f64 / rate.count,
            total,
            share,
            taken: 0,
        }
    }

    /// Exact to the nanosecond while it is below 2⁵³ ns, 104 days.
    fn due(&self, index: u64) -> Duration {
        Duration::from_nanos((index as f64 * self.period).round() as u64)
    }
}

impl Pacer for ConstantRate {
    fn take(&mut self, elapsed: Duration) -> Option<Arrival> {
        let due = self.next_due().filter(|due| *due <= elapsed)?;
        let index = self.share.nth(self.taken);
        self.taken += 1;
        Some(Arrival { index, due })
    }

    fn next_due(&self) -> Option<Duration> {
        let index = self.share.nth(self.taken);
        (index < self.total).then(|| self.due(index))
    }

    fn offered(&self, elapsed: Duration) -> Option<u64> {
        // The division may be off by one where `elapsed` is an arrival's own instant; `due`, by
        // which arrivals are taken, decides.
        let mut fallen = (elapsed.as_nanos() as f64 / self.period) as u64;
        while fallen > 0 && self.due(fallen - 1) > elapsed {
            fallen -= 1;
        }
        while self.due(fallen) <= elapsed && fallen < self.total {
            fallen += 1;
        }
        Some(self.share.count(fallen.min(self.total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rtest_core::plan::ExecutorPlan;
    use rtest_core::unit::parse_rate;

    const FOREVER: Duration = Duration::from_secs(1_000_000);

    fn pacer(rate: &str, seconds: f64, share: Share) -> ConstantRate {
        let plan = ExecutorPlan::ConstantArrivalRate {
            rate: parse_rate(rate).expect(rate),
            duration: Duration::from_secs_f64(seconds),
            max_vus: 1,
            arrivals: rtest_core::plan::Arrivals::Even,
        };
        ConstantRate::new(
            parse_rate(rate).expect(rate),
            plan.planned_iterations().expect("open"),
            share,
        )
    }

    fn all(mut pacer: ConstantRate) -> Vec<Arrival> {
        std::iter::from_fn(|| pacer.take(FOREVER)).collect()
    }

    #[test]
    fn arrivals_are_evenly_spaced_from_zero_to_before_the_end() {
        let arrivals = all(pacer("200/s", 10.0, Share::new(0, 1)));
        assert_eq!(arrivals.len(), 2000);
        for (n, arrival) in arrivals.iter().enumerate() {
            assert_eq!(arrival.index, n as u64);
            assert_eq!(arrival.due, Duration::from_millis(5) * n as u32);
        }
    }

    #[test]
    fn a_period_of_no_whole_nanoseconds_does_not_drift() {
        let arrivals = all(pacer("30000/s", 60.0, Share::new(0, 1)));
        assert_eq!(arrivals.len(), 1_800_000);
        assert_eq!(
            arrivals[1_500_000].due,
            Duration::from_secs(50),
            "arrival 1,500,000 at 30,000/s"
        );
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        let mut pacer = pacer("10/s", 1.0, Share::new(0, 1));
        assert!(pacer.take(Duration::ZERO).is_some(), "the first at once");
        assert_eq!(pacer.next_due(), Some(Duration::from_millis(100)));
        assert_eq!(pacer.take(Duration::from_nanos(99_999_999)), None);
        assert!(pacer.take(Duration::from_millis(100)).is_some());
        while pacer.take(FOREVER).is_some() {}
        assert_eq!(pacer.next_due(), None, "after the last");
    }

    #[test]
    fn workers_together_are_the_whole_schedule() {
        let whole = all(pacer("997/s", 3.0, Share::new(0, 1)));
        for workers in 1..6 {
            let mut dealt: Vec<Arrival> = (0..workers)
                .flat_map(|index| all(pacer("997/s", 3.0, Share::new(index, workers))))
                .collect();
            dealt.sort_unstable_by_key(|arrival| arrival.index);
            assert_eq!(dealt, whole, "{workers} workers");
        }
    }

    proptest! {
        #[test]
        fn offered_counts_exactly_what_can_be_taken(
            count in 0.1_f64..50_000.0,
            millis in 1_u64..3_000,
            at in 0_u64..4_000_000_000,
            index in 0_u64..4,
        ) {
            let rate = Rate { count, per: Duration::from_secs(1) };
            let total = (count * millis as f64 / 1e3 - 1e-9).ceil().max(0.0) as u64;
            let mut pacer = ConstantRate::new(rate, total, Share::new(index, 4));
            // An arbitrary instant, and one that is exactly an arrival's.
            for elapsed in [Duration::from_nanos(at), pacer.due(at % 20_000)] {
                let offered = pacer.offered(elapsed).expect("a schedule");
                let mut fresh = pacer.clone();
                let mut taken = 0;
                while fresh.take(elapsed).is_some() {
                    taken += 1;
                }
                prop_assert_eq!(offered, taken);
            }
            while pacer.take(Duration::from_millis(millis)).is_some() {}
            prop_assert_eq!(pacer.next_due(), None, "all are due by the end");
        }
    }
}
