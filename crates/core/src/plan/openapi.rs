use std::fmt;
use std::path::PathBuf;

/// An OpenAPI document that a provider must keep to.
#[derive(Clone, Debug)]
pub struct OpenApiPlan {
    /// The document: OpenAPI 2.0, 3.0 or 3.1, as YAML or JSON.
    pub document: PathBuf,
    /// Most valid requests, and most invalid ones, for each operation; at least 1.
    pub examples: u32,
    /// What every answer is held against; never empty, in [`OpenApiCheck::ALL`]'s order.
    pub checks: Vec<OpenApiCheck>,
    /// Only the operations that match one of these; all where empty. A pattern is held against
    /// `GET /users/{id}`, the path alone, and the `operationId`; `*` stands for anything.
    pub operations: Vec<String>,
}

impl OpenApiPlan {
    /// Requests of a kind for each operation, where nothing is said.
    pub const EXAMPLES: u32 = 20;

    /// A document with everything else as it is where nothing is said.
    pub fn of(document: PathBuf) -> Self {
        Self {
            document,
            examples: Self::EXAMPLES,
            checks: OpenApiCheck::ALL.to_vec(),
            operations: Vec::new(),
        }
    }
}

/// What an answer is held against, by the names of Schemathesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OpenApiCheck {
    /// No status of 500 or above.
    NotAServerError,
    /// The status is one that the operation declares.
    StatusCodeConformance,
    /// The body is of a type that the answer declares.
    ContentTypeConformance,
    /// Declared headers are there, and valid.
    ResponseHeadersConformance,
    /// The body is valid under its schema.
    ResponseSchemaConformance,
    /// An invalid request is refused.
    NegativeDataRejection,
    /// A valid request is not refused as invalid.
    PositiveDataAcceptance,
    /// A request without a required header is refused.
    MissingRequiredHeader,
    /// A method that the path does not declare is refused as such.
    UnsupportedMethod,
}

impl OpenApiCheck {
    /// Every check, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::NotAServerError,
        Self::StatusCodeConformance,
        Self::ContentTypeConformance,
        Self::ResponseHeadersConformance,
        Self::ResponseSchemaConformance,
        Self::NegativeDataRejection,
        Self::PositiveDataAcceptance,
        Self::MissingRequiredHeader,
        Self::UnsupportedMethod,
    ];

    /// The name on the command line, in a suite and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAServerError => "not_a_server_error",
            Self::StatusCodeConformance => "status_code_conformance",
            Self::ContentTypeConformance => "content_type_conformance",
            Self::ResponseHeadersConformance => "response_headers_conformance",
            Self::ResponseSchemaConformance => "response_schema_conformance",
            Self::NegativeDataRejection => "negative_data_rejection",
            Self::PositiveDataAcceptance => "positive_data_acceptance",
            Self::MissingRequiredHeader => "missing_required_header",
            Self::UnsupportedMethod => "unsupported_method",
        }
    }

    /// Those that are wanted, without those that are not, in their order; `wanted` is all of them
    /// where it is empty.
    pub fn select(wanted: &[Self], unwanted: &[Self]) -> Vec<Self> {
        let all = Self::ALL.into_iter();
        all.filter(|check| wanted.is_empty() || wanted.contains(check))
            .filter(|check| !unwanted.contains(check))
            .collect()
    }
}

impl fmt::Display for OpenApiCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_selected_in_one_order() {
        use OpenApiCheck::{NotAServerError, UnsupportedMethod};
        assert_eq!(
            OpenApiCheck::select(&[UnsupportedMethod, NotAServerError], &[]),
            [NotAServerError, UnsupportedMethod]
        );
        assert_eq!(OpenApiCheck::select(&[], &[NotAServerError]).len(), 8);
        assert_eq!(
            OpenApiCheck::select(&[NotAServerError], &[NotAServerError]),
            []
        );
    }
}
