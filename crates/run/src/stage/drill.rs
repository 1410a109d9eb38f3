use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rtest_chaos::{Drill, DrillContext};
use rtest_core::plan::{ChaosPlan, LoadPlan, Target};
use rtest_core::{Code, Diagnostic, RunTime};
use rtest_load::{LoadContext, ResolvedTarget};

use super::StageContext;
use crate::target;

/// Time between "go" and the first arrival, so that every worker is up when it falls due.
const HEAD_START: Duration = Duration::from_millis(50);

/// Load and faults on one clock: hypothesis before, both timelines at once, hypothesis after.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    let load = match &context.plan.load {
        Some(plan) => Some((
            plan,
            target::resolve(&plan.target, context.environment).await?,
        )),
        None => None,
    };
    let drill = match &context.plan.chaos {
        Some(plan) => Some(drill(context, plan).await?),
        None => None,
    };
    if let Some(drill) = &drill {
        drill.before().await;
    }
    // Both timelines count from here, after the probes, whose answers may take their time.
    let start = context.clock.now() + HEAD_START;
    let drive = async {
        match load {
            Some((plan, target)) => drive(context, plan, target, start).await,
            None => Ok(()),
        }
    };
    let break_things = async {
        if let Some(drill) = &drill {
            drill.run(start).await;
        }
    };
    let (drove, ()) = tokio::join!(drive, break_things);
    if let Some(drill) = &drill {
        drill.after().await;
    }
    drove
}

async fn drive(
    context: &StageContext<'_>,
    plan: &LoadPlan,
    target: ResolvedTarget,
    start: RunTime,
) -> Result<(), Diagnostic> {
    let load = LoadContext {
        clock: Arc::clone(&context.clock),
        seed: context.plan.seed,
        windows: Arc::clone(&context.windows),
        events: Arc::clone(&context.events),
        control: context.load_control.clone(),
        cancel: context.cancel.clone(),
        target,
        variables: context.environment.variables(),
        start,
        workers: None,
    };
    rtest_load::run(Arc::new(plan.clone()), load)
        .await
        .map_err(|error| {
            let mut diagnostic = Diagnostic::new(Code::EnvironmentFailed, error.to_string());
            if let Some(span) = &error.span {
                diagnostic = diagnostic.at(span);
            }
            match error.hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            }
        })
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
    let drill = DrillContext {
        clock: Arc::clone(&context.clock),
        windows: Arc::clone(&context.windows),
        events: Arc::clone(&context.events),
        cancel: context.cancel.clone(),
        proxies: context.links.proxies(),
        addresses,
    };
    Drill::new(plan.clone(), drill)
        .map_err(|error| Diagnostic::new(Code::EnvironmentFailed, error.to_string()))
}
