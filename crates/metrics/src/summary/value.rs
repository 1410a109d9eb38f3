use rtest_core::Histogram;
use rtest_core::metric::MetricKind;
use rtest_core::threshold::Aggregation;

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
        }
    }

    /// What it is.
    pub const fn kind(&self) -> MetricKind {
        match self {
            Self::Counter { .. } => MetricKind::Counter,
            Self::Gauge(_) => MetricKind::Gauge,
            Self::Rate { .. } => MetricKind::Rate,
            Self::Trend(_) => MetricKind::Trend,
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
