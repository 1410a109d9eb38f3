use std::error::Error;
use std::io;

use nix::errno::Errno;
use rtest_core::sample::ErrorKind;

/// Why a request got no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// As it is counted.
    pub(crate) kind: ErrorKind,
    /// As it is shown.
    pub(crate) message: String,
}

impl Failure {
    /// Of a kind, in some words.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// Of reqwest, by which goose sends.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        Self::new(kind_of(error), rtest_core::causes(error))
    }
}

fn kind_of(error: &reqwest::Error) -> ErrorKind {
    let io = find::<io::Error>(error);
    let own_limit = io.and_then(io::Error::raw_os_error).map(Errno::from_raw);
    match own_limit {
        Some(Errno::EMFILE | Errno::ENFILE) => return ErrorKind::OpenFiles,
        Some(Errno::EADDRNOTAVAIL) => return ErrorKind::LocalPorts,
        _ => {}
    }
    if error.is_timeout() {
        return ErrorKind::Timeout;
    }
    if error.is_redirect() {
        return ErrorKind::Redirect;
    }
    if error.is_builder() {
        return ErrorKind::Request;
    }
    if error.is_connect() {
        return match io.map(io::Error::kind) {
            _ if is_of_tls(error) => ErrorKind::Tls,
            Some(io::ErrorKind::ConnectionRefused) => ErrorKind::ConnectRefused,
            Some(io::ErrorKind::TimedOut) => ErrorKind::ConnectTimeout,
            _ if rtest_core::causes(error).contains("dns error") => ErrorKind::Dns,
            _ => ErrorKind::Connect,
        };
    }
    match find::<hyper::Error>(error) {
        Some(http) if http.is_parse() => ErrorKind::Protocol,
        Some(http) if !http.is_incomplete_message() && is_of_decoding(io) => ErrorKind::Protocol,
        _ => ErrorKind::Closed,
    }
}

/// hyper's decoders of bodies: a chunk size that is no number, a line without its end.
fn is_of_decoding(error: Option<&io::Error>) -> bool {
    let kinds = [io::ErrorKind::InvalidInput, io::ErrorKind::InvalidData];
    error.is_some_and(|error| kinds.contains(&error.kind()))
}

/// rustls hides its errors within those of the system.
fn is_of_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        let within = current
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if current.is::<rustls::Error>() || within.is_some_and(|it| it.is::<rustls::Error>()) {
            return true;
        }
        cause = current.source();
    }
    false
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(found) = current.downcast_ref() {
            return Some(found);
        }
        cause = current.source();
    }
    None
}
