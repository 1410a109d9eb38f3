use std::time::Duration;

use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::shape::Shape;

/// How long a virtual user thinks.
#[derive(Clone, Debug)]
pub(crate) enum Think {
    /// So long.
    Constant(Duration),
    /// Anything between.
    Between(Box<ThinkKeys>),
}

record! {
    /// Anything between two durations, each as likely.
    ThinkKeys, "`think`" {
        /// The shortest.
        min "min": required Duration,
        /// The longest.
        max "max": required Duration,
    }
}

impl Shape for Think {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => {
                ThinkKeys::read(node, found).map(|keys| Self::Between(Box::new(keys)))
            }
            _ => Duration::read(node, found).map(Self::Constant),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [Duration::schema(), ThinkKeys::schema()] })
    }
}
