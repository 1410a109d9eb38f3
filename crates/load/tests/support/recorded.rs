use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use rtest_core::event::{EventKind, EventSink, GeneratorHealth, LoadControlled};
use rtest_core::sample::{
    CheckTick, ErrorKind, LoadTick, MetricValues, Outcome, ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::{Histogram, RunTime};

/// Keeps every event, and adds them up when asked.
#[derive(Debug, Default)]
pub struct Recorded {
    ticks: Mutex<Vec<LoadTick>>,
    health: Mutex<Vec<GeneratorHealth>>,
    controlled: Mutex<Vec<LoadControlled>>,
    notes: Mutex<Vec<String>>,
}

impl EventSink for Recorded {
    fn emit(&self, kind: EventKind) {
        match kind {
            EventKind::LoadTick(tick) => self.ticks.lock().expect("lock").push(*tick),
            EventKind::GeneratorHealth(health) => self.health.lock().expect("lock").push(health),
            EventKind::LoadControlled(change) => self.controlled.lock().expect("lock").push(change),
            EventKind::Note(note) => self.notes.lock().expect("lock").push(note),
            other => panic!("the load engine does not emit {other:?}"),
        }
    }
}

impl Recorded {
    pub fn ticks(&self) -> Vec<LoadTick> {
        self.ticks.lock().expect("lock").clone()
    }

    pub fn health(&self) -> Vec<GeneratorHealth> {
        self.health.lock().expect("lock").clone()
    }

    pub fn controlled(&self) -> Vec<LoadControlled> {
        self.controlled.lock().expect("lock").clone()
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.lock().expect("lock").clone()
    }

    /// Durations by scenario and group.
    pub fn groups(&self) -> BTreeMap<(u16, u16), Histogram> {
        let mut all: BTreeMap<(u16, u16), Histogram> = BTreeMap::new();
        for group in self.ticks().into_iter().flat_map(|tick| tick.groups) {
            let key = (group.scenario, group.group);
            all.entry(key).or_default().merge(&group.duration);
        }
        all
    }

    /// Values by metric, tick by tick.
    pub fn metrics(&self) -> BTreeMap<u16, Vec<MetricValues>> {
        let mut all: BTreeMap<u16, Vec<MetricValues>> = BTreeMap::new();
        for tick in self.ticks().into_iter().flat_map(|tick| tick.metrics) {
            all.entry(tick.metric).or_default().push(tick.values);
        }
        all
    }

    /// Everything of one series, over all ticks and workers.
    pub fn series(&self) -> BTreeMap<SeriesKey, SeriesTick> {
        let mut all: BTreeMap<SeriesKey, SeriesTick> = BTreeMap::new();
        for series in self.ticks().into_iter().flat_map(|tick| tick.series) {
            all.entry(series.key)
                .or_insert_with(|| SeriesTick::new(series.key))
                .merge(&series);
        }
        all
    }

    /// How many requests ended in each way.
    pub fn outcomes(&self) -> BTreeMap<Outcome, u64> {
        let mut all = BTreeMap::new();
        for (key, series) in self.series() {
            *all.entry(key.outcome).or_default() += series.response_time.len();
        }
        all
    }

    pub fn ended_with(&self, outcome: Outcome) -> u64 {
        self.outcomes().get(&outcome).copied().unwrap_or(0)
    }

    pub fn failed_with(&self, kind: ErrorKind) -> u64 {
        self.ended_with(Outcome::Error(kind))
    }

    pub fn requests(&self) -> u64 {
        self.outcomes().values().sum()
    }

    /// Response times of every request, dropped ones included.
    pub fn response_time(&self) -> Histogram {
        let mut all = Histogram::default();
        for series in self.series().values() {
            all.merge(&series.response_time);
        }
        all
    }

    /// The sums of one scenario; `vus` and `vus_max` are the sums over workers at their last tick.
    pub fn scenario(&self, index: u16) -> ScenarioTick {
        let mut sum = ScenarioTick {
            scenario: index,
            ..ScenarioTick::default()
        };
        let mut last: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
        for tick in self.ticks() {
            for scenario in tick.scenarios.iter().filter(|s| s.scenario == index) {
                sum.offered += scenario.offered;
                sum.started += scenario.started;
                sum.completed += scenario.completed;
                sum.interrupted += scenario.interrupted;
                sum.dropped += scenario.dropped;
                sum.late += scenario.late;
                sum.iteration_duration.merge(&scenario.iteration_duration);
                sum.dispatch_lag.merge(&scenario.dispatch_lag);
                last.insert(tick.worker, (scenario.vus, scenario.vus_max));
            }
        }
        sum.vus = last.values().map(|(vus, _)| vus).sum();
        sum.vus_max = last.values().map(|(_, max)| max).sum();
        sum
    }

    /// Passes and fails of each check of the first scenario's step 0.
    pub fn checks(&self) -> BTreeMap<u16, (u64, u64)> {
        let mut all: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
        for CheckTick {
            check,
            passes,
            fails,
            ..
        } in self.ticks().into_iter().flat_map(|tick| tick.checks)
        {
            let sum = all.entry(check).or_default();
            sum.0 += passes;
            sum.1 += fails;
        }
        all
    }

    pub fn examples(&self) -> Vec<String> {
        let examples = self.ticks().into_iter().flat_map(|tick| tick.examples);
        examples.map(|example| example.message).collect()
    }

    /// What must hold of any run: nothing that was offered, and nothing that began, is lost.
    #[track_caller]
    pub fn assert_nothing_lost(&self, scenario: u16) {
        let sum = self.scenario(scenario);
        assert_eq!(sum.offered, sum.started + sum.dropped, "{sum:?}");
        assert_eq!(sum.started, sum.completed + sum.interrupted, "{sum:?}");
        assert!(
            sum.vus <= sum.vus_max,
            "nobody is at work who was not made: {sum:?}"
        );
        assert_eq!(sum.completed, sum.iteration_duration.len());
        let mut ends: BTreeMap<u16, RunTime> = BTreeMap::new();
        for tick in self.ticks.lock().expect("lock").iter() {
            assert!(tick.from < tick.to, "no tick is without length");
            if let Some(end) = ends.insert(tick.worker, tick.to) {
                assert_eq!(end, tick.from, "a worker's ticks leave no gap");
            }
        }
    }
}

/// Within a share of the truth.
#[track_caller]
pub fn assert_close(what: &str, read_ms: f64, truth: Duration, tolerance: f64) {
    let truth_ms = truth.as_secs_f64() * 1e3;
    assert!(
        (read_ms - truth_ms).abs() <= truth_ms * tolerance,
        "{what}: {read_ms} ms, and the truth is {truth_ms} ms"
    );
}

/// Nearest rank, as the histogram defines it.
pub fn exact_quantile(values: &mut [Duration], q: f64) -> Duration {
    values.sort_unstable();
    values[((q * values.len() as f64).ceil() as usize).max(1) - 1]
}
