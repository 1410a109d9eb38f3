//! TLS: whom the client trusts, what it shows of itself, and what went wrong in plain words.

mod trust;
mod words;

pub(crate) use words::{failure_of, failure_of_handshake};

use std::sync::{Arc, OnceLock};

use rtest_core::Scheme;
use rtest_core::plan::{ClientCertificate, HttpVersion, TlsPlan};
use rtest_core::sample::ErrorKind;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::Failure;
use crate::error::{LoadError, LoadErrorKind};
use crate::origin::Origin;

/// TLS of one load. All connections share what rustls remembers of sessions, so that handshakes
/// after the first are resumed, as a client's are that comes again.
#[derive(Debug)]
pub(crate) struct Tls {
    plan: TlsPlan,
    version: HttpVersion,
    /// Made when it is first needed: reading the system's CAs takes milliseconds.
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
    /// Instead of the target's host.
    server_name: Option<ServerName<'static>>,
}

impl Tls {
    /// Finds what is wrong with the plan's certificates. Where the target is spoken to over TLS,
    /// everything is made now.
    ///
    /// # Errors
    /// A certificate, key or name that cannot be used; no CAs on this system.
    pub(crate) fn compile(
        plan: &TlsPlan,
        version: HttpVersion,
        target: &Origin,
    ) -> Result<Self, LoadError> {
        let server_name = match &plan.server_name {
            Some(name) => Some(name_of(name).map_err(|reason| {
                tls_error(SERVER_NAME, reason, "write a host's name or its address")
            })?),
            None => None,
        };
        let tls = Self {
            plan: plan.clone(),
            version,
            config: OnceLock::new(),
            server_name,
        };
        if target.scheme == Scheme::Https || plan.ca.is_some() || plan.client.is_some() {
            let config = Arc::new(tls.make()?);
            // Just made, so nobody has set it.
            let _ = tls.config.set(Ok(config));
        }
        if target.scheme == Scheme::Https {
            tls.name(target, true)
                .map_err(|failure| tls_error("the target", failure.message, TARGET_HINT))?;
        }
        Ok(tls)
    }

    /// What rustls works with.
    ///
    /// # Errors
    /// There are no CAs on this system, which nobody needed so far.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        let config = self.config.get_or_init(|| match self.make() {
            Ok(config) => Ok(Arc::new(config)),
            Err(error) => Err(error.to_string()),
        });
        config
            .clone()
            .map_err(|message| Failure::new(ErrorKind::Tls, message))
    }

    /// The name in SNI, which the certificate must be for.
    ///
    /// # Errors
    /// The host is nothing that a certificate could be for.
    pub(crate) fn name(
        &self,
        origin: &Origin,
        is_target: bool,
    ) -> Result<ServerName<'static>, Failure> {
        match &self.server_name {
            Some(name) if is_target => Ok(name.clone()),
            _ => name_of(&origin.host).map_err(|reason| Failure::new(ErrorKind::Tls, reason)),
        }
    }

    fn make(&self) -> Result<ClientConfig, LoadError> {
        let provider = Arc::new(ring::default_provider());
        let verifier = if self.plan.insecure {
            trust::anyone(&provider)
        } else {
            let ca = self.plan.ca.as_deref();
            let ca = ca.map(|pem| certificates(pem, CA)).transpose()?;
            trust::of(ca, &provider)?
        };
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("ring has the ciphers of TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.plan.client {
            Some(client) => {
                let (chain, key) = identity(client, &provider)?;
                config.with_client_auth_cert(chain, key).map_err(|error| {
                    tls_error(
                        KEY,
                        words::of(&error),
                        "use the key that the certificate was made with",
                    )
                })?
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = match self.version {
            HttpVersion::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersion::Http1 => vec![b"http/1.1".to_vec()],
            HttpVersion::Http2 => vec![b"h2".to_vec()],
        };
        Ok(config)
    }
}

/// The roles of files, as messages name them.
const CA: &str = "tls.ca";
const CERTIFICATE: &str = "tls.cert";
const KEY: &str = "tls.key";
const SERVER_NAME: &str = "tls.server_name";

const TARGET_HINT: &str = "set `tls.server_name` to the name that its certificate is for";

fn name_of(host: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| format!("`{host}` is not a name that a certificate can be for"))
}

/// A client certificate's chain and key.
fn identity(
    client: &ClientCertificate,
    provider: &CryptoProvider,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), LoadError> {
    let chain = certificates(&client.certificate, CERTIFICATE)?;
    let key = PrivateKeyDer::from_pem_slice(&client.key).map_err(|error| {
        let encrypted = String::from_utf8_lossy(&client.key).contains("ENCRYPTED");
        match error {
            pem::Error::NoItemsFound if encrypted => tls_error(
                KEY,
                "it is encrypted".to_owned(),
                "decrypt it: `openssl pkey -in KEY -out PLAIN`",
            ),
            error => tls_error(KEY, no_pem("private key", &error), PEM_HINT),
        }
    })?;
    provider
        .key_provider
        .load_private_key(key.clone_key())
        .map_err(|error| tls_error(KEY, words::of(&error), PEM_HINT))?;
    Ok((chain, key))
}

/// Every certificate of a PEM file; at least one.
fn certificates(pem: &[u8], role: &'static str) -> Result<Vec<CertificateDer<'static>>, LoadError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.and_then(|read| {
        if read.is_empty() {
            Err(pem::Error::NoItemsFound)
        } else {
            Ok(read)
        }
    });
    read.map_err(|error| tls_error(role, no_pem("certificate", &error), PEM_HINT))
}

const PEM_HINT: &str = "it begins with a line `-----BEGIN …-----`; convert DER by `openssl`";

fn no_pem(what: &str, error: &pem::Error) -> String {
    match error {
        pem::Error::NoItemsFound => format!("it holds no PEM of a {what}"),
        error => format!("it is not well-formed PEM: {error}"),
    }
}

fn tls_error(role: &'static str, reason: String, hint: &str) -> LoadError {
    LoadError {
        hint: Some(hint.to_owned()),
        ..LoadErrorKind::Tls { role, reason }.into()
    }
}
