//! The provider as HTTP sees it: one pooled client, bounded answers, errors that name the address.

use std::error::Error as _;
use std::io;
use std::net::ToSocketAddrs as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, ClientBuilder, Identity, Method, Request, Url};
use rtest_core::plan::TlsPlan;
use tokio::time::{Instant, timeout_at};

/// Longest that one interaction may take, provider states included.
pub(crate) const INTERACTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest body that is read, in bytes.
const MAX_BODY: usize = 16 << 20;

/// A provider that did not give a whole answer. The text names its address.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub(crate) struct ProviderError {
    kind: ProviderErrorKind,
    #[source]
    source: Option<reqwest::Error>,
}

#[derive(Debug, thiserror::Error)]
enum ProviderErrorKind {
    #[error("`{url}` is not an address of a provider: {why}")]
    BadAddress { url: String, why: String },
    #[error("the HTTP client cannot be made: {0}")]
    NoClient(String),
    #[error("cannot connect to the provider at {authority}: {why}")]
    Unreachable {
        authority: String,
        why: String,
        /// Somebody is there, with whom no connection came about: by its certificate, say.
        met: bool,
    },
    #[error("the provider at {authority} did not answer `{request}` within {}s", .limit.as_secs())]
    Timeout {
        authority: String,
        request: String,
        limit: Duration,
    },
    #[error("the provider at {authority} gave no whole answer to `{request}`: {why}")]
    Broken {
        authority: String,
        request: String,
        why: String,
    },
    #[error(
        "the provider at {authority} answered `{request}` with more than {} MiB",
        MAX_BODY >> 20
    )]
    TooLarge { authority: String, request: String },
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The provider under verification.
#[derive(Debug)]
pub(crate) struct Provider {
    client: reqwest::Client,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Without a trailing slash.
    base: String,
    authority: String,
    contact: Contact,
}

/// Whether anybody has been met at the provider's address.
#[derive(Debug, Default)]
struct Contact {
    /// A connection was made.
    made: AtomicBool,
    /// Why the first one that was not made was not.
    refused: OnceLock<String>,
}

impl Provider {
    /// A provider at `http://host:port[/base]`. Every request carries the headers, instead of its
    /// own of these names.
    pub(crate) fn new(
        url: &str,
        headers: &[(String, String)],
        tls: &TlsPlan,
    ) -> Result<Self, ProviderError> {
        let bad = |why: String| ProviderError {
            kind: ProviderErrorKind::BadAddress {
                url: url.to_owned(),
                why,
            },
            source: None,
        };
        let parsed = Url::parse(url).map_err(|error| bad(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(bad("it begins with neither http:// nor https://".to_owned()));
        }
        let authority = match (parsed.host_str(), parsed.port_or_known_default()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            _ => return Err(bad("it names no host".to_owned())),
        };
        let no_client = |error: reqwest::Error| ProviderError {
            kind: ProviderErrorKind::NoClient(innermost(&error)),
            source: Some(error),
        };
        let client = secured(reqwest::Client::builder(), tls).map_err(no_client)?;
        let (client, base) = match &tls.server_name {
            Some(name) => known_as(name, client, &parsed, &authority).map_err(bad)?,
            None => (client, parsed),
        };
        let client = client
            // A redirect is an answer, and the contract says which one is expected.
            .redirect(reqwest::redirect::Policy::none())
            // What stands in HTTP_PROXY is not part of a contract.
            .no_proxy()
            .build()
            .map_err(no_client)?;
        let named = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(value).ok()?))
        });
        let headers = named.collect::<Option<_>>();
        let headers = headers.ok_or_else(|| bad("a header for it cannot be sent".to_owned()))?;
        Ok(Self {
            client,
            headers,
            base: base.as_str().trim_end_matches('/').to_owned(),
            authority,
            contact: Contact::default(),
        })
    }

    /// Why nobody can be reached: a connection was tried, and none was ever made.
    pub(crate) fn unreachable(&self) -> Option<&str> {
        let made = self.contact.made.load(Ordering::Relaxed);
        self.contact
            .refused
            .get()
            .filter(|_| !made)
            .map(String::as_str)
    }

    /// A request for a path below the base path; the path may carry a query.
    pub(crate) fn request(&self, method: &str, path: &str) -> Result<Request, String> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("`{method}` is not an HTTP method"))?;
        let path = path.trim_start_matches('/');
        let url = if path.is_empty() && !self.base_is_bare() {
            // `/` under a base path is the base path itself.
            self.base.clone()
        } else {
            format!("{}/{path}", self.base)
        };
        let url = Url::parse(&url).map_err(|error| format!("`{url}` is not a URL: {error}"))?;
        Ok(Request::new(method, url))
    }

    fn base_is_bare(&self) -> bool {
        self.base
            .split_once("://")
            .is_none_or(|(_, rest)| !rest.contains('/'))
    }

    /// Sends and reads the whole answer.
    ///
    /// # Cancellation
    /// Dropping the future closes the connection.
    pub(crate) async fn send(
        &self,
        mut request: Request,
        deadline: Instant,
    ) -> Result<Answer, ProviderError> {
        for (name, _) in &self.headers {
            request.headers_mut().remove(name);
        }
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        let line = format!("{} {}", request.method(), request.url().path());
        let exchange = async {
            let mut response = self
                .client
                .execute(request)
                .await
                .map_err(|error| self.broken(&line, error))?;
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let mut body = BytesMut::new();
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| self.broken(&line, error))?
            {
                if body.len() + chunk.len() > MAX_BODY {
                    return Err(ProviderError {
                        kind: ProviderErrorKind::TooLarge {
                            authority: self.authority.clone(),
                            request: line.clone(),
                        },
                        source: None,
                    });
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status,
                headers,
                body: body.freeze(),
            })
        };
        let answer = match timeout_at(deadline, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(ProviderError {
                kind: ProviderErrorKind::Timeout {
                    authority: self.authority.clone(),
                    request: line.clone(),
                    limit: INTERACTION_TIMEOUT,
                },
                source: None,
            }),
        };
        match answer.as_ref().map_err(|error| &error.kind) {
            Err(refused @ ProviderErrorKind::Unreachable { met: false, .. }) => {
                let _ = self.contact.refused.set(refused.to_string());
            }
            // Whether there was a connection to wait on is not known.
            Err(ProviderErrorKind::Timeout { .. }) => {}
            _ => self.contact.made.store(true, Ordering::Relaxed),
        }
        answer
    }

    fn broken(&self, request: &str, error: reqwest::Error) -> ProviderError {
        let authority = self.authority.clone();
        let why = innermost(&error);
        let kind = if error.is_connect() {
            let met = met_somebody(&error);
            ProviderErrorKind::Unreachable {
                authority,
                why,
                met,
            }
        } else {
            ProviderErrorKind::Broken {
                authority,
                request: request.to_owned(),
                why,
            }
        };
        ProviderError {
            kind,
            source: Some(error),
        }
    }
}

/// Whether a connection that did not come about failed by what somebody said, or broke off.
fn met_somebody(error: &reqwest::Error) -> bool {
    let mut causes = std::iter::successors(
        error.source(),
        |cause: &&(dyn std::error::Error + 'static)| (*cause).source(),
    );
    causes.any(|cause| {
        let system = cause.downcast_ref::<io::Error>();
        let kind = system.map(io::Error::kind);
        // What TLS refuses is of no kind that a system knows.
        matches!(
            kind,
            Some(
                io::ErrorKind::Other
                    | io::ErrorKind::InvalidData
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
            )
        )
    })
}

/// Trusts and shows what the plan says.
fn secured(client: ClientBuilder, tls: &TlsPlan) -> Result<ClientBuilder, reqwest::Error> {
    let mut client = client.danger_accept_invalid_certs(tls.insecure);
    if let Some(ca) = &tls.ca {
        client = client.tls_certs_only(Certificate::from_pem_bundle(ca)?);
    }
    if let Some(own) = &tls.client {
        let pem = [&own.certificate[..], b"\n", &own.key[..]].concat();
        client = client.identity(Identity::from_pem(&pem)?);
    }
    Ok(client)
}

/// Asks for another name at the same address; what is asked still names the host.
///
/// # Errors
/// The host is not found.
fn known_as(
    name: &str,
    client: ClientBuilder,
    url: &Url,
    authority: &str,
) -> Result<(ClientBuilder, Url), String> {
    let found = authority.to_socket_addrs();
    let addresses: Vec<_> = found.map_err(|error| error.to_string())?.collect();
    let mut url = url.clone();
    let named = url.set_host(Some(name));
    named.map_err(|error| format!("`{name}` is no name of a server: {error}"))?;
    let host = HeaderValue::from_str(authority).map_err(|error| error.to_string())?;
    let headers = HeaderMap::from_iter([(HOST, host)]);
    let client = client.resolve_to_addrs(name, &addresses);
    Ok((client.default_headers(headers), url))
}

/// The innermost cause: the outer ones say "error sending request" and repeat the address.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.source().is_none() {
        return error.to_string();
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(url: &str) -> Provider {
        // Already installed when another test of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Provider::new(url, &[], &TlsPlan::default()).expect(url)
    }

    #[test]
    fn paths_are_joined_below_the_base_path() {
        let url = |base: &str, path: &str| {
            let request = provider(base).request("GET", path).expect(path);
            request.url().to_string()
        };
        assert_eq!(url("http://h:1", "/a/b?q=1"), "http://h:1/a/b?q=1");
        assert_eq!(url("http://h:1/", "/"), "http://h:1/");
        assert_eq!(url("http://h:1/base/", "/a"), "http://h:1/base/a");
        assert_eq!(url("http://h:1/base", "/"), "http://h:1/base");
        assert_eq!(url("http://h:1", "/a b/ü"), "http://h:1/a%20b/%C3%BC");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in ["", "storefront", "ftp://h:1", "http://"] {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let error = Provider::new(url, &[], &TlsPlan::default())
                .expect_err(url)
                .to_string();
            assert!(error.contains(&format!("`{url}`")), "{error}");
        }
    }
}
