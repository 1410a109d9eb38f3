use std::collections::BTreeMap;

use rtest_core::event::{AnswerCoverage, OperationCoverage};

use crate::openapi::contract::OpenApi;
use crate::openapi::operation::{Operation, StatusKey};

/// The answers of an operation, counted as they come.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    declared: BTreeMap<StatusKey, u64>,
    undeclared: BTreeMap<u16, u64>,
}

impl Coverage {
    /// Counts an answer under what is declared for it.
    pub(crate) fn count(&mut self, operation: &Operation, status: u16) {
        *match operation.response(status) {
            Some(response) => self.declared.entry(response.status).or_default(),
            None => self.undeclared.entry(status).or_default(),
        } += 1;
    }

    /// As it is told.
    pub(crate) fn told(
        &self,
        openapi: &OpenApi,
        operation: &Operation,
        provider: &str,
    ) -> OperationCoverage {
        let declared = operation.responses.iter().map(|response| AnswerCoverage {
            status: response.status.to_string(),
            declared: true,
            seen: self.declared.get(&response.status).copied().unwrap_or(0),
        });
        let undeclared = self.undeclared.iter().map(|(status, seen)| AnswerCoverage {
            status: status.to_string(),
            declared: false,
            seen: *seen,
        });
        OperationCoverage {
            source: openapi.file().to_owned(),
            provider: provider.to_owned(),
            operation: operation.name(),
            base: openapi.base.trim_end_matches('/').to_owned(),
            answers: declared.chain(undeclared).collect(),
            span: openapi.span(&operation.at),
        }
    }
}
