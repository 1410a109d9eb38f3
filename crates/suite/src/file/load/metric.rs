use rtest_core::metric::MetricKind;
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Choice, Word};
use crate::shape::Shape;

/// A metric of the suite's own.
#[derive(Clone, Debug)]
pub(crate) enum Metric {
    /// Its kind alone.
    Kind(MetricKind),
    /// Its kind, and what else there is to say.
    Keys(Box<MetricKeys>),
}

record! {
    /// A metric of the suite's own.
    MetricKeys, "a metric" {
        /// What it holds: `counter` (a sum), `gauge` (the latest value), `rate` (the share of values that are not 0) or `trend` (a distribution).
        kind "kind": required Choice<MetricKind>,
        /// Whether the values of a trend are milliseconds; `false` where absent.
        time "time": optional bool,
    }
}

impl Word for MetricKind {
    const WHAT: &'static str = "kind of metric";

    fn words() -> Vec<(&'static str, Self)> {
        [Self::Counter, Self::Gauge, Self::Rate, Self::Trend]
            .map(|kind| (kind.name(), kind))
            .to_vec()
    }
}

impl Shape for Metric {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => {
                MetricKeys::read(node, found).map(|keys| Self::Keys(Box::new(keys)))
            }
            _ => Choice::read(node, found).map(|kind: Choice<_>| Self::Kind(kind.0)),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [Choice::<MetricKind>::schema(), MetricKeys::schema()] })
    }
}
