use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;

/// What a proxy could not do.
#[derive(Debug)]
pub struct ProxyError {
    /// The proxy's name.
    pub proxy: String,
    /// What went wrong.
    pub kind: ProxyErrorKind,
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "proxy `{}`: {}", self.proxy, self.kind)
    }
}

impl Error for ProxyError {
    /// That of the kind: the kind itself is in the message already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}

/// Why a proxy could not do it.
#[derive(Debug, thiserror::Error)]
pub enum ProxyErrorKind {
    /// The port could not be taken, or not listened on again.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// A toxic of this name is there already, in either direction.
    #[error("there is a toxic `{0}` already")]
    ToxicExists(String),
    /// There is no toxic of this name.
    #[error("there is no toxic `{0}`")]
    ToxicNotFound(String),
    /// The proxy was closed.
    #[error("it was closed")]
    Closed,
}
