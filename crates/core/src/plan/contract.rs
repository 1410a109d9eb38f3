use std::path::PathBuf;

use crate::plan::{HttpCall, Target};
use crate::span::Span;

/// A pact, or a folder of pacts, to verify against a provider.
#[derive(Clone, Debug)]
pub struct ContractPlan {
    /// A pact file, or a folder that is searched recursively.
    pub source: PathBuf,
    /// The provider's name in the pacts.
    pub provider: String,
    /// Where the provider is.
    pub target: Target,
    /// What sets up the provider states.
    pub states: Vec<StatePlan>,
    /// Its entry in the suite.
    pub span: Span,
}

/// What sets up one provider state.
#[derive(Clone, Debug)]
pub struct StatePlan {
    /// The state's text in the pact.
    pub name: String,
    /// What to do.
    pub action: StateAction,
    /// Its entry in the suite.
    pub span: Span,
}

/// What sets up a provider state.
#[derive(Clone, Debug)]
pub enum StateAction {
    /// A call to the provider; any status but 2xx is a failure.
    Http(HttpCall),
    /// Nothing: the provider is in this state anyway.
    Nothing,
}
