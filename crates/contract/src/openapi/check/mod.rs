//! What every answer is held against: the stateless checks of Schemathesis, by its names.

mod content_type;
mod headers;
mod missing_header;
mod negative;
mod positive;
mod schema;
mod server_error;
mod status;
mod unsupported_method;

use rtest_core::plan::OpenApiCheck;

use crate::openapi::operation::Operation;
use crate::openapi::pointer::Pointer;
use crate::openapi::request::Intent;
use crate::openapi::schema::Schemas;
use crate::provider::Answer;

/// A request and its answer.
pub(crate) struct Exchange<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) intent: &'a Intent,
    /// As it was sent.
    pub(crate) method: &'a str,
    pub(crate) answer: &'a Answer,
    /// The schemas as answers have to be.
    pub(crate) schemas: &'a Schemas,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Where in the answer: `status`, `header Location`, `body $.email`.
    pub(crate) location: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
    /// In one sentence.
    pub(crate) message: String,
    /// What of the document it contradicts.
    pub(crate) at: Pointer,
}

/// What a check finds. The answer to a method that is not declared is only held against what is
/// said about such methods.
pub(crate) fn run(check: OpenApiCheck, exchange: &Exchange<'_>) -> Vec<Finding> {
    let is_declared = !matches!(exchange.intent, Intent::UnsupportedMethod(_));
    match check {
        OpenApiCheck::NotAServerError => server_error::run(exchange),
        OpenApiCheck::UnsupportedMethod => unsupported_method::run(exchange),
        _ if !is_declared => Vec::new(),
        OpenApiCheck::StatusCodeConformance => status::run(exchange),
        OpenApiCheck::ContentTypeConformance => content_type::run(exchange),
        OpenApiCheck::ResponseHeadersConformance => headers::run(exchange),
        OpenApiCheck::ResponseSchemaConformance => schema::run(exchange),
        OpenApiCheck::NegativeDataRejection => negative::run(exchange),
        OpenApiCheck::PositiveDataAcceptance => positive::run(exchange),
        OpenApiCheck::MissingRequiredHeader => missing_header::run(exchange),
    }
}

impl Exchange<'_> {
    fn status(&self) -> u16 {
        self.answer.status
    }

    /// A header of the answer, as text.
    fn header(&self, name: &str) -> Option<String> {
        let value = self.answer.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Whether an answer of this kind has no body whatever is declared (RFC 9110, 6.4.1).
    fn is_bodiless(&self) -> bool {
        self.method == "HEAD" || matches!(self.status(), 204 | 304)
    }

    /// A finding about the status.
    fn status_finding(&self, expected: String, message: String, at: &Pointer) -> Finding {
        Finding {
            location: "status".to_owned(),
            expected,
            actual: self.status().to_string(),
            message,
            at: at.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
