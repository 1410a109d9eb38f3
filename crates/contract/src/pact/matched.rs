//! Matching is work of unknown length on a thread that may block, and may panic.

use std::panic::RefUnwindSafe;

use pact_matching::Mismatch;
use pact_models::interaction::Interaction;
use pact_models::pact::Pact;
use pact_models::v4::pact::V4Pact;
use pact_models::v4::synch_http::SynchronousHttp;

use crate::compute::compute;

type AnyPact = Box<dyn Pact + Send + Sync + RefUnwindSafe>;
type AnyInteraction = Box<dyn Interaction + Send + Sync + RefUnwindSafe>;

/// The pact and the interaction around what is matched: only plugins look at them.
pub(super) fn surroundings() -> (AnyPact, AnyInteraction) {
    (
        V4Pact::default().boxed(),
        SynchronousHttp::default().boxed(),
    )
}

/// What `pact_matching` finds to differ, with what was compared given back. `None` is a future
/// that was not ready: it waits for a plugin.
pub(super) async fn compare<T: Send + 'static>(
    work: impl FnOnce() -> (Option<Result<Vec<Mismatch>, String>>, T) + Send + 'static,
) -> Result<(Vec<Mismatch>, T), String> {
    match compute(work).await {
        Ok((Some(Ok(found)), compared)) => Ok((found, compared)),
        Ok((Some(Err(error)), _)) => Err(format!("the answer could not be matched: {error}")),
        Ok((None, _)) => Err("the answer can only be matched by a plugin".to_owned()),
        Err(panic) => Err(format!("the answer could not be matched: {panic}")),
    }
}
