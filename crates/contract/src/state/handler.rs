use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rtest_core::plan::{HttpCall, StateAction, StatePlan};
use rtest_core::{Code, nearest};
use serde_json::Value;
use tokio::time::Instant;

use crate::mismatch::excerpt;
use crate::provider::{Provider, ProviderError};

/// A provider state that an interaction asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderState {
    pub(crate) name: String,
    /// Parameters, by name; from V3 on.
    pub(crate) params: BTreeMap<String, Value>,
}

impl ProviderState {
    /// The states of an interaction, as `pact_models` reads every version's spelling of them.
    pub(crate) fn all_of(interaction: &Value) -> Vec<Self> {
        pact_models::provider_states::ProviderState::from_json(interaction)
            .into_iter()
            .map(|state| Self {
                name: state.name,
                params: state.params.into_iter().collect(),
            })
            .collect()
    }
}

/// A provider state that could not be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    /// The suite has nothing for it.
    #[error("{0}")]
    NoHandler(String),
    /// The provider refused the call.
    #[error("provider state `{state}`: `{call}` was answered {status}: {answer}")]
    Refused {
        state: String,
        call: String,
        status: u16,
        answer: String,
    },
    /// The provider gave no answer to the call.
    #[error("provider state `{state}`: {error}")]
    NoAnswer {
        state: String,
        #[source]
        error: ProviderError,
    },
    /// The call of the suite is not HTTP.
    #[error("provider state `{state}`: {why}")]
    BadCall { state: String, why: String },
}

/// Brings the provider into all states, in order. Returns the values that generators may refer
/// to: the states' parameters, then what the calls answered as a JSON object.
///
/// # Errors
/// The first state that could not be set up; all of those that the suite does not know, together.
///
/// # Cancellation
/// A call under way is abandoned; what it has done in the provider stays.
pub(crate) async fn set_up(
    states: &[ProviderState],
    plans: &[StatePlan],
    provider: &Provider,
    deadline: Instant,
) -> Result<BTreeMap<String, Value>, StateError> {
    let handlers: Vec<Option<&StatePlan>> = states
        .iter()
        .map(|state| plans.iter().find(|plan| plan.name == state.name))
        .collect();
    if handlers.iter().any(Option::is_none) {
        return Err(StateError::NoHandler(no_handler(states, plans)));
    }
    let mut values = BTreeMap::new();
    for state in states {
        values.extend(state.params.clone());
    }
    for plan in handlers.into_iter().flatten() {
        if let StateAction::Http(call) = &plan.action {
            values.extend(call_provider(&plan.name, call, provider, deadline).await?);
        }
    }
    Ok(values)
}

async fn call_provider(
    state: &str,
    call: &HttpCall,
    provider: &Provider,
    deadline: Instant,
) -> Result<serde_json::Map<String, Value>, StateError> {
    let state = state.to_owned();
    let mut request = match provider.request(&call.method, &call.path) {
        Ok(request) => request,
        Err(why) => return Err(StateError::BadCall { state, why }),
    };
    if let Some(json) = &call.json {
        let of = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, of);
        *request.body_mut() = Some(json.to_string().into());
    }
    let answer = match provider.send(request, deadline).await {
        Ok(answer) => answer,
        Err(error) => return Err(StateError::NoAnswer { state, error }),
    };
    if !(200..300).contains(&answer.status) {
        return Err(StateError::Refused {
            state,
            call: format!("{} {}", call.method, call.path),
            status: answer.status,
            answer: excerpt(&answer.body),
        });
    }
    Ok(match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(values)) => values,
        _ => serde_json::Map::new(),
    })
}

/// Which states have no handler, and what to paste into the suite.
fn no_handler(states: &[ProviderState], plans: &[StatePlan]) -> String {
    let missing: BTreeSet<&str> = states
        .iter()
        .map(|state| state.name.as_str())
        .filter(|name| plans.iter().all(|plan| plan.name != *name))
        .collect();
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let mut text = format!(
        "{}: {}: {}",
        Code::StateWithoutHandler,
        Code::StateWithoutHandler.title(),
        names.join(", ")
    );
    for name in &missing {
        if let Some(near) = nearest(name, plans.iter().map(|plan| plan.name.as_str())) {
            let _ = write!(text, "; did you mean `{near}`, which is there?");
        }
    }
    text.push_str("\nadd to this entry of `contracts`:\n\n    states:");
    for state in states {
        if missing.contains(state.name.as_str()) {
            let params: serde_json::Map<String, Value> = state.params.clone().into_iter().collect();
            // JSON is YAML: quoted as JSON, any name and any parameter may be pasted.
            let _ = write!(
                text,
                "\n      {}: {{ http: {{ post: /PATH, json: {} }} }}",
                Value::from(state.name.as_str()),
                Value::Object(params)
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::Span;
    use serde_json::json;

    fn state(name: &str, params: Value) -> ProviderState {
        ProviderState {
            name: name.to_owned(),
            params: serde_json::from_value(params).expect("an object"),
        }
    }

    #[test]
    fn every_state_without_a_handler_is_listed_with_a_template_to_paste() {
        let known = StatePlan {
            name: "user 7 exist".to_owned(),
            action: StateAction::Nothing,
            span: Span::of_flag("suite", "x"),
        };
        let states = [
            state("user 7 exists", json!({ "id": 7 })),
            state("user 7 exist", json!({})),
            state("the shop is \"open\"", json!({})),
        ];
        let text = no_handler(&states, &[known]);
        assert_eq!(
            text,
            "RT0503: a provider state that nothing sets up: `the shop is \"open\"`, `user 7 exists`\
             ; did you mean `user 7 exist`, which is there?\n\
             add to this entry of `contracts`:\n\n    states:\n      \
             \"user 7 exists\": { http: { post: /PATH, json: {\"id\":7} } }\n      \
             \"the shop is \\\"open\\\"\": { http: { post: /PATH, json: {} } }"
        );
    }
}
