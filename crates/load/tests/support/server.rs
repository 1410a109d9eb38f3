use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A server that hands each connection to a script; gone when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicU64>,
    _accepting: JoinSet<()>,
}

impl Server {
    /// Calls `script` for each connection.
    pub async fn scripted<F, S>(script: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let connections = Arc::new(AtomicU64::new(0));
        let mut accepting = JoinSet::new();
        accepting.spawn({
            let connections = Arc::clone(&connections);
            async move {
                let mut running = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    stream.set_nodelay(true).expect("a TCP socket");
                    running.spawn(script(stream));
                    while running.try_join_next().is_some() {}
                }
            }
        });
        Self {
            address,
            connections,
            _accepting: accepting,
        }
    }

    /// Answers every request with what `answer` makes of its head and body, over connections that
    /// are kept.
    pub async fn answering<F, A>(answer: A) -> Self
    where
        A: Fn(String) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Vec<u8>> + Send + 'static,
    {
        Self::scripted(move |mut stream| {
            let answer = answer.clone();
            async move {
                while let Some(request) = read_request(&mut stream).await {
                    if stream.write_all(&answer(request).await).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await
    }

    /// How many connections were ever accepted.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads one request with its body; nothing when the connection has ended.
pub async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().expect("a number"));
            if read.len() >= end + 4 + length {
                return Some(String::from_utf8_lossy(&read).into_owned());
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(bytes) => read.extend_from_slice(&buffer[..bytes]),
        }
    }
}

/// `200` with a body.
pub fn ok(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Closes with a reset instead of an end.
pub fn reset(stream: TcpStream) {
    stream.set_zero_linger().expect("a TCP socket");
}
