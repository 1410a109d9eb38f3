//! Clients of stores: what a test asks of a database, a cache or a queue.
//!
//! ```text
//! postgres://user@host/db ──► Postgres ──► Session ──► Rows       text, with the columns' names
//! redis://host            ──► Redis    ──► JSON
//! host:port               ──► Kafka    ──► Message
//!                               └── Limits: time, bytes, rows
//! ```
//!
//! Invariants:
//! - Whatever a store sends, no more than [`Limits`] of it is ever held, and no wait is longer.
//! - An error carries the store's own words: of Postgres also the hint, the place and the SQLSTATE.
//!   No error shows a password.
//! - Nothing is encrypted, so nothing is spoken to that is not on this machine.
//! - A session's task ends with the session.
//!
//! Deliberately absent: pools (a test asks a few times), types of columns, transactions across
//! calls, what is expected of an answer.

mod cache;
mod error;
mod kafka;
mod limits;
mod ping;
mod postgres;
mod wire;

pub use cache::Redis;
pub use error::{SqlError, StoreError};
pub use kafka::{Kafka, Message, Watermarks};
pub use limits::Limits;
pub use ping::ping;
pub use postgres::{Postgres, Rows, Session, identifier, literal};
