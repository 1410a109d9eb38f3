use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Registry;
use super::handler::handle;

/// How long a client may take over the head of a request, and stay idle before it.
const HEAD_WITHIN: Duration = Duration::from_secs(60);
/// Connections served at once; more wait to be accepted.
const CONNECTIONS: usize = 256;
/// How long requests under way may still take when the server ends.
const FINISH_WITHIN: Duration = Duration::from_secs(1);
/// How long to wait when the system has no more file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The control API over HTTP/1.
#[derive(Debug)]
pub struct ApiServer {
    registry: Arc<Registry>,
    /// Requests so far, for their ids.
    requests: AtomicU64,
}

impl ApiServer {
    /// Serves the API on `listener` until `cancel`, then closes every proxy of the registry.
    ///
    /// # Cancellation
    /// Dropping it ends the server; the registry's proxies then close with the registry.
    pub async fn serve(listener: TcpListener, registry: Arc<Registry>, cancel: CancellationToken) {
        let server = Arc::new(Self {
            registry: registry.clone(),
            requests: AtomicU64::new(0),
        });
        // Cancelled when this future is dropped, too.
        let serving = cancel.child_token();
        let _guard = serving.clone().drop_guard();
        let connections = TaskTracker::new();
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                biased;
                () = serving.cancelled() => break,
                accepted = async {
                    let permit = permits.clone().acquire_owned().await.ok()?;
                    Some((listener.accept().await, permit))
                } => accepted,
            };
            match accepted {
                Some((Ok((client, _)), permit)) => {
                    let connection = server.clone().connection(client, serving.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(permit);
                    });
                }
                Some((Err(_), _)) => {
                    let wait = tokio::time::sleep(ACCEPT_AGAIN);
                    serving.run_until_cancelled(wait).await;
                }
                // The semaphore is never closed.
                None => break,
            }
        }
        drop(listener);
        connections.close();
        connections.wait().await;
        registry.close().await;
    }

    async fn connection(self: Arc<Self>, client: TcpStream, cancel: CancellationToken) {
        // It can only fail on a connection that is already gone.
        let _ = client.set_nodelay(true);
        let service = service_fn(|request| async {
            let id = self.next_id();
            Ok::<_, Infallible>(handle(&self.registry, request, &id).await)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // A client that has said everything still gets its answer.
            .half_close(true)
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(TokioIo::new(client), service);
        tokio::pin!(connection);
        // Either way it has ended with the client, who has seen why.
        tokio::select! {
            _ = &mut connection => return,
            () = cancel.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _ = tokio::time::timeout(FINISH_WITHIN, connection).await;
    }

    /// Twenty characters of Go's `xid` alphabet; unique within the process.
    fn next_id(&self) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        (0..20)
            .rev()
            .map(|place| {
                let digit = number.checked_shr(5 * place).unwrap_or(0) & 31;
                char::from(DIGITS[digit as usize])
            })
            .collect()
    }
}
