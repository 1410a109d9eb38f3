use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Request;
use rtest_core::Stream;
use rtest_core::event::Mismatch;
use serde_json::Value;

use super::contract::SpringContract;
use super::judgement::Judgement;
use super::place::Place;
use crate::interaction::Exchange;
use crate::provider::{Answer, Provider};
use crate::stub::Double;

/// A request with the contract's own values, and the answer that the contract asks for.
#[derive(Debug)]
pub(super) struct SpringHttp {
    pub(super) contract: Arc<SpringContract>,
    pub(super) place: Place,
}

impl Exchange for SpringHttp {
    fn request<'a>(
        &'a self,
        _values: BTreeMap<String, Value>,
        _rng: Stream,
        provider: &'a Provider,
    ) -> BoxFuture<'a, Result<Request, String>> {
        Box::pin(async move { self.contract.request.build(provider) })
    }

    fn judge(&self, answer: Answer) -> Result<Vec<Mismatch>, String> {
        Judgement::of(&self.contract.response, &self.place, &answer)
    }

    fn expects(&self, status: u16) -> bool {
        self.contract.response.status == status
    }

    fn double(&self) -> Result<&dyn Double, String> {
        Ok(self.contract.as_ref())
    }
}
