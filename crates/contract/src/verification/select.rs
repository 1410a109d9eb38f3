use std::collections::BTreeSet;

use regex::Regex;
use rtest_core::plan::{InteractionKey, InteractionSelect};

use crate::interaction::{Contract, Interaction};

/// Which interactions are verified.
pub(super) struct Selection {
    consumers: Vec<String>,
    description: Option<Regex>,
    state: Option<State>,
    only: Option<BTreeSet<InteractionKey>>,
}

enum State {
    None,
    Matching(Regex),
}

impl Selection {
    /// # Errors
    /// A regular expression is not one.
    pub(super) fn new(select: &InteractionSelect) -> Result<Self, String> {
        let regex = |text: &String| {
            Regex::new(text).map_err(|error| {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or_default();
                format!("`{text}` is not a regular expression: {why}")
            })
        };
        let state = match &select.state {
            None => None,
            Some(text) if text.is_empty() => Some(State::None),
            Some(text) => Some(State::Matching(regex(text)?)),
        };
        Ok(Self {
            consumers: select.consumers.clone(),
            description: select.description.as_ref().map(regex).transpose()?,
            state,
            only: (select.only.as_ref()).map(|only| only.iter().cloned().collect()),
        })
    }

    pub(super) fn has(&self, contract: &Contract, interaction: &Interaction) -> bool {
        let consumer = &contract.consumer;
        let of_consumer = self.consumers.is_empty() || self.consumers.contains(consumer);
        let describes = |regex: &Regex| regex.is_match(&interaction.description);
        let in_state = |state: &State| match state {
            State::None => interaction.states.is_empty(),
            State::Matching(regex) => {
                let mut states = interaction.states.iter();
                states.any(|state| regex.is_match(&state.name))
            }
        };
        let is_one_of = |only: &BTreeSet<InteractionKey>| {
            only.contains(&InteractionKey {
                consumer: consumer.clone(),
                description: interaction.description.clone(),
                states: (interaction.states.iter())
                    .map(|state| state.name.clone())
                    .collect(),
            })
        };
        of_consumer
            && self.description.as_ref().is_none_or(describes)
            && self.state.as_ref().is_none_or(in_state)
            && self.only.as_ref().is_none_or(is_one_of)
    }
}

/// What is selected, as the user is told it; empty where that is everything.
pub(super) fn describe(select: &InteractionSelect) -> String {
    let mut parts = Vec::new();
    if !select.consumers.is_empty() {
        let names: Vec<String> = select
            .consumers
            .iter()
            .map(|it| format!("`{it}`"))
            .collect();
        parts.push(format!("of consumer {}", names.join(" or ")));
    }
    if let Some(description) = &select.description {
        parts.push(format!("described as /{description}/"));
    }
    match select.state.as_deref() {
        None => {}
        Some("") => parts.push("without a provider state".to_owned()),
        Some(state) => parts.push(format!("with a provider state like /{state}/")),
    }
    if let Some(only) = &select.only {
        parts.push(format!("among the {} that failed last", only.len()));
    }
    parts.join(", ")
}

/// Whether some interactions of a pact may be tried and others not. Consumers are whole pacts.
pub(super) fn narrows(select: &InteractionSelect) -> bool {
    select.description.is_some() || select.state.is_some() || select.only.is_some()
}
