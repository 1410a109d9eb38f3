use std::fmt;
use std::sync::Arc;

use rtest_core::Span;
use rtest_core::metric::{MetricContents, MetricKind, builtin_metric};
use rtest_core::plan::{
    Arrivals, ChaosPlan, Engine, ExecutorPlan, FaultTarget, FlowRequest, Image, LinkPlan, LoadPlan,
    Plan, ProbeKind, Provider, Shard, Target,
};
use rtest_core::threshold::{Threshold, ThresholdError};
use rtest_core::unit::format_duration;
use rtest_core::usage::UsageMetric;
use serde::{Deserialize, Serialize};

use super::{ExpectHeader, InteractionHeader};

/// Version of the record's layout. A reader refuses a newer one.
pub const SCHEMA: u32 = 1;

/// What was to be run, by whom, where: the record's first file, written before anything starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the record's layout.
    pub schema: u32,
    /// Version of rtest.
    pub rtest: String,
    /// The run's id, also the name of its folder.
    pub run_id: String,
    /// The suite's name.
    pub name: String,
    /// The suite's file as the user named it.
    pub suite: String,
    /// FNV-1a of the suite's text, in hexadecimal.
    pub suite_hash: String,
    /// The seed.
    pub seed: u64,
    /// Which part of the plan was run: `1/3`; absent where all of it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// The parts that were merged into this record, by number; none in a record of one run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartHeader>,
    /// The command that makes this run again.
    pub command: String,
    /// When the run clock stood at zero, RFC 3339, UTC.
    pub started_at: String,
    /// Where it ran.
    pub host: Host,
    /// Stages, in order.
    pub stages: Vec<String>,
    /// Services, callees before callers.
    pub services: Vec<ServiceHeader>,
    /// Links between them: `caller -> callee`.
    pub links: Vec<String>,
    /// Integration cases, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseHeader>,
    /// Load, if it was planned.
    pub load: Option<LoadHeader>,
    /// Faults, by index.
    pub faults: Vec<FaultHeader>,
    /// Probes of the hypothesis, by index.
    pub hypothesis: Vec<ProbeHeader>,
    /// What ends the drill before its time, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardrails: Vec<GuardrailHeader>,
    /// Contract entries.
    pub contracts: Vec<ContractHeader>,
    /// Programs, by index.
    pub sims: Vec<SimHeader>,
}

/// A part of a merged record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartHeader {
    /// Which: `1/3`.
    pub shard: String,
    /// The id of its own run.
    pub run_id: String,
    /// Where it ran.
    pub host: Host,
    /// How long after the first part its load began, in milliseconds.
    pub began_after_ms: u64,
}

/// The machine, as far as it bears on the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `linux x86_64`.
    pub system: String,
    /// Kernel release.
    pub kernel: String,
    /// CPU model.
    pub cpu: String,
    /// Cores available to the process.
    pub cores: usize,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceHeader {
    /// Its name.
    pub name: String,
    /// `builtin catalog`, `process node server.js`, `external host:port`.
    pub provider: String,
    /// What it waits for.
    pub depends_on: Vec<String>,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// Load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadHeader {
    /// A service's name, or an address.
    pub target: String,
    /// Length of a tick, in milliseconds.
    pub tick_ms: u64,
    /// Scenarios, by index.
    pub scenarios: Vec<ScenarioHeader>,
    /// Metrics of the suite's own, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricHeader>,
    /// Gates on metrics.
    pub thresholds: Vec<ThresholdHeader>,
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioHeader {
    /// Its name.
    pub name: String,
    /// What sends its requests, where that is not rtest itself: `goose`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// k6's name of the executor.
    pub executor: String,
    /// Whether the schedule is independent of the answers.
    pub open: bool,
    /// In words: `200/s for 20s, at most 100 VUs`.
    pub description: String,
    /// Its start, from the start of the load, in milliseconds.
    #[serde(default)]
    pub starts_ms: u64,
    /// When it starts its last iteration at the latest, from the start of the load, in
    /// milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_ms: Option<u64>,
    /// Tags of every sample.
    pub tags: Vec<(String, String)>,
    /// Requests of the flow, by index.
    pub steps: Vec<StepHeader>,
    /// Groups of the flow by their paths, by index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A request of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepHeader {
    /// The endpoint's name.
    pub endpoint: String,
    /// Upper-case method.
    pub method: String,
    /// The path of the group that it is in; empty where it is in none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Tags beyond the scenario's.
    pub tags: Vec<(String, String)>,
    /// Checks, by index.
    pub checks: Vec<CheckHeader>,
    /// The interaction of a contract that it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction: Option<InteractionHeader>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckHeader {
    /// As shown.
    pub name: String,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A metric of the suite's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricHeader {
    /// Its name.
    pub name: String,
    /// `counter`, `gauge`, `rate` or `trend`.
    pub kind: String,
    /// Whether its values are milliseconds.
    pub is_time: bool,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdHeader {
    /// `http_req_duration{endpoint:/users} p(95)<300`.
    pub threshold: String,
    /// Where a breach ends the load: from when on, in milliseconds since the start of the load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_after_ms: Option<u64>,
    /// Its entry in the suite, or the flag.
    pub span: SpanRecord,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultHeader {
    /// Its name.
    pub name: String,
    /// The name that it shares with the other times that the same thing is broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// What it breaks: a link, `storefront -> catalog`, or services.
    #[serde(alias = "link")]
    pub target: String,
    /// The links whose traffic tells what the system does about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// What is expected of the system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<ExpectHeader>,
    /// In words: `latency 400ms ± 50ms`.
    pub description: String,
    /// The status with which it answers requests itself, in place of the callee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u16>,
    /// Planned start, from the start of the load, in milliseconds.
    pub at_ms: u64,
    /// Planned length, in milliseconds.
    pub for_ms: u64,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A probe of the hypothesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeHeader {
    /// As shown.
    pub name: String,
    /// For a metric probe, its threshold; such a probe is judged from the record.
    pub threshold: Option<String>,
    /// Whether it is asked every second as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continuously: bool,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// What ends a drill before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardrailHeader {
    /// As shown: of a bound on a metric, the bound.
    pub name: String,
    /// As many samples a bound on a metric needs before it can be met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_samples: Option<u64>,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A contract entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractHeader {
    /// File or folder.
    pub source: String,
    /// The provider's name.
    pub provider: String,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// An integration case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseHeader {
    /// Its name.
    pub name: String,
    /// How many steps it has.
    pub steps: usize,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A program for the reference runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimHeader {
    /// The program.
    pub program: String,
    /// Under how many seeds.
    pub seeds: u32,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// A [`Span`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    /// Path as the user wrote it, or a flag.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Characters to underline.
    pub len: u32,
    /// The source line, or the part of it around the column.
    pub text: Arc<str>,
    /// Column at which `text` begins; written where it is not 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub text_column: u32,
}

const fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref)] // serde calls it so
const fn is_first(column: &u32) -> bool {
    *column == 1
}

impl From<&Span> for SpanRecord {
    fn from(span: &Span) -> Self {
        Self {
            file: Arc::clone(&span.file),
            line: span.line,
            column: span.column,
            len: span.len,
            text: Arc::clone(&span.text),
            text_column: span.text_column,
        }
    }
}

impl From<&SpanRecord> for Span {
    fn from(span: &SpanRecord) -> Self {
        Self {
            file: Arc::clone(&span.file),
            line: span.line,
            column: span.column,
            len: span.len,
            text: Arc::clone(&span.text),
            text_column: span.text_column,
        }
    }
}

/// `file:line:column`.
impl fmt::Display for SpanRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What a header needs to know beyond the plan.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The run's id.
    pub run_id: String,
    /// Version of rtest.
    pub rtest: String,
    /// The command that makes this run again.
    pub command: String,
    /// When the run clock stood at zero, RFC 3339, UTC.
    pub started_at: String,
    /// Where it runs.
    pub host: Host,
}

impl Header {
    /// The header of a run of this plan.
    pub fn new(plan: &Plan, origin: Origin) -> Self {
        Self {
            schema: SCHEMA,
            rtest: origin.rtest,
            run_id: origin.run_id,
            name: plan.name.clone(),
            suite: plan.suite.to_string(),
            suite_hash: format!("{:016x}", plan.suite_hash),
            seed: plan.seed.value(),
            shard: plan.load.as_ref().and_then(|load| part_of(load.shard)),
            parts: Vec::new(),
            command: origin.command,
            started_at: origin.started_at,
            host: origin.host,
            stages: plan
                .stages
                .iter()
                .map(|stage| stage.name().to_owned())
                .collect(),
            services: plan
                .services
                .iter()
                .map(|service| ServiceHeader {
                    name: service.name.clone(),
                    provider: describe_provider(&service.provider),
                    depends_on: service.depends_on.clone(),
                    span: (&service.span).into(),
                })
                .collect(),
            links: plan.links.iter().map(|link| link.name.clone()).collect(),
            load: plan.load.as_ref().map(LoadHeader::new),
            faults: plan
                .chaos
                .iter()
                .flat_map(|chaos| fault_headers(chaos, &plan.links))
                .collect(),
            hypothesis: plan.chaos.iter().flat_map(probe_headers).collect(),
            guardrails: plan.chaos.iter().flat_map(guardrail_headers).collect(),
            contracts: plan
                .contracts
                .iter()
                .map(|contract| ContractHeader {
                    source: contract.kind.to_string(),
                    provider: contract.provider.clone(),
                    span: (&contract.span).into(),
                })
                .collect(),
            cases: plan
                .cases
                .cases
                .iter()
                .map(|case| CaseHeader {
                    name: case.name.clone(),
                    steps: case.steps.len(),
                    span: (&case.span).into(),
                })
                .collect(),
            sims: plan
                .sims
                .iter()
                .map(|sim| SimHeader {
                    program: sim.shown.clone(),
                    seeds: sim.seeds,
                    span: (&sim.span).into(),
                })
                .collect(),
        }
    }
}

impl LoadHeader {
    fn new(load: &LoadPlan) -> Self {
        Self {
            target: describe_target(&load.target),
            tick_ms: millis(load.tick),
            scenarios: load
                .scenarios
                .iter()
                .map(|scenario| ScenarioHeader {
                    name: scenario.name.clone(),
                    engine: match scenario.engine {
                        Engine::Rtest => None,
                        other => Some(other.name().to_owned()),
                    },
                    executor: scenario.executor.name().to_owned(),
                    open: scenario.executor.is_open(),
                    description: describe_executor(&scenario.executor),
                    starts_ms: millis(scenario.start_time),
                    ends_ms: Some(millis(scenario.end())),
                    tags: scenario.tags.clone(),
                    steps: scenario.requests().iter().map(StepHeader::new).collect(),
                    groups: scenario.groups(),
                    span: (&scenario.span).into(),
                })
                .collect(),
            metrics: load
                .metrics
                .iter()
                .map(|metric| MetricHeader {
                    name: metric.name.clone(),
                    kind: metric.kind.name().to_owned(),
                    is_time: metric.is_time,
                    span: (&metric.span).into(),
                })
                .collect(),
            thresholds: load
                .thresholds
                .iter()
                .map(|gate| ThresholdHeader {
                    threshold: gate.threshold.to_string(),
                    abort_after_ms: gate.abort_after.map(millis),
                    span: (&gate.span).into(),
                })
                .collect(),
        }
    }
}

impl LoadHeader {
    /// What a metric holds: built-in, of a service, or the suite's own.
    pub fn kind_of(&self, metric: &str) -> Option<MetricKind> {
        let builtin = builtin_metric(metric).map(|metric| metric.kind);
        let usage = || UsageMetric::named(metric).map(|usage| usage.quantity.kind());
        let own = || self.metrics.iter().find(|own| own.name == metric)?.kind();
        builtin.or_else(usage).or_else(own)
    }

    /// Reads a threshold of this load.
    ///
    /// # Errors
    /// When a newer rtest wrote it, or the record is damaged.
    pub fn threshold(&self, line: &str) -> Result<Threshold, ThresholdError> {
        Threshold::parse_line_with(line, &|metric| self.kind_of(metric))
    }
}

impl MetricHeader {
    /// What it holds, if this rtest knows the word.
    pub fn kind(&self) -> Option<MetricKind> {
        let mut kinds = MetricKind::ALL.into_iter();
        kinds.find(|kind| kind.name() == self.kind)
    }

    /// What its values are.
    pub const fn contents(&self) -> MetricContents {
        if self.is_time {
            MetricContents::Time
        } else {
            MetricContents::Default
        }
    }
}

/// `1/3`; `None` for the whole.
fn part_of(shard: Shard) -> Option<String> {
    (shard.of > 1).then(|| format!("{}/{}", shard.index + 1, shard.of))
}

impl StepHeader {
    fn new(of: &FlowRequest<'_>) -> Self {
        let checks = of.request.checks.iter();
        Self {
            endpoint: of.request.endpoint.clone(),
            method: of.request.method.clone(),
            group: of.groups.join("::"),
            tags: of.request.tags.clone(),
            checks: checks
                .map(|check| CheckHeader {
                    name: check.name.clone(),
                    span: (&check.span).into(),
                })
                .collect(),
            interaction: of.request.interaction.as_ref().map(|of| InteractionHeader {
                contract: of.contract.clone(),
                consumer: of.consumer.clone(),
                description: of.description.clone(),
                sample_ppm: (of.sample * 1e6).round() as u32,
                span: (&of.span).into(),
            }),
        }
    }
}

fn guardrail_headers(chaos: &ChaosPlan) -> Vec<GuardrailHeader> {
    // Bounds come first.
    let bounds = chaos.guardrails.abort_when.len();
    let all = chaos.guardrails.all().enumerate();
    all.map(|(index, (name, span))| GuardrailHeader {
        name,
        min_samples: (index < bounds).then_some(chaos.guardrails.min_samples),
        span: span.into(),
    })
    .collect()
}

/// A link tells of itself; of a service, each on which it is called.
fn telling_links(target: &FaultTarget, links: &[LinkPlan]) -> Vec<String> {
    let tells = |link: &&LinkPlan| match target {
        FaultTarget::Link { link: broken, .. } => link.name == *broken,
        FaultTarget::Services { services, .. } => services.among.contains(&link.callee),
    };
    links
        .iter()
        .filter(tells)
        .map(|link| link.name.clone())
        .collect()
}

fn fault_headers(chaos: &ChaosPlan, links: &[LinkPlan]) -> Vec<FaultHeader> {
    chaos
        .timeline
        .iter()
        .map(|fault| FaultHeader {
            name: fault.name.clone(),
            series: (fault.series != fault.name).then(|| fault.series.clone()),
            target: fault.on(),
            links: telling_links(&fault.target, links),
            expect: fault.expect.iter().map(ExpectHeader::from).collect(),
            description: fault.describe(),
            answers: fault.target.answers(),
            at_ms: millis(fault.at),
            for_ms: millis(fault.lasting),
            span: (&fault.span).into(),
        })
        .collect()
}

fn probe_headers(chaos: &ChaosPlan) -> Vec<ProbeHeader> {
    chaos
        .hypothesis
        .iter()
        .map(|probe| ProbeHeader {
            name: probe.name.clone(),
            threshold: match &probe.kind {
                ProbeKind::Metric(threshold) => Some(threshold.to_string()),
                _ => None,
            },
            continuously: probe.continuously.is_some(),
            span: (&probe.span).into(),
        })
        .collect()
}

fn describe_provider(provider: &Provider) -> String {
    match provider {
        Provider::Builtin { sample, breaks } if breaks.is_empty() => format!("builtin {sample}"),
        Provider::Builtin { sample, breaks } => {
            format!("builtin {sample}, broken: {}", breaks.join(", "))
        }
        Provider::Process { command, .. } => {
            let words: Vec<&str> = command.iter().map(|word| word.source()).collect();
            format!("process {}", words.join(" "))
        }
        Provider::Container(container) => match &container.image {
            Image::Named(name) => format!("container {name}"),
            Image::Build(build) => format!("container built in {}", build.context.display()),
        },
        Provider::External { address } => format!("external {address}"),
    }
}

fn describe_target(target: &Target) -> String {
    match target {
        Target::Service(name) => name.clone(),
        Target::Address {
            scheme,
            authority,
            base_path,
        } => format!("{}://{authority}{base_path}", scheme.name()),
    }
}

fn describe_executor(executor: &ExecutorPlan) -> String {
    use ExecutorPlan as Plan;
    let shown = format_duration;
    let spaced = |arrivals: &Arrivals| match arrivals {
        Arrivals::Even => "",
        Arrivals::Poisson => ", Poisson",
    };
    match executor {
        Plan::ConstantVus { vus, duration } => format!(
            "{} for {}",
            counted(u64::from(*vus), "VU"),
            shown(*duration)
        ),
        Plan::RampingVus {
            start_vus, stages, ..
        } => {
            let stages = stages.iter();
            let steps = stages.map(|s| format!("{} over {}", s.target, shown(s.duration)));
            format!("VUs from {start_vus} to {}", joined(steps))
        }
        Plan::SharedIterations {
            vus,
            iterations,
            max_duration,
        } => format!(
            "{} shared by {}, at most {}",
            counted(*iterations, "iteration"),
            counted(u64::from(*vus), "VU"),
            shown(*max_duration)
        ),
        Plan::PerVuIterations {
            vus,
            iterations,
            max_duration,
        } => format!(
            "{} of each of {}, at most {}",
            counted(*iterations, "iteration"),
            counted(u64::from(*vus), "VU"),
            shown(*max_duration)
        ),
        Plan::ConstantArrivalRate {
            rate,
            duration,
            max_vus,
            arrivals,
        } => format!(
            "{rate}{} for {}, at most {max_vus} VUs",
            spaced(arrivals),
            shown(*duration)
        ),
        Plan::RampingArrivalRate {
            start_rate,
            stages,
            max_vus,
            arrivals,
        } => {
            let stages = stages.iter();
            let steps = stages.map(|s| format!("{} over {}", s.target, shown(s.duration)));
            format!(
                "from {start_rate} to {}{}, at most {max_vus} VUs",
                joined(steps),
                spaced(arrivals)
            )
        }
        Plan::Replay { schedule, max_vus } => format!(
            "{} recorded arrivals in {}, at most {max_vus} VUs",
            schedule.len(),
            shown(executor.duration())
        ),
    }
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn joined(steps: impl Iterator<Item = String>) -> String {
    steps.collect::<Vec<_>>().join(", then ")
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
