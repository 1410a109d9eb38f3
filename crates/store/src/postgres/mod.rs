//! Postgres, by its simple protocol: every value as the text that Postgres makes of it.

mod address;
mod quote;
mod rows;
mod session;

pub use address::Postgres;
pub use quote::{identifier, literal};
pub use rows::Rows;
pub use session::Session;
