use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rtest_core::Scheme;
use rtest_core::plan::{HttpPlan, LoadPlan, RequestStep, TlsPlan};
use rtest_core::sample::{RequestPhase, SeriesTick};
use rtest_load::{Origin, ResolvedTarget};
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::certificates::{Authority, Certificate};
use crate::support::Run;
use crate::support::plan::{get, load, open, scenario, sends};
use crate::support::recorded::Recorded;
use crate::support::server::Server;

pub(crate) const MS: Duration = Duration::from_millis(1);

/// What a server shows, and asks for.
pub(crate) struct Shows {
    certificate: Certificate,
    versions: Vec<&'static SupportedProtocolVersion>,
    clients_of: Option<Arc<RootCertStore>>,
    alpn: Vec<Vec<u8>>,
}

impl Shows {
    pub(crate) fn new(certificate: Certificate) -> Self {
        Self {
            certificate,
            versions: rustls::ALL_VERSIONS.to_vec(),
            clients_of: None,
            alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        }
    }

    pub(crate) fn only(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    pub(crate) fn alpn(mut self, names: &[&str]) -> Self {
        self.alpn = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        self
    }

    /// Wants clients to have a certificate of this authority.
    pub(crate) fn wants_clients_of(mut self, authority: &Authority) -> Self {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(authority.pem().as_bytes()).expect("PEM");
        roots.add(ca).expect("a CA");
        self.clients_of = Some(Arc::new(roots));
        self
    }

    pub(crate) fn acceptor(self) -> TlsAcceptor {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions)
            .expect("versions that ring has");
        let builder = match self.clients_of {
            Some(roots) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(roots, provider)
                    .build()
                    .expect("a verifier"),
            ),
            None => builder.with_no_client_auth(),
        };
        let (chain, key) = self.certificate.der();
        let mut config = builder
            .with_single_cert(chain, key)
            .expect("a key that fits");
        config.alpn_protocols = self.alpn;
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A TLS server that answers each request with `METHOD TARGET VERSION length-of-body`, in the
/// version of HTTP that ALPN agreed on.
pub(crate) async fn https(shows: Shows) -> Server {
    let acceptor = shows.acceptor();
    Server::scripted(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                serve(stream, h2).await;
            }
        }
    })
    .await
}

/// Serves one connection, as `https` does.
pub(crate) async fn serve<S>(stream: S, h2: bool)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    serve_with(stream, h2, describe).await;
}

/// Serves one connection.
pub(crate) async fn serve_with<S, A, F>(stream: S, h2: bool, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send + 'static,
{
    let (stream, service) = (TokioIo::new(stream), service_fn(answer));
    // Whatever ends the connection, the client is who is tested.
    if h2 {
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = builder.serve_connection(stream, service).await;
    } else {
        let builder = hyper::server::conn::http1::Builder::new();
        let _ = builder.serve_connection(stream, service).await;
    }
}

async fn describe(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let line = format!(
        "{} {} {:?}",
        request.method(),
        request.uri(),
        request.version()
    );
    let headers = format!("{:?}", request.headers());
    let body = request.into_body().collect().await;
    let length = body.map_or(0, |body| body.to_bytes().len());
    let text = format!("{line} {length} {headers}");
    Ok(Response::new(Full::new(Bytes::from(text))))
}

/// A target at an address, under a host's name.
pub(crate) fn target(scheme: Scheme, host: &str, address: SocketAddr) -> ResolvedTarget {
    let authority = format!("{host}:{}", address.port());
    let origin = Origin::parse(scheme, &authority).expect("a host");
    ResolvedTarget {
        address: Some(address),
        ..ResolvedTarget::new(origin, String::new())
    }
}

/// Ten requests over two virtual users, 100 a second.
pub(crate) fn ten(request: RequestStep) -> LoadPlan {
    let executor = open("100/s", 100 * MS, 1);
    load(vec![scenario(executor, vec![sends(request)])])
}

/// Sends ten requests over TLS to `localhost`.
pub(crate) async fn ten_over_tls(server: &Server, tls: TlsPlan) -> Arc<Recorded> {
    let http = HttpPlan {
        tls,
        ..HttpPlan::default()
    };
    let mut run = Run::new(ten(get("/")), server.address);
    run.plan.http = http;
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.requests(), 10);
    recorded
}

/// The one series of a run.
#[track_caller]
pub(crate) fn only_series(recorded: &Recorded) -> SeriesTick {
    let mut series = recorded.series().into_values();
    match (series.next(), series.next()) {
        (Some(only), None) => only,
        _ => panic!(
            "one series: {:?} {:?}",
            recorded.outcomes(),
            recorded.examples()
        ),
    }
}

/// In how many requests a phase took any time.
pub(crate) fn times(series: &SeriesTick, phase: RequestPhase) -> u64 {
    series.phases.get(phase).len()
}

/// Keeps a stream open until the client has gone.
pub(crate) async fn hold(stream: TcpStream) {
    let mut rest = [0; 1024];
    loop {
        match stream.readable().await {
            Ok(()) => match stream.try_read(&mut rest) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            },
            Err(_) => return,
        }
    }
}

/// Longer than what two systems hold between a writer and a reader who reads nothing.
pub(crate) const LARGE: usize = 12_000_000;

/// Takes in one request with a body of [`LARGE`], the most of it only after a while. Whether there
/// was one.
pub(crate) async fn take_large(stream: &mut TcpStream, reluctance: Duration) -> bool {
    let reader = socket2::SockRef::from(&*stream);
    reader.set_recv_buffer_size(64 * 1024).expect("a socket");
    let mut piece = vec![0; 256 * 1024];
    let mut taken = match stream.read(&mut piece).await {
        Ok(0) | Err(_) => return false,
        Ok(taken) => taken,
    };
    tokio::time::sleep(reluctance).await;
    while taken < LARGE {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return false,
            Ok(read) => taken += read,
        }
    }
    true
}
