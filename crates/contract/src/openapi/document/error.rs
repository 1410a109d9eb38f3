use rtest_core::{Code, Span};

use super::{MAX_FILE, MAX_FILES};

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}: {kind}", Code::UnreadableContract, Code::UnreadableContract.title())]
pub(crate) struct UnreadableDocument {
    /// The place in the document; absent where the file could not even be opened.
    pub(crate) span: Option<Span>,
    pub(crate) kind: UnreadableKind,
}

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableKind {
    #[error("`{file}`: {error}")]
    Io {
        file: String,
        #[source]
        error: std::io::Error,
    },
    #[error("`{file}`: the document and the files that it refers to are more than {} MiB", MAX_FILE >> 20)]
    TooLarge { file: String },
    #[error("it refers to more than {MAX_FILES} files")]
    TooManyFiles,
    #[error("it is not text in UTF-8")]
    NotText,
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("it is not YAML: {0}")]
    NotYaml(String),
    #[error("it is no OpenAPI document: {0}")]
    NotOpenApi(String),
    #[error("OpenAPI `{0}` is not supported; 2.0, 3.0 and 3.1 are")]
    UnknownVersion(String),
    #[error("the reference `{reference}` {why}")]
    Reference { reference: String, why: String },
    #[error("`{file}`: reading it gave up: {words}")]
    Panicked { file: String, words: String },
}

impl UnreadableKind {
    /// With its place.
    pub(crate) fn at(self, span: Span) -> UnreadableDocument {
        UnreadableDocument {
            span: Some(span),
            kind: self,
        }
    }

    /// Of a file as a whole.
    pub(crate) fn nowhere(self) -> UnreadableDocument {
        UnreadableDocument {
            span: None,
            kind: self,
        }
    }
}
