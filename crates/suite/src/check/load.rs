//! Load: target, protocol, scenarios, metrics; its thresholds are checked when all tags are known.

mod auth;
pub(super) mod body;
pub(super) mod capture;
mod condition;
mod contract;
mod executor;
mod feeder;
mod flow;
mod goose;
mod http;
mod metric;
mod patience;
mod ramp;
mod request;
mod rows;
mod scenario;
mod schedule;

pub(super) use http::tls;
pub(super) use metric::Metrics;

use std::time::Duration;

use rtest_core::plan::{
    HttpPlan, LoadPlan, Pacing, ScenarioPlan, Step as StepPlan, Target, ThresholdPlan,
};
use rtest_core::{Code, Diagnostic};

use crate::check::{Context, reference};
use crate::collection::List;
use crate::file::{Load, Step};
use crate::shape::Field;
use flow::{Section, Walk};

/// From when a virtual user turns to a request to its last byte, where the suite says nothing;
/// k6's default.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Scenarios at most; far more than one load has.
const MAX_SCENARIOS: usize = 100;

/// The load as far as it stands without its thresholds: they name faults, and faults end with
/// the load.
#[derive(Debug, Default)]
pub(super) struct Driven {
    /// What is loaded; `None` where that could not be read.
    pub(super) target: Option<Target>,
    /// The scenarios that could be read.
    pub(super) scenarios: Vec<ScenarioPlan>,
    /// The suite's own metrics.
    pub(super) metrics: Metrics,
    /// Whether the scenarios are all of them, with all their steps.
    pub(super) is_complete: bool,
    http: Option<HttpPlan>,
    setup: Vec<StepPlan>,
    teardown: Vec<StepPlan>,
    pacing: Pacing,
}

impl Driven {
    /// When the last scenario starts its last iteration, from the start of the load; `None` where
    /// a scenario could not be read.
    pub(super) fn end(&self) -> Option<Duration> {
        let ends = self.scenarios.iter().map(ScenarioPlan::end);
        ends.max().filter(|_| self.is_complete)
    }

    /// The plan, if everything could be read.
    pub(super) fn into_plan(self, thresholds: Vec<ThresholdPlan>) -> Option<LoadPlan> {
        let length = self.end()?;
        Some(LoadPlan {
            http: self.http?,
            setup: self.setup,
            teardown: self.teardown,
            metrics: self.metrics.plans,
            thresholds,
            pacing: self.pacing,
            tick: LoadPlan::tick_for(length),
            ..LoadPlan::new(self.target?, self.scenarios)
        })
    }
}

/// What steps take from the load around them.
struct Surroundings<'a> {
    load: &'a Load,
    timeout: Duration,
    metrics: &'a Metrics,
}

/// Checks everything but the thresholds.
pub(super) fn check(load: &Load, cx: &mut Context<'_>) -> Driven {
    let target = load
        .target
        .spanned()
        .and_then(|target| reference::target(target, cx));
    let http = http::check(&load.http, target.as_ref(), cx);
    let metrics = Metrics::of(&load.metrics, cx.found);
    let around = Surroundings {
        load,
        timeout: load.timeout.value().map_or(TIMEOUT, |timeout| timeout.0),
        metrics: &metrics,
    };
    let outside = std::mem::take(&mut cx.scope);
    let setup = once(&load.setup, Section::Setup, &around, cx);
    let after_setup = cx.scope.clone();
    let entries = load.scenarios.value().map(|named| named.0.as_slice());
    let mut entries = entries.unwrap_or_default();
    let mut scenarios = Vec::new();
    let mut is_complete = load.scenarios.value().is_some();
    if let (Some(key), true) = (load.scenarios.key(), entries.len() > MAX_SCENARIOS) {
        let message = format!("a load has at most {MAX_SCENARIOS} scenarios");
        cx.found
            .add(Diagnostic::new(Code::OutOfRange, message).at(key));
        entries = &[];
        is_complete = false;
    }
    for entry in entries {
        cx.scope.clone_from(&after_setup);
        match scenario::check(entry, &around, cx) {
            Some(scenario) => {
                is_complete &= scenario.is_complete;
                scenarios.push(scenario.plan);
            }
            None => is_complete = false,
        }
    }
    cx.scope = after_setup;
    let teardown = once(&load.teardown, Section::Teardown, &around, cx);
    cx.scope = outside;
    if is_complete {
        metrics.refuse_unmeasured(&scenarios, cx.found);
    }
    Driven {
        target,
        scenarios,
        metrics,
        is_complete,
        http,
        setup,
        teardown,
        pacing: load
            .pacing
            .value()
            .map(|pacing| pacing.0)
            .unwrap_or_default(),
    }
}

/// Steps outside of scenarios.
fn once(
    steps: &Field<List<Step, 1>>,
    section: Section,
    around: &Surroundings<'_>,
    cx: &mut Context<'_>,
) -> Vec<StepPlan> {
    let elsewhere = flow::captured(steps.value());
    cx.scope = cx.scope.with(&[], elsewhere);
    Walk::new(section, around, cx).section(steps).steps
}
