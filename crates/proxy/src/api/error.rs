use hyper::StatusCode;

/// An error as the API tells it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What clients show.
    pub message: String,
    /// The HTTP status.
    pub status: StatusCode,
}

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            status,
        }
    }

    pub(super) fn bad_body(detail: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            format!("bad request body: {detail}"),
        )
    }

    pub(super) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("bad request body: larger than {limit} bytes"),
        )
    }

    pub(super) fn body_too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "bad request body: not received in time",
        )
    }

    pub(super) fn missing_field(field: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            format!("missing required field: {field}"),
        )
    }

    pub(super) fn invalid_stream() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "stream was invalid, can be either upstream or downstream",
        )
    }

    pub(super) fn invalid_toxic_type() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid toxic type")
    }

    pub(super) fn proxy_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "proxy not found")
    }

    pub(super) fn toxic_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "toxic not found")
    }

    pub(super) fn fault_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "fault not found")
    }

    pub(super) fn fault_exists() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "there is a fault or a toxic of this name",
        )
    }

    pub(super) fn no_lease() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "the fault was made without `ttl_ms`: it stays until it is removed",
        )
    }

    pub(super) fn proxy_exists() -> Self {
        Self::new(StatusCode::CONFLICT, "proxy already exists")
    }

    pub(super) fn toxic_exists() -> Self {
        Self::new(StatusCode::CONFLICT, "toxic already exists")
    }

    /// The same as Go tells it where it was about to listen.
    pub(super) fn of_listening(self) -> Self {
        Self {
            message: format!("listen tcp: {}", self.message),
            ..self
        }
    }

    /// What the system, not the request, is to blame for.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }
}
