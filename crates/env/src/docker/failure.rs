use rtest_core::unit::format_duration;
use testcontainers::bollard::errors::Error;

use super::engine::timeout;

/// What to do about an engine that does not answer.
const HANGS: &str = "see whether `docker ps` answers, and start the engine anew where it does not; DOCKER_CLIENT_TIMEOUT=SECONDS gives it longer";

/// What an engine did not do, in words, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{action}: {why}")]
pub struct DockerFailure {
    /// What was wanted: `image \`postgres:15\` cannot be pulled`.
    pub(crate) action: String,
    /// What the engine said.
    pub(crate) why: String,
    /// What to do.
    pub(crate) hint: Option<&'static str>,
}

impl DockerFailure {
    /// What became of `action`.
    pub(crate) fn of(action: impl Into<String>) -> impl FnOnce(Error) -> Self {
        let action = action.into();
        move |error| Self {
            action,
            why: said(&error),
            hint: matches!(error, Error::RequestTimeoutError).then_some(HANGS),
        }
    }

    pub(crate) fn new(action: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            why: why.into(),
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// What the engine said, without what the client adds to it.
pub(crate) fn said(error: &Error) -> String {
    match error {
        Error::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        Error::DockerStreamError { error } => error.trim().to_owned(),
        Error::RequestTimeoutError => format!("no answer for {}", format_duration(timeout())),
        other => rtest_core::causes(other),
    }
}

/// Whether the engine has answered at all.
pub(crate) fn is_answer(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { .. })
}

/// Whether the engine said that there is no such thing.
pub(crate) fn is_missing(error: &Error) -> bool {
    matches!(
        error,
        Error::DockerResponseServerError {
            status_code: 404,
            ..
        }
    )
}
