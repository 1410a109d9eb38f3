use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::template::Template;

/// How HTTP is spoken to the target. The default: HTTP/1.1 or what ALPN agrees on, one connection
/// for each virtual user that is kept, the system's CAs and names, no cookies, no decoding.
#[derive(Clone, Debug, Default)]
pub struct HttpPlan {
    /// Which version.
    pub version: HttpVersion,
    /// TLS, where the target is `https`.
    pub tls: TlsPlan,
    /// Timeouts of the parts of a request, within its own.
    pub timeouts: TimeoutsPlan,
    /// Names.
    pub dns: DnsPlan,
    /// Connections.
    pub connections: ConnectionsPlan,
    /// An HTTP proxy in between.
    pub proxy: Option<ProxyPlan>,
    /// Connects to this socket instead of the target's host and port.
    pub unix_socket: Option<PathBuf>,
    /// Cookies.
    pub cookies: Cookies,
    /// Whether compressed answers are asked for (gzip, deflate, br, zstd) and decoded for whoever
    /// looks at them.
    pub compression: bool,
    /// Authentication of requests that have none of their own.
    pub auth: Option<AuthPlan>,
}

/// Which version of HTTP is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1; over TLS, what ALPN agrees on.
    #[default]
    Auto,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: over TLS by ALPN, without TLS by prior knowledge.
    Http2,
}

impl HttpVersion {
    /// Every version with its name in a suite.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("auto", Self::Auto),
        ("1.1", Self::Http1),
        ("2", Self::Http2),
    ];
}

/// TLS.
#[derive(Clone, Debug, Default)]
pub struct TlsPlan {
    /// PEM of the CAs that are trusted instead of the system's.
    pub ca: Option<Arc<[u8]>>,
    /// What the client shows of itself (mTLS).
    pub client: Option<ClientCertificate>,
    /// Whether any certificate is taken.
    pub insecure: bool,
    /// The name in SNI and of the certificate, instead of the target's host.
    pub server_name: Option<String>,
}

/// A certificate with its key, both PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The chain, the client's own first.
    pub certificate: Arc<[u8]>,
    /// Its private key.
    pub key: Arc<[u8]>,
}

/// Shows no key.
impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

/// Timeouts of the parts of a request; none where absent. The whole is bounded by
/// [`RequestStep::timeout`](super::RequestStep::timeout).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeoutsPlan {
    /// Looking up the name.
    pub dns: Option<Duration>,
    /// Opening the TCP connection.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the last byte sent to the first byte received.
    pub first_byte: Option<Duration>,
    /// Between two reads of an answer's body.
    pub idle: Option<Duration>,
}

/// Names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsPlan {
    /// Addresses of names that are not looked up; names in lower case.
    pub overrides: Vec<(String, IpAddr)>,
    /// How long an answer is used; zero looks up for each connection.
    pub ttl: Duration,
}

/// Five minutes, as k6 has it.
impl Default for DnsPlan {
    fn default() -> Self {
        Self {
            overrides: Vec::new(),
            ttl: Duration::from_secs(300),
        }
    }
}

/// Connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionsPlan {
    /// How long one is kept.
    pub reuse: Reuse,
    /// How many are open at once, at most; a request waits for one, and that wait is
    /// `http_req_blocked`. Of the whole process; not less than there are workers.
    pub max: Option<u32>,
}

/// How long a connection is kept for further requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reuse {
    /// As long as its virtual user.
    #[default]
    Vu,
    /// To the end of the iteration.
    Iteration,
    /// For one request.
    Never,
}

impl Reuse {
    /// Every policy with its name in a suite.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("vu", Self::Vu),
        ("iteration", Self::Iteration),
        ("never", Self::Never),
    ];
}

/// An HTTP proxy: requests go to it in absolute form, TLS through a tunnel (`CONNECT`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyPlan {
    /// `host:port`.
    pub authority: String,
    /// User and password, sent as `proxy-authorization: Basic`.
    pub login: Option<(String, String)>,
}

/// For how long a virtual user keeps the cookies that it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cookies {
    /// Not at all: `set-cookie` is ignored.
    #[default]
    Off,
    /// To the end of the iteration, as k6 does.
    Iteration,
    /// As long as it lives.
    Vu,
}

impl Cookies {
    /// Every policy with its name in a suite.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("off", Self::Off),
        ("iteration", Self::Iteration),
        ("vu", Self::Vu),
    ];
}

/// How a request proves who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthPlan {
    /// RFC 7617.
    Basic {
        /// The user.
        user: Template,
        /// The password.
        password: Template,
    },
    /// RFC 6750.
    Bearer(Template),
    /// RFC 7616. The challenge's round trip is part of the request's time.
    Digest {
        /// The user.
        user: Template,
        /// The password.
        password: Template,
    },
}
