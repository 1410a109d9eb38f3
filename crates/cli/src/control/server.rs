use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::api::Api;

/// How long a client may take over the head of a request, and stay idle before it.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Connections served at once; more wait to be accepted.
const CONNECTIONS: usize = 16;
/// How long requests under way may still take when the run ends.
const FINISH_WITHIN: Duration = Duration::from_millis(200);
/// How long to wait when the system has no more file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The control API over HTTP/1.1, as long as the run goes.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens, and serves from now on.
    ///
    /// # Errors
    /// Where the address cannot be listened on.
    pub(crate) async fn start(address: SocketAddr, api: Api) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let stop = CancellationToken::new();
        Ok(Self {
            address: listener.local_addr()?,
            task: tokio::spawn(serve(listener, api, stop.clone())),
            stop,
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers what is under way and ends.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        // It ends by itself; a panic in it is no reason to fail the run.
        let _ = self.task.await;
    }
}

async fn serve(listener: TcpListener, api: Api, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = async {
                let permit = Arc::clone(&permits).acquire_owned().await.ok()?;
                Some((listener.accept().await, permit))
            } => accepted,
        };
        match accepted {
            Some((Ok((client, _)), permit)) => {
                let (api, stop) = (api.clone(), stop.clone());
                connections.spawn(async move {
                    converse(client, api, stop).await;
                    drop(permit);
                });
            }
            Some((Err(_), _)) => {
                stop.run_until_cancelled(tokio::time::sleep(ACCEPT_AGAIN))
                    .await;
            }
            // The semaphore is never closed.
            None => break,
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn converse(client: TcpStream, api: Api, stop: CancellationToken) {
    let service = service_fn(|request| async { Ok::<_, Infallible>(api.handle(request).await) });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(client), service);
    tokio::pin!(connection);
    // Either way it has ended with the client, who has seen why.
    tokio::select! {
        _ = &mut connection => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(FINISH_WITHIN, connection).await;
}
