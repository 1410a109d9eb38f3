use std::error::Error;
use std::fmt;
use std::io;

use nix::errno::Errno;
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
    /// Of a kind, in some words.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    /// No connection could be opened to something.
    pub(crate) fn of_connecting(to: impl fmt::Display, error: &io::Error) -> Self {
        if let Some(failure) = Self::of_own_limits(error) {
            return failure;
        }
        let kind = match error.kind() {
            // A Unix socket that is not there; TCP knows no such error.
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => ErrorKind::ConnectRefused,
            io::ErrorKind::TimedOut => ErrorKind::ConnectTimeout,
            _ => ErrorKind::Connect,
        };
        Self::new(kind, format!("connecting to {to}: {error}"))
    }

    /// A name did not resolve.
    pub(crate) fn of_looking_up(name: &str, error: &io::Error) -> Self {
        Self::of_own_limits(error).unwrap_or_else(|| {
            Self::new(
                ErrorKind::Dns,
                format!("`{name}` does not resolve: {error}"),
            )
        })
    }

    /// What the generator itself has too little of.
    fn of_own_limits(error: &io::Error) -> Option<Self> {
        match Errno::from_raw(error.raw_os_error()?) {
            Errno::EMFILE => Some(Self::new(
                ErrorKind::OpenFiles,
                "no open file is left for the connection: raise the generator's limit \
                 (`ulimit -n`), use fewer virtual users, or keep connections",
            )),
            Errno::ENFILE => Some(Self::new(
                ErrorKind::OpenFiles,
                "the generator's machine has no open file left for the connection: raise \
                 `fs.file-max`",
            )),
            Errno::EADDRNOTAVAIL => Some(Self::new(
                ErrorKind::LocalPorts,
                "no local port is left for the connection: keep connections, or widen \
                 `net.ipv4.ip_local_port_range` and set `net.ipv4.tcp_tw_reuse=1`",
            )),
            _ => None,
        }
    }

    /// The connection or the answer broke.
    pub(crate) fn of_http(error: &hyper::Error) -> Self {
        Self::new(kind_of_http(error), rtest_core::causes(error))
    }

    /// As `of_http`, of HTTP/2.
    pub(crate) fn of_h2(error: &h2::Error) -> Self {
        let kind = if error.is_library() {
            ErrorKind::Protocol
        } else if error.is_io() || error.is_remote() || error.reason().is_some() {
            ErrorKind::Closed
        } else {
            // A rule of HTTP/2 that the request breaks.
            ErrorKind::Request
        };
        Self::new(kind, format!("HTTP/2: {}", rtest_core::causes(error)))
    }

    /// The wait for something was given up.
    pub(crate) fn of_waiting(gave_up: GaveUp, for_what: &str) -> Self {
        match gave_up {
            GaveUp::TimedOut => {
                Self::new(ErrorKind::Timeout, format!("timed out while {for_what}"))
            }
            GaveUp::Interrupted => {
                Self::new(ErrorKind::Interrupted, format!("cut off while {for_what}"))
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_own_limits_are_named_with_what_lifts_them() {
        for (errno, kind, says) in [
            (Errno::EMFILE, ErrorKind::OpenFiles, "`ulimit -n`"),
            (Errno::ENFILE, ErrorKind::OpenFiles, "`fs.file-max`"),
            (
                Errno::EADDRNOTAVAIL,
                ErrorKind::LocalPorts,
                "`net.ipv4.ip_local_port_range`",
            ),
        ] {
            let error = io::Error::from(errno);
            for failure in [
                Failure::of_connecting("somewhere", &error),
                Failure::of_looking_up("somewhere", &error),
            ] {
                assert_eq!(failure.kind, kind);
                assert!(failure.message.contains(says), "{}", failure.message);
                assert!(kind.is_of_generator());
            }
        }
    }
}
