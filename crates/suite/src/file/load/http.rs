use std::time::Duration;

use rtest_core::plan::{Cookies, HttpVersion, Reuse};
use serde_json::{Value, json};

use crate::collection::Named;
use crate::diagnostics::Diagnostics;
use crate::file::load::Auth;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Choice, Positive, Whole, Word};
use crate::shape::Shape;

record! {
    /// How HTTP is spoken to the target.
    Http, "`http`" {
        /// `1.1`, `2` (over TLS by ALPN, without TLS by prior knowledge) or `auto`, the default: what ALPN agrees on, without TLS 1.1.
        version "version": optional Choice<HttpVersion>,
        /// TLS, for an `https` target.
        tls "tls": optional Tls,
        /// Timeouts of the parts of a request, within its own; none where absent.
        timeouts "timeouts": optional Timeouts,
        /// How names become addresses.
        dns "dns": optional Dns,
        /// Connections.
        connections "connections": optional Connections,
        /// An HTTP proxy in between: `http://host:port`. An `https` target is reached through a tunnel (`CONNECT`).
        proxy "proxy": optional Proxy,
        /// A socket to connect to instead of the target's host and port, relative to the suite file.
        unix_socket "unix_socket": optional String,
        /// How long a virtual user keeps the cookies that it is given: `off` (the default), `iteration` or `vu`.
        cookies "cookies": optional Choice<Cookies>,
        /// Whether compressed answers (gzip, deflate, br, zstd) are asked for; `false` where absent.
        compression "compression": optional bool,
        /// Authentication of the requests that have none of their own.
        auth "auth": optional Auth,
    }
}

record! {
    /// TLS.
    Tls, "`tls`" {
        /// PEM file of the CAs that are trusted instead of the system's.
        ca "ca": optional String,
        /// PEM file of the certificate that the client shows (mTLS), its own first.
        cert "cert": optional String,
        /// PEM file of the certificate's private key.
        key "key": optional String,
        /// Takes any certificate; `false` where absent.
        insecure "insecure": optional bool,
        /// The name that the certificate must have, and that is sent as SNI; the target's host where absent.
        server_name "server_name": optional String,
    }
}

record! {
    /// Timeouts of the parts of a request.
    Timeouts, "`timeouts`" {
        /// Looking up the name.
        dns "dns": optional Positive,
        /// Opening the TCP connection.
        connect "connect": optional Positive,
        /// The TLS handshake.
        tls "tls": optional Positive,
        /// From the last byte sent to the first byte received.
        first_byte "first_byte": optional Positive,
        /// Between two reads of an answer's body.
        idle "idle": optional Positive,
    }
}

record! {
    /// How names become addresses.
    Dns, "`dns`" {
        /// Addresses of names that are not looked up.
        hosts "hosts": optional Named<String, 1>,
        /// How long an answer is used; 5m where absent, `0s` looks up for each connection.
        ttl "ttl": optional Duration,
    }
}

record! {
    /// Connections.
    Connections, "`connections`" {
        /// How long one is kept: by its `vu` (the default), to the end of the `iteration`, or `never`.
        reuse "reuse": optional Choice<Reuse>,
        /// How many are open at once, at most; requests wait for one in `http_req_blocked`.
        max "max": optional Whole<1, 1_000_000>,
    }
}

impl Word for HttpVersion {
    const WHAT: &'static str = "HTTP version";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

impl Word for Reuse {
    const WHAT: &'static str = "connection reuse";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

impl Word for Cookies {
    const WHAT: &'static str = "cookie policy";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

/// An HTTP proxy.
#[derive(Clone, Debug)]
pub(crate) enum Proxy {
    /// Without a login.
    Url(String),
    /// With one.
    Login(Box<ProxyKeys>),
}

record! {
    /// An HTTP proxy that asks for a login.
    ProxyKeys, "a proxy" {
        /// Where it is: `http://host:port`.
        url "url": required String,
        /// The user.
        user "user": required String,
        /// The password.
        password "password": required String,
    }
}

impl Shape for Proxy {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Mapping(_) => {
                ProxyKeys::read(node, found).map(|keys| Self::Login(Box::new(keys)))
            }
            _ => String::read(node, found).map(Self::Url),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [String::schema(), ProxyKeys::schema()] })
    }
}
