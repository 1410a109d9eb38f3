use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Request;
use rtest_core::event::Mismatch;
use rtest_core::{Span, Stream};
use serde_json::Value;

use crate::provider::{Answer, Provider};
use crate::source::broker::Links;
use crate::state::ProviderState;
use crate::stub::Double;

/// What one consumer wrote down about one provider.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) consumer: String,
    pub(crate) provider: String,
    /// Its file or address, as the user is told it.
    pub(crate) source: Arc<str>,
    /// Where a broker that handed it out takes its results; none elsewhere.
    pub(crate) links: Links,
    /// In file order.
    pub(crate) interactions: Vec<Interaction>,
}

/// One thing that the consumer relies on.
#[derive(Debug)]
pub(crate) struct Interaction {
    pub(crate) description: String,
    /// By what a broker knows it, if it comes from one.
    pub(crate) id: Option<String>,
    pub(crate) states: Vec<ProviderState>,
    /// What is asked in one line: `GET /users/7`.
    pub(crate) request: String,
    pub(crate) span: Span,
    /// Whether the consumer does not rely on it yet.
    pub(crate) pending: bool,
    /// Whether it comes after all before it and before all after it.
    pub(crate) in_order: bool,
    /// How it is tried, or why it is not.
    pub(crate) exchange: Result<Arc<dyn Exchange>, Obstacle>,
}

/// Why an interaction is not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The contract says so.
    Skipped(String),
    /// It is of a kind that cannot be verified here.
    Unsupported(String),
    /// It cannot be understood, or its work could not be bounded.
    Broken(String),
}

/// A request, and what its answer must be.
pub(crate) trait Exchange: fmt::Debug + Send + Sync {
    /// The request as it is sent. `values` are what provider states gave; what the contract wants
    /// generated is drawn from `rng`.
    ///
    /// # Errors
    /// In plain words, what of it cannot be sent.
    fn request<'a>(
        &'a self,
        values: BTreeMap<String, Value>,
        rng: Stream,
        provider: &'a Provider,
    ) -> BoxFuture<'a, Result<Request, String>>;

    /// Where the answer differs from the contract; nowhere where it is kept. Work of unknown but
    /// bounded length, in which the pact crates may panic.
    ///
    /// # Errors
    /// In plain words, why the two cannot be compared.
    fn judge(&self, answer: Answer) -> Result<Vec<Mismatch>, String>;

    /// Whether the contract expects an answer of this status, whatever else it expects. May panic as
    /// [`Exchange::judge`].
    fn expects(&self, _status: u16) -> bool {
        false
    }

    /// Whether it is a request of the consumer's own, that a load can send.
    fn is_request(&self) -> bool {
        true
    }

    /// What stands in for the provider.
    ///
    /// # Errors
    /// In plain words, why nothing can.
    fn double(&self) -> Result<&dyn Double, String> {
        Err("it is a message, which nobody asks for over HTTP".to_owned())
    }
}
