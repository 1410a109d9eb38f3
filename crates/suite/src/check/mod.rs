//! What a suite file must mean: references, ranges and rules between keys, and with them the
//! parts of the plan. Every section is checked whatever is wrong with the others.

mod cases;
mod chaos;
mod content;
mod contract;
mod environment;
mod expectation;
mod gauge;
mod guardrail;
mod load;
mod pattern;
mod probe;
mod reference;
mod request;
mod resilience;
mod services;
mod sim;
mod sim_world;
mod stage;
mod tags;
mod template;
mod threshold;
mod unit;
mod usage;

use std::path::Path;
use std::time::Duration;

use rtest_core::plan::{
    CasesPlan, ChaosPlan, ContractPlan, LinkPlan, LoadPlan, ServicePlan, SimPlan, SimWorld, Stage,
};

use crate::diagnostics::Diagnostics;
use crate::file::{SuiteFile, World};
use content::Content;
use gauge::Gauges;
use services::Services;
pub(crate) use stage::NOTHING_TO_DO;
use tags::Tags;
use template::Scope;
use usage::ServiceMetrics;

/// What every check looks at, and where it says what is wrong.
struct Context<'a> {
    /// The suite file's folder, which paths in the suite are relative to.
    base: &'a Path,
    /// Whether whoever runs the suite has the engine goose.
    has_goose: bool,
    /// The services and links that references are held against.
    services: Services,
    /// What fills holes where the check stands.
    scope: Scope,
    /// The files that were read.
    content: Content,
    found: &'a mut Diagnostics,
}

/// The parts of a plan, checked. Where something is wrong it is in the diagnostics, and parts are
/// missing here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) services: Vec<ServicePlan>,
    pub(crate) links: Vec<LinkPlan>,
    /// How often is looked at what services use.
    pub(crate) sample: Option<Duration>,
    pub(crate) cases: CasesPlan,
    pub(crate) load: Option<LoadPlan>,
    pub(crate) chaos: Option<ChaosPlan>,
    pub(crate) contracts: Vec<ContractPlan>,
    pub(crate) sims: Vec<SimPlan>,
    /// By name, in the suite's order; each in [`Stage::ALL`]'s order.
    pub(crate) stages: Vec<(String, Vec<Stage>)>,
    /// Everything that the suite can run, in [`Stage::ALL`]'s order.
    pub(crate) present: Vec<Stage>,
}

/// Checks a world by itself.
pub(crate) fn world(world: &World, found: &mut Diagnostics) -> Option<SimWorld> {
    let mut cx = Context {
        base: Path::new(""),
        has_goose: false,
        services: Services::default(),
        scope: Scope::default(),
        content: Content::default(),
        found,
    };
    sim_world::check(world, &mut cx)
}

/// Checks a whole suite.
pub(crate) fn check(
    file: &SuiteFile,
    base: &Path,
    has_goose: bool,
    found: &mut Diagnostics,
) -> Parts {
    let mut cx = Context {
        base,
        has_goose,
        services: Services::of(file),
        scope: Scope::default(),
        content: Content::default(),
        found,
    };
    let cx = &mut cx;
    let services = environment::check(file.environment.spanned(), cx);
    let driven = file.load.value().map(|load| load::check(load, cx));
    let mut driven = driven.unwrap_or_default();
    let sample = usage::period(file.environment.value());
    driven.metrics.services = ServiceMetrics::of(&services, &cx.services, sample);
    let mut gauges = Gauges::default();
    let timeline = file
        .chaos
        .value()
        .map(|chaos| chaos::timeline(chaos, &driven, &mut gauges, cx));
    let tags = Tags::of(&driven, file, timeline.as_deref());
    let chaos = file
        .chaos
        .value()
        .zip(timeline)
        .map(|(chaos, timeline)| ChaosPlan {
            hypothesis: probe::hypothesis(chaos, &driven, &tags, cx),
            timeline,
            gauges: gauges.0,
            guardrails: guardrail::guardrails(chaos, &driven, &tags, cx),
        });
    if let Some(chaos) = &chaos {
        let allowed = &chaos.guardrails.allowed;
        guardrail::refuse_outside(file, &driven, allowed, cx);
    }
    let thresholds = file
        .load
        .value()
        .and_then(|load| load.thresholds.value())
        .map(|thresholds| threshold::check(thresholds, &driven.metrics, &tags, cx.found));
    let mut load = driven.into_plan(thresholds.unwrap_or_default());
    if let (Some(load), Some(chaos)) = (&mut load, &chaos) {
        resilience::name_requests(load, chaos);
    }
    let cases = file.cases.value();
    let cases = cases.map(|cases| cases::check(cases, file, &services, load.as_ref(), cx));
    let contracts = file.contracts.value().map(|list| list.items.as_slice());
    let contracts = contracts.unwrap_or_default().iter();
    let contracts: Vec<_> = contracts
        .filter_map(|contract| contract::check(contract, &services, cx))
        .collect();
    let sims = file.sim.value().map(|list| list.items.as_slice());
    Parts {
        services,
        sample,
        cases: cases.unwrap_or_default(),
        load,
        chaos,
        contracts,
        sims: sims
            .unwrap_or_default()
            .iter()
            .filter_map(|sim| sim::check(sim, cx))
            .collect(),
        stages: stage::check(file, cx),
        present: stage::present(file),
        links: cx.services.links().to_vec(),
    }
}
