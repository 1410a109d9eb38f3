use std::collections::VecDeque;
use std::time::Duration;

use rtest_core::sample::LoadTick;
use rtest_core::{Histogram, RunTime, SparseHistogram};

/// Ticks that are kept: what a sparkline shows at most.
const KEPT: usize = 240;

/// What happened lately, tick by tick, all workers together.
#[derive(Debug)]
pub(crate) struct Timeline {
    /// Length of a tick.
    tick: Duration,
    /// Start of the first tick.
    start: RunTime,
    /// Number of the first slice that is kept.
    first: usize,
    slices: VecDeque<Slice>,
}

/// One tick.
#[derive(Clone, Debug, Default)]
struct Slice {
    counts: Counts,
    latency: SparseHistogram,
    /// Of the response times; 0 where there are none.
    p95_ms: f64,
}

/// What was counted in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Arrivals that fell due.
    pub(crate) offered: u64,
    /// Iterations that ended by themselves.
    pub(crate) completed: u64,
    /// Requests that were answered, or known to have failed.
    pub(crate) requests: u64,
    /// Of those, the failed ones.
    pub(crate) failed: u64,
}

impl Counts {
    /// Of one worker's tick.
    pub(crate) fn of(tick: &LoadTick) -> Self {
        let mut counts = Self::default();
        for scenario in &tick.scenarios {
            counts.offered += scenario.offered;
            counts.completed += scenario.completed;
        }
        for series in &tick.series {
            let requests = series.response_time.len();
            counts.requests += requests;
            counts.failed += if series.key.outcome.failed() {
                requests
            } else {
                0
            };
        }
        counts
    }

    /// Adds what others counted.
    pub(crate) fn add(&mut self, other: Self) {
        self.offered += other.offered;
        self.completed += other.completed;
        self.requests += other.requests;
        self.failed += other.failed;
    }
}

/// The last seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    /// How long that is.
    pub(crate) seconds: f64,
    /// What was counted in them.
    pub(crate) counts: Counts,
    /// Response times.
    pub(crate) latency: Histogram,
}

/// Some ticks side by side, as one column of a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column {
    /// Start of its first tick.
    pub(crate) from: RunTime,
    /// End of its last tick.
    pub(crate) to: RunTime,
    /// What was counted; nothing where the time is still to come.
    pub(crate) counts: Option<Counts>,
    /// The highest p95 of its ticks, in ms.
    pub(crate) p95_ms: f64,
}

impl Timeline {
    /// Of ticks of this length.
    pub(crate) fn new(tick: Duration) -> Self {
        Self {
            tick: tick.max(Duration::from_millis(1)),
            start: RunTime::ZERO,
            first: 0,
            slices: VecDeque::new(),
        }
    }

    /// Adds what one worker did in one tick; `latency` are all its response times.
    pub(crate) fn add(&mut self, tick: &LoadTick, latency: &Histogram) {
        if self.first == 0 && self.slices.is_empty() {
            self.start = tick.from;
        }
        // Workers tick at the same pace, a few microseconds apart.
        let middle = tick.from + tick.to.since(tick.from) / 2;
        let number = (middle.since(self.start).as_nanos() / self.tick.as_nanos()) as usize;
        if number < self.first {
            return;
        }
        while self.first + self.slices.len() <= number {
            self.slices.push_back(Slice::default());
            if self.slices.len() > KEPT {
                self.slices.pop_front();
                self.first += 1;
            }
        }
        let slice = &mut self.slices[number - self.first];
        slice.counts.add(Counts::of(tick));
        slice.latency.add(latency);
        let mut all = Histogram::default();
        slice.latency.add_to(&mut all);
        slice.p95_ms = all.quantile_ms(0.95);
    }

    /// The whole ticks of the last `span`; at least one, if there is one.
    pub(crate) fn recent(&self, now: RunTime, span: Duration) -> Recent {
        let mut recent = Recent::default();
        // The tick under way is not whole, and workers may lag a little with the one before.
        let settled = |number: &usize| self.begin(number + 1) + self.tick / 4 <= now;
        let newest = (self.first..self.first + self.slices.len()).rev();
        for number in newest.skip_while(|number| !settled(number)) {
            if recent.seconds > 0.0 && recent.seconds + self.tick.as_secs_f64() > span.as_secs_f64()
            {
                break;
            }
            let slice = &self.slices[number - self.first];
            recent.seconds += self.tick.as_secs_f64();
            recent.counts.add(slice.counts);
            slice.latency.add_to(&mut recent.latency);
        }
        recent
    }

    /// The timeline in at most so many columns: the whole run of that length where it is not too
    /// long, otherwise what has been of it, and of that the latest part.
    pub(crate) fn columns(&self, most: usize, length: Option<Duration>) -> Vec<Column> {
        let seen = self.first + self.slices.len();
        if most == 0 || seen == 0 {
            return Vec::new();
        }
        let planned = length.map(|it| it.as_nanos().div_ceil(self.tick.as_nanos()) as usize);
        let planned = planned.filter(|planned| *planned <= KEPT);
        let shown = planned.unwrap_or(0).max(seen).min(KEPT);
        let each = shown.div_ceil(most).max(1);
        // Columns stand on multiples of their length: they do not change while they move.
        let end = match planned {
            Some(planned) => planned.max(seen).div_ceil(each),
            None => seen.div_ceil(each),
        };
        let begin = end.saturating_sub(most).max(self.first / each);
        (begin..end)
            .map(|number| self.column(number * each, each))
            .collect()
    }

    fn column(&self, from: usize, ticks: usize) -> Column {
        let mut column = Column {
            from: self.begin(from),
            to: self.begin(from + ticks),
            counts: None,
            p95_ms: 0.0,
        };
        for number in from..from + ticks {
            let slice = number.checked_sub(self.first);
            let Some(slice) = slice.and_then(|index| self.slices.get(index)) else {
                continue;
            };
            column.counts.get_or_insert_default().add(slice.counts);
            column.p95_ms = column.p95_ms.max(slice.p95_ms);
        }
        column
    }

    fn begin(&self, number: usize) -> RunTime {
        self.start + self.tick * u32::try_from(number).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::sample::{Outcome, ScenarioTick, SeriesKey, SeriesTick};
    use rtest_core::window::WindowId;

    const TICK: Duration = Duration::from_millis(250);

    /// What a worker did in the tick of this number: so many requests of so many milliseconds.
    fn tick(worker: u16, number: u32, requests: u64, millis: u64) -> LoadTick {
        let mut series = SeriesTick::new(SeriesKey {
            scenario: 0,
            step: 0,
            outcome: Outcome::Status(200),
            window: WindowId(0),
        });
        series
            .response_time
            .record_n(Duration::from_millis(millis), requests);
        let from = RunTime::ZERO + Duration::from_secs(1) + TICK * number;
        LoadTick {
            worker,
            from,
            to: from + TICK,
            series: vec![series],
            scenarios: vec![ScenarioTick {
                offered: requests,
                completed: requests,
                ..ScenarioTick::default()
            }],
            ..LoadTick::default()
        }
    }

    fn add(timeline: &mut Timeline, tick: &LoadTick) {
        timeline.add(tick, &tick.series[0].response_time);
    }

    fn at(seconds: f64) -> RunTime {
        RunTime::from(Duration::from_secs_f64(1.0 + seconds))
    }

    #[test]
    fn the_last_seconds_are_whole_ticks_of_all_workers() {
        let mut timeline = Timeline::new(TICK);
        for number in 0..8 {
            add(&mut timeline, &tick(0, number, 10, 5));
            add(&mut timeline, &tick(1, number, 10, 5));
        }
        // The first worker is done with the ninth tick, the second is not.
        add(&mut timeline, &tick(0, 8, 10, 5));
        let recent = timeline.recent(at(2.26), Duration::from_secs(1));
        assert_eq!((recent.seconds, recent.counts.requests), (1.0, 80));
        assert_eq!(recent.latency.len(), 80);
        let all = timeline.recent(at(9.0), Duration::from_secs(60));
        assert_eq!((all.seconds, all.counts.requests), (2.25, 170));
        let none = Timeline::new(TICK).recent(at(1.0), TICK);
        assert_eq!((none.seconds, none.counts.requests), (0.0, 0));
    }

    #[test]
    fn a_short_run_is_shown_whole_and_what_is_to_come_is_empty() {
        let mut timeline = Timeline::new(TICK);
        for number in 0..10 {
            add(&mut timeline, &tick(0, number, u64::from(number), 5));
        }
        let columns = timeline.columns(20, Some(Duration::from_secs(10)));
        assert_eq!(columns.len(), 20);
        assert_eq!(columns[0].counts.map(|it| it.requests), Some(1));
        assert_eq!(columns[4].counts.map(|it| it.requests), Some(17));
        assert_eq!(columns[5].counts, None);
        assert_eq!(columns[19].to, at(10.0));
        // A run that is longer than planned still fits.
        for number in 10..60 {
            add(&mut timeline, &tick(0, number, 1, 5));
        }
        let columns = timeline.columns(20, Some(Duration::from_secs(10)));
        assert!(columns.len() <= 20 && columns.iter().all(|it| it.counts.is_some()));
    }

    #[test]
    fn of_a_long_run_the_latest_part_is_shown() {
        let mut timeline = Timeline::new(TICK);
        for number in 0..1000 {
            add(
                &mut timeline,
                &tick(0, number, 1, if number == 990 { 80 } else { 5 }),
            );
        }
        for length in [None, Some(Duration::from_secs(3600))] {
            let columns = timeline.columns(60, length);
            assert_eq!(columns.len(), 60);
            assert_eq!(columns[59].to, at(250.0));
            let slow = columns.iter().filter(|it| it.p95_ms > 50.0);
            assert_eq!(slow.count(), 1);
        }
    }
}
