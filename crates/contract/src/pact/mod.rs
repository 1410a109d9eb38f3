//! Pact files: found, read, checked against limits, and their HTTP interactions verified.

mod contract;
mod json_text;
mod limits;
mod request;
mod source;
mod verify;

pub(crate) use contract::{BodyLayout, Interaction};
pub(crate) use json_text::{JsonText, Step};
pub use verify::{VerifyContext, VerifySummary, verify};
