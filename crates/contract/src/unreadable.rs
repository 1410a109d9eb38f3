use rtest_core::{Code, Span};

use crate::source::MAX_FILE;
use crate::source::broker::BrokerError;

/// A contract that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}: {kind}", .kind.code(), .kind.code().title())]
pub(crate) struct UnreadableContract {
    /// The place in the file; absent where the file could not even be opened.
    pub(crate) span: Option<Span>,
    pub(crate) kind: UnreadableKind,
}

/// Why a contract cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableKind {
    #[error("`{file}`: {error}")]
    Io {
        file: String,
        #[source]
        error: std::io::Error,
    },
    #[error("`{url}`: {why}")]
    NotFetched { url: String, why: String },
    #[error(transparent)]
    Broker(BrokerError),
    #[error("`{file}` is larger than {} MiB", MAX_FILE >> 20)]
    TooLarge { file: String },
    #[error("it is not text in UTF-8")]
    NotText,
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("it is not YAML that is taken: {0}")]
    NotYaml(String),
    #[error("it is JSON, but not a pact: {0}")]
    NotAPact(String),
    #[error(
        "it is an OpenAPI document, not a pact or a contract of Spring Cloud Contract; \
         `rtest contract openapi` verifies a provider against it"
    )]
    OpenApi,
    #[error("pact specification `{0}` is not supported; versions 1 to 4 are")]
    UnknownVersion(String),
    #[error("`{file}`: the pact crates gave up on it: {words}")]
    Panicked { file: String, words: String },
}

impl UnreadableKind {
    fn code(&self) -> Code {
        match self {
            Self::Broker(error) => error.kind.code(),
            _ => Code::UnreadableContract,
        }
    }
}

impl From<BrokerError> for UnreadableContract {
    fn from(error: BrokerError) -> Self {
        Self {
            span: None,
            kind: UnreadableKind::Broker(error),
        }
    }
}
