use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rtest_core::Variables;
use rtest_core::plan::StateCall;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::mismatch::excerpt;
use crate::provider::Provider;

/// Calls the provider; gives the JSON object that it answers.
///
/// # Errors
/// There is no answer, or its status is not 2xx.
pub(super) async fn call(
    call: &StateCall,
    variables: &Variables,
    provider: &Provider,
    deadline: Instant,
) -> Result<Map<String, Value>, String> {
    let path = variables.render(&call.path).map_err(|it| it.to_string())?;
    let mut request = provider.request(&call.method, &path)?;
    if let Some(json) = &call.json {
        let json = variables.fill(json).map_err(|it| it.to_string())?;
        let of = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, of);
        *request.body_mut() = Some(json.to_string().into());
    }
    answered(
        request,
        &format!("{} {path}", call.method),
        provider,
        deadline,
    )
    .await
}

/// Sends a request; gives the JSON object that is answered.
///
/// # Errors
/// There is no answer, or its status is not 2xx.
pub(super) async fn answered(
    request: reqwest::Request,
    shown: &str,
    provider: &Provider,
    deadline: Instant,
) -> Result<Map<String, Value>, String> {
    let answer = provider.send(request, deadline).await;
    let answer = answer.map_err(|error| error.to_string())?;
    if !(200..300).contains(&answer.status) {
        let (status, answer) = (answer.status, excerpt(&answer.body));
        return Err(format!("`{shown}` was answered {status}: {answer}"));
    }
    Ok(match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    })
}
