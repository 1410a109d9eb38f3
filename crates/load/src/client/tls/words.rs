use std::io;

use rtest_core::sample::ErrorKind;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use crate::client::Failure;
use crate::origin::Origin;

/// The failure behind an error of a stream, where TLS is at fault. With TLS 1.3 a server may say
/// only after the handshake that it does not like the client's certificate.
pub(crate) fn failure_of(error: &io::Error) -> Option<Failure> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(Failure::new(ErrorKind::Tls, format!("TLS: {}", of(error))))
}

/// The handshake with an origin failed.
pub(crate) fn failure_of_handshake(with: &Origin, error: &io::Error) -> Failure {
    let why = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(error) => of(error),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            "the server closed the connection".to_owned()
        }
        None => error.to_string(),
    };
    Failure::new(
        ErrorKind::Tls,
        format!("the TLS handshake with {with}: {why}"),
    )
}

/// What is wrong, and what to do about it.
pub(super) fn of(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::NoApplicationProtocol => NO_COMMON_VERSION.to_owned(),
        Error::InvalidMessage(_) => {
            "what came is not TLS; does it speak plain `http://`?".to_owned()
        }
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            "the server speaks neither TLS 1.2 nor 1.3".to_owned()
        }
        Error::InconsistentKeys(_) => "the key does not belong to the certificate".to_owned(),
        error => error.to_string(),
    }
}

const NO_COMMON_VERSION: &str =
    "the server speaks no version of HTTP that was asked for (ALPN): set another `version`";

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let since = match error {
                CertificateError::ExpiredContext { time, not_after } => {
                    days_ago(time.as_secs().saturating_sub(not_after.as_secs()))
                }
                _ => String::new(),
            };
            format!("the server's certificate has expired{since}: renew it, or set `tls.insecure`")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet: look at both clocks".to_owned()
        }
        // A trusted CA of the same name has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "nobody who is trusted has signed the server's certificate: give its CA by `tls.ca`, \
             or set `tls.insecure`"
                .to_owned()
        }
        CertificateError::NotValidForName => wrong_name("another name"),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let presented = match presented.as_slice() {
                [] => "no name at all".to_owned(),
                names => names.join(", "),
            };
            let expected = expected.to_str();
            format!("{}, not `{expected}`", wrong_name(&presented))
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            "the server shows a CA's own certificate, as self-signed ones are: name it by \
             `tls.ca`, or set `tls.insecure`"
                .to_owned()
        }
        CertificateError::Revoked => "the server's certificate was revoked".to_owned(),
        error => format!("the server's certificate cannot be used: {error}"),
    }
}

fn wrong_name(presented: &str) -> String {
    // rustls writes `DnsName("host")`.
    let plain = presented.replace("DnsName(\"", "").replace("\")", "");
    format!("set `tls.server_name`: the server's certificate is for {plain}")
}

fn days_ago(seconds: u64) -> String {
    match seconds / 86_400 {
        0 => String::new(),
        1 => " a day ago".to_owned(),
        days => format!(" {days} days ago"),
    }
}

fn of_alert(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateRequired => {
            "the server wants a client certificate: set `tls.cert` and `tls.key`".to_owned()
        }
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied => {
            format!("the server does not take the client's certificate ({alert:?})")
        }
        AlertDescription::HandshakeFailure => {
            "the server refused the handshake (HandshakeFailure): it may want a client \
             certificate, or other ciphers"
                .to_owned()
        }
        AlertDescription::NoApplicationProtocol => NO_COMMON_VERSION.to_owned(),
        AlertDescription::UnrecognisedName => {
            "the server knows no host of this name: set `tls.server_name`".to_owned()
        }
        AlertDescription::ProtocolVersion => "the server speaks neither TLS 1.2 nor 1.3".to_owned(),
        alert => format!("the server refused ({alert:?})"),
    }
}
