//! Numbers of a metric: the samples that carry the wanted tags, merged, read once.

mod selection;
mod usage;
mod value;

pub use value::{Level, Sampled, Value};

use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::metric::{MetricContents, MetricKind, MetricSelector, builtin_metric};
use rtest_core::sample::SeriesKey;
use rtest_core::usage::UsageMetric;
use rtest_core::window::WindowId;

use self::selection::Selection;
use crate::record::{LoadHeader, ScenarioHeader, StepHeader};
use crate::run_record::{Ending, RunRecord};

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

/// A metric of a run: one that every run has, or one of the suite's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub kind: MetricKind,
    /// What its values are.
    pub contents: MetricContents,
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

    /// The metric of this name, if the run has it.
    pub fn metric<'n>(&self, name: &'n str) -> Option<Metric<'n>>
    where
        'a: 'n,
    {
        if let Some(builtin) = builtin_metric(name) {
            return Some(Metric {
                name: builtin.name,
                kind: builtin.kind,
                contents: builtin.contents,
            });
        }
        if let Some(usage) = UsageMetric::named(name) {
            return Some(Metric {
                name,
                kind: usage.quantity.kind(),
                contents: usage.quantity.contents(),
            });
        }
        self.own_metrics().find(|own| own.name == name)
    }

    /// The suite's own metrics, in its order.
    pub fn own_metrics(&self) -> impl Iterator<Item = Metric<'a>> + use<'a> {
        let headers = self
            .record
            .header
            .load
            .iter()
            .flat_map(|load| &load.metrics);
        headers.filter_map(|own| {
            Some(Metric {
                name: &own.name,
                kind: own.kind()?,
                contents: own.contents(),
            })
        })
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
        if let Some(metric) = UsageMetric::named(&selector.name) {
            return self.usage_value(metric, selector, in_window);
        }
        let load = self.record.load.as_ref()?;
        let header = self.header()?;
        Selection::new(*self, (header, load), selector, &in_window).value()
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

    /// The window that an instant lies in.
    pub fn window_at(&self, at: RunTime) -> WindowId {
        let windows = &self.record.windows;
        let after = windows.partition_point(|window| window.start <= at);
        WindowId(u16::try_from(after.saturating_sub(1)).unwrap_or(u16::MAX))
    }

    /// When the load began.
    pub(crate) fn load_start(&self) -> Option<RunTime> {
        self.record.load.as_ref().map(|load| load.start)
    }

    /// The names of the faults that are active at an instant.
    pub(crate) fn active_faults(&self, at: RunTime) -> impl Iterator<Item = &'a str> + use<'a> {
        let record = self.record;
        let window = record.windows.get(usize::from(self.window_at(at).0));
        let active = window.map_or(&[][..], |window| &window.active);
        let headers = active.iter();
        headers.filter_map(|fault| {
            let header = record.header.faults.get(usize::from(*fault))?;
            Some(header.name.as_str())
        })
    }

    /// Whether a window carries the tag; `None` where the tag is none of windows.
    fn window_has(&self, window: WindowId, tag: &str, value: &str) -> Option<bool> {
        match tag {
            "window" => Some(self.phase(window).name() == value),
            "fault" => Some(self.has_fault(value, window)),
            _ => None,
        }
    }

    /// Seconds between two instants that lie in the chosen windows.
    fn seconds_in(
        &self,
        (from, until): (RunTime, RunTime),
        chosen: impl Fn(WindowId) -> bool,
    ) -> f64 {
        let windows = &self.record.windows;
        (0..windows.len())
            .filter_map(|index| u16::try_from(index).ok().map(WindowId))
            .filter(|window| chosen(*window))
            .map(|window| {
                let start = windows[usize::from(window.0)].start;
                let next = windows.get(usize::from(window.0) + 1);
                let end = next.map_or(until, |next| next.start.min(until));
                end.since(start.max(from)).as_secs_f64()
            })
            .sum()
    }

    /// Whether the fault of this name is active in the window: a single one, or any of a series.
    fn has_fault(&self, name: &str, window: WindowId) -> bool {
        (0..).zip(&self.record.header.faults).any(|(index, fault)| {
            let is_meant = fault.name == name || fault.series.as_deref() == Some(name);
            is_meant && self.is_active(index, window)
        })
    }

    /// Seconds of load: over which rates are read.
    pub fn load_seconds(&self) -> f64 {
        let (from, until) = self.load_span(|_| true);
        until.since(from).as_secs_f64()
    }

    /// From when until when the chosen scenarios were under load.
    ///
    /// An open scenario's load is as long as its schedule: a second at 10/s is neither one at 11/s
    /// because the last arrival fell due, and was answered, a tenth of a second before its end,
    /// nor one at 9/s because that answer took longer. A closed scenario has no schedule but its
    /// answers, so its load lasts until the last of its iterations has ended, which is at most the
    /// longest one after the last start. A load that was cut short, or is still under way, lasts
    /// until then; so does one that someone changed while it ran, as its plan no longer says how
    /// long it was.
    fn load_span(&self, of: impl Fn(&ScenarioHeader) -> bool) -> (RunTime, RunTime) {
        let Some((load, header)) = self.record.load.as_ref().zip(self.header()) else {
            return (RunTime::ZERO, RunTime::ZERO);
        };
        let as_planned = self.record.ending == Ending::Whole
            && !self.record.is_cut_short()
            && !self.record.load_controlled;
        let mut span: Option<(RunTime, RunTime)> = None;
        for (index, scenario) in header.scenarios.iter().enumerate() {
            if !of(scenario) {
                continue;
            }
            let from = load.start + Duration::from_millis(scenario.starts_ms);
            let until = match scenario.ends_ms.map(Duration::from_millis) {
                Some(ends) if scenario.open && as_planned => load.start + ends,
                Some(ends) if scenario.open => load.end.min(load.start + ends),
                Some(ends) => {
                    let total = load.scenarios.get(index);
                    let overrun = total.map_or(0.0, |it| it.iteration_duration.max_ms() / 1e3);
                    let last = load.start + ends + Duration::from_secs_f64(overrun);
                    load.end.min(last)
                }
                None => load.end,
            };
            span = Some(span.map_or((from, until), |known| {
                (known.0.min(from), known.1.max(until))
            }));
        }
        let (from, until) = span.unwrap_or((load.start, load.end));
        (from.min(until), until)
    }

    /// The names of the scenario and the endpoint of a series.
    pub fn names(&self, key: SeriesKey) -> Option<(&'a str, &'a StepHeader)> {
        let scenario = self.header()?.scenarios.get(usize::from(key.scenario))?;
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

    fn header(&self) -> Option<&'a LoadHeader> {
        self.record.header.load.as_ref()
    }
}
