//! The plan: everything a run will do, checked, resolved and without defaults left to apply.
//!
//! Nothing downstream of a plan re-checks it or looks at the suite's text again; each part keeps
//! its span, so that a verdict can point at the line that asked for it.

mod cases;
mod chaos;
mod container;
mod contract;
mod environment;
mod gauge;
mod http_fault;
mod load;
mod openapi;
mod protocol;
mod resilience;
mod sim;
mod sim_world;
mod sql;
mod toxic;

pub use cases::{
    CasePlan, CaseRequest, CaseStep, CaseStepKind, CasesPlan, ConsumeStep, PublishStep, RedisStep,
    SchemaPlan, SnapshotPlan, SqlStep,
};
pub use chaos::{
    AbortPlan, AllowedTarget, ChaosPlan, CommandProbe, Continuously, FaultPlan, FaultTarget,
    GuardrailsPlan, KillSwitch, Limit, LinkFault, ProbeKind, ProbePlan, RampStep, ServiceChoice,
    ServiceFault, Share, Signal, SqlProbe, TcpTarget,
};
pub use container::{BuildPlan, ContainerPlan, FileCopy, HealthCheck, Image, Volume, VolumeSource};
pub use contract::{
    BrokerLogin, BrokerPlan, ContractKind, ContractPlan, ContractSource, DependencyFault,
    InteractionKey, InteractionSelect, PactPlan, PublishPlan, SpringPlan, StateAction, StateCall,
    StateChange, StatePlan, StatesPlace, StatesPlan,
};
pub use environment::{
    DataPlan, HttpCall, LinkPlan, Provider, Readiness, ReadinessProbe, Reset, ServicePlan, Target,
};
pub use gauge::{GaugePlan, GaugeSource};
pub use http_fault::{AnswerPlan, DelayPlan, HttpAction, HttpFaultPlan, HttpMatchPlan};
pub use load::{
    AnswerJudge, Arrivals, AtEnd, AuthPlan, Body, CapturePlan, CheckPlan, Choice,
    ClientCertificate, Condition, ConnectionsPlan, ContractStep, Cookies, CustomMetric, DnsPlan,
    Engine, ExecutorPlan, Extractor, FeederPlan, FeederSource, FlowRequest, HttpPlan, HttpVersion,
    InteractionPlan, LoadPlan, MeasurePlan, MeasuredValue, Pacing, Part, PartContent, Pick,
    ProxyPlan, RateStage, Repeat, RequestStep, Reuse, ScenarioPlan, Shard, Step, StepKind, Think,
    ThresholdPlan, TimeoutsPlan, TlsPlan, VuStage,
};
pub use openapi::{OpenApiCheck, OpenApiPlan};
pub use protocol::{PostgresLogin, Protocol};
pub use resilience::{GaugeRef, Resilience, ResiliencePlan};
pub use sim::{SimPlan, SimStrategy, UnhandledRejections};
pub use sim_world::{DiskError, SimDelay, SimDisk, SimFault, SimFaultKind, SimLink, SimWorld};
pub use sql::SqlExpectation;
pub use toxic::{TOXICS, ToxicPlan};

use std::sync::Arc;
use std::time::Duration;

use crate::redact::Secrets;
use crate::seed::Seed;

/// A kind of work that a run can do; `stages` in a suite lists these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Run integration cases.
    Cases,
    /// Verify contracts.
    Contracts,
    /// Run programs in the reference runtime.
    Sim,
    /// Drive load and judge thresholds.
    Load,
    /// Inject faults and judge the hypothesis; on the same clock as `Load`.
    Chaos,
}

impl Stage {
    /// Every stage, in the order in which a run takes them; `Load` and `Chaos` run together.
    pub const ALL: [Self; 5] = [
        Self::Cases,
        Self::Contracts,
        Self::Sim,
        Self::Load,
        Self::Chaos,
    ];

    /// The name in a suite.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Contracts => "contracts",
            Self::Sim => "sim",
            Self::Load => "load",
            Self::Chaos => "chaos",
        }
    }
}

/// Everything a run will do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The suite's name.
    pub name: String,
    /// The suite file as the user named it; for `rtest load URL` the command line.
    pub suite: Arc<str>,
    /// FNV-1a of the suite's text: runs of different suites are not compared.
    pub suite_hash: u64,
    /// The run's seed.
    pub seed: Seed,
    /// What to run, in [`Stage::ALL`]'s order; the parts of other stages are absent below.
    pub stages: Vec<Stage>,
    /// Services, callees before callers.
    pub services: Vec<ServicePlan>,
    /// One link for each `depends_on` edge.
    pub links: Vec<LinkPlan>,
    /// How often is looked at what services use; absent where it is not.
    pub sample: Option<Duration>,
    /// Integration cases, if the stage is to run.
    pub cases: CasesPlan,
    /// Load, if the stage is to run.
    pub load: Option<LoadPlan>,
    /// Faults and hypothesis, if the stage is to run.
    pub chaos: Option<ChaosPlan>,
    /// Contracts, if the stage is to run.
    pub contracts: Vec<ContractPlan>,
    /// Programs for the reference runtime, if the stage is to run.
    pub sims: Vec<SimPlan>,
    /// What no writer may show.
    pub secrets: Secrets,
}
