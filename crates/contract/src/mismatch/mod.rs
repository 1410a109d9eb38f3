//! Mismatches: where an answer differs from its contract, in plain words, once per field, at the
//! field's place in the contract's file.

mod body_path;
mod expected;
mod explain;
mod place;
mod rename;
mod shown;

pub(crate) use body_path::body_place;
pub(crate) use explain::{cut, explain};
pub(crate) use place::Place;
pub(crate) use rename::likely_new_name;
pub(crate) use shown::{excerpt, items, shorten, type_of, value};
