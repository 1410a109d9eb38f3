use std::collections::BTreeSet;
use std::fmt::Write as _;

use rtest_core::plan::StatePlan;
use rtest_core::{Code, nearest};
use serde_json::Value;

use super::ProviderState;

/// A provider state that could not be set up, or not be left.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    /// The suite has nothing for it.
    #[error("{0}")]
    NoHandler(String),
    /// An action of it was not done.
    #[error("provider state `{state}`: {why}")]
    Action { state: String, why: String },
    /// Its end was not reached.
    #[error("after provider state `{state}`: {why}")]
    Teardown { state: String, why: String },
    /// The data of a service could not be settled before the states, or brought back after them.
    #[error("the data of `{service}` could not be brought back: {why}")]
    Data { service: String, why: String },
    /// It took too long.
    #[error("provider states were not set up within {0}s")]
    Timeout(u64),
}

/// Which states have no handler, and what to paste into the suite.
pub(super) fn no_handler(states: &[ProviderState], plans: &[StatePlan]) -> String {
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
            setup: Vec::new(),
            teardown: Vec::new(),
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
