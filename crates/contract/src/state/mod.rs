//! Provider states: what the provider must be like before a request is sent, and how it comes to
//! be so. One file for each way.

mod change;
mod command;
mod error;
mod http;
mod provider_state;
mod sql;
mod states;

pub(crate) use error::StateError;
pub(crate) use provider_state::ProviderState;
pub(crate) use states::States;
