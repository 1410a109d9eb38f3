use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::sample::SeriesTick;
use rtest_core::traffic::{AttemptEnds, LinkTick, Retries};
use rtest_core::unit::format_duration;

use crate::load_record::{Interval, LoadRecord};
use crate::run_record::RunRecord;
use crate::summary::Summary;

/// What is compared with comes from so long before the fault at most.
const BEFORE: Duration = Duration::from_secs(10);

/// A scenario of a smaller share of the iterations makes no difference by its end.
const OF_WEIGHT: f64 = 0.2;

/// A fault that has run its course, with what crossed the links that tell of it, and the load.
pub(super) struct Scene<'a> {
    pub(super) record: &'a RunRecord,
    fault: u16,
    /// Ticks of those links, in order.
    ticks: Vec<&'a LinkTick>,
    /// When it was injected.
    pub(super) from: RunTime,
    /// When it was rolled back.
    pub(super) to: RunTime,
}

/// What crossed the links in a stretch.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) began: u64,
    pub(super) ends: AttemptEnds,
    pub(super) answered_with: BTreeMap<u16, u64>,
    pub(super) retries: Retries,
}

impl<'a> Scene<'a> {
    /// Nothing where the fault was not injected, or not rolled back.
    pub(super) fn of(record: &'a RunRecord, fault: u16) -> Option<Self> {
        let seen = record.faults.get(usize::from(fault))?;
        let header = record.header.faults.get(usize::from(fault))?;
        let (from, _) = seen.injected?;
        let (to, _) = seen.rolled_back?;
        let tells = |tick: &&LinkTick| {
            let link = record.header.links.get(usize::from(tick.link));
            link.is_some_and(|link| header.links.contains(link))
        };
        Some(Self {
            record,
            fault,
            ticks: record.traffic.iter().filter(tells).collect(),
            from,
            to,
        })
    }

    /// The status with which the fault answers requests itself.
    pub(super) fn answers(&self) -> Option<u16> {
        self.record
            .header
            .faults
            .get(usize::from(self.fault))?
            .answers
    }

    /// When what is compared with began: some time before the injection, in which nothing was
    /// broken.
    pub(super) fn before(&self) -> RunTime {
        let load = self.load().map_or(RunTime::ZERO, |load| load.start);
        let windows = self.record.windows.iter().zip(1..);
        let calm_since = windows
            .filter(|(window, _)| window.start < self.from && !window.active.is_empty())
            .filter_map(|(_, next)| Some(self.record.windows.get(next)?.start))
            .filter(|start| *start <= self.from)
            .max();
        let most = RunTime::ZERO + self.from.since(RunTime::ZERO + BEFORE);
        load.max(most)
            .max(calm_since.unwrap_or_default())
            .min(self.from)
    }

    /// Until when it is seen how the system fares afterwards: the next fault, or the end of the
    /// load.
    pub(super) fn after(&self) -> RunTime {
        let windows = self.record.windows.iter();
        let next = windows
            .filter(|window| window.start >= self.to && !window.active.is_empty())
            .map(|window| window.start)
            .min();
        let end = self.load().map_or(self.record.last, |load| load.end);
        next.unwrap_or(end).min(end).max(self.to)
    }

    /// What crossed the links from one instant to another; ticks belong where their middle lies.
    pub(super) fn traffic(&self, from: RunTime, to: RunTime) -> Traffic {
        let mut traffic = Traffic::default();
        for tick in &self.ticks {
            let middle = tick.from + tick.to.since(tick.from) / 2;
            if from <= middle && middle < to {
                traffic.began += tick.began;
                traffic.ends.add(&tick.ends);
                traffic.retries.add(&tick.retries);
                for (status, count) in &tick.answered_with {
                    *traffic.answered_with.entry(*status).or_default() += u64::from(*count);
                }
            }
        }
        traffic
    }

    /// The ticks of the fault, without those that it shares with the time before or after.
    pub(super) fn ticks(&self) -> impl Iterator<Item = &'a LinkTick> {
        let (from, to) = (self.from, self.to);
        let is_within = move |tick: &&&LinkTick| from <= tick.from && tick.to <= to;
        self.ticks.iter().filter(is_within).copied()
    }

    /// Whether HTTP/1.1 in the clear was seen on the links, at any time: attempts are read from
    /// nothing else, but for connections that are refused.
    pub(super) fn shows_attempts(&self) -> bool {
        let began: u64 = self.ticks.iter().map(|tick| tick.began).sum();
        let refused: u64 = self.ticks.iter().map(|tick| tick.ends.refused).sum();
        began > refused
    }

    /// Of the attempts that began from one instant to another, in ticks that lie between them, how
    /// many had not ended by a third.
    pub(super) fn under_way(&self, from: RunTime, to: RunTime, at: RunTime) -> u64 {
        let is_within = |start: RunTime| from <= start && start + LinkTick::LENGTH <= to;
        let (mut began, mut ended) = (0, 0);
        for tick in &self.ticks {
            if is_within(tick.from) {
                began += tick.began;
            }
            let of = tick.ended().filter(|(begun, over, _)| {
                earlier(tick.to, *over) <= at && is_within(earlier(tick.from, *begun))
            });
            ended += of.map(|(_, _, count)| count).sum::<u64>();
        }
        began.saturating_sub(ended)
    }

    /// How many attempts were under way at the end of each tick in which one began or ended.
    pub(super) fn under_way_over_time(&self) -> Vec<(RunTime, u64)> {
        let mut changes: BTreeMap<RunTime, (u64, u64)> = BTreeMap::new();
        for tick in &self.ticks {
            changes.entry(tick.to).or_default().0 += tick.began;
            for (_, over, count) in tick.ended() {
                changes.entry(earlier(tick.to, over)).or_default().1 += count;
            }
        }
        let mut now = 0;
        let after = |(at, (began, ended)): (RunTime, (u64, u64))| {
            now = (now + began).saturating_sub(ended);
            (at, now)
        };
        changes.into_iter().map(after).collect()
    }

    /// Attempts for each request of the load before the fault; nothing where there was no load.
    pub(super) fn calls_per_request(&self) -> Option<f64> {
        let before = self.before();
        let requests = self.requests(before, self.from);
        let began = self.traffic(before, self.from).began as f64;
        (requests > 0.0).then(|| began / requests)
    }

    /// How many requests of the load the fault touched.
    pub(super) fn touched_requests(&self) -> u64 {
        self.touched()
            .map(|series| series.response_time.len())
            .sum()
    }

    /// The first scenario of weight that ends between the injection and an instant as planned, and when.
    pub(super) fn ending_scenario(&self, until: RunTime) -> Option<(RunTime, &'a str)> {
        let load = self.load()?;
        let scenarios = &self.record.header.load.as_ref()?.scenarios;
        let started = |index: usize| {
            load.scenarios
                .get(index)
                .map_or(0, |it| it.counters.started)
        };
        let all: u64 = (0..scenarios.len()).map(started).sum();
        let weighs = |index: &usize| started(*index) as f64 > OF_WEIGHT * all as f64;
        let ends = (0..scenarios.len()).filter(weighs).filter_map(|index| {
            let scenario = &scenarios[index];
            let end = load.start + Duration::from_millis(scenario.ends_ms?);
            Some((end, scenario.name.as_str()))
        });
        let between = ends.filter(|(end, _)| self.from < *end && *end < until);
        between.min_by_key(|(end, _)| *end)
    }

    /// Why there is nothing before the fault to compare with.
    pub(super) fn nothing_before(&self) -> &'static str {
        match self.load() {
            Some(load) if load.start < self.from && self.before() == self.from => {
                "another fault was active before it"
            }
            _ => "no load before the fault to compare with",
        }
    }

    /// Why nothing is seen of the time after the fault.
    pub(super) fn nothing_after(&self) -> &'static str {
        match self.load() {
            Some(load) if load.end > self.to && self.after() == self.to => {
                "another fault was active after it"
            }
            _ => "no load after the fault",
        }
    }

    /// How many requests of the load ended from one instant to another; of intervals that are
    /// partly within, as large a part.
    pub(super) fn requests(&self, from: RunTime, to: RunTime) -> f64 {
        let intervals = self.load().map_or(&[][..], |load| &load.intervals);
        let within = |interval: &Interval| {
            let whole = interval.to.since(interval.from).as_secs_f64();
            let part = interval
                .to
                .min(to)
                .since(interval.from.max(from))
                .as_secs_f64();
            let count: u64 = interval.outcomes.values().sum();
            if whole > 0.0 {
                count as f64 * part / whole
            } else {
                0.0
            }
        };
        intervals.iter().map(within).sum()
    }

    /// When a probe of the hypothesis that is asked during faults too, and that held before this
    /// one, did not hold first, and which.
    pub(super) fn first_unheld(&self) -> Option<(RunTime, &'a str)> {
        let asked = || self.record.probes.iter().filter(|it| it.side == "during");
        let held_before = |probe: u16| {
            let mut before = asked().filter(|it| it.probe == probe && it.at < self.from);
            before.next_back().is_some_and(|last| last.held)
        };
        let mut during = asked().filter(|it| self.from <= it.at && it.at < self.to);
        let first = during.find(|it| !it.held && held_before(it.probe))?;
        let header = self
            .record
            .header
            .hypothesis
            .get(usize::from(first.probe))?;
        Some((first.at, &header.name))
    }

    /// What was measured of the requests that the fault touched.
    pub(super) fn touched(&self) -> impl Iterator<Item = &'a SeriesTick> {
        let (summary, fault) = (self.summary(), self.fault);
        let series = self
            .load()
            .into_iter()
            .flat_map(|load| load.series.values());
        series.filter(move |series| summary.is_active(fault, series.key.window))
    }

    /// How often a check of this name held, and was made, on requests that the fault touched.
    pub(super) fn checks(&self, name: &str) -> (u64, u64) {
        let Some((load, header)) = self.load().zip(self.record.header.load.as_ref()) else {
            return (0, 0);
        };
        let mut counts = (0, 0);
        for ((scenario, step, check, window), (passes, fails)) in &load.checks {
            let step = header
                .scenarios
                .get(usize::from(*scenario))
                .and_then(|scenario| scenario.steps.get(usize::from(*step)));
            let check = step.and_then(|step| step.checks.get(usize::from(*check)));
            let is_meant = check.is_some_and(|check| check.name == name);
            if is_meant && self.summary().is_active(self.fault, *window) {
                counts.0 += passes;
                counts.1 += passes + fails;
            }
        }
        counts
    }

    /// The load.
    pub(super) fn load(&self) -> Option<&'a LoadRecord> {
        self.record.load.as_ref()
    }

    fn summary(&self) -> Summary<'a> {
        Summary::new(self.record)
    }
}

/// An instant so many ticks before another.
fn earlier(at: RunTime, ticks: u32) -> RunTime {
    RunTime::ZERO + at.since(RunTime::ZERO + LinkTick::LENGTH * ticks)
}

/// To the tenth of a second, which is how closely most of it is known.
pub(super) fn shown(duration: Duration) -> String {
    let tenths = (duration.as_secs_f64() * 10.0).round() as u64;
    format_duration(Duration::from_millis(tenths * 100))
}
