use std::sync::Arc;

use rtest_case::CaseContext;
use rtest_core::Diagnostic;

use super::StageContext;
use crate::target;

/// Runs the integration cases, past the links' proxies.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    let plan = &context.plan.cases;
    let mut targets = Vec::new();
    for case in &plan.cases {
        targets.push(match &case.target {
            Some(target) => Some(target::url(target, context.environment).await?),
            None => None,
        });
    }
    let cases = CaseContext {
        clock: Arc::clone(&context.clock),
        events: Arc::clone(&context.events),
        cancel: context.cancel.clone(),
        data: context.environment.data(),
        logs: context.environment.logs(),
        targets,
        variables: context.environment.variables(),
    };
    // What came of it is in the events.
    rtest_case::run(plan, &cases).await;
    Ok(())
}
