use std::sync::Arc;

use rtest_contract::VerifyContext;
use rtest_core::Diagnostic;

use super::StageContext;
use crate::target;

/// Verifies each contract entry against its provider, in the suite's order: provider states are
/// shared, so they do not run side by side.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    for plan in &context.plan.contracts {
        let verify = VerifyContext {
            provider_url: target::url(&plan.target, context.environment).await?,
            events: Arc::clone(&context.events),
            clock: Arc::clone(&context.clock),
            seed: context.plan.seed,
            cancel: context.cancel.clone(),
            data: context.environment.data(),
            variables: context.environment.variables(),
        };
        // What came of it is in the events.
        rtest_contract::verify(plan, &verify).await;
    }
    Ok(())
}
