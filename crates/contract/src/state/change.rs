use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rtest_core::plan::StateChange;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{ProviderState, http};
use crate::provider::Provider;

/// What a provider is told about a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Setup,
    Teardown,
}

/// Tells the provider of a state, as Pact's verifiers do; gives the JSON object that it answers.
///
/// # Errors
/// There is no answer, or its status is not 2xx.
pub(super) async fn change(
    plan: &StateChange,
    consumer: &str,
    state: &ProviderState,
    action: Action,
    provider: &Provider,
    deadline: Instant,
) -> Result<Map<String, Value>, String> {
    let mut request = if plan.url.starts_with('/') {
        provider.request("POST", &plan.url)?
    } else {
        let url = reqwest::Url::parse(&plan.url);
        let url = url.map_err(|error| format!("`{}` is not a URL: {error}", plan.url))?;
        reqwest::Request::new(reqwest::Method::POST, url)
    };
    let action = match action {
        Action::Setup => "setup",
        Action::Teardown => "teardown",
    };
    let body = json!({
        "consumer": consumer, "state": state.name, "params": state.params, "action": action,
    });
    let of = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, of);
    *request.body_mut() = Some(body.to_string().into());
    http::answered(request, &format!("POST {}", plan.url), provider, deadline).await
}
