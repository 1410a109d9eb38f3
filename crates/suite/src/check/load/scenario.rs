use std::time::Duration;

use rtest_core::plan::{Engine, Pick, ScenarioPlan};
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::check::load::flow::{self, Section, Walk};
use crate::check::load::{Surroundings, executor, feeder, goose};
use crate::check::tags::{self, is_selectable};
use crate::collection::NamedEntry;
use crate::file::Scenario;
use crate::shape::Field;
use crate::spanned::Spanned;

/// How long running iterations may take to end, where the suite says nothing; k6's default.
const GRACEFUL_STOP: Duration = Duration::from_secs(30);

/// A scenario as far as it could be read.
pub(super) struct Checked {
    /// What it does.
    pub(super) plan: ScenarioPlan,
    /// Whether that is all of its steps.
    pub(super) is_complete: bool,
}

/// Checks one scenario. The scope holds what the setup has captured.
pub(super) fn check(
    entry: &NamedEntry<Scenario>,
    around: &Surroundings<'_>,
    cx: &mut Context<'_>,
) -> Option<Checked> {
    check_name(&entry.name, cx);
    let (name, scenario) = entry.given()?;
    let keys = &scenario.value;
    let tags = tags::own(&keys.tags, cx.found);

    let sections = [&keys.before, &keys.flow, &keys.after];
    let captured: Vec<String> = sections
        .iter()
        .flat_map(|section| flow::captured(section.value()))
        .collect();
    let feeders = feeder::check(&keys.feeder, &captured, cx);
    let after_setup = cx.scope.clone();

    // A virtual user's own row is there for all that it does; other rows are an iteration's.
    cx.scope = cx.scope.with(&["vu"], captured.clone());
    feeders.name(cx, |feeder| feeder.pick == Pick::UniquePerVu);
    let before = Walk::new(Section::Before, around, cx).section(&keys.before);
    let around_iterations = cx.scope.clone();

    cx.scope = cx.scope.with(&["iteration", "vu"], captured);
    feeders.name(cx, |_| true);
    let flow = Walk::new(Section::Flow, around, cx).section(&keys.flow);
    cx.scope = around_iterations;
    let after = Walk::new(Section::After, around, cx).section(&keys.after);
    cx.scope = after_setup;

    let executor = executor::check(keys, scenario, &flow.steps, cx);
    goose::check(keys, around.load, cx);
    Some(Checked {
        is_complete: keys.flow.value().is_some() && flow.is_complete,
        plan: ScenarioPlan {
            name: name.value.clone(),
            engine: match &keys.engine {
                Field::Absent => Engine::default(),
                given => given.value()?.0,
            },
            executor: executor?,
            flow: flow.steps,
            before: before.steps,
            after: after.steps,
            feeders: feeders.plans,
            tags,
            start_time: keys.start_time.value().copied().unwrap_or_default(),
            graceful_stop: keys.graceful_stop.value().copied().unwrap_or(GRACEFUL_STOP),
            span: name.span.clone(),
        },
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
