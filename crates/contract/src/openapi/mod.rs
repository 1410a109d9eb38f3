//! OpenAPI documents: read, requests generated from them, and the provider's answers checked.

mod cases;
mod document;
mod generate;
mod operation;
mod pointer;
mod request;
mod schema;
