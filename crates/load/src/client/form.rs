use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::uri::{Authority, Scheme as UriScheme};
use hyper::{Uri, Version};
use rtest_core::Scheme;
use rtest_core::sample::ErrorKind;

use super::Failure;
use crate::origin::Origin;
use crate::step::Request;

/// Of the connection alone: HTTP/2 has no such headers (RFC 9113, 8.2.2).
const OF_CONNECTION: [HeaderName; 5] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TRANSFER_ENCODING,
    UPGRADE,
];

/// How requests are written on a connection.
#[derive(Debug)]
pub(crate) enum Form {
    /// HTTP/1.1: as they are.
    Origin {
        /// The server is told that no other will follow.
        last: bool,
    },
    /// To a proxy: with the whole URL (RFC 9112, 3.2.2).
    Absolute {
        /// As of `Origin`.
        last: bool,
        /// Whom the proxy is to ask.
        of: Asked,
        /// What it is shown.
        authorization: Option<HeaderValue>,
    },
    /// HTTP/2: as pseudo-headers.
    Pseudo(Asked),
}

/// Who is asked, as a request's target says it.
#[derive(Debug)]
pub(crate) struct Asked {
    scheme: UriScheme,
    authority: Authority,
}

impl Asked {
    /// # Errors
    /// The origin's host is not one that a URL can have.
    pub(crate) fn new(origin: &Origin) -> Result<Self, Failure> {
        let authority = origin.authority();
        Ok(Self {
            scheme: match origin.scheme {
                Scheme::Http => UriScheme::HTTP,
                Scheme::Https => UriScheme::HTTPS,
            },
            authority: parse(authority.as_bytes())?,
        })
    }

    /// The whole URL of a request in origin form.
    fn url(&self, authority: Authority, of: &Uri) -> Uri {
        let mut parts = of.clone().into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(authority);
        Uri::from_parts(parts).expect("a URL with all of its parts")
    }
}

fn parse(authority: &[u8]) -> Result<Authority, Failure> {
    Authority::try_from(authority).map_err(|_| {
        let shown = String::from_utf8_lossy(authority);
        Failure::new(ErrorKind::Request, format!("`{shown}` is not a host"))
    })
}

impl Form {
    /// A request of HTTP/1.1.
    pub(crate) fn http1(&self, request: &Request) -> hyper::Request<Full<Bytes>> {
        let mut http = request.http.clone();
        let (Self::Origin { last } | Self::Absolute { last, .. }) = self else {
            return http;
        };
        if *last {
            let connection = http.headers_mut().entry(CONNECTION);
            connection.or_insert(HeaderValue::from_static("close"));
        }
        if let Self::Absolute {
            of, authorization, ..
        } = self
        {
            *http.uri_mut() = of.url(of.authority.clone(), http.uri());
            if let Some(authorization) = authorization {
                http.headers_mut()
                    .insert(PROXY_AUTHORIZATION, authorization.clone());
            }
        }
        http
    }

    /// A request of HTTP/2, and its body.
    ///
    /// # Errors
    /// Its `host` header is none.
    pub(crate) fn http2(&self, request: &Request) -> Result<(hyper::Request<()>, Bytes), Failure> {
        let body = bytes_of(request.http.body());
        let mut http = hyper::Request::new(());
        *http.method_mut() = request.http.method().clone();
        *http.version_mut() = Version::HTTP_2;
        *http.headers_mut() = request.http.headers().clone();
        let headers = http.headers_mut();
        let host = headers.remove(HOST);
        strip(headers);
        if !body.is_empty() {
            let length = headers.entry(CONTENT_LENGTH);
            length.or_insert_with(|| HeaderValue::from(body.len()));
        }
        if let Self::Pseudo(of) = self {
            let authority = match host {
                Some(host) if host != *of.authority.as_str() => parse(host.as_bytes())?,
                _ => of.authority.clone(),
            };
            *http.uri_mut() = of.url(authority, request.http.uri());
        }
        Ok((http, body))
    }
}

fn strip(headers: &mut HeaderMap) {
    for name in OF_CONNECTION {
        headers.remove(name);
    }
    if headers.get(TE).is_some_and(|te| te != "trailers") {
        headers.remove(TE);
    }
}

/// The bytes of a body that is there as a whole.
fn bytes_of(body: &Full<Bytes>) -> Bytes {
    let frame = body.clone().frame().now_or_never().flatten();
    let data = frame.and_then(|frame| frame.ok()?.into_data().ok());
    data.unwrap_or_default()
}
