use std::collections::BTreeMap;
use std::sync::Arc;

use rtest_core::Stream;
use rtest_core::event::InteractionOutcome;
use rtest_core::expectation::StatusMatch;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::compute::compute;
use crate::interaction::{Contract, Exchange, Interaction, Obstacle};
use crate::mismatch::excerpt;
use crate::provider::{INTERACTION_TIMEOUT, Provider};
use crate::state::States;

/// Sets up the states, sends the request, judges the answer, leaves the states. An answer that is
/// not the contract's and has a declared status is one that the interaction degrades to.
pub(super) async fn attempt(
    contract: &Contract,
    interaction: &Interaction,
    states: &States<'_>,
    provider: &Provider,
    declared: Option<&StatusMatch>,
    rng: Stream,
) -> InteractionOutcome {
    let exchange = match &interaction.exchange {
        Ok(exchange) => exchange,
        Err(Obstacle::Skipped(why)) => return InteractionOutcome::Skipped(why.clone()),
        Err(Obstacle::Unsupported(why)) => return InteractionOutcome::Unsupported(why.clone()),
        Err(Obstacle::Broken(why)) => {
            return InteractionOutcome::Failed(format!("cannot be verified: {why}"));
        }
    };
    let deadline = Instant::now() + INTERACTION_TIMEOUT;
    let stay = match states.enter(contract, interaction, deadline).await {
        Ok(stay) => stay,
        Err(error) => return InteractionOutcome::Failed(error.to_string()),
    };
    let values = stay.values().clone();
    let outcome = exchanged(exchange, (values, rng), provider, declared, deadline).await;
    match (outcome, stay.leave().await) {
        (Err(why), _) => InteractionOutcome::Failed(why),
        (Ok(InteractionOutcome::Verified), Err(error)) => {
            InteractionOutcome::Failed(error.to_string())
        }
        // What differs says more than what could not be cleared up after it.
        (Ok(outcome), _) => outcome,
    }
}

/// # Errors
/// Why it could not be tried, in words.
async fn exchanged(
    exchange: &Arc<dyn Exchange>,
    (values, rng): (BTreeMap<String, Value>, Stream),
    provider: &Provider,
    declared: Option<&StatusMatch>,
    deadline: Instant,
) -> Result<InteractionOutcome, String> {
    let request = exchange.request(values, rng, provider).await?;
    let answer = provider.send(request, deadline).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let degraded = declared
        .filter(|declared| declared.fits(answer.status))
        .map(|_| format!("{} {}", answer.status, excerpt(&answer.body)));
    let judge = Arc::clone(exchange);
    let mismatches = timeout_at(deadline, compute(move || judge.judge(answer))).await;
    let mismatches = mismatches.map_err(|_| {
        let limit = INTERACTION_TIMEOUT.as_secs();
        format!("comparing the answer with the contract was not done within {limit}s")
    })?;
    let mismatches =
        mismatches.map_err(|panic| format!("the answer could not be matched: {panic}"))??;
    Ok(if mismatches.is_empty() {
        InteractionOutcome::Verified
    } else if let Some(answer) = degraded {
        InteractionOutcome::Degraded(answer)
    } else {
        InteractionOutcome::Mismatched(mismatches)
    })
}
