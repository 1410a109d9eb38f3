use std::path::Path;

use rtest_core::Span;

use crate::openapi::document::{Document, UnreadableDocument, UnreadableKind};
use crate::openapi::operation::{Credential, Operation, base_path, operations};
use crate::openapi::passed_over::passed_over;
use crate::openapi::pointer::Pointer;
use crate::openapi::schema::{Direction, Schemas};

/// A document, and everything that is made of it once.
#[derive(Debug)]
pub(crate) struct OpenApi {
    document: Document,
    /// In the document's order.
    pub(crate) operations: Vec<Operation>,
    /// Schemas as requests have to be.
    pub(crate) requests: Schemas,
    /// Schemas as answers have to be.
    pub(crate) answers: Schemas,
    /// What the document's first server adds before every path.
    pub(crate) base: String,
}

impl OpenApi {
    /// Reads a document.
    ///
    /// # Errors
    /// As [`Document::read`]; or its schemas cannot be told apart.
    pub(crate) fn read(path: &Path) -> Result<Self, UnreadableDocument> {
        let document = Document::read(path)?;
        let schemas = |direction| {
            Schemas::new(&document, direction)
                .map_err(|why| UnreadableKind::NotOpenApi(why).at(document.span(&Pointer::root())))
        };
        let (requests, answers) = (schemas(Direction::Request)?, schemas(Direction::Response)?);
        Ok(Self {
            operations: operations(&document),
            base: base_path(&document),
            requests,
            answers,
            document,
        })
    }

    /// The document's file, as shown.
    pub(crate) fn file(&self) -> &str {
        self.document.file()
    }

    /// What requests carry to be let in, over all operations: none of it is shown.
    pub(crate) fn credentials(&self) -> Vec<Credential> {
        let operations = self.operations.iter();
        let mut all: Vec<_> = operations.flat_map(|one| one.credentials.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What these operations describe, or the document beside them, and nothing verifies: a sentence
    /// for each kind.
    pub(crate) fn passed_over<'a>(
        &self,
        operations: impl Iterator<Item = &'a Operation> + Clone,
    ) -> Vec<String> {
        passed_over(&self.document, operations)
    }

    /// Where something stands in its file.
    pub(crate) fn span(&self, at: &Pointer) -> Span {
        self.document.span(at)
    }
}
