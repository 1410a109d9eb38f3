//! One file for each stage: from its part of the plan to a call of its engine.

mod cases;
mod contracts;
mod drill;
mod sim;

use std::path::Path;
use std::sync::Arc;

use rtest_core::event::{EventKind, EventSink};
use rtest_core::plan::{Plan, Stage};
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, Diagnostic};
use rtest_env::Environment;
use rtest_load::LoadControl;
use tokio_util::sync::CancellationToken;

use crate::links::Links;
use crate::target;

/// What every stage works with.
pub(crate) struct StageContext<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) run_id: &'a str,
    /// The record's folder.
    pub(crate) record_folder: &'a Path,
    pub(crate) environment: &'a Environment,
    pub(crate) links: &'a Links,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) windows: Arc<WindowBoard>,
    pub(crate) load_control: LoadControl,
    /// Ends the run.
    pub(crate) cancel: CancellationToken,
    /// Ends the load, and with it the faults that break what it measures.
    pub(crate) drive: CancellationToken,
}

/// Runs the planned stages in order; load and chaos share one clock and so one turn.
///
/// # Errors
/// Where something outside of what is judged is missing, such as the target.
pub(crate) async fn run_all(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    let planned = |stage: Stage| context.plan.stages.contains(&stage);
    // First of all: a target that is not there makes the rest not worth its time.
    if let Some(load) = &context.plan.load {
        let resolved = target::resolve_load(load, context.environment).await?;
        target::reach(&load.http, &resolved, &context.clock).await?;
    }
    if planned(Stage::Cases) && !context.cancel.is_cancelled() {
        timed(context, &[Stage::Cases], cases::run(context)).await?;
    }
    if planned(Stage::Contracts) && !context.cancel.is_cancelled() {
        timed(context, &[Stage::Contracts], contracts::run(context)).await?;
    }
    // Programs burn CPU: before the load, never beside it.
    if planned(Stage::Sim) && !context.cancel.is_cancelled() {
        timed(context, &[Stage::Sim], sim::run(context)).await?;
    }
    let together: Vec<Stage> = [Stage::Load, Stage::Chaos]
        .into_iter()
        .filter(|stage| planned(*stage))
        .collect();
    if !together.is_empty() && !context.cancel.is_cancelled() {
        timed(context, &together, drill::run(context)).await?;
    }
    Ok(())
}

async fn timed(
    context: &StageContext<'_>,
    stages: &[Stage],
    work: impl Future<Output = Result<(), Diagnostic>>,
) -> Result<(), Diagnostic> {
    for stage in stages {
        context.events.emit(EventKind::StageStarted(*stage));
    }
    let result = work.await;
    for stage in stages {
        context.events.emit(EventKind::StageFinished(*stage));
    }
    result
}
