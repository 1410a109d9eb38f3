use std::time::Duration;

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::shape::Shape;

/// A gate on a metric.
#[derive(Clone, Debug)]
pub(crate) enum Gate {
    /// Judged at the end.
    Expression(String),
    /// Which may also end the load.
    Keys(Box<GateKeys>),
}

record! {
    /// A gate that may end the load.
    GateKeys, "a threshold" {
        /// The bound: `p(95)<300`.
        threshold "threshold": required String,
        /// Ends the load as soon as the bound is broken; `false` where absent.
        abort_on_fail "abort_on_fail": optional bool,
        /// How long after the start that is looked at for the first time; at once where absent.
        delay_abort_eval "delay_abort_eval": optional Duration,
    }
}

impl Shape for Gate {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => GateKeys::read(node, found).map(|keys| Self::Keys(Box::new(keys))),
            _ => String::read(node, found).map(Self::Expression),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [String::schema(), GateKeys::schema()] })
    }
}
