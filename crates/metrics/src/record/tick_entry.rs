//! A load tick as the record writes it: its counters, in an entry. Its histograms are in
//! `load.hlog`.

use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::sample::{
    CheckTick, ContractTick, ErrorExample, ErrorKind, LoadTick, MetricTick, MetricValues, Outcome,
    ScenarioTick, SeriesKey, SeriesTick, ViolationTick,
};
use rtest_core::window::WindowId;
use serde::{Deserialize, Serialize};

use super::entry::nanos;
use super::{ContractEntry, ViolationEntry};

/// The counters of a [`LoadTick`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TickEntry {
    /// Which worker.
    pub worker: u16,
    /// Start of the tick, nanoseconds since the start of the run.
    pub from_ns: u64,
    /// End of the tick.
    pub to_ns: u64,
    /// How many lines of `load.hlog` belong to the tick, in order.
    pub hlog_lines: u32,
    /// Bytes by series.
    pub series: Vec<SeriesEntry>,
    /// Checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckEntry>,
    /// Answers held against contracts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<ContractEntry>,
    /// How they differed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<ViolationEntry>,
    /// Metrics of the suite's own, but for trends: those are histograms alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricEntry>,
    /// Progress by scenario.
    pub scenarios: Vec<ScenarioEntry>,
    /// Examples of errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<ExampleEntry>,
    /// How long the worker's thread ran.
    #[serde(default)]
    pub ran_ns: u64,
    /// How long it waited for a core.
    #[serde(default)]
    pub waited_ns: u64,
}

/// The bytes of one series in a tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesEntry {
    /// Which series.
    #[serde(flatten)]
    pub key: KeyEntry,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Bytes received.
    pub bytes_received: u64,
}

/// A [`SeriesKey`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// Index into the header's scenarios.
    pub scenario: u16,
    /// Index into the scenario's steps.
    pub step: u16,
    /// A status code (`404-expected` where it was asked for), or the name of an error.
    pub outcome: String,
    /// Fault window.
    pub window: u16,
}

/// A [`CheckTick`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields of CheckTick
pub struct CheckEntry {
    pub scenario: u16,
    pub step: u16,
    pub check: u16,
    pub window: u16,
    pub passes: u64,
    pub fails: u64,
}

/// A [`MetricTick`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricEntry {
    /// Index into the header's metrics.
    pub metric: u16,
    /// Index into the header's scenarios.
    pub scenario: u16,
    /// Index into the scenario's steps.
    pub step: u16,
    /// Fault window.
    pub window: u16,
    /// What was added.
    pub values: ValuesEntry,
}

/// The [`MetricValues`] of a metric that is no trend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValuesEntry {
    /// A counter's sum.
    Counter(f64),
    /// A gauge's levels.
    Gauge {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// The latest.
        last: f64,
        /// When that was set.
        last_at_ns: u64,
    },
    /// A rate's counts.
    Rate {
        /// How many were not 0.
        trues: u64,
        /// All.
        total: u64,
    },
}

/// The counters of a [`ScenarioTick`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields of ScenarioTick
pub struct ScenarioEntry {
    pub scenario: u16,
    pub offered: u64,
    pub started: u64,
    pub completed: u64,
    pub interrupted: u64,
    pub dropped: u64,
    pub late: u64,
    pub vus: u64,
    pub vus_max: u64,
}

/// An example of an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleEntry {
    /// Which series.
    #[serde(flatten)]
    pub key: KeyEntry,
    /// What happened.
    pub message: String,
}

impl TickEntry {
    /// The entry of a tick of which `hlog_lines` histograms were written.
    pub(super) fn new(tick: &LoadTick, hlog_lines: u32) -> Self {
        Self {
            worker: tick.worker,
            from_ns: tick.from.as_nanos(),
            to_ns: tick.to.as_nanos(),
            hlog_lines,
            series: tick
                .series
                .iter()
                .map(|series| SeriesEntry {
                    key: series.key.into(),
                    bytes_sent: series.bytes_sent,
                    bytes_received: series.bytes_received,
                })
                .collect(),
            checks: tick.checks.iter().map(CheckEntry::from).collect(),
            contracts: tick.contracts.iter().map(ContractEntry::from).collect(),
            violations: tick.violations.iter().map(ViolationEntry::from).collect(),
            metrics: tick.metrics.iter().filter_map(MetricEntry::new).collect(),
            scenarios: tick.scenarios.iter().map(ScenarioEntry::from).collect(),
            examples: tick
                .examples
                .iter()
                .map(|example| ExampleEntry {
                    key: example.key.into(),
                    message: example.message.clone(),
                })
                .collect(),
            ran_ns: nanos(tick.ran),
            waited_ns: nanos(tick.waited),
        }
    }

    /// The tick without its histograms, and so without groups and trends; and without the series
    /// of outcomes that only a newer rtest knows.
    pub(super) fn tick(&self) -> LoadTick {
        let series = self.series.iter().filter_map(|series| {
            let mut tick = SeriesTick::new(series.key.key()?);
            tick.bytes_sent = series.bytes_sent;
            tick.bytes_received = series.bytes_received;
            Some(tick)
        });
        let examples = self.examples.iter().filter_map(|example| {
            Some(ErrorExample {
                key: example.key.key()?,
                message: example.message.clone(),
            })
        });
        LoadTick {
            worker: self.worker,
            from: RunTime::from_nanos(self.from_ns),
            to: RunTime::from_nanos(self.to_ns),
            series: series.collect(),
            checks: self.checks.iter().map(CheckTick::from).collect(),
            contracts: self.contracts.iter().map(ContractTick::from).collect(),
            violations: self.violations.iter().map(ViolationTick::from).collect(),
            scenarios: self.scenarios.iter().map(ScenarioTick::from).collect(),
            groups: Vec::new(),
            metrics: self.metrics.iter().map(MetricTick::from).collect(),
            ran: Duration::from_nanos(self.ran_ns),
            waited: Duration::from_nanos(self.waited_ns),
            examples: examples.collect(),
        }
    }
}

impl MetricEntry {
    /// `None` for a trend.
    fn new(tick: &MetricTick) -> Option<Self> {
        let values = match &tick.values {
            MetricValues::Counter(sum) => ValuesEntry::Counter(*sum),
            MetricValues::Gauge { min, max, last } => ValuesEntry::Gauge {
                min: *min,
                max: *max,
                last: last.1,
                last_at_ns: last.0.as_nanos(),
            },
            MetricValues::Rate { trues, total } => ValuesEntry::Rate {
                trues: *trues,
                total: *total,
            },
            MetricValues::Trend(_) => return None,
        };
        Some(Self {
            metric: tick.metric,
            scenario: tick.scenario,
            step: tick.step,
            window: tick.window.0,
            values,
        })
    }
}

impl From<&MetricEntry> for MetricTick {
    fn from(entry: &MetricEntry) -> Self {
        let values = match entry.values {
            ValuesEntry::Counter(sum) => MetricValues::Counter(sum),
            ValuesEntry::Gauge {
                min,
                max,
                last,
                last_at_ns,
            } => MetricValues::Gauge {
                min,
                max,
                last: (RunTime::from_nanos(last_at_ns), last),
            },
            ValuesEntry::Rate { trues, total } => MetricValues::Rate { trues, total },
        };
        Self {
            metric: entry.metric,
            scenario: entry.scenario,
            step: entry.step,
            window: WindowId(entry.window),
            values,
        }
    }
}

impl From<SeriesKey> for KeyEntry {
    fn from(key: SeriesKey) -> Self {
        Self {
            scenario: key.scenario,
            step: key.step,
            outcome: outcome_name(key.outcome),
            window: key.window.0,
        }
    }
}

impl KeyEntry {
    /// The key, unless the outcome is neither a status nor the name of an error.
    pub fn key(&self) -> Option<SeriesKey> {
        Some(SeriesKey {
            scenario: self.scenario,
            step: self.step,
            outcome: outcome_of(&self.outcome)?,
            window: WindowId(self.window),
        })
    }
}

/// After a status that would have been a failure, had it not been expected.
const EXPECTED: &str = "-expected";

/// `200`, `404-expected`, or `timeout`.
pub fn outcome_name(outcome: Outcome) -> String {
    match outcome {
        Outcome::Status(status) => status.to_string(),
        Outcome::Expected(status) => format!("{status}{EXPECTED}"),
        Outcome::Error(kind) => kind.name().to_owned(),
    }
}

/// The outcome that [`outcome_name`] names so.
pub fn outcome_of(name: &str) -> Option<Outcome> {
    if let Ok(status) = name.parse() {
        return Some(Outcome::Status(status));
    }
    if let Some(status) = name.strip_suffix(EXPECTED) {
        return status.parse().ok().map(Outcome::Expected);
    }
    ErrorKind::NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| Outcome::Error(*kind))
}

impl From<&CheckTick> for CheckEntry {
    fn from(tick: &CheckTick) -> Self {
        Self {
            scenario: tick.scenario,
            step: tick.step,
            check: tick.check,
            window: tick.window.0,
            passes: tick.passes,
            fails: tick.fails,
        }
    }
}

impl From<&CheckEntry> for CheckTick {
    fn from(entry: &CheckEntry) -> Self {
        Self {
            scenario: entry.scenario,
            step: entry.step,
            check: entry.check,
            window: WindowId(entry.window),
            passes: entry.passes,
            fails: entry.fails,
        }
    }
}

impl From<&ScenarioTick> for ScenarioEntry {
    fn from(tick: &ScenarioTick) -> Self {
        Self {
            scenario: tick.scenario,
            offered: tick.offered,
            started: tick.started,
            completed: tick.completed,
            interrupted: tick.interrupted,
            dropped: tick.dropped,
            late: tick.late,
            vus: tick.vus,
            vus_max: tick.vus_max,
        }
    }
}

impl From<&ScenarioEntry> for ScenarioTick {
    fn from(entry: &ScenarioEntry) -> Self {
        Self {
            scenario: entry.scenario,
            offered: entry.offered,
            started: entry.started,
            completed: entry.completed,
            interrupted: entry.interrupted,
            dropped: entry.dropped,
            late: entry.late,
            vus: entry.vus,
            vus_max: entry.vus_max,
            iteration_duration: Histogram::default(),
            dispatch_lag: Histogram::default(),
        }
    }
}
