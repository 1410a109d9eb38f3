use rtest_core::Histogram;
use rtest_core::metric::{MetricKind, MetricSelector};
use rtest_core::sample::{ErrorKind, MetricValues, Outcome, RequestPhase, SeriesKey, SeriesTick};
use rtest_core::window::WindowId;

use super::{Level, Summary, Value};
use crate::load_record::{LoadRecord, ScenarioTotals};
use crate::record::{LoadHeader, ScenarioEntry, StepHeader, outcome_of};

/// The samples of a run that a selector chooses.
pub(super) struct Selection<'a, F> {
    summary: Summary<'a>,
    header: &'a LoadHeader,
    load: &'a LoadRecord,
    selector: &'a MetricSelector,
    in_window: &'a F,
}

/// Where a sample was taken: what it has besides what was measured.
#[derive(Clone, Copy)]
struct Place {
    scenario: u16,
    /// `None` for what belongs to no request: iterations, groups.
    step: Option<u16>,
    /// Of a group's own duration: index into the scenario's groups.
    group: Option<u16>,
    window: Option<WindowId>,
    outcome: Option<Outcome>,
}

impl<'a, F: Fn(WindowId) -> bool> Selection<'a, F> {
    /// Of a run's load, those samples that carry the selector's tags and are in the windows.
    pub(super) fn new(
        summary: Summary<'a>,
        (header, load): (&'a LoadHeader, &'a LoadRecord),
        selector: &'a MetricSelector,
        in_window: &'a F,
    ) -> Self {
        Self {
            summary,
            header,
            load,
            selector,
            in_window,
        }
    }

    /// What they hold; `None` where there is no such metric.
    pub(super) fn value(&self) -> Option<Value> {
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
            "contract_violations" => self.contract_violations(),
            "iterations" => {
                self.counter(self.scenarios().map(|total| total.counters.completed).sum())
            }
            "dropped_iterations" => {
                self.counter(self.scenarios().map(|total| total.counters.dropped).sum())
            }
            "vus" => self.virtual_users(|counters| counters.vus),
            "vus_max" => self.virtual_users(|counters| counters.vus_max),
            "iteration_duration" => {
                let mut merged = Histogram::default();
                for total in self.scenarios() {
                    merged.merge(&total.iteration_duration);
                }
                Value::Trend(merged)
            }
            "group_duration" => self.group_duration(),
            _ => self.own(name)?,
        };
        debug_assert_eq!(self.header.kind_of(name), Some(value.kind()));
        Some(value)
    }

    fn counter(&self, count: u64) -> Value {
        self.sum(count as f64)
    }

    fn sum(&self, count: f64) -> Value {
        Value::Counter {
            count,
            seconds: self.seconds(),
        }
    }

    fn virtual_users(&self, of: fn(&ScenarioEntry) -> u64) -> Value {
        let mut chosen = self.scenarios().map(|total| of(&total.counters)).peekable();
        Value::Gauge(chosen.peek().is_some().then(|| {
            let max = chosen.sum::<u64>() as f64;
            Level {
                value: max,
                min: 0.0,
                max,
            }
        }))
    }

    /// Seconds in which the chosen scenarios were under load, in the windows that are chosen.
    fn seconds(&self) -> f64 {
        let tags = &self.selector.tags;
        let (from, until) = self.summary.load_span(|scenario| {
            let mut named = tags.iter().filter(|(tag, _)| tag == "scenario");
            named.all(|(_, name)| scenario.name == *name)
        });
        let chosen = |window: WindowId| {
            (self.in_window)(window)
                && tags
                    .iter()
                    .all(|(tag, value)| self.summary.window_has(window, tag, value).unwrap_or(true))
        };
        self.summary.seconds_in((from, until), chosen)
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

    fn group_duration(&self) -> Value {
        let mut merged = Histogram::default();
        for ((scenario, group, window), durations) in &self.load.groups {
            let place = Place {
                scenario: *scenario,
                step: None,
                group: Some(*group),
                window: Some(*window),
                outcome: None,
            };
            if self.chooses(place) {
                merged.merge(durations);
            }
        }
        Value::Trend(merged)
    }

    /// A metric of the suite's own.
    fn own(&self, name: &str) -> Option<Value> {
        let index = self
            .header
            .metrics
            .iter()
            .position(|own| own.name == name)?;
        let kind = self.header.metrics[index].kind()?;
        let of_metric = |metric: u16| usize::from(metric) == index;
        let mut whole: Option<MetricValues> = None;
        for (key, values) in &self.load.metrics {
            let place = Place {
                scenario: key.scenario,
                step: Some(key.step),
                group: None,
                window: Some(key.window),
                outcome: None,
            };
            if !of_metric(key.metric) || !self.chooses(place) {
                continue;
            }
            match &mut whole {
                Some(whole) => whole.merge(values),
                None => whole = Some(values.clone()),
            }
        }
        Some(match (kind, whole) {
            (MetricKind::Counter, Some(MetricValues::Counter(sum))) => self.sum(sum),
            (MetricKind::Counter, _) => self.sum(0.0),
            (MetricKind::Gauge, Some(MetricValues::Gauge { min, max, last })) => {
                let value = last.1;
                Value::Gauge(Some(Level { value, min, max }))
            }
            (MetricKind::Rate, Some(MetricValues::Rate { trues, total })) => {
                Value::Rate { trues, total }
            }
            (MetricKind::Trend, Some(MetricValues::Trend(values))) => Value::Trend(values),
            (kind, _) => Value::nothing(kind),
        })
    }

    fn requests(&self) -> impl Iterator<Item = (SeriesKey, &SeriesTick)> {
        let series = self.load.series.iter().map(|(key, series)| (*key, series));
        series.filter(|(key, _)| {
            self.chooses(Place {
                scenario: key.scenario,
                step: Some(key.step),
                group: None,
                window: Some(key.window),
                outcome: Some(key.outcome),
            })
        })
    }

    fn checks(&self) -> Value {
        let (mut trues, mut total) = (0, 0);
        for ((scenario, step, check, window), (passes, fails)) in &self.load.checks {
            let named = |name: &str| {
                let step = self.step(*scenario, *step);
                step.and_then(|step| step.checks.get(usize::from(*check)))
                    .is_some_and(|check| check.name == name)
            };
            // A check knows its place and its window, not how the request ended.
            let place = Place {
                scenario: *scenario,
                step: Some(*step),
                group: None,
                window: Some(*window),
                outcome: None,
            };
            let chosen = (self.in_window)(*window)
                && self.selector.tags.iter().all(|(tag, value)| {
                    if tag == "check" {
                        named(value)
                    } else {
                        self.has(place, tag, value)
                    }
                });
            if chosen {
                trues += passes;
                total += passes + fails;
            }
        }
        Value::Rate { trues, total }
    }

    fn contract_violations(&self) -> Value {
        let (mut trues, mut total) = (0, 0);
        for ((scenario, step, window), (kept, violated)) in &self.load.contracts {
            let place = Place {
                scenario: *scenario,
                step: Some(*step),
                group: None,
                window: Some(*window),
                outcome: None,
            };
            if self.chooses(place) {
                trues += violated;
                total += kept + violated;
            }
        }
        Value::Rate { trues, total }
    }

    /// Iterations belong to a scenario as a whole, and to no window.
    fn scenarios(&self) -> impl Iterator<Item = &ScenarioTotals> {
        self.load.scenarios.iter().filter(|total| {
            let place = Place {
                scenario: total.counters.scenario,
                step: None,
                group: None,
                window: None,
                outcome: None,
            };
            let tags = &self.selector.tags;
            tags.iter().all(|(tag, value)| self.has(place, tag, value))
        })
    }

    fn chooses(&self, place: Place) -> bool {
        place.window.is_none_or(|window| (self.in_window)(window))
            && self
                .selector
                .tags
                .iter()
                .all(|(tag, value)| self.has(place, tag, value))
    }

    /// Whether a sample from there carries the tag.
    fn has(&self, place: Place, tag: &str, value: &str) -> bool {
        let Some(scenario) = self.header.scenarios.get(usize::from(place.scenario)) else {
            return false;
        };
        let step = place.step.and_then(|step| self.step(place.scenario, step));
        if place.step.is_some() && step.is_none() {
            return false;
        }
        match tag {
            "scenario" => scenario.name == value,
            "endpoint" => step.is_some_and(|step| step.endpoint == value),
            "method" => step.is_some_and(|step| step.method == value),
            "group" => {
                let group = place.group.map(usize::from);
                let own = group.and_then(|group| scenario.groups.get(group));
                let around = step.map(|step| &step.group).filter(|path| !path.is_empty());
                own.or(around).is_some_and(|path| is_group(value, path))
            }
            "status" => {
                let status = place.outcome.and_then(Outcome::status);
                status.is_some() && value.parse().ok() == status
            }
            "expected_response" => place
                .outcome
                .is_some_and(|outcome| value == if outcome.failed() { "false" } else { "true" }),
            "error" => {
                matches!(place.outcome, Some(Outcome::Error(_)))
                    && outcome_of(value) == place.outcome
            }
            "window" | "fault" => place
                .window
                .and_then(|window| self.summary.window_has(window, tag, value))
                .unwrap_or(false),
            _ => {
                // A step's tag overrides the scenario's.
                let of_step = step.filter(|step| step.tags.iter().any(|(known, _)| known == tag));
                carries(
                    of_step.map_or(&scenario.tags, |step| &step.tags),
                    tag,
                    value,
                )
            }
        }
    }

    fn step(&self, scenario: u16, step: u16) -> Option<&'a StepHeader> {
        let scenario = self.header.scenarios.get(usize::from(scenario))?;
        scenario.steps.get(usize::from(step))
    }
}

/// Whether a tag names a group: by its path as k6 writes it (`::checkout::pay`), or without the
/// first separator.
fn is_group(value: &str, path: &str) -> bool {
    value.strip_prefix("::").unwrap_or(value) == path
}

fn carries(tags: &[(String, String)], tag: &str, value: &str) -> bool {
    tags.iter().any(|(known, of)| known == tag && of == value)
}
