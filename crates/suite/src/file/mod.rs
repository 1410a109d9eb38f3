//! What a suite file can say, key by key. What it must mean is checked in [`mod@crate::check`].
//!
//! Importers of other formats make a [`SuiteFile`] too, and share everything after it.

mod cases;
mod chaos;
mod contract;
mod environment;
mod expectation;
mod http_fault;
mod load;
mod resilience;
mod sim;
mod sim_world;

pub(crate) use cases::{
    Case, CaseExpect, CaseStep, Cases, KafkaKeys, RedisKeys, RowsOrValue, SqlKeys,
};
pub(crate) use chaos::{
    Chaos, Fault, GuardProbe, Guardrails, Latency, LimitKeys, Probe, ProbeCall, ProbeCommand,
    ProbeQuery, ToxicKeys, ToxicStream,
};
pub(crate) use contract::{
    Broker, Contract, DependencyFault, DependencyFaults, Doing, Filter, Publish, State,
    StateCallKeys, StateQuery,
};
pub(crate) use environment::{
    Build, BuildKeys, Builtin, Container, ContainerKeys, Environment, HealthKeys, Process, Ready,
    Service,
};
pub(crate) use expectation::{Check, Matcher, MatcherRecord, Status};
pub(crate) use http_fault::{HttpAnswer, HttpDelay, HttpFault, HttpMatch};
pub(crate) use load::{
    Auth, Capture, CaptureKeys, ConditionKeys, Executor, Feeder, Fields, Gate, Http, Load, Login,
    Measure, MeasureKeys, Metric, PartValue, Proxy, RampStage, RampTarget, Repeat, Scenario, Step,
    StepKeys, Think, Tls, Weighted,
};
pub(crate) use resilience::{DeadLetters, Expect, NumberCall, NumberQuery};
pub(crate) use sim::{Sim, Strategy};
pub(crate) use sim_world::{World, WorldDisk, WorldFault, WorldLink};

use rtest_core::Code;
use rtest_core::plan::Stage;

use crate::collection::{List, Named};
use crate::record::record;
use crate::scalar::{Choice, Whole, Word};

record! {
    /// An rtest suite: an environment, what is done to it, and what must hold.
    SuiteFile, "a suite" {
        /// The suite's name, shown in reports.
        name "name": required String,
        /// The seed of everything random. Without it each run takes a fresh one and prints it; `--seed` wins over it.
        seed "seed": optional Whole<0, { u64::MAX }>,
        /// The services that the suite runs against.
        environment "environment": optional Environment,
        /// Integration cases: steps against the running services, or a path to files of them.
        cases "cases": optional Cases,
        /// Load on one target, and the thresholds that it must meet.
        load "load": optional Load,
        /// Faults on a timeline, and what must hold around them.
        chaos "chaos": optional Chaos,
        /// Contracts that providers must fulfil.
        contracts "contracts": optional List<Contract, 1>,
        /// Programs for the deterministic runtime.
        sim "sim": optional List<Sim, 1>,
        /// Named selections of what to run, for `rtest run --stage NAME`.
        stages "stages": optional Named<List<Choice<Stage>, 1>>,
    }
}

impl Word for Stage {
    const WHAT: &'static str = "kind of work";
    const UNKNOWN: Code = Code::UnknownStage;

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|stage| (stage.name(), stage)).to_vec()
    }
}
