//! The `load` section, key by key.

mod auth;
mod body;
mod capture;
mod choose;
mod condition;
mod executor;
mod feeder;
mod http;
mod metric;
mod repeat;
mod scenario;
mod step;
mod think;
mod threshold;

pub(crate) use auth::{Auth, Login};
pub(crate) use body::{Fields, PartValue};
pub(crate) use capture::{Capture, CaptureKeys, Measure, MeasureKeys};
pub(crate) use choose::Weighted;
pub(crate) use condition::ConditionKeys;
pub(crate) use executor::{Executor, RampStage, RampTarget};
pub(crate) use feeder::Feeder;
pub(crate) use http::{Http, Proxy, Tls};
pub(crate) use metric::Metric;
pub(crate) use repeat::Repeat;
pub(crate) use scenario::Scenario;
pub(crate) use step::{Step, StepKeys};
pub(crate) use think::Think;
pub(crate) use threshold::Gate;

use rtest_core::plan::Pacing;

use crate::collection::{List, Named, OneOrMany};
use crate::record::record;
use crate::scalar::{Choice, Positive, Word};

record! {
    /// Load on one target, and the thresholds that it must meet.
    Load, "load" {
        /// A service's name, or `http[s]://host[:port]`.
        target "target": required String,
        /// How HTTP is spoken to the target.
        http "http": optional Http,
        /// From when a virtual user turns to a request to its last byte; 60s where absent. Steps may set their own.
        timeout "timeout": optional Positive,
        /// How closely arrivals keep their schedule: `coalesced` (the default: cheapest, half a millisecond late on average), `precise` (tens of microseconds) or `spin` (a few, and a whole core for each worker).
        pacing "pacing": optional Choice<Pacing>,
        /// Steps taken once before all scenarios, and not in the results. What they capture is there for all.
        setup "setup": optional List<Step, 1>,
        /// Scenarios by name, all in parallel.
        scenarios "scenarios": required Named<Scenario, 1>,
        /// Steps taken once after all scenarios, also where those failed, and not in the results.
        teardown "teardown": optional List<Step, 1>,
        /// Metrics of the suite's own by name: `counter`, `gauge`, `rate` or `trend`. Steps feed them by `measure`.
        metrics "metrics": optional Named<Metric>,
        /// Gates: a metric, or a part of it such as `http_req_duration{endpoint:/users}`, to expressions such as `p(95)<300`.
        thresholds "thresholds": optional Named<OneOrMany<Gate>>,
    }
}

impl Word for Pacing {
    const WHAT: &'static str = "pacing";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}
