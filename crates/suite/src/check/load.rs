use std::time::Duration;

use rtest_core::plan::{Arrivals, ExecutorPlan, LoadPlan, ScenarioPlan, Step, StepKind, Target};
use rtest_core::unit::Rate;
use rtest_core::{Code, Diagnostic};

use crate::check::tags::{self, is_selectable};
use crate::check::{Context, flow, reference};
use crate::collection::NamedEntry;
use crate::file::{Executor, Load, Scenario, ScenarioKeys};
use crate::spanned::Spanned;

/// From sending a request to its last byte, where the suite says nothing.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long running iterations may take to end, where the suite says nothing; k6's default.
const GRACEFUL_STOP: Duration = Duration::from_secs(30);

/// Virtual users of an open model at most, where the suite says nothing.
const MAX_VUS: u32 = 1000;

/// The load as far as it stands without its thresholds: they name faults, and faults end with
/// the load.
#[derive(Debug, Default)]
pub(super) struct Driven {
    /// What is loaded; `None` where that could not be read.
    pub(super) target: Option<Target>,
    /// The scenarios that could be read.
    pub(super) scenarios: Vec<ScenarioPlan>,
    /// Whether that is all of them, with all their steps.
    pub(super) is_complete: bool,
}

impl Driven {
    /// When the last scenario starts its last iteration, from the start of the load; `None` where
    /// a scenario could not be read.
    pub(super) fn end(&self) -> Option<Duration> {
        let ends = self
            .scenarios
            .iter()
            .map(|scenario| scenario.start_time + scenario.executor.duration());
        ends.max().filter(|_| self.is_complete)
    }

    /// The plan, if everything could be read.
    pub(super) fn into_plan(
        self,
        thresholds: Vec<rtest_core::plan::ThresholdPlan>,
    ) -> Option<LoadPlan> {
        let length = self.end()?;
        Some(LoadPlan {
            thresholds,
            tick: LoadPlan::tick_for(length),
            ..LoadPlan::new(self.target?, self.scenarios)
        })
    }
}

/// Checks target and scenarios.
pub(super) fn check(load: &Load, cx: &mut Context<'_>) -> Driven {
    let target = load
        .target
        .spanned()
        .and_then(|target| reference::target(target, cx));
    let timeout = load.timeout.value().map_or(TIMEOUT, |timeout| timeout.0);
    let entries = load.scenarios.value().map(|named| named.0.as_slice());
    let entries = entries.unwrap_or_default();
    let scenarios: Vec<ScenarioPlan> = entries
        .iter()
        .filter_map(|entry| scenario(entry, timeout, cx))
        .collect();
    Driven {
        target,
        is_complete: load.scenarios.value().is_some()
            && scenarios.len() == entries.len()
            && entries.iter().zip(&scenarios).all(has_all_steps),
        scenarios,
    }
}

fn has_all_steps((entry, plan): (&NamedEntry<Scenario>, &ScenarioPlan)) -> bool {
    let flow = entry
        .given()
        .and_then(|(_, scenario)| scenario.value.0.flow.value());
    flow.is_some_and(|flow| flow.is_complete && flow.items.len() == plan.flow.len())
}

fn scenario(
    entry: &NamedEntry<Scenario>,
    timeout: Duration,
    cx: &mut Context<'_>,
) -> Option<ScenarioPlan> {
    check_name(&entry.name, cx);
    let (name, scenario) = entry.given()?;
    let keys = &scenario.value.0;
    let tags = tags::own(&keys.tags, cx.found);
    let steps = keys.flow.value().map(|list| list.items.as_slice());
    let flow: Vec<Step> = steps
        .unwrap_or_default()
        .iter()
        .filter_map(|step| flow::step(step, timeout, cx))
        .collect();
    let executor = executor(keys, name, &flow, cx);
    Some(ScenarioPlan {
        name: name.value.clone(),
        executor: executor?,
        flow,
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags,
        start_time: keys.start_time.value().copied().unwrap_or_default(),
        graceful_stop: keys.graceful_stop.value().copied().unwrap_or(GRACEFUL_STOP),
        span: name.span.clone(),
    })
}

fn check_name(name: &Spanned<String>, cx: &mut Context<'_>) {
    if !is_selectable(&name.value) {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("`{}` cannot be the name of a scenario", name.value),
            )
            .at(&name.span)
            .hint(tags::SELECTABLE),
        );
    }
}

fn executor(
    keys: &ScenarioKeys,
    name: &Spanned<String>,
    flow: &[Step],
    cx: &mut Context<'_>,
) -> Option<ExecutorPlan> {
    let executor = keys.executor.value()?.0;
    let own_keys = [
        ("rate", keys.rate.key()),
        ("max_vus", keys.max_vus.key()),
        ("vus", keys.vus.key()),
    ];
    for (key, span) in own_keys {
        match span {
            Some(span) if executor.foreign_keys().any(|foreign| foreign == key) => cx.found.add(
                Diagnostic::new(
                    Code::UnknownKey,
                    format!("`{}` has no `{key}`", executor.name()),
                )
                .at(span)
                .hint(foreign_hint(executor)),
            ),
            None if executor.required_keys().contains(&key) => cx.found.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`{}` needs `{key}`", executor.name()),
                )
                .at(&name.span),
            ),
            _ => {}
        }
    }
    let duration = keys.duration.value()?.0;
    match executor {
        Executor::ConstantArrivalRate => {
            let rate = *keys.rate.value()?;
            let max_vus = match keys.max_vus.value() {
                Some(max_vus) => u32::try_from(max_vus.0).unwrap_or(u32::MAX),
                None => enough_vus(rate, flow),
            };
            Some(ExecutorPlan::ConstantArrivalRate {
                rate,
                duration,
                max_vus,
                arrivals: Arrivals::default(),
            })
        }
        Executor::ConstantVus => Some(ExecutorPlan::ConstantVus {
            vus: u32::try_from(keys.vus.value()?.0).unwrap_or(u32::MAX),
            duration,
        }),
    }
}

fn foreign_hint(executor: Executor) -> &'static str {
    match executor {
        Executor::ConstantArrivalRate => {
            "arrivals come at `rate` whatever the answers take; `max_vus` limits how many run at once"
        }
        Executor::ConstantVus => {
            "each virtual user starts again when it is done; for arrivals at a rate the executor is `constant-arrival-rate`"
        }
    }
}

/// Virtual users that keep the rate even when every request takes its whole timeout (Little's
/// law), but at most [`MAX_VUS`].
fn enough_vus(rate: Rate, flow: &[Step]) -> u32 {
    let longest: f64 = flow
        .iter()
        .map(|step| match &step.kind {
            StepKind::Request(request) => request.timeout.as_secs_f64(),
            StepKind::Think(pause) => pause.longest().as_secs_f64(),
            _ => unreachable!("no suite can ask for it yet"),
        })
        .sum();
    let busy = (rate.per_second() * longest).ceil();
    busy.clamp(1.0, f64::from(MAX_VUS)) as u32
}
