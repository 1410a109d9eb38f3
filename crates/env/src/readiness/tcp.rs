use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::{NotYet, Probe};

/// How long a connection must stay open. A port forwarder accepts for a service that is not there
/// yet, and closes when it finds out.
const STAYS_OPEN: Duration = Duration::from_millis(50);

/// A connection that is accepted and not closed at once.
pub(super) struct TcpProbe;

impl Probe for TcpProbe {
    fn describe(&self) -> String {
        "a TCP connection".to_owned()
    }

    fn ask(
        &self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>> {
        Box::pin(async move {
            let refused = || NotYet::silent("connection refused");
            let mut stream = match TcpStream::connect(address).await {
                Ok(stream) => stream,
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    return Err(refused());
                }
                Err(error) => return Err(NotYet::silent(error.to_string())),
            };
            // Where nobody listens, the kernel may pick the very port as the local one, and the
            // socket is then connected to itself (RFC 793, simultaneous open).
            if stream.local_addr().ok() == stream.peer_addr().ok() {
                return Err(refused());
            }
            let mut first = [0_u8; 1];
            match tokio::time::timeout(STAYS_OPEN, stream.read(&mut first)).await {
                Err(_) | Ok(Ok(1..)) => Ok(()),
                Ok(Ok(0) | Err(_)) => Err(NotYet::answered(
                    "a connection was accepted and closed at once",
                )),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_peer_that_waits_or_greets_is_ready_and_one_that_hangs_up_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        assert_eq!(
            TcpProbe.ask(address).await,
            Ok(()),
            "accepted by the kernel"
        );

        let (greeted, _) = tokio::join!(TcpProbe.ask(address), async {
            let _silent = listener.accept().await.expect("the first probe");
            let (mut peer, _) = listener.accept().await.expect("the second probe");
            peer.write_all(b"220 hello\r\n").await
        });
        assert_eq!(greeted, Ok(()));

        let (hung_up, ()) = tokio::join!(TcpProbe.ask(address), async {
            drop(listener.accept().await);
        });
        let seen = hung_up.expect_err("closed at once");
        assert!(
            seen.answered && seen.seen.contains("closed at once"),
            "{seen:?}"
        );

        drop(listener);
        assert_eq!(
            TcpProbe.ask(address).await,
            Err(NotYet::silent("connection refused"))
        );
    }
}
