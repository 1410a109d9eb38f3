use std::collections::BTreeSet;
use std::fmt::Write as _;

use rtest_core::plan::{StatesPlace, StatesPlan};
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

/// Which states have no handler, and what to paste, and where.
pub(super) fn no_handler(states: &[ProviderState], plan: &StatesPlan) -> String {
    let plans = &plan.handlers;
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
    let (place, indent) = match &plan.place {
        StatesPlace::Entry => ("this entry of `contracts`:\n\n    states:".to_owned(), 6),
        StatesPlace::File(file) => (format!("`{file}`:\n"), 4),
        StatesPlace::Flag(flag) => (format!("a file, and name it with `{flag} FILE`:\n"), 4),
    };
    let _ = write!(text, "\nadd to {place}");
    for state in states {
        if missing.contains(state.name.as_str()) {
            let params: serde_json::Map<String, Value> = state.params.clone().into_iter().collect();
            // JSON is YAML: quoted as JSON, any name and any parameter may be pasted.
            let _ = write!(
                text,
                "\n{:indent$}{}: {{ http: {{ post: /PATH, json: {} }} }}",
                "",
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
    use rtest_core::plan::StatePlan;
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
        let mut plan = StatesPlan {
            handlers: vec![known],
            ..StatesPlan::default()
        };
        assert_eq!(
            no_handler(&states, &plan),
            "RT0503: a provider state that nothing sets up: `the shop is \"open\"`, `user 7 exists`\
             ; did you mean `user 7 exist`, which is there?\n\
             add to this entry of `contracts`:\n\n    states:\n      \
             \"user 7 exists\": { http: { post: /PATH, json: {\"id\":7} } }\n      \
             \"the shop is \\\"open\\\"\": { http: { post: /PATH, json: {} } }"
        );
        for (place, told) in [
            (
                StatesPlace::File("my/states.yaml".into()),
                "add to `my/states.yaml`:\n\n    \"user 7 exists\": {",
            ),
            (
                StatesPlace::Flag("--states"),
                "add to a file, and name it with `--states FILE`:\n\n    \"user 7 exists\": {",
            ),
        ] {
            plan.place = place;
            let text = no_handler(&states, &plan);
            assert!(text.contains(told), "{text}");
        }
    }
}
