//! Peers for the tests: clocks, upstreams, raw HTTP.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rtest_core::{Clock, RunTime, Seed};
use rtest_proxy::{Proxy, ProxyConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// The runtime's time, which the tests pause.
#[derive(Debug)]
pub struct TokioClock(tokio::time::Instant);

impl TokioClock {
    pub fn start() -> Arc<dyn Clock> {
        Arc::new(Self(tokio::time::Instant::now()))
    }
}

impl Clock for TokioClock {
    fn now(&self) -> RunTime {
        RunTime::from(self.0.elapsed())
    }
}

pub fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

pub fn config(upstream: impl ToString) -> ProxyConfig {
    ProxyConfig {
        name: "storefront -> catalog".into(),
        listen: loopback(),
        upstream: Some(upstream.to_string()),
        enabled: true,
        seed: Seed::new(42),
        observer: None,
    }
}

pub async fn proxy_to(upstream: impl ToString) -> Proxy {
    Proxy::start(config(upstream), TokioClock::start())
        .await
        .unwrap()
}

pub async fn connect(proxy: &Proxy) -> TcpStream {
    undelayed(TcpStream::connect(proxy.listen()).await.unwrap())
}

/// The kernel's wait for an acknowledgement passes on real time, which the tests jump over.
fn undelayed(stream: TcpStream) -> TcpStream {
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends everything back that it receives, and ends when its client ends.
pub async fn echo() -> SocketAddr {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(loopback()).unwrap();
    // A burst beyond it would be reset by the kernel, not by what is tested.
    let listener = socket.listen(4096).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = client.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
                let _ = to.shutdown().await;
            });
        }
    });
    address
}

/// Hands over the connections it accepts.
pub struct Upstream(TcpListener);

impl Upstream {
    pub async fn bind() -> Self {
        Self(TcpListener::bind(loopback()).await.unwrap())
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub async fn accept(&self) -> TcpStream {
        undelayed(soon(self.0.accept()).await.unwrap().0)
    }
}

/// A link: what the client holds, and what the upstream does.
pub async fn link(proxy: &Proxy, upstream: &Upstream) -> (TcpStream, TcpStream) {
    let client = connect(proxy).await;
    (client, upstream.accept().await)
}

/// Reads exactly as many bytes as `expected` has, and compares.
pub async fn expect_bytes(stream: &mut TcpStream, expected: &[u8]) {
    let mut seen = vec![0; expected.len()];
    soon(stream.read_exact(&mut seen)).await.unwrap();
    assert_eq!(seen, expected);
}

/// How long something takes on the runtime's time.
pub async fn took<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let start = tokio::time::Instant::now();
    let result = work.await;
    (result, start.elapsed())
}

/// For what would hang when it is broken; on paused time it costs nothing.
pub async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), work)
        .await
        .expect("within a minute")
}

/// Writes until the receiver's backpressure is felt; returns how many bytes that took.
pub async fn fill(stream: &TcpStream) -> usize {
    let block = vec![7; 256 * 1024];
    let mut written = 0;
    loop {
        match stream.try_write(&block) {
            Ok(count) => written += count,
            Err(_) => {
                let room = tokio::time::timeout(Duration::from_millis(100), stream.writable());
                if room.await.is_err() {
                    return written;
                }
            }
        }
    }
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn parse(raw: &[u8]) -> Self {
        let raw = String::from_utf8(raw.to_vec()).unwrap();
        let (head, body) = raw.split_once("\r\n\r\n").expect("a whole head");
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        Self {
            status: status.parse().unwrap(),
            headers: lines
                .map(|line| line.split_once(": ").unwrap())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

/// One request on a connection of its own.
pub async fn http(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> RawAnswer {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server may answer and close without reading all of a body that it refuses.
    let _ = stream.write_all(body).await;
    let _ = stream.shutdown().await;
    let mut raw = Vec::new();
    // A reset may follow the answer where the body was not read; what came before it counts.
    let _ = soon(stream.read_to_end(&mut raw)).await;
    RawAnswer::parse(&raw)
}

/// The control API on a port of its own.
pub struct Api {
    pub address: SocketAddr,
    cancel: tokio_util::sync::CancellationToken,
    server: JoinHandle<()>,
}

impl Api {
    pub async fn start() -> Self {
        Self::showing(rtest_proxy::MetricsShown::default()).await
    }

    pub async fn showing(metrics: rtest_proxy::MetricsShown) -> Self {
        let listener = TcpListener::bind(loopback()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let registry = rtest_proxy::Registry::new(Seed::new(42), TokioClock::start());
        let registry = Arc::new(registry.showing(metrics));
        let cancel = tokio_util::sync::CancellationToken::new();
        let server = tokio::spawn(rtest_proxy::ApiServer::serve(
            listener,
            registry,
            cancel.clone(),
        ));
        Self {
            address,
            cancel,
            server,
        }
    }

    pub async fn call(&self, method: &str, path: &str, body: &str) -> RawAnswer {
        http(self.address, method, path, "", body.as_bytes()).await
    }

    /// Asserts the status and gives the body.
    pub async fn expect(&self, status: u16, method: &str, path: &str, body: &str) -> String {
        let answer = self.call(method, path, body).await;
        assert_eq!(
            answer.status, status,
            "{method} {path} {body}: {}",
            answer.body
        );
        answer.body
    }

    pub async fn json(
        &self,
        status: u16,
        method: &str,
        path: &str,
        body: &str,
    ) -> serde_json::Value {
        serde_json::from_str(&self.expect(status, method, path, body).await).unwrap()
    }

    pub async fn stop(self) {
        self.cancel.cancel();
        soon(self.server).await.unwrap();
    }
}
