//! What surrounds a match, and what came of it.

use std::panic::RefUnwindSafe;

use pact_matching::Mismatch;
use pact_models::interaction::Interaction;
use pact_models::pact::Pact;
use pact_models::v4::pact::V4Pact;
use pact_models::v4::synch_http::SynchronousHttp;

type AnyPact = Box<dyn Pact + Send + Sync + RefUnwindSafe>;
type AnyInteraction = Box<dyn Interaction + Send + Sync + RefUnwindSafe>;

/// The pact and the interaction around what is matched: only plugins look at them.
pub(super) fn surroundings() -> (AnyPact, AnyInteraction) {
    (
        V4Pact::default().boxed(),
        SynchronousHttp::default().boxed(),
    )
}

/// What `pact_matching` finds to differ. `None` is a future that was not ready: it waits for a
/// plugin.
pub(super) fn found(found: Option<Result<Vec<Mismatch>, String>>) -> Result<Vec<Mismatch>, String> {
    match found {
        Some(Ok(found)) => Ok(found),
        Some(Err(error)) => Err(format!("the answer could not be matched: {error}")),
        None => Err("the answer can only be matched by a plugin".to_owned()),
    }
}
