//! Provider states: what the provider must be like before a request is sent.

mod handler;

pub(crate) use handler::{ProviderState, set_up};
