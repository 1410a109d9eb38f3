//! Load: who sends what, when, over what, and what the numbers must be.

mod contract;
mod engine;
mod executor;
mod feeder;
mod http;
mod step;

pub use contract::{AnswerJudge, ContractStep, InteractionPlan};
pub use engine::Engine;
pub use executor::{Arrivals, ExecutorPlan, RateStage, VuStage};
pub use feeder::{AtEnd, FeederPlan, FeederSource, Pick};
pub use http::{
    AuthPlan, ClientCertificate, ConnectionsPlan, Cookies, DnsPlan, HttpPlan, HttpVersion,
    ProxyPlan, Reuse, TimeoutsPlan, TlsPlan,
};
pub use step::{
    Body, CapturePlan, CheckPlan, Choice, Condition, Extractor, MeasurePlan, MeasuredValue, Part,
    PartContent, Repeat, RequestStep, Step, StepKind, Think,
};

use std::time::Duration;

use crate::metric::MetricKind;
use crate::plan::Target;
use crate::span::Span;
use crate::threshold::Threshold;

/// Load on one target.
#[derive(Clone, Debug)]
pub struct LoadPlan {
    /// What is loaded.
    pub target: Target,
    /// How HTTP is spoken to it.
    pub http: HttpPlan,
    /// Scenarios, all in parallel.
    pub scenarios: Vec<ScenarioPlan>,
    /// Done once before the first scenario; what it captures is there for all. Not in the results.
    /// Where a step of it fails (no answer, a status of 400 or above that it does not check for, a
    /// check that does not hold, a capture that finds nothing), nothing is run.
    pub setup: Vec<Step>,
    /// Done once after the last scenario, also where that or the setup failed or was cut off; for a
    /// minute at most. Not in the results.
    pub teardown: Vec<Step>,
    /// Metrics of the suite's own; [`MeasurePlan::metric`] is an index into them.
    pub metrics: Vec<CustomMetric>,
    /// Gates on the metrics.
    pub thresholds: Vec<ThresholdPlan>,
    /// How closely the schedule is kept.
    pub pacing: Pacing,
    /// Which part of the plan this process runs.
    pub shard: Shard,
    /// Length of a tick: the resolution of charts.
    pub tick: Duration,
}

impl LoadPlan {
    /// Scenarios on a target, everything else as a suite has it that says nothing of it.
    pub fn new(target: Target, scenarios: Vec<ScenarioPlan>) -> Self {
        let ends = scenarios.iter().map(ScenarioPlan::end);
        Self {
            tick: Self::tick_for(ends.max().unwrap_or_default()),
            target,
            http: HttpPlan::default(),
            scenarios,
            setup: Vec::new(),
            teardown: Vec::new(),
            metrics: Vec::new(),
            thresholds: Vec::new(),
            pacing: Pacing::default(),
            shard: Shard::default(),
        }
    }

    /// A tick that gives a run of this length some eighty points on a chart: 250 ms for runs of
    /// up to a minute, then 1 s, and 5 s beyond an hour.
    pub fn tick_for(duration: Duration) -> Duration {
        match duration.as_secs() {
            0..=60 => Duration::from_millis(250),
            61..=3600 => Duration::from_secs(1),
            _ => Duration::from_secs(5),
        }
    }
}

/// Who sends what, when, for how long.
#[derive(Clone, Debug)]
pub struct ScenarioPlan {
    /// Its unique name.
    pub name: String,
    /// What sends its requests.
    pub engine: Engine,
    /// When iterations start and how many run at once.
    pub executor: ExecutorPlan,
    /// What an iteration does.
    pub flow: Vec<Step>,
    /// What each virtual user does before its first iteration; what it captures is there in all of
    /// them. Not in the results, and the iteration counts from its end. Where a step of it fails,
    /// the iteration has failed, too, and the next one tries again.
    pub before: Vec<Step>,
    /// What each virtual user does after its last iteration, unless that was cut off. Not in the
    /// results.
    pub after: Vec<Step>,
    /// Where iterations get their data from.
    pub feeders: Vec<FeederPlan>,
    /// Tags of every sample of the scenario.
    pub tags: Vec<(String, String)>,
    /// When it starts, from the start of the load.
    pub start_time: Duration,
    /// How long running iterations may take to end after its duration is over.
    pub graceful_stop: Duration,
    /// Its entry in the suite.
    pub span: Span,
}

impl ScenarioPlan {
    /// When it starts its last iteration at the latest, from the start of the load.
    pub fn end(&self) -> Duration {
        self.start_time + self.executor.duration()
    }

    /// The requests of the flow with the groups that they are in, in the order in which they are
    /// written. [`SeriesKey::step`](crate::sample::SeriesKey::step) is a position in this order.
    pub fn requests(&self) -> Vec<FlowRequest<'_>> {
        let mut found = Vec::new();
        collect_requests(&self.flow, &mut Vec::new(), &mut found);
        found
    }

    /// The groups of the flow by their paths (`checkout`, `checkout::pay`), each once, in the
    /// order in which they are first written.
    /// [`GroupTick::group`](crate::sample::GroupTick::group) is a position in this order.
    pub fn groups(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect_groups(&self.flow, "", &mut found);
        found
    }
}

/// A request of a flow, and where it stands.
#[derive(Clone, Debug)]
pub struct FlowRequest<'a> {
    /// The request.
    pub request: &'a RequestStep,
    /// Its entry in the suite.
    pub span: &'a Span,
    /// The groups around it, outermost first.
    pub groups: Vec<&'a str>,
}

fn collect_requests<'a>(
    steps: &'a [Step],
    groups: &mut Vec<&'a str>,
    found: &mut Vec<FlowRequest<'a>>,
) {
    for step in steps {
        if let StepKind::Request(request) = &step.kind {
            found.push(FlowRequest {
                request,
                span: &step.span,
                groups: groups.clone(),
            });
        }
        let group = step.kind.group();
        groups.extend(group);
        for steps in step.kind.children() {
            collect_requests(steps, groups, found);
        }
        groups.truncate(groups.len() - usize::from(group.is_some()));
    }
}

fn collect_groups(steps: &[Step], around: &str, found: &mut Vec<String>) {
    for step in steps {
        let path = match step.kind.group() {
            Some(name) if around.is_empty() => name.to_owned(),
            Some(name) => format!("{around}::{name}"),
            None => around.to_owned(),
        };
        if step.kind.group().is_some() && !found.contains(&path) {
            found.push(path.clone());
        }
        for steps in step.kind.children() {
            collect_groups(steps, &path, found);
        }
    }
}

/// A metric of the suite's own.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomMetric {
    /// Its unique name; no built-in metric has it.
    pub name: String,
    /// What it holds.
    pub kind: MetricKind,
    /// Whether a trend's values are milliseconds; otherwise they have no unit.
    pub is_time: bool,
    /// Its entry in the suite.
    pub span: Span,
}

/// How closely an open model keeps its schedule. The lag is measured and reported in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// One wake a millisecond hands out all that is due: the cheapest; half a millisecond late on
    /// average.
    #[default]
    Coalesced,
    /// A timer of its own for each arrival: tens of microseconds late, two to three times the CPU
    /// at low rates.
    Precise,
    /// Never sleeps: a few microseconds late, a whole core for each worker.
    Spin,
}

impl Pacing {
    /// Every pacing with its name in a suite.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("coalesced", Self::Coalesced),
        ("precise", Self::Precise),
        ("spin", Self::Spin),
    ];

    /// The name in a suite.
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, pacing)| *pacing == self);
        named.map_or("", |(name, _)| name)
    }
}

/// A part of a plan: of everything that is numbered (arrivals, virtual users, rows of data), the
/// item `j` belongs to shard `j mod of`. All shards together are the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: u32,
    /// Of how many, at least 1.
    pub of: u32,
}

/// The whole.
impl Default for Shard {
    fn default() -> Self {
        Self { index: 0, of: 1 }
    }
}

/// A gate on a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdPlan {
    /// The bound.
    pub threshold: Threshold,
    /// Where a breach ends the load: how long after the start it is looked at for the first time.
    pub abort_after: Option<Duration>,
    /// Its entry in the suite, or the flag.
    pub span: Span,
}
