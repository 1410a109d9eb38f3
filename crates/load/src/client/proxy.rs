use std::fmt;
use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::HeaderValue;
use rtest_core::Scheme;
use rtest_core::plan::ProxyPlan;
use rtest_core::sample::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Failure;
use super::wire::Wire;
use crate::error::{LoadError, LoadErrorKind};
use crate::origin::Origin;

/// The most that is read of a proxy's answer.
const MAX_HEAD: usize = 16 * 1024;

/// An HTTP proxy that stands between us and every origin.
pub(crate) struct Proxy {
    /// Where it is.
    pub(crate) origin: Origin,
    /// What it is shown: `Basic …`.
    pub(crate) authorization: Option<HeaderValue>,
}

impl Proxy {
    /// # Errors
    /// Its address is none.
    pub(crate) fn compile(plan: &ProxyPlan) -> Result<Self, LoadError> {
        let origin = Origin::parse(Scheme::Http, &plan.authority).ok_or_else(|| LoadError {
            hint: Some("write `host:port`".to_owned()),
            ..LoadErrorKind::Proxy(plan.authority.clone()).into()
        })?;
        let authorization = plan.login.as_ref().map(|(user, password)| {
            let login = STANDARD.encode(format!("{user}:{password}"));
            let mut value = HeaderValue::try_from(format!("Basic {login}"))
                .expect("base64 holds nothing that a header may not");
            value.set_sensitive(true);
            value
        });
        Ok(Self {
            origin,
            authorization,
        })
    }

    /// Has the proxy open a tunnel to an origin (RFC 9110, 9.3.6).
    ///
    /// # Errors
    /// It refuses, or does not speak HTTP.
    pub(crate) async fn tunnel(&self, wire: &mut Wire, to: &Origin) -> Result<(), Failure> {
        let mut request = format!("CONNECT {to} HTTP/1.1\r\nhost: {to}\r\n").into_bytes();
        if let Some(authorization) = &self.authorization {
            request.extend_from_slice(b"proxy-authorization: ");
            request.extend_from_slice(authorization.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let broke = |error: io::Error| self.refused(to, ErrorKind::Connect, &error.to_string());
        wire.write_all(&request).await.map_err(broke)?;

        let mut head = Vec::with_capacity(512);
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= MAX_HEAD {
                return Err(self.refused(to, ErrorKind::Protocol, "its answer has no end"));
            }
            // Byte by byte: what follows the head is the origin's, and this is done once for each
            // connection.
            match wire.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(self.refused(to, ErrorKind::Connect, "it closed the connection"));
                }
                Err(error) => return Err(broke(error)),
            }
        }
        let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        match line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)) {
            Some(status) if status.starts_with('2') => Ok(()),
            Some("407") => Err(self.refused(
                to,
                ErrorKind::Connect,
                "it wants a login (407): set the proxy's `user` and `password`",
            )),
            Some(_) => Err(self.refused(to, ErrorKind::Connect, &format!("`{line}`"))),
            None => Err(self.refused(to, ErrorKind::Protocol, "it does not speak HTTP")),
        }
    }

    fn refused(&self, to: &Origin, kind: ErrorKind, why: &str) -> Failure {
        Failure::new(kind, format!("{self} opens no tunnel to {to}: {why}"))
    }
}

/// As messages name it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {}", self.origin)
    }
}

/// Shows no login.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
