//! When iterations start and how many run at once, by k6's names.

use std::time::Duration;

use rtest_core::plan::{Arrivals, Engine};
use rtest_core::unit::Rate;
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::form::{By, Form, Forms};
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{RateFromZero, Whole, Word};
use crate::shape::{Shape, wrong_type};

/// Virtual users of a scenario at most.
pub(crate) const MAX_VUS: u64 = 100_000;

/// The executors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Executor {
    ConstantVus,
    RampingVus,
    SharedIterations,
    PerVuIterations,
    ConstantArrivalRate,
    RampingArrivalRate,
    Replay,
}

impl Executor {
    const NAMES: [(&'static str, Self); 7] = [
        ("constant-vus", Self::ConstantVus),
        ("ramping-vus", Self::RampingVus),
        ("shared-iterations", Self::SharedIterations),
        ("per-vu-iterations", Self::PerVuIterations),
        ("constant-arrival-rate", Self::ConstantArrivalRate),
        ("ramping-arrival-rate", Self::RampingArrivalRate),
        ("replay", Self::Replay),
    ];
}

impl Word for Executor {
    const WHAT: &'static str = "executor";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

/// Which keys of a scenario belong to which executor.
pub(crate) const BY_EXECUTOR: Forms = Forms {
    by: By::Word("executor"),
    forms: &[
        Form {
            what: "`constant-vus`",
            names: &["constant-vus"],
            required: &["vus", "duration"],
            optional: &[],
            hint: "each virtual user starts again when it is done; for arrivals at a rate the executor is `constant-arrival-rate`",
        },
        Form {
            what: "`ramping-vus`",
            names: &["ramping-vus"],
            required: &["stages"],
            optional: &["start_vus", "graceful_ramp_down"],
            hint: "its `stages` say how long it lasts and how many virtual users it has",
        },
        Form {
            what: "`shared-iterations`",
            names: &["shared-iterations"],
            required: &[],
            optional: &["vus", "iterations", "max_duration"],
            hint: "it ends when all its `iterations` are done, or after `max_duration`",
        },
        Form {
            what: "`per-vu-iterations`",
            names: &["per-vu-iterations"],
            required: &[],
            optional: &["vus", "iterations", "max_duration"],
            hint: "it ends when each virtual user has done its `iterations`, or after `max_duration`",
        },
        Form {
            what: "`constant-arrival-rate`",
            names: &["constant-arrival-rate"],
            required: &["rate", "duration"],
            optional: &["max_vus", "arrivals"],
            hint: "arrivals come at `rate` whatever the answers take; `max_vus` limits how many run at once",
        },
        Form {
            what: "`ramping-arrival-rate`",
            names: &["ramping-arrival-rate"],
            required: &["stages"],
            optional: &["start_rate", "max_vus", "arrivals"],
            hint: "its `stages` say how long it lasts and at which rates; `max_vus` limits how many run at once",
        },
        Form {
            what: "`replay`",
            names: &["replay"],
            required: &["schedule"],
            optional: &["speed", "max_vus"],
            hint: "arrivals come when `schedule` says; `max_vus` limits how many run at once",
        },
    ],
};

impl Word for Engine {
    const WHAT: &'static str = "engine";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

impl Word for Arrivals {
    const WHAT: &'static str = "spacing of arrivals";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

record! {
    /// A stretch of time in which virtual users or the rate go in a straight line to a target.
    RampStage, "a stage" {
        /// How long it lasts; `0s` is a jump.
        duration "duration": required Duration,
        /// What it leads to: virtual users (`50`) for `ramping-vus`, a rate (`200/s`) for `ramping-arrival-rate`.
        target "target": required RampTarget,
    }
}

/// What a stage leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RampTarget {
    /// Virtual users.
    Vus(u32),
    /// A rate, which may be zero.
    Rate(Rate),
}

type Vus = Whole<0, MAX_VUS>;

impl Shape for RampTarget {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            Kind::Text(text) | Kind::Resolved(text) if text.contains('/') => {
                RateFromZero::read(node, found).map(|rate| Self::Rate(rate.0))
            }
            Kind::Number(..) | Kind::Resolved(_) => {
                Vus::read(node, found).map(|vus| Self::Vus(vus.small()))
            }
            _ => {
                let expected = "virtual users such as `50`, or a rate such as `200/s`";
                wrong_type(node, expected, None, found);
                None
            }
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": MAX_VUS },
            RateFromZero::schema(),
        ] })
    }
}
