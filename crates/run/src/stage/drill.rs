use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use rtest_chaos::{Drill, DrillContext};
use rtest_core::event::EventKind;
use rtest_core::plan::{ChaosPlan, LoadPlan, Target};
use rtest_core::{Code, Diagnostic};
use rtest_env::RUN_ID_VARIABLE;
use rtest_load::LoadContext;

use super::StageContext;
use crate::engine::Engine;
use crate::journal::Journal;
use crate::target;

/// Time between "go" and the first arrival, so that every worker is up when it falls due.
const HEAD_START: Duration = Duration::from_millis(50);

/// Load and faults on one clock: the load's setup, hypothesis before, both timelines at once,
/// hypothesis after.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    let drill = match &context.plan.chaos {
        Some(plan) => Some(drill(context, plan).await?),
        None => None,
    };
    let load = match &context.plan.load {
        Some(plan) => Some(prepare(context, plan).await?),
        None => None,
    };
    let chaos = context.plan.chaos.iter();
    for allowed in chaos.flat_map(|chaos| &chaos.guardrails.allowed) {
        context.events.emit(EventKind::Note(format!(
            "{} is outside of this machine, and allowed: {}",
            allowed.host, allowed.reason
        )));
    }
    if let Some(drill) = &drill {
        drill.before().await;
    }
    // Both timelines count from here, after setup and probes, which may take their time.
    let start = context.clock.now() + HEAD_START;
    let drive = async {
        match load {
            Some(load) => load.run(start).await,
            None => Ok(()),
        }
    };
    let break_things = async {
        if let Some(drill) = &drill {
            // A drill that is dropped rolls back what it has injected, and `after` waits for that.
            tokio::select! {
                () = drill.run(start) => {}
                () = load_alone_ended(context) => {}
            }
        }
    };
    let both = async { tokio::join!(drive, break_things) };
    let (drove, ()) = match &drill {
        Some(drill) => tokio::select! {
            done = both => done,
            never = watch(drill, context) => match never {},
        },
        None => both.await,
    };
    // Where nothing was to be broken there is no "after".
    if let Some(drill) = drill.filter(|_| breaks_something(context)) {
        drill.after().await;
    }
    drove
}

fn breaks_something(context: &StageContext<'_>) -> bool {
    let chaos = context.plan.chaos.as_ref();
    chaos.is_some_and(|chaos| !chaos.timeline.is_empty())
}

/// Asks what is asked all the time, and ends the drill where a guardrail says so.
async fn watch(drill: &Drill, context: &StageContext<'_>) -> Infallible {
    let guard = async {
        let (guardrail, observed) = drill.guard().await;
        // A bound that was met in the same moment has ended it already.
        if !context.drive.is_cancelled() {
            context.events.emit(EventKind::DrillAborted {
                guardrail,
                observed,
            });
            context.drive.cancel();
        }
        std::future::pending::<()>().await;
    };
    tokio::join!(drill.watch(), guard);
    std::future::pending().await
}

/// When a threshold has ended the load: there is nothing left to break, but the run goes on.
async fn load_alone_ended(context: &StageContext<'_>) {
    context.drive.cancelled().await;
    if context.cancel.is_cancelled() {
        // The drill was told so itself.
        std::future::pending::<()>().await;
    }
}

async fn prepare(context: &StageContext<'_>, plan: &LoadPlan) -> Result<Engine, Diagnostic> {
    let load = LoadContext {
        clock: Arc::clone(&context.clock),
        seed: context.plan.seed,
        windows: Arc::clone(&context.windows),
        events: Arc::clone(&context.events),
        control: context.load_control.clone(),
        cancel: context.drive.clone(),
        target: target::resolve_load(plan, context.environment).await?,
        variables: context.environment.variables(),
        workers: None,
    };
    Engine::prepare(Arc::new(plan.clone()), load).await
}

async fn drill(context: &StageContext<'_>, plan: &ChaosPlan) -> Result<Drill, Diagnostic> {
    let mut addresses = BTreeMap::new();
    for service in &context.plan.services {
        let target = Target::Service(service.name.clone());
        addresses.insert(
            service.name.clone(),
            target::url(&target, context.environment).await?,
        );
    }
    let journal = Journal::create(context.record_folder, context.run_id).map_err(|error| {
        let message = format!("the undo journal cannot be written: {error}");
        Diagnostic::new(Code::EnvironmentFailed, message)
    })?;
    let drill = DrillContext {
        clock: Arc::clone(&context.clock),
        windows: Arc::clone(&context.windows),
        events: Arc::clone(&context.events),
        cancel: context.cancel.clone(),
        proxies: context.links.proxies(),
        services: Some(context.environment.control()),
        seed: context.plan.seed,
        journal: Some(Arc::new(journal)),
        variables: context.environment.variables(),
        mark: Some((RUN_ID_VARIABLE.to_owned(), context.run_id.to_owned())),
        addresses,
    };
    Drill::new(plan.clone(), drill)
        .map_err(|error| Diagnostic::new(Code::EnvironmentFailed, error.to_string()))
}
