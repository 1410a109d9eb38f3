use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::file::load::ConditionKeys;
use crate::form::{By, Form, Forms};
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::Whole;
use crate::shape::Shape;

/// How often steps are taken.
#[derive(Clone, Debug)]
pub(crate) enum Repeat {
    /// So often.
    Times(Times),
    /// As the mapping says.
    Keys(Box<RepeatKeys>),
}

/// How often a loop goes round at most.
type Times = Whole<1, 1_000_000>;

/// Only a condition needs a bound beside it.
const BY_KIND: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "`times`",
            names: &["times"],
            required: &[],
            optional: &[],
            hint: "",
        },
        Form {
            what: "`while`",
            names: &["while"],
            required: &["at_most"],
            optional: &[],
            hint: "",
        },
    ],
};

record! {
    /// How often steps are taken.
    RepeatKeys, "a loop", one of ["times", "while"], forms BY_KIND {
        /// So often.
        times "times": optional Times,
        /// As long as this holds, looked at before each time.
        condition "while": optional ConditionKeys,
        /// But not more often than this. Beside `while`.
        at_most "at_most": optional Times,
    }
}

impl Shape for Repeat {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => {
                RepeatKeys::read(node, found).map(|keys| Self::Keys(Box::new(keys)))
            }
            _ => Times::read(node, found).map(Self::Times),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [Times::schema(), RepeatKeys::schema()] })
    }
}
