use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rtest_core::plan::{ClientCertificate, TlsPlan};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate authority of one test.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, both PEM.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = format!("CA {}", MADE.fetch_add(1, Ordering::SeqCst));
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("a CA");
        Self(issuer)
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// For a server of this name.
    pub(crate) fn server(&self, name: &str) -> Certificate {
        self.signs(CertificateParams::new([name.to_owned()]).expect("a name"))
    }

    /// As `server`, until some day long ago.
    pub(crate) fn expired(&self, name: &str) -> Certificate {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.signs(params)
    }

    /// As `server`, from some day to come.
    pub(crate) fn early(&self, name: &str) -> Certificate {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2099, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
        self.signs(params)
    }

    /// For a client.
    pub(crate) fn client(&self) -> Certificate {
        let mut params = CertificateParams::new(["someone".to_owned()]).expect("a name");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.signs(params)
    }

    fn signs(&self, params: CertificateParams) -> Certificate {
        let key = key();
        let signed = params.signed_by(&key, &self.0).expect("a certificate");
        Certificate {
            chain: signed.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Trusts it alone.
    pub(crate) fn trusted(&self) -> TlsPlan {
        trusting(&self.pem())
    }
}

impl Certificate {
    /// As `openssl req -x509` makes it: signed by itself, and said to be a CA's.
    pub(crate) fn self_signed(name: &str) -> Self {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = key();
        let signed = params.self_signed(&key).expect("a certificate");
        Self {
            chain: signed.pem(),
            key: key.serialize_pem(),
        }
    }

    pub(crate) fn plan(&self) -> ClientCertificate {
        ClientCertificate {
            certificate: bytes(&self.chain),
            key: bytes(&self.key),
        }
    }

    pub(crate) fn der(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let chain = CertificateDer::from_pem_slice(self.chain.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("PEM");
        (vec![chain], key)
    }
}

pub(crate) fn trusting(pem: &str) -> TlsPlan {
    TlsPlan {
        ca: Some(bytes(pem)),
        ..TlsPlan::default()
    }
}

pub(crate) fn bytes(pem: &str) -> Arc<[u8]> {
    Arc::from(pem.as_bytes())
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
