use std::sync::Arc;
use std::time::Duration;

use rtest_chaos::fault::{Fault, FaultyLink, on_link};
use rtest_contract::{VerifyContext, VerifySummary};
use rtest_core::event::EventKind;
use rtest_core::plan::{ContractPlan, DependencyFault};
use rtest_core::{Code, Diagnostic, EventSink};
use tokio::time::{Instant, sleep, timeout};

use super::StageContext;
use crate::target;

/// How long a provider may take to keep its contract again after a fault.
const RECOVERY: Duration = Duration::from_secs(15);

/// How often it is looked whether it does.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Verifies each contract entry against its provider, in the suite's order: provider states are
/// shared, so they do not run side by side. Then again under each fault that the entry names.
pub(crate) async fn run(context: &StageContext<'_>) -> Result<(), Diagnostic> {
    for plan in &context.plan.contracts {
        let verify = VerifyContext {
            provider_url: target::url(&plan.target, context.environment).await?,
            events: Arc::clone(&context.events),
            clock: Arc::clone(&context.clock),
            cancel: context.cancel.clone(),
            data: context.environment.data(),
            variables: context.environment.variables(),
            under: None,
            publish: true,
            pass: String::new(),
            seed: context.plan.seed,
        };
        // What came of it is in the events.
        let unbroken = rtest_contract::verify(plan, &verify).await;
        if let Some(why) = &unbroken.unreachable {
            return Err(unreachable(plan, why));
        }
        for fault in &plan.faults {
            if context.cancel.is_cancelled() {
                break;
            }
            if let Err(why) = under(plan, fault, &verify, &unbroken, context).await {
                context.events.emit(EventKind::ContractFailed {
                    message: format!("{fault}: {why}"),
                    span: fault.span.clone(),
                });
            }
        }
    }
    Ok(())
}

/// A provider that is not there has neither kept nor broken its contract.
fn unreachable(plan: &ContractPlan, why: &str) -> Diagnostic {
    Diagnostic::new(
        Code::Unreachable,
        format!("the provider `{}` is not there", plan.provider),
    )
    .at(&plan.span)
    .note(why)
    .hint("start it, or say where it listens")
}

/// Verifies a contract under a fault, mends it, and waits until the contract is kept again.
///
/// # Errors
/// The fault took no effect or left something behind, or the provider did not recover.
async fn under(
    plan: &ContractPlan,
    fault: &DependencyFault,
    verify: &VerifyContext,
    unbroken: &VerifySummary,
    context: &StageContext<'_>,
) -> Result<(), String> {
    let mut proxies = context.links.proxies();
    let proxy = proxies.remove(&fault.link);
    let proxy = proxy.ok_or_else(|| format!("there is no link `{}`", fault.link))?;
    let name = format!("contract/{fault}");
    let broken = on_link(&name, &fault.fault, Arc::new(FaultyLink::new(proxy)));
    let broken = broken.map_err(|error| error.to_string())?;
    let injected = timeout(broken.limits().inject, broken.inject()).await;
    let injected = match injected {
        Ok(injected) => injected.map_err(|error| error.to_string()),
        Err(_) => Err("it was not broken in time".to_owned()),
    };
    if injected.is_ok() {
        let verify = VerifyContext {
            under: Some(fault.to_string()),
            publish: false,
            pass: format!("under {fault}"),
            ..verify.clone()
        };
        rtest_contract::verify(plan, &verify).await;
    }
    mend(&*broken).await?;
    injected?;
    recovered(plan, fault, verify, unbroken).await
}

async fn mend(broken: &dyn Fault) -> Result<(), String> {
    let limits = broken.limits();
    let mut seen = "it could not be mended in time".to_owned();
    for _ in 0..limits.tries {
        let mended = timeout(limits.roll_back, broken.roll_back()).await;
        match mended {
            Ok(proof) if proof.clean => return Ok(()),
            Ok(proof) => seen = proof.seen,
            Err(_) => {}
        }
    }
    Err(format!("something of it is left: {seen}"))
}

/// Nobody is told of what is only looked at.
struct Untold;

impl EventSink for Untold {
    fn emit(&self, _: EventKind) {}
}

/// Waits until as much is verified as before anything was broken.
async fn recovered(
    plan: &ContractPlan,
    fault: &DependencyFault,
    verify: &VerifyContext,
    unbroken: &VerifySummary,
) -> Result<(), String> {
    let mut look = VerifyContext {
        events: Arc::new(Untold),
        publish: false,
        ..verify.clone()
    };
    let deadline = Instant::now() + RECOVERY;
    let mut looks: u32 = 0;
    loop {
        looks += 1;
        look.pass = format!("after {fault}/{looks}");
        let now = rtest_contract::verify(plan, &look).await;
        if now.verified >= unbroken.verified || verify.cancel.is_cancelled() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            break;
        }
        sleep(LOOK_AGAIN).await;
    }
    Err(format!(
        "its contract is not kept again {}s after the fault",
        RECOVERY.as_secs()
    ))
}
