//! Mismatches: where an answer differs from its contract, in plain words, once per field, at the
//! field's place in the contract's file.

mod body_path;
mod expected;
mod explain;
mod place;
mod rename;
mod shown;

pub(crate) use explain::explain;
pub(crate) use place::Place;
pub(crate) use shown::{excerpt, shorten, value as shown_value};
