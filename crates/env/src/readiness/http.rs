use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use reqwest::header;

use super::{NotYet, Probe};
use crate::endpoint::Endpoint;
use crate::error::EnvErrorKind;

/// `GET path`, answered with a status of 200 to 299. Redirects are not followed: a service that
/// sends its probe to a login page is not ready.
pub(super) struct HttpProbe {
    client: reqwest::Client,
    path: String,
    host: String,
}

impl HttpProbe {
    pub(super) fn new(path: &str, endpoint: &Endpoint) -> Result<Self, EnvErrorKind> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Each attempt on a new connection: an old one may be held by what is going down.
            .pool_max_idle_per_host(0)
            // The probe speaks plain HTTP; reading the machine's certificates would cost more
            // than many a service takes to start.
            .tls_certs_only([])
            .build()
            .map_err(|error| EnvErrorKind::System {
                action: "the HTTP client of the readiness probe cannot be made",
                source: io::Error::other(error),
            })?;
        Ok(Self {
            client,
            path: path.to_owned(),
            host: endpoint.to_string(),
        })
    }
}

impl Probe for HttpProbe {
    fn describe(&self) -> String {
        format!("GET {}", self.path)
    }

    fn ask(
        &self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        Box::pin(async move {
            let answer = self
                .client
                .get(format!("http://{address}{}", self.path))
                .header(header::HOST, &self.host)
                .send()
                .await;
            match answer {
                Ok(answer) if answer.status().is_success() => Ok(()),
                Ok(answer) => Err(NotYet::answered(format!(
                    "last answer: {}",
                    answer.status()
                ))),
                Err(error) => Err(in_words(&error)),
            }
        })
    }
}

fn in_words(error: &reqwest::Error) -> NotYet {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        if let Some(io) = source.downcast_ref::<io::Error>()
            && io.kind() == io::ErrorKind::ConnectionRefused
        {
            return NotYet::silent("connection refused");
        }
        innermost = source;
    }
    let seen = innermost.to_string();
    if error.is_connect() {
        NotYet::silent(seen)
    } else {
        NotYet::answered(format!("last answer: not HTTP ({seen})"))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;

    async fn asked_of(answer: &'static [u8]) -> Result<String, NotYet> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut server = JoinSet::new();
        server.spawn(async move {
            let (mut peer, _) = listener.accept().await.expect("the probe connects");
            let mut request = vec![0; 1024];
            let read = peer.read(&mut request).await.expect("the probe asks");
            peer.write_all(answer).await.expect("the probe listens");
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let endpoint = Endpoint::parse("shop.example:80").expect("well formed");
        let probe = HttpProbe::new("/health?deep=1", &endpoint).expect("a client");
        probe.ask(address).await?;
        Ok(server
            .join_next()
            .await
            .expect("one task")
            .expect("no panic"))
    }

    #[tokio::test]
    async fn a_2xx_is_ready_and_the_endpoint_is_named_as_written() {
        let request = asked_of(b"HTTP/1.1 204 No Content\r\n\r\n")
            .await
            .expect("ready")
            .to_lowercase();
        assert!(
            request.starts_with("get /health?deep=1 http/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains("host: shop.example:80\r\n"), "{request}");
    }

    #[tokio::test]
    async fn other_answers_are_named() {
        for (answer, seen) in [
            (
                &b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"[..],
                "last answer: 503 Service Unavailable",
            ),
            (
                b"HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n",
                "last answer: 302 Found",
            ),
        ] {
            assert_eq!(asked_of(answer).await, Err(NotYet::answered(seen)));
        }
        let garbage = asked_of(b"SSH-2.0-OpenSSH_9.6\r\n")
            .await
            .expect_err("not HTTP");
        assert!(
            garbage.answered && garbage.seen.contains("not HTTP"),
            "{garbage:?}"
        );
    }

    #[tokio::test]
    async fn nobody_there_is_a_refused_connection() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let free = crate::port::ReservedPort::any().expect("a free port");
        let probe = HttpProbe::new("/", &Endpoint::from(free.address())).expect("a client");
        assert_eq!(
            probe.ask(free.address()).await,
            Err(NotYet::silent("connection refused"))
        );
    }
}
