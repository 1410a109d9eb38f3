use rtest_core::event::OperationCoverage;
use serde::{Deserialize, Serialize};

use super::SpanRecord;

/// The answers of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageEntry {
    /// The contract's file.
    pub source: String,
    /// The provider.
    pub provider: String,
    /// `GET /users/{id}`.
    pub operation: String,
    /// The path that comes before it: `/api/v1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub base: String,
    /// By status; those that are not declared after the others.
    pub answers: Vec<AnswerEntry>,
    /// The operation in the contract's file.
    pub span: SpanRecord,
}

/// How often an operation gave an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerEntry {
    /// `404`, or as it is declared: `4XX`, `default`.
    pub status: String,
    /// Whether the contract has it.
    pub declared: bool,
    /// How many there were.
    pub seen: u64,
}

impl From<&OperationCoverage> for CoverageEntry {
    fn from(coverage: &OperationCoverage) -> Self {
        let answers = coverage.answers.iter().map(|answer| AnswerEntry {
            status: answer.status.clone(),
            declared: answer.declared,
            seen: answer.seen,
        });
        Self {
            source: coverage.source.clone(),
            provider: coverage.provider.clone(),
            operation: coverage.operation.clone(),
            base: coverage.base.clone(),
            answers: answers.collect(),
            span: (&coverage.span).into(),
        }
    }
}
