//! OpenAPI documents against their provider.
//!
//! ```text
//! document ──► operations ──► cases ──► request ──► provider ──► check ──► failures ──► Event
//! one value,   with places    valid,    as text     one pooled   by name   shrunk,
//! local $refs  of schemas     invalid   and curl    client                 each once
//! ```
//!
//! Invariants:
//! - A schema is a place in the document: what it means is said by `jsonschema` alone, and every
//!   violation is shown at its keyword's line.
//! - What is sent as valid was held against its schema before; what is sent as invalid is invalid
//!   however its text may be read.
//! - One seed, one set of requests: each kind of request of each operation has its own stream.
//! - Every operation is told of: verified, mismatched, or why no request could be made.
//!
//! Deliberately absent: `callbacks`, `webhooks` and `links`, XML bodies, references to URLs.

mod cases;
mod check;
mod contract;
mod coverage;
mod document;
mod failures;
mod generate;
mod marker;
mod operation;
mod passed_over;
mod pointer;
mod request;
mod schema;
mod select;
mod shrink;
mod verify;

pub(crate) use marker::marker;
pub(crate) use verify::verify;
