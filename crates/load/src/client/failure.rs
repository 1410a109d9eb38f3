use std::error::Error;
use std::io;
use std::net::SocketAddr;

use rtest_core::sample::ErrorKind;

use crate::patience::GaveUp;

/// Why a request got no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// As it is counted.
    pub(crate) kind: ErrorKind,
    /// As it is shown, in a few words.
    pub(crate) message: String,
}

impl Failure {
    /// No connection could be opened.
    pub(crate) fn of_connecting(address: SocketAddr, error: &io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::ConnectionRefused => ErrorKind::ConnectRefused,
            _ => ErrorKind::Connect,
        };
        Self {
            kind,
            message: format!("connecting to {address}: {error}"),
        }
    }

    /// The connection or the answer broke.
    pub(crate) fn of_http(error: &hyper::Error) -> Self {
        Self {
            kind: kind_of_http(error),
            message: rtest_core::causes(error),
        }
    }

    /// The wait for the answer was given up.
    pub(crate) fn of_waiting(gave_up: GaveUp, for_what: &str) -> Self {
        match gave_up {
            GaveUp::TimedOut => Self {
                kind: ErrorKind::Timeout,
                message: format!("timed out while {for_what}"),
            },
            GaveUp::Interrupted => Self {
                kind: ErrorKind::Interrupted,
                message: format!("cut off while {for_what}"),
            },
        }
    }
}

/// hyper tells by predicates what kind of error it is; what it took from the system or from its
/// decoders is an [`io::Error`] among the sources.
fn kind_of_http(error: &hyper::Error) -> ErrorKind {
    if error.is_parse() {
        return ErrorKind::Protocol;
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return ErrorKind::Closed;
    }
    if error.is_user() {
        return ErrorKind::Request;
    }
    match io_source(error).map(io::Error::kind) {
        // The decoders of bodies: a chunk size that is no number, a line without its end.
        Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => ErrorKind::Protocol,
        Some(_) => ErrorKind::Closed,
        // Bytes that no request asked for have no source; a body whose connection broke
        // elsewhere has one of hyper's own.
        None if error.source().is_none() => ErrorKind::Protocol,
        None => ErrorKind::Closed,
    }
}

fn io_source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref() {
            return Some(io);
        }
        cause = current.source();
    }
    None
}
