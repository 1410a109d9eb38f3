use std::time::Duration;

use super::{Arrival, Intensity, Pacer, Spacing};
use crate::share::Share;

/// Arrivals that fall due by the clock, whatever becomes of earlier ones.
#[derive(Debug)]
pub(crate) struct Paced<I> {
    course: Course<I>,
    /// Up to where arrivals were taken.
    taken: Cursor,
    /// Up to where they were counted as offered.
    fallen: Cursor,
}

/// What decides when an arrival is due.
#[derive(Debug)]
struct Course<I> {
    intensity: I,
    /// Nothing is due from here on.
    until: Duration,
    share: Share,
    /// One after the other, at least one.
    stretches: Vec<Stretch>,
}

/// A stretch of the schedule in which arrivals are the same multiple of the plan's.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The first arrival whose instant it decides, counted within the share. By number and not by
    /// instant: so no rounding can make one fall due twice, or never.
    first: u64,
    /// Where it begins: from the scenario's start, in arrivals by the plan, and in arrivals as
    /// they were scaled until then.
    from: Duration,
    planned: f64,
    scaled: f64,
    scale: f64,
}

/// A place in the course.
#[derive(Debug)]
struct Cursor {
    /// How many arrivals of the share are behind it.
    passed: u64,
    /// The next one's mark, and when it is due, if it is.
    mark: f64,
    next: Option<Duration>,
    spacing: Spacing,
}

impl<I: Intensity> Paced<I> {
    /// The `share` of the arrivals that fall due before `until`.
    pub(crate) fn new(intensity: I, spacing: Spacing, until: Duration, share: Share) -> Self {
        let course = Course {
            intensity,
            until,
            share,
            stretches: vec![Stretch {
                first: 0,
                from: Duration::ZERO,
                planned: 0.0,
                scaled: 0.0,
                scale: 1.0,
            }],
        };
        Self {
            taken: Cursor::new(&course, spacing.clone()),
            fallen: Cursor::new(&course, spacing),
            course,
        }
    }
}

impl<I: Intensity> Course<I> {
    /// When the share's arrival `k` with this mark falls due, if it does.
    fn due(&self, k: u64, mark: f64) -> Option<Duration> {
        let stretch = self.stretches.iter().rfind(|stretch| stretch.first <= k)?;
        if stretch.scale <= 0.0 {
            return None;
        }
        let ahead = (mark - stretch.scaled).max(0.0) / stretch.scale;
        let instant = self.intensity.instant(stretch.planned + ahead).round();
        // Never is infinite, and becomes the largest number. Where a rate rests, the last digit of
        // a mark may decide on which side of the rest it lies; not before the stretch in any case.
        let due = Duration::from_nanos(instant as u64).max(stretch.from);
        (due < self.until).then_some(due)
    }
}

impl Cursor {
    fn new<I: Intensity>(course: &Course<I>, mut spacing: Spacing) -> Self {
        let mark = spacing.mark(course.share.nth(0));
        Self {
            passed: 0,
            mark,
            next: course.due(0, mark),
            spacing,
        }
    }

    /// Goes past the next arrival, if it is due.
    fn pass<I: Intensity>(&mut self, course: &Course<I>, elapsed: Duration) -> Option<Arrival> {
        let due = self.next.filter(|due| *due <= elapsed)?;
        let index = course.share.nth(self.passed);
        self.passed += 1;
        self.mark = self.spacing.mark(course.share.nth(self.passed));
        self.next = course.due(self.passed, self.mark);
        Some(Arrival { index, due })
    }
}

impl<I: Intensity> Pacer for Paced<I> {
    fn take(&mut self, elapsed: Duration) -> Option<Arrival> {
        self.taken.pass(&self.course, elapsed)
    }

    fn next_due(&self) -> Option<Duration> {
        self.taken.next
    }

    fn is_spent(&self) -> bool {
        false // it may be made denser until its end
    }

    fn offered(&mut self, elapsed: Duration) -> Option<u64> {
        while self.fallen.pass(&self.course, elapsed).is_some() {}
        Some(self.fallen.passed)
    }

    fn rescale(&mut self, elapsed: Option<Duration>, scale: f64) {
        if let Some(at) = elapsed {
            self.offered(at);
        }
        let from = elapsed.unwrap_or_default();
        let planned = self.course.intensity.arrivals(from.as_nanos() as f64);
        let stretches = &mut self.course.stretches;
        let scaled = stretches.last().map_or(0.0, |last| {
            last.scaled + last.scale * (planned - last.planned)
        });
        stretches.push(Stretch {
            first: self.fallen.passed,
            from,
            planned,
            scaled,
            scale,
        });
        for cursor in [&mut self.taken, &mut self.fallen] {
            cursor.next = self.course.due(cursor.passed, cursor.mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Ramp, Recording};
    use super::*;
    use proptest::prelude::*;
    use rtest_core::Seed;
    use rtest_core::plan::{Arrivals, RateStage};
    use rtest_core::unit::{Rate, parse_rate};

    const SECOND: Duration = Duration::from_secs(1);
    const FOREVER: Duration = Duration::from_secs(1_000_000);
    const WHOLE: Share = Share::new(0, 1);

    fn even(rate: &str, duration: Duration, share: Share) -> Paced<Ramp> {
        let rate = parse_rate(rate).expect(rate);
        Paced::new(
            Ramp::constant(rate, duration),
            Spacing::Even,
            duration,
            share,
        )
    }

    fn poisson(rate: f64, duration: Duration, seed: u64, share: Share) -> Paced<Ramp> {
        let rate = Rate {
            count: rate,
            per: SECOND,
        };
        let spacing = Spacing::new(Arrivals::Poisson, || Seed::new(seed).stream("pacing"));
        Paced::new(Ramp::constant(rate, duration), spacing, duration, share)
    }

    fn all<I: Intensity>(mut pacer: Paced<I>) -> Vec<Arrival> {
        std::iter::from_fn(|| pacer.take(FOREVER)).collect()
    }

    #[test]
    fn arrivals_are_evenly_spaced_from_zero_to_before_the_end() {
        let arrivals = all(even("200/s", 10 * SECOND, WHOLE));
        assert_eq!(arrivals.len(), 2000);
        for (n, arrival) in arrivals.iter().enumerate() {
            assert_eq!(arrival.index, n as u64);
            assert_eq!(arrival.due, Duration::from_millis(5) * n as u32);
        }
    }

    #[test]
    fn a_period_of_no_whole_nanoseconds_does_not_drift() {
        let arrivals = all(even("30000/s", 60 * SECOND, WHOLE));
        assert_eq!(arrivals.len(), 1_800_000);
        let due = arrivals[1_500_000].due;
        assert_eq!(due, 50 * SECOND, "arrival 1,500,000 at 30,000/s");
    }

    #[test]
    fn nothing_is_due_before_its_time() {
        let mut pacer = even("10/s", SECOND, WHOLE);
        assert!(pacer.take(Duration::ZERO).is_some(), "the first at once");
        assert_eq!(pacer.next_due(), Some(Duration::from_millis(100)));
        assert_eq!(pacer.take(Duration::from_nanos(99_999_999)), None);
        assert!(pacer.take(Duration::from_millis(100)).is_some());
        while pacer.take(FOREVER).is_some() {}
        assert_eq!(pacer.next_due(), None, "after the last");
    }

    #[test]
    fn a_changed_rate_holds_from_then_on_and_for_as_long_as_before() {
        let mut pacer = even("10/s", 3 * SECOND, WHOLE);
        while pacer.take(Duration::from_millis(450)).is_some() {}
        // Half an arrival is under way; three times as dense, it comes after a third of the rest.
        pacer.rescale(Some(Duration::from_millis(450)), 3.0);
        let next = pacer.take(FOREVER).map(|arrival| arrival.due.as_micros());
        assert_eq!(next, Some(466_666));
        assert_eq!(pacer.offered(2 * SECOND), Some(5 + 47));
        pacer.rescale(Some(2 * SECOND), 0.0);
        assert_eq!(pacer.offered(FOREVER), Some(52), "none at all");
        while pacer.take(FOREVER).is_some() {}
        assert_eq!(pacer.next_due(), None);
        assert!(!pacer.is_spent(), "it may go on");
        pacer.rescale(Some(Duration::from_millis(2500)), 1.0);
        let rest: Vec<Arrival> = std::iter::from_fn(|| pacer.take(FOREVER)).collect();
        assert_eq!(rest.len(), 4, "until the end, which stays");
        assert!(rest[0].due >= Duration::from_millis(2500));
        assert_eq!(pacer.offered(FOREVER), Some(56));
    }

    #[test]
    fn a_backlog_keeps_its_instants_when_the_rate_is_changed() {
        let mut pacer = even("10/s", 3 * SECOND, WHOLE);
        pacer.rescale(Some(SECOND), 0.5);
        let dues: Vec<u128> = std::iter::from_fn(|| pacer.take(FOREVER))
            .map(|arrival| arrival.due.as_millis())
            .collect();
        let whole = (0..=10).map(|n| n * 100);
        let half = (1..10).map(|n| 1000 + n * 200);
        assert_eq!(dues, whole.chain(half).collect::<Vec<_>>());
    }

    #[test]
    fn a_recording_can_be_played_denser_in_the_same_time() {
        let schedule = [0, 100, 500, 600].map(Duration::from_millis);
        let until = Duration::from_millis(601);
        let recording = Recording::new(&schedule.into());
        let mut pacer = Paced::new(recording, Spacing::Even, until, WHOLE);
        pacer.rescale(None, 2.0);
        let dues: Vec<u128> = all(pacer).iter().map(|a| a.due.as_millis()).collect();
        assert_eq!(dues, [0, 50, 100, 300, 500, 550, 600]);
    }

    /// Mean and variance of a Poisson count are the same; gaps are exponential.
    #[test]
    fn poisson_arrivals_are_independent_of_each_other() {
        let arrivals = all(poisson(1000.0, 100 * SECOND, 1, WHOLE));
        let count = arrivals.len() as f64;
        let deviation = 100_000_f64.sqrt();
        assert!((count - 100_000.0).abs() < 4.0 * deviation, "{count}");
        let mut per_second = [0.0_f64; 100];
        for arrival in &arrivals {
            per_second[arrival.due.as_secs() as usize] += 1.0;
        }
        let mean = count / 100.0;
        let variance = per_second.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 99.0;
        assert!(
            (0.6..1.6).contains(&(variance / mean)),
            "{variance} of {mean}"
        );
        // Kolmogorov's distance from the exponential distribution; 1.95/√n is a chance of 0.1 %.
        let gap = |pair: &[Arrival]| (pair[1].due - pair[0].due).as_secs_f64();
        let mut gaps: Vec<f64> = arrivals.windows(2).map(gap).collect();
        gaps.sort_by(f64::total_cmp);
        let distance = (0..).zip(&gaps).map(|(n, gap)| {
            let expected = 1.0 - (-gap * 1000.0).exp();
            (f64::from(n) / gaps.len() as f64 - expected).abs()
        });
        let distance = distance.fold(0.0, f64::max);
        assert!(distance < 1.95 / (gaps.len() as f64).sqrt(), "{distance}");
    }

    #[test]
    fn poisson_arrivals_follow_a_ramp() {
        let stages = [RateStage {
            duration: 100 * SECOND,
            target: parse_rate("1000/s").expect("a rate"),
        }];
        let start = Rate {
            count: 0.0,
            per: SECOND,
        };
        let spacing = Spacing::new(Arrivals::Poisson, || Seed::new(3).stream("pacing"));
        let ramp = Ramp::stages(start, &stages);
        let arrivals = all(Paced::new(ramp, spacing, 100 * SECOND, WHOLE));
        let first_half = arrivals.iter().filter(|a| a.due < 50 * SECOND).count();
        let share = first_half as f64 / arrivals.len() as f64;
        assert!(
            (0.24..0.26).contains(&share),
            "{share} of the area is a quarter"
        );
    }

    #[test]
    fn a_seed_gives_its_own_poisson_arrivals_again() {
        let draw = |seed| all(poisson(50.0, 10 * SECOND, seed, WHOLE));
        assert_eq!(draw(4), draw(4));
        assert_ne!(draw(4), draw(5));
    }

    proptest! {
        #[test]
        fn shares_together_are_the_whole_schedule(
            rate in 0.1_f64..2000.0,
            of in 1_u64..7,
            seed in 0_u64..9,
            random: bool,
            millis in 1_u64..3000,
            change in prop::option::of((0_u64..3000, 0.0_f64..4.0)),
        ) {
            let dealt = |share| {
                let duration = Duration::from_millis(millis);
                let mut pacer = poisson(rate, duration, seed, share);
                if !random {
                    let rate = Rate { count: rate, per: SECOND };
                    pacer = Paced::new(Ramp::constant(rate, duration), Spacing::Even, duration, share);
                }
                if let Some((at, scale)) = change {
                    pacer.rescale(Some(Duration::from_millis(at)), scale);
                }
                all(pacer)
            };
            let whole = dealt(WHOLE);
            let mut together: Vec<Arrival> =
                (0..of).flat_map(|index| dealt(Share::new(index, of))).collect();
            together.sort_unstable_by_key(|arrival| arrival.index);
            prop_assert_eq!(together, whole);
        }

        #[test]
        fn offered_counts_exactly_what_can_be_taken(
            rate in 0.1_f64..20_000.0,
            random: bool,
            steps in prop::collection::vec((0_u64..300, prop::option::of(0.0_f64..3.0)), 1..12),
        ) {
            let share = Share::new(1, 3);
            let duration = SECOND;
            let mut pacer = poisson(rate, duration, 1, share);
            if !random {
                let rate = Rate { count: rate, per: SECOND };
                pacer = Paced::new(Ramp::constant(rate, duration), Spacing::Even, duration, share);
            }
            let (mut now, mut taken, mut last) = (Duration::ZERO, 0, Duration::ZERO);
            for (millis, scale) in steps {
                now += Duration::from_millis(millis);
                if let Some(scale) = scale {
                    pacer.rescale(Some(now), scale);
                }
                while let Some(arrival) = pacer.take(now) {
                    prop_assert!(arrival.due >= last && arrival.due <= now);
                    prop_assert_eq!(arrival.index, share.nth(taken));
                    (last, taken) = (arrival.due, taken + 1);
                }
                prop_assert_eq!(pacer.offered(now), Some(taken));
            }
        }
    }
}
