use std::time::Duration;

use rtest_core::Template;
use rtest_core::unit::Rate;
use serde_json::{Value, json};

use crate::collection::{List, Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::file::Check;
use crate::node::Node;
use crate::record::record;
use crate::scalar::{Choice, Json, Positive, Whole, Word};
use crate::shape::{Entry, Field, Shape};

record! {
    /// Load on one target, and the thresholds that it must meet.
    Load, "load" {
        /// A service's name, or `http://host[:port]`.
        target "target": required String,
        /// From sending a request to its last byte; 60s where absent. Steps may set their own.
        timeout "timeout": optional Positive,
        /// Scenarios by name, all in parallel.
        scenarios "scenarios": required Named<Scenario, 1>,
        /// Gates: a metric, or a part of it such as `http_req_duration{endpoint:/users}`, to expressions such as `p(95)<300`.
        thresholds "thresholds": optional Named<OneOrMany<String>>,
    }
}

record! {
    /// Who sends what, when, for how long.
    ScenarioKeys, "a scenario" {
        /// When iterations start and how many run at once.
        executor "executor": required Choice<Executor>,
        /// Iterations per unit of time: `200/s`. Of `constant-arrival-rate`.
        rate "rate": optional Rate,
        /// For how long iterations are started.
        duration "duration": required Positive,
        /// Virtual users at most. Of `constant-arrival-rate`; as many as the rate needs when every request takes its whole timeout, but at most 1000, where absent.
        max_vus "max_vus": optional Whole<1, 100_000>,
        /// Virtual users. Of `constant-vus`.
        vus "vus": optional Whole<1, 100_000>,
        /// Tags of every sample of the scenario.
        tags "tags": optional Named<String>,
        /// When it starts, from the start of the load; at once where absent.
        start_time "start_time": optional Duration,
        /// How long running iterations may take to end after `duration`; 30s where absent.
        graceful_stop "graceful_stop": optional Duration,
        /// What an iteration does, in order.
        flow "flow": required List<Step, 1>,
    }
}

/// A scenario's keys.
#[derive(Clone, Debug)]
pub(crate) struct Scenario(pub(crate) ScenarioKeys);

impl Shape for Scenario {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        ScenarioKeys::read(node, found).map(Self)
    }

    /// The record's schema, and that each executor has its own keys.
    fn schema() -> Value {
        let mut schema = ScenarioKeys::schema();
        schema["allOf"] = Executor::ALL
            .iter()
            .map(|executor| {
                let foreign = executor
                    .foreign_keys()
                    .map(|key| (key.to_owned(), json!(false)));
                json!({
                    "if": { "properties": { "executor": { "const": executor.name() } } },
                    "then": {
                        "required": executor.required_keys(),
                        "properties": foreign.collect::<serde_json::Map<_, _>>(),
                    },
                })
            })
            .collect();
        schema
    }
}

/// The executors, by k6's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Executor {
    ConstantArrivalRate,
    ConstantVus,
}

impl Executor {
    /// Every executor.
    pub(crate) const ALL: [Self; 2] = [Self::ConstantArrivalRate, Self::ConstantVus];

    /// k6's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ConstantArrivalRate => "constant-arrival-rate",
            Self::ConstantVus => "constant-vus",
        }
    }

    /// Keys that a scenario with this executor needs beyond those that all need.
    pub(crate) const fn required_keys(self) -> &'static [&'static str] {
        match self {
            Self::ConstantArrivalRate => &["rate"],
            Self::ConstantVus => &["vus"],
        }
    }

    /// Keys that a scenario with this executor may have beyond those.
    const fn optional_keys(self) -> &'static [&'static str] {
        match self {
            Self::ConstantArrivalRate => &["max_vus"],
            Self::ConstantVus => &[],
        }
    }

    fn owns(self, key: &str) -> bool {
        self.required_keys().contains(&key) || self.optional_keys().contains(&key)
    }

    /// Keys that only other executors have.
    pub(crate) fn foreign_keys(self) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .flat_map(|other| other.required_keys().iter().chain(other.optional_keys()))
            .copied()
            .filter(move |key| !self.owns(key))
    }
}

impl Word for Executor {
    const WHAT: &'static str = "executor";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL
            .map(|executor| (executor.name(), executor))
            .to_vec()
    }
}

record! {
    /// One thing that an iteration does: a request, or a pause.
    Step, "a step", one of ["get", "post", "put", "patch", "delete", "head", "options", "think"] {
        /// Sends a GET request to this path below the target.
        get "get": optional Template,
        /// Sends a POST request to this path below the target.
        post "post": optional Template,
        /// Sends a PUT request to this path below the target.
        put "put": optional Template,
        /// Sends a PATCH request to this path below the target.
        patch "patch": optional Template,
        /// Sends a DELETE request to this path below the target.
        delete "delete": optional Template,
        /// Sends a HEAD request to this path below the target.
        head "head": optional Template,
        /// Sends an OPTIONS request to this path below the target.
        options "options": optional Template,
        /// Waits this long, as a person would between two clicks.
        think "think": optional Duration,
        /// The endpoint's name in tags and reports; the path with `:name` for its holes where absent.
        name "name": optional String,
        /// Request headers.
        headers "headers": optional Named<Template>,
        /// A JSON body, of any shape; `content-type: application/json` is added.
        json "json": optional Json,
        /// A body of plain text.
        body "body": optional Template,
        /// What the answer is expected to be; counted in the metric `checks`.
        check "check": optional Check,
        /// Tags of the request's samples.
        tags "tags": optional Named<String>,
        /// From sending to the last byte; `load.timeout` where absent.
        timeout "timeout": optional Positive,
    }
}

impl Step {
    /// The request's method and path, where the step is a request.
    pub(crate) fn request(&self) -> Option<(&'static str, &Entry<Template>)> {
        [
            ("GET", &self.get),
            ("POST", &self.post),
            ("PUT", &self.put),
            ("PATCH", &self.patch),
            ("DELETE", &self.delete),
            ("HEAD", &self.head),
            ("OPTIONS", &self.options),
        ]
        .into_iter()
        .find_map(|(method, path): (_, &Field<_>)| Some((method, path.entry()?)))
    }
}
