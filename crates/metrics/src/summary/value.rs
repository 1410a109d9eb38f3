use rtest_core::Histogram;
use rtest_core::metric::MetricKind;
use rtest_core::threshold::Aggregation;

use crate::usage_record::UsagePoint;

/// What a metric holds for a selection of samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A sum, and the seconds over which it came together.
    Counter {
        /// The sum; whole numbers but for metrics of a suite's own.
        count: f64,
        /// Seconds of load.
        seconds: f64,
    },
    /// A level; `None` where it was never set.
    Gauge(Option<Level>),
    /// A share.
    Rate {
        /// How many were true: failed requests, checks that held.
        trues: u64,
        /// How many there were.
        total: u64,
    },
    /// A distribution.
    Trend(Histogram),
    /// A level that was sampled all the time; `None` where it never was.
    Level(Option<Sampled>),
}

/// The levels of a gauge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The latest; of virtual users the highest.
    pub value: f64,
    /// The lowest; of virtual users 0, with which each run begins.
    pub min: f64,
    /// The highest.
    pub max: f64,
}

/// A level that was sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampled {
    /// Its latest, lowest and highest value.
    pub level: Level,
    /// The mean of all samples.
    pub avg: f64,
    /// How many there are.
    pub samples: u64,
}

impl Sampled {
    /// What samples come to; `None` where there are none.
    pub fn of<'p>(points: impl IntoIterator<Item = &'p UsagePoint>) -> Option<Self> {
        let (mut samples, mut sum, mut level) = (0_u64, 0.0, None::<Level>);
        for point in points {
            let value = point.value;
            samples += 1;
            sum += value;
            let known = level.get_or_insert(Level {
                value,
                min: value,
                max: value,
            });
            known.value = value;
            known.min = known.min.min(value);
            known.max = known.max.max(value);
        }
        Some(Self {
            level: level?,
            avg: sum / samples as f64,
            samples,
        })
    }
}

impl Value {
    /// A metric of this kind of which there is nothing.
    pub fn nothing(kind: MetricKind) -> Self {
        match kind {
            MetricKind::Counter => Self::Counter {
                count: 0.0,
                seconds: 0.0,
            },
            MetricKind::Gauge => Self::Gauge(None),
            MetricKind::Rate => Self::Rate { trues: 0, total: 0 },
            MetricKind::Trend => Self::Trend(Histogram::default()),
            MetricKind::Level => Self::Level(None),
        }
    }

    /// What it is.
    pub const fn kind(&self) -> MetricKind {
        match self {
            Self::Counter { .. } => MetricKind::Counter,
            Self::Gauge(_) => MetricKind::Gauge,
            Self::Rate { .. } => MetricKind::Rate,
            Self::Trend(_) => MetricKind::Trend,
            Self::Level(_) => MetricKind::Level,
        }
    }

    /// How many samples stand behind the value: of a counter as many as it counted, of a gauge
    /// one where it was set.
    pub fn samples(&self) -> u64 {
        match self {
            Self::Counter { count, .. } => count.abs().ceil() as u64,
            Self::Gauge(level) => u64::from(level.is_some()),
            Self::Rate { total, .. } => *total,
            Self::Trend(histogram) => histogram.len(),
            Self::Level(sampled) => sampled.map_or(0, |sampled| sampled.samples),
        }
    }

    /// The number that an aggregation reads; `None` without samples, or where the metric has no
    /// such aggregation. Trends are in ms, or in the unit of a suite's own metric.
    pub fn read(&self, aggregation: Aggregation) -> Option<f64> {
        match (self, aggregation) {
            // A sum of nothing is a sum: zero.
            (Self::Counter { count, .. }, Aggregation::Count) => Some(*count),
            (Self::Counter { count, seconds }, Aggregation::Rate) => {
                (*seconds > 0.0).then(|| count / seconds)
            }
            (Self::Gauge(level), Aggregation::Value) => level.map(|level| level.value),
            (Self::Gauge(level), Aggregation::Min) => level.map(|level| level.min),
            (Self::Gauge(level), Aggregation::Max) => level.map(|level| level.max),
            (Self::Level(sampled), aggregation) => {
                let sampled = (*sampled)?;
                match aggregation {
                    Aggregation::Value => Some(sampled.level.value),
                    Aggregation::Avg => Some(sampled.avg),
                    Aggregation::Min => Some(sampled.level.min),
                    Aggregation::Max => Some(sampled.level.max),
                    _ => None,
                }
            }
            (Self::Rate { total: 0, .. }, _) => None,
            (Self::Rate { trues, total }, Aggregation::Rate) => Some(*trues as f64 / *total as f64),
            (Self::Rate { trues, .. }, Aggregation::Count) => Some(*trues as f64),
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
