//! Numbers of a metric: the samples that carry the wanted tags, merged, read once.

use rtest_core::Histogram;
use rtest_core::metric::{MetricKind, MetricSelector, builtin_metric};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase, SeriesKey, SeriesTick};
use rtest_core::threshold::Aggregation;
use rtest_core::window::WindowId;

use crate::load_record::LoadRecord;
use crate::record::{LoadHeader, StepHeader, outcome_name};
use crate::run_record::RunRecord;

/// Which stretch of the run, as the tag `window` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No fault so far.
    Before,
    /// At least one fault active.
    During,
    /// No fault active, at least one behind.
    After,
}

impl Phase {
    /// Every phase, in the order of the run.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    /// The value of the tag `window`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }
}

/// What a metric holds for a selection of samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A sum, and the seconds over which it came together.
    Counter {
        /// The sum.
        count: u64,
        /// Seconds of load.
        seconds: f64,
    },
    /// A level.
    Gauge {
        /// The highest seen, which is also the value shown.
        max: u64,
    },
    /// A share.
    Rate {
        /// How many were true: failed requests, checks that held.
        trues: u64,
        /// How many there were.
        total: u64,
    },
    /// A distribution.
    Trend(Histogram),
}

impl Value {
    /// How many samples stand behind the value.
    pub fn samples(&self) -> u64 {
        match self {
            Self::Counter { count, .. } => *count,
            Self::Gauge { max } => *max,
            Self::Rate { total, .. } => *total,
            Self::Trend(histogram) => histogram.len(),
        }
    }

    /// The number that an aggregation reads; `None` without samples, or where the metric has no
    /// such aggregation. Trends are in ms.
    pub fn read(&self, aggregation: Aggregation) -> Option<f64> {
        match (self, aggregation) {
            // A sum of nothing is a sum: zero.
            (Self::Counter { count, .. }, Aggregation::Count) => Some(*count as f64),
            (Self::Counter { count, seconds }, Aggregation::Rate) => {
                (*seconds > 0.0).then(|| *count as f64 / seconds)
            }
            (Self::Gauge { max }, Aggregation::Value) => Some(*max as f64),
            (Self::Rate { trues, total }, Aggregation::Rate) => {
                (*total > 0).then(|| *trues as f64 / *total as f64)
            }
            (Self::Trend(histogram), Aggregation::Count) => Some(histogram.len() as f64),
            (Self::Trend(histogram), _) if histogram.is_empty() => None,
            (Self::Trend(histogram), Aggregation::Avg) => Some(histogram.mean_ms()),
            (Self::Trend(histogram), Aggregation::Min) => Some(histogram.min_ms()),
            (Self::Trend(histogram), Aggregation::Max) => Some(histogram.max_ms()),
            (Self::Trend(histogram), aggregation) => {
                aggregation.quantile().map(|q| histogram.quantile_ms(q))
            }
            _ => None,
        }
    }
}

/// Numbers of one run.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    record: &'a RunRecord,
}

impl<'a> Summary<'a> {
    /// Of this run.
    pub const fn new(record: &'a RunRecord) -> Self {
        Self { record }
    }

    /// The metric's value over the samples that carry all tags; `None` when the run had no load
    /// or there is no such metric.
    pub fn value(&self, selector: &MetricSelector) -> Option<Value> {
        self.value_where(selector, |_| true)
    }

    /// As [`Summary::value`], over the samples of the given windows only.
    pub fn value_where(
        &self,
        selector: &MetricSelector,
        in_window: impl Fn(WindowId) -> bool,
    ) -> Option<Value> {
        let load = self.record.load.as_ref()?;
        let header = self.record.header.load.as_ref()?;
        let selection = Selection {
            summary: *self,
            header,
            load,
            selector,
            in_window: &in_window,
        };
        selection.value()
    }

    /// Before, during or after faults.
    pub fn phase(&self, window: WindowId) -> Phase {
        let index = usize::from(window.0);
        let windows = &self.record.windows;
        match windows.get(index) {
            Some(window) if !window.active.is_empty() => Phase::During,
            _ if windows
                .iter()
                .take(index)
                .any(|earlier| !earlier.active.is_empty()) =>
            {
                Phase::After
            }
            _ => Phase::Before,
        }
    }

    /// Whether the fault is active in the window.
    pub fn is_active(&self, fault: u16, window: WindowId) -> bool {
        let windows = &self.record.windows;
        windows
            .get(usize::from(window.0))
            .is_some_and(|window| window.active.contains(&fault))
    }

    /// Whether the fault of this name is active in the window.
    fn has_fault(&self, name: &str, window: WindowId) -> bool {
        let faults = &self.record.header.faults;
        let index = faults.iter().position(|fault| fault.name == name);
        let index = index.and_then(|index| u16::try_from(index).ok());
        index.is_some_and(|index| self.is_active(index, window))
    }

    /// Seconds of load.
    pub fn load_seconds(&self) -> f64 {
        self.record
            .load
            .as_ref()
            .map_or(0.0, |load| load.end.since(load.start).as_secs_f64())
    }

    /// The names of the scenario and the endpoint of a series.
    pub fn names(&self, key: SeriesKey) -> Option<(&'a str, &'a StepHeader)> {
        let scenario = self
            .record
            .header
            .load
            .as_ref()?
            .scenarios
            .get(usize::from(key.scenario))?;
        Some((&scenario.name, scenario.steps.get(usize::from(key.step))?))
    }

    /// Response times of every request of a selection, merged.
    pub fn response_times(&self, keep: impl Fn(SeriesKey) -> bool) -> Histogram {
        let mut merged = Histogram::default();
        for (key, series) in self.record.load.iter().flat_map(|load| &load.series) {
            if keep(*key) {
                merged.merge(&series.response_time);
            }
        }
        merged
    }

    /// Failed requests and all requests of a selection.
    pub fn failures(&self, keep: impl Fn(SeriesKey) -> bool) -> (u64, u64) {
        let mut counts = (0, 0);
        for (key, series) in self.record.load.iter().flat_map(|load| &load.series) {
            if keep(*key) {
                counts.0 += if key.outcome.failed() {
                    series.response_time.len()
                } else {
                    0
                };
                counts.1 += series.response_time.len();
            }
        }
        counts
    }
}

struct Selection<'a, F> {
    summary: Summary<'a>,
    header: &'a LoadHeader,
    load: &'a LoadRecord,
    selector: &'a MetricSelector,
    in_window: &'a F,
}

impl<F: Fn(WindowId) -> bool> Selection<'_, F> {
    fn value(&self) -> Option<Value> {
        let name = self.selector.name.as_str();
        let value = match name {
            "http_req_duration" => self.trend(|series| &series.response_time),
            "http_req_service_time" => self.trend(|series| &series.service_time),
            "http_req_waiting" => self.trend(|series| &series.waiting),
            "http_req_receiving" => self.trend(|series| &series.receiving),
            "http_req_blocked" => self.request_phase(RequestPhase::Blocked),
            "http_req_looking_up" => self.request_phase(RequestPhase::LookingUp),
            "http_req_connecting" => self.request_phase(RequestPhase::Connecting),
            "http_req_tls_handshaking" => self.request_phase(RequestPhase::TlsHandshaking),
            "http_req_sending" => self.request_phase(RequestPhase::Sending),
            "schedule_lag" => self.trend(|series| &series.schedule_lag),
            "http_req_failed" => {
                let (mut trues, mut total) = (0, 0);
                for (key, series) in self.requests() {
                    total += series.response_time.len();
                    trues += if key.outcome.failed() {
                        series.response_time.len()
                    } else {
                        0
                    };
                }
                Value::Rate { trues, total }
            }
            "http_reqs" => self.counter(
                self.requests()
                    .filter(|(key, _)| key.outcome != Outcome::Error(ErrorKind::Dropped))
                    .map(|(_, series)| series.response_time.len())
                    .sum(),
            ),
            "data_sent" => self.counter(self.requests().map(|(_, series)| series.bytes_sent).sum()),
            "data_received" => self.counter(
                self.requests()
                    .map(|(_, series)| series.bytes_received)
                    .sum(),
            ),
            "checks" => self.checks(),
            "iterations" => {
                self.counter(self.scenarios().map(|total| total.counters.completed).sum())
            }
            "dropped_iterations" => {
                self.counter(self.scenarios().map(|total| total.counters.dropped).sum())
            }
            "vus" => Value::Gauge {
                max: self.scenarios().map(|total| total.counters.vus).sum(),
            },
            "vus_max" => Value::Gauge {
                max: self.scenarios().map(|total| total.counters.vus_max).sum(),
            },
            "iteration_duration" => {
                let mut merged = Histogram::default();
                for total in self.scenarios() {
                    merged.merge(&total.iteration_duration);
                }
                Value::Trend(merged)
            }
            _ => return None,
        };
        debug_assert_eq!(
            builtin_metric(name).map(|metric| metric.kind),
            Some(value.kind())
        );
        Some(value)
    }

    fn counter(&self, count: u64) -> Value {
        Value::Counter {
            count,
            seconds: self.seconds(),
        }
    }

    /// Seconds of load in the windows that are selected.
    fn seconds(&self) -> f64 {
        let selected = |window: WindowId| {
            (self.in_window)(window)
                && self
                    .selector
                    .tags
                    .iter()
                    .all(|(tag, value)| match tag.as_str() {
                        "window" => self.summary.phase(window).name() == value,
                        "fault" => self.summary.has_fault(value, window),
                        _ => true,
                    })
        };
        let record = self.summary.record;
        (0..record.windows.len())
            .filter_map(|index| u16::try_from(index).ok().map(WindowId))
            .filter(|window| selected(*window))
            .map(|window| {
                let from = record.windows[usize::from(window.0)]
                    .start
                    .max(self.load.start);
                let to = record.window_end(window).min(self.load.end);
                to.since(from).as_secs_f64()
            })
            .sum()
    }

    fn trend(&self, of: impl Fn(&SeriesTick) -> &Histogram) -> Value {
        let mut merged = Histogram::default();
        for (_, series) in self.requests() {
            merged.merge(of(series));
        }
        Value::Trend(merged)
    }

    fn request_phase(&self, phase: RequestPhase) -> Value {
        let mut merged = Histogram::default();
        for (_, series) in self.requests() {
            merged.merge(&series.phase(phase));
        }
        Value::Trend(merged)
    }

    fn requests(&self) -> impl Iterator<Item = (SeriesKey, &SeriesTick)> {
        self.load
            .series
            .iter()
            .map(|(key, series)| (*key, series))
            .filter(|(key, _)| (self.in_window)(key.window))
            .filter(|(key, _)| {
                self.selector
                    .tags
                    .iter()
                    .all(|(tag, value)| self.request_has(*key, tag, value))
            })
    }

    fn checks(&self) -> Value {
        let (mut trues, mut total) = (0, 0);
        for ((scenario, step, check, window), (passes, fails)) in &self.load.checks {
            // A check knows its place and its window, not how the request ended.
            let key = SeriesKey {
                scenario: *scenario,
                step: *step,
                outcome: Outcome::Status(0),
                window: *window,
            };
            let named = |name: &str| {
                let step = self.summary.names(key).map(|(_, step)| step);
                step.and_then(|step| step.checks.get(usize::from(*check)))
                    .is_some_and(|check| check.name == name)
            };
            let wanted = (self.in_window)(*window)
                && self
                    .selector
                    .tags
                    .iter()
                    .all(|(tag, value)| match tag.as_str() {
                        "check" => named(value),
                        "status" | "error" => false,
                        _ => self.request_has(key, tag, value),
                    });
            if wanted {
                trues += passes;
                total += passes + fails;
            }
        }
        Value::Rate { trues, total }
    }

    fn scenarios(&self) -> impl Iterator<Item = &crate::ScenarioTotals> {
        self.load.scenarios.iter().filter(|total| {
            let scenario = self
                .header
                .scenarios
                .get(usize::from(total.counters.scenario));
            self.selector
                .tags
                .iter()
                .all(|(tag, value)| match tag.as_str() {
                    "scenario" => scenario.is_some_and(|scenario| scenario.name == *value),
                    _ => scenario.is_some_and(|scenario| has(&scenario.tags, tag, value)),
                })
        })
    }

    fn request_has(&self, key: SeriesKey, tag: &str, value: &str) -> bool {
        let Some(scenario) = self.header.scenarios.get(usize::from(key.scenario)) else {
            return false;
        };
        let Some(step) = scenario.steps.get(usize::from(key.step)) else {
            return false;
        };
        match tag {
            "scenario" => scenario.name == value,
            "endpoint" => step.endpoint == value,
            "method" => step.method == value,
            "status" => {
                matches!(key.outcome, Outcome::Status(_)) && outcome_name(key.outcome) == value
            }
            "error" => {
                matches!(key.outcome, Outcome::Error(_)) && outcome_name(key.outcome) == value
            }
            "window" => self.summary.phase(key.window).name() == value,
            "fault" => self.summary.has_fault(value, key.window),
            // A step's tag overrides the scenario's.
            _ if step.tags.iter().any(|(known, _)| known == tag) => has(&step.tags, tag, value),
            _ => has(&scenario.tags, tag, value),
        }
    }
}

impl Value {
    const fn kind(&self) -> MetricKind {
        match self {
            Self::Counter { .. } => MetricKind::Counter,
            Self::Gauge { .. } => MetricKind::Gauge,
            Self::Rate { .. } => MetricKind::Rate,
            Self::Trend(_) => MetricKind::Trend,
        }
    }
}

fn has(tags: &[(String, String)], tag: &str, value: &str) -> bool {
    tags.iter().any(|(known, of)| known == tag && of == value)
}
