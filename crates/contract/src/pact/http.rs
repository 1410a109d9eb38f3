use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use pact_matching::{CoreMatchingContext, match_status};
use pact_models::PactSpecification;
use pact_models::generators::GeneratorTestMode;
use pact_models::sync_interaction::RequestResponseInteraction;
use pact_models::v4::http_parts::HttpRequest;
use pact_models::v4::synch_http::SynchronousHttp;
use reqwest::Request;
use rtest_core::Stream;
use rtest_core::event::Mismatch;
use serde_json::Value;

use super::document::Raw;
use super::generate::drawn_request;
use super::{http_parts, limits, matched};
use crate::compute::compute;
use crate::interaction::{Exchange, Obstacle};
use crate::mismatch::{Place, explain};
use crate::provider::{Answer, Provider};
use crate::stub::Double;

/// A request and the answer that the consumer relies on.
#[derive(Debug)]
pub(super) struct PactHttp {
    pub(super) http: Arc<SynchronousHttp>,
    place: Place,
    /// Why no request can be held against its own, if so.
    unasked: Option<String>,
}

impl PactHttp {
    /// # Errors
    /// It is malformed, or asks for more than can be done.
    pub(super) fn read(raw: &Raw<'_>) -> Result<Self, Obstacle> {
        let http = parse(raw).map_err(Obstacle::Broken)?;
        if let Some(obstacle) = limits::of_http(&http) {
            return Err(obstacle);
        }
        let body: &[&str] = match raw.version {
            PactSpecification::V4 => &["body", "content"],
            _ => &["body"],
        };
        Ok(Self {
            unasked: limits::of_request(&http.request),
            http: Arc::new(http),
            place: Place::new(raw.text, raw.at, "response", body, "headers"),
        })
    }
}

fn parse(raw: &Raw<'_>) -> Result<SynchronousHttp, String> {
    for part in ["request", "response"] {
        if !raw.json.get(part).is_none_or(Value::is_object) {
            return Err(format!("its `{part}` is not a JSON object"));
        }
    }
    // `pact_models` panics on a status that is no number and cuts one that is too large.
    let response = raw.json.get("response");
    if let Some(status) = response.and_then(|response| response.get("status"))
        && !status
            .as_u64()
            .is_some_and(|status| (100..1000).contains(&status))
    {
        return Err(format!(
            "its `response.status` is {status}: not a status code"
        ));
    }
    let http = if raw.version == PactSpecification::V4 {
        SynchronousHttp::from_json(raw.json, raw.index)
    } else {
        let parsed = RequestResponseInteraction::from_json(raw.index, raw.json, &raw.version);
        parsed.map(|parsed| SynchronousHttp {
            description: parsed.description,
            provider_states: parsed.provider_states,
            request: parsed.request.as_v4_request(),
            response: parsed.response.as_v4_response(),
            ..SynchronousHttp::default()
        })
    };
    http.map_err(|error| format!("it cannot be read: {error}"))
}

impl Exchange for PactHttp {
    fn request<'a>(
        &'a self,
        values: BTreeMap<String, Value>,
        rng: Stream,
        provider: &'a Provider,
    ) -> BoxFuture<'a, Result<Request, String>> {
        Box::pin(async move {
            if self.http.request.generators.is_empty() {
                return http_parts::build(&self.http.request, provider);
            }
            http_parts::build(&generate(&self.http, values, rng).await?, provider)
        })
    }

    fn judge(&self, answer: Answer) -> Result<Vec<Mismatch>, String> {
        limits::of_arrived(&answer.headers, &answer.body)?;
        let answer = http_parts::response(answer);
        let (pact, around) = matched::surroundings();
        let expected = &self.http.response;
        let found = pact_matching::match_response(expected.clone(), answer.clone(), &pact, &around);
        let found = found.now_or_never();
        let found = matched::found(found.map(|found| found.map_err(|error| error.to_string())))?;
        Ok(explain(&self.place, expected, &answer, &found))
    }

    fn expects(&self, status: u16) -> bool {
        let rules = self
            .http
            .response
            .matching_rules
            .rules_for_category("status");
        let context = CoreMatchingContext {
            matchers: rules.unwrap_or_default(),
            ..CoreMatchingContext::default()
        };
        match_status(self.http.response.status, status, &context).is_ok()
    }

    fn double(&self) -> Result<&dyn Double, String> {
        match &self.unasked {
            None => Ok(self),
            Some(why) => Err(why.clone()),
        }
    }
}

/// The request with its generated values.
async fn generate(
    http: &Arc<SynchronousHttp>,
    values: BTreeMap<String, Value>,
    mut rng: Stream,
) -> Result<HttpRequest, String> {
    let http = Arc::clone(http);
    let work = move || {
        let context: HashMap<&str, Value> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let mode = GeneratorTestMode::Provider;
        let drawn = drawn_request(&http.request, &mut rng);
        pact_matching::generate_request(&drawn, &mode, &context).now_or_never()
    };
    match compute(work).await {
        Ok(Some(generated)) => Ok(generated),
        Ok(None) => Err("a value of the request can only be generated by a plugin".to_owned()),
        Err(panic) => Err(format!("the request could not be generated: {panic}")),
    }
}
