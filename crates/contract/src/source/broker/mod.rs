//! A Pact Broker: which pacts are to be verified, and who is told what came of it.
//!
//! ```text
//! index ──► pb:provider-pacts-for-verification ──► pact ──► pb:publish-verification-results
//!                    selectors, pending, WIP         │
//!                                                    └──► pb:provider ──► branch, tags
//! ```
//!
//! Invariants:
//! - Every request goes to the host of the suite, whatever host a link names: credentials reach
//!   nobody else, and a broker behind another address is reached all the same.
//! - Every request has 30 s and every answer a largest size; there are no retries.
//! - Errors have the broker's words, and never a credential.

mod error;
mod hal;
mod link;
mod pacts;
mod results;

pub(crate) use error::BrokerError;
pub(crate) use link::Links;
pub(crate) use pacts::{BrokeredPact, find};
pub(crate) use results::{PactResults, Publisher};
