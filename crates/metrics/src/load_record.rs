use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::clock::RunTime;
use rtest_core::sample::{CheckTick, LoadTick, MetricValues, Outcome, SeriesKey, SeriesTick};
use rtest_core::window::WindowId;
use rtest_core::{Histogram, SparseHistogram};

use crate::record::{ExampleEntry, MismatchEntry, ScenarioEntry};

/// The load of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadRecord {
    /// Start of the first tick.
    pub start: RunTime,
    /// End of the last tick.
    pub end: RunTime,
    /// Requests of the whole run, by series.
    pub series: BTreeMap<SeriesKey, SeriesTick>,
    /// Checks of the whole run, by scenario, step, check and window.
    pub checks: BTreeMap<(u16, u16, u16, WindowId), (u64, u64)>,
    /// Answers held against contracts over the whole run, by scenario, step and window: those that
    /// kept theirs, and those that did not.
    pub contracts: BTreeMap<(u16, u16, WindowId), (u64, u64)>,
    /// How they differed, by scenario, step and place in the answer; a few places of each step.
    pub violations: BTreeMap<(u16, u16, String), Violation>,
    /// Durations of groups over the whole run, by scenario, group and window.
    pub groups: BTreeMap<(u16, u16, WindowId), Histogram>,
    /// Values of the suite's own metrics over the whole run.
    pub metrics: BTreeMap<MetricKey, MetricValues>,
    /// Progress of each scenario over the whole run; `vus` is the largest sum.
    pub scenarios: Vec<ScenarioTotals>,
    /// What happened in each tick, all workers together, for charts.
    pub intervals: Vec<Interval>,
    /// The first examples of each kind of error.
    pub examples: Vec<ExampleEntry>,
    /// Each worker's latest virtual users of each scenario: at work, made.
    virtual_users: BTreeMap<(u16, u16), (u64, u64)>,
}

/// Where values of a metric of the suite's own come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricKey {
    /// Index into the header's metrics.
    pub metric: u16,
    /// Index into the header's scenarios.
    pub scenario: u16,
    /// Index into the scenario's steps.
    pub step: u16,
    /// Fault window.
    pub window: WindowId,
}

/// One scenario's progress over the whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenarioTotals {
    /// Counters, summed over workers and ticks; `vus` is the largest sum of a tick.
    pub counters: ScenarioEntry,
    /// Durations of the iterations.
    pub iteration_duration: Histogram,
    /// How late the generator itself was.
    pub dispatch_lag: Histogram,
}

/// All workers' requests that ended in one tick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interval {
    /// Its start.
    pub from: RunTime,
    /// Its end.
    pub to: RunTime,
    /// Scheduled → last byte. Sparse: a long run has thousands of intervals.
    pub response_time: SparseHistogram,
    /// Sent → last byte.
    pub service_time: SparseHistogram,
    /// Requests by how they ended.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Arrivals that fell due.
    pub offered: u64,
    /// Iterations begun.
    pub started: u64,
    /// Arrivals dropped.
    pub dropped: u64,
    /// Iterations begun whose arrival had to wait for a free virtual user.
    pub late: u64,
    /// The most virtual users at work at once, summed over workers and scenarios.
    pub vus: u64,
    /// The worker whose thread had the most to do: running or waiting for a core, as a share of
    /// its tick, 0 to 1. 0 where workers do not say.
    pub busiest_worker: f64,
}

/// One way in which answers differed from the contract of an interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// How many answers did.
    pub count: u64,
    /// The first of them.
    pub first: MismatchEntry,
}

/// Places in the answers of one step at which violations are told apart.
const PLACES: usize = 50;

/// Intervals of a run at most: a week of the longest ticks.
const MOST_INTERVALS: usize = 120_960;

/// Examples of errors kept for a whole run.
const EXAMPLES: usize = 50;

impl LoadRecord {
    pub(crate) fn starting(start: RunTime) -> Self {
        Self {
            start,
            end: start,
            series: BTreeMap::new(),
            checks: BTreeMap::new(),
            contracts: BTreeMap::new(),
            violations: BTreeMap::new(),
            groups: BTreeMap::new(),
            metrics: BTreeMap::new(),
            scenarios: Vec::new(),
            intervals: Vec::new(),
            examples: Vec::new(),
            virtual_users: BTreeMap::new(),
        }
    }

    /// Folds in what one worker did in one tick.
    pub(crate) fn apply(&mut self, tick: &LoadTick, length: Duration) {
        self.end = self.end.max(tick.to);
        let interval = self.interval(tick, length);
        for series in &tick.series {
            interval.response_time.add(&series.response_time);
            interval.service_time.add(&series.service_time);
            *interval.outcomes.entry(series.key.outcome).or_default() += series.response_time.len();
        }
        for scenario in &tick.scenarios {
            interval.offered += scenario.offered;
            interval.started += scenario.started;
            interval.dropped += scenario.dropped;
            interval.late += scenario.late;
            interval.vus += scenario.vus;
        }
        let whole = tick.to.since(tick.from).as_secs_f64();
        if whole > 0.0 {
            let busy = (tick.ran + tick.waited).as_secs_f64() / whole;
            interval.busiest_worker = interval.busiest_worker.max(busy.min(1.0));
        }
        for series in &tick.series {
            self.series
                .entry(series.key)
                .and_modify(|total| total.merge(series))
                .or_insert_with(|| series.clone());
        }
        for CheckTick {
            scenario,
            step,
            check,
            window,
            passes,
            fails,
        } in &tick.checks
        {
            let total = self
                .checks
                .entry((*scenario, *step, *check, *window))
                .or_default();
            total.0 += passes;
            total.1 += fails;
        }
        self.apply_contracts(tick);
        self.apply_own(tick);
        for scenario in &tick.scenarios {
            let index = usize::from(scenario.scenario);
            if self.scenarios.len() <= index {
                self.scenarios
                    .resize_with(index + 1, ScenarioTotals::default);
            }
            let total = &mut self.scenarios[index];
            let counters = &mut total.counters;
            counters.scenario = scenario.scenario;
            counters.offered += scenario.offered;
            counters.started += scenario.started;
            counters.completed += scenario.completed;
            counters.interrupted += scenario.interrupted;
            counters.dropped += scenario.dropped;
            counters.late += scenario.late;
            total.iteration_duration.merge(&scenario.iteration_duration);
            total.dispatch_lag.merge(&scenario.dispatch_lag);
        }
        self.count_virtual_users(tick);
        for example in &tick.examples {
            let known = ExampleEntry {
                key: example.key.into(),
                message: example.message.clone(),
            };
            if self.examples.len() < EXAMPLES && !self.examples.contains(&known) {
                self.examples.push(known);
            }
        }
    }

    fn apply_contracts(&mut self, tick: &LoadTick) {
        for tick in &tick.contracts {
            let key = (tick.scenario, tick.step, tick.window);
            let total = self.contracts.entry(key).or_default();
            total.0 += tick.kept;
            total.1 += tick.violated;
        }
        for tick in &tick.violations {
            let key = (tick.scenario, tick.step, tick.first.location.clone());
            if let Some(known) = self.violations.get_mut(&key) {
                known.count += tick.count;
            } else if self.violations_of((tick.scenario, tick.step)).count() < PLACES {
                let (count, first) = (tick.count, MismatchEntry::from(&tick.first));
                self.violations.insert(key, Violation { count, first });
            }
        }
    }

    /// How many answers to a step, by its scenario and its own index, kept their contract and how
    /// many did not, over all windows.
    pub fn contract_counts(&self, (scenario, step): (u16, u16)) -> (u64, u64) {
        let of_step = (scenario, step, WindowId(0))..=(scenario, step, WindowId(u16::MAX));
        let counts = self.contracts.range(of_step);
        counts.fold((0, 0), |sum, (_, counts)| {
            (sum.0 + counts.0, sum.1 + counts.1)
        })
    }

    /// How answers to a step, by its scenario and its own index, differed from their contract.
    pub fn violations_of(&self, (scenario, step): (u16, u16)) -> impl Iterator<Item = &Violation> {
        let known = self.violations.range((scenario, step, String::new())..);
        known
            .take_while(move |((of, step_of, _), _)| (*of, *step_of) == (scenario, step))
            .map(|(_, violation)| violation)
    }

    /// Groups and metrics of the suite's own; what holds nothing leaves no trace in the record.
    fn apply_own(&mut self, tick: &LoadTick) {
        for group in tick.groups.iter().filter(|it| !it.duration.is_empty()) {
            self.groups
                .entry((group.scenario, group.group, group.window))
                .or_default()
                .merge(&group.duration);
        }
        for tick in &tick.metrics {
            if matches!(&tick.values, MetricValues::Trend(values) if values.is_empty()) {
                continue;
            }
            let key = MetricKey {
                metric: tick.metric,
                scenario: tick.scenario,
                step: tick.step,
                window: tick.window,
            };
            self.metrics
                .entry(key)
                .and_modify(|total| total.merge(&tick.values))
                .or_insert_with(|| tick.values.clone());
        }
    }

    /// The interval in which the tick's middle lies: workers tick at the same pace, a few
    /// microseconds apart.
    fn interval(&mut self, tick: &LoadTick, length: Duration) -> &mut Interval {
        let middle = tick.from + tick.to.since(tick.from) / 2;
        let index = (middle.since(self.start).as_nanos() / length.as_nanos().max(1)) as usize;
        // Only a damaged record has an instant so far off; its numbers go to the last interval.
        let index = index.min(MOST_INTERVALS - 1);
        while self.intervals.len() <= index {
            let from = self.intervals.last().map_or(self.start, |last| last.to);
            self.intervals.push(Interval {
                from,
                to: from + length,
                ..Default::default()
            });
        }
        &mut self.intervals[index]
    }

    /// `vus`: the most that were at work at once; `vus_max`: how many were made.
    fn count_virtual_users(&mut self, tick: &LoadTick) {
        for scenario in &tick.scenarios {
            self.virtual_users.insert(
                (tick.worker, scenario.scenario),
                (scenario.vus, scenario.vus_max),
            );
        }
        for total in &mut self.scenarios {
            let mut now = (0, 0);
            for ((_, scenario), (at_work, made)) in &self.virtual_users {
                if *scenario == total.counters.scenario {
                    now = (now.0 + at_work, now.1 + made);
                }
            }
            total.counters.vus = total.counters.vus.max(now.0);
            total.counters.vus_max = now.1;
        }
    }
}
