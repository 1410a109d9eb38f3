use std::collections::BTreeMap;

use serde_json::Value;

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
