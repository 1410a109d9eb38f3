use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// How many connections the kernel may hold for us before they are accepted: as many as its default
/// lets anybody have. A burst of more than this is answered with SYN cookies, and connections of
/// which the last acknowledgement is lost then end in a reset.
const BACKLOG: i32 = 4096;

/// A TCP port that stays ours whether connections to it are taken or refused.
///
/// One bound socket lives as long as the port. While it listens, connections are taken; while it
/// does not, the kernel refuses them as if no process were there, and hands the port to nobody
/// who asks for a free one. Only a program that asks for exactly this port with `SO_REUSEADDR`
/// can still take it, as it could after Toxiproxy disabled a proxy.
#[derive(Debug)]
pub(crate) struct Port {
    socket: Socket,
    address: SocketAddr,
}

impl Port {
    /// Takes a port without listening on it; port 0 takes a free one.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = bound(address)?;
        let address = local_address(&socket)?;
        // The kernel gives up a port that it chose itself when its socket stops listening; one
        // that was asked for by number it keeps. So ask for it, while the first socket holds it.
        let socket = bound(address)?;
        Ok(Self { socket, address })
    }

    /// The address, with the real port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to take connections. The listener shares the port's socket: dropping it closes
    /// nothing, only [`Port::refuse`] does.
    pub(crate) fn listen(&self) -> io::Result<TcpListener> {
        self.socket.listen(BACKLOG)?;
        let listener: std::net::TcpListener = self.socket.try_clone()?.into();
        TcpListener::from_std(listener)
    }

    /// Refuses connections from here on; those not yet accepted are reset.
    #[cfg(target_os = "linux")]
    pub(crate) fn refuse(&mut self) -> io::Result<()> {
        // Linux takes a listening socket back to "bound" when its read side is shut; there is no
        // moment at which the port is free.
        self.socket.shutdown(std::net::Shutdown::Read)
    }

    /// Refuses connections from here on; those not yet accepted are reset.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn refuse(&mut self) -> io::Result<()> {
        // A second socket cannot be bound beside one that listens, so the port is free for as
        // long as it takes to bind it again. The accept loop has dropped its listener by now.
        let placeholder = Socket::new(
            Domain::for_address(self.address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        drop(std::mem::replace(&mut self.socket, placeholder));
        self.socket = bound(self.address)?;
        Ok(())
    }
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // A port whose old connections are in TIME_WAIT can be taken again.
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        // `[::]` means every address, IPv4 included.
        socket.set_only_v6(false)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn local_address(socket: &Socket) -> io::Result<SocketAddr> {
    socket
        .local_addr()?
        .as_socket()
        .ok_or_else(|| io::Error::other("a TCP socket without an IP address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpStream;

    fn loopback() -> SocketAddr {
        (Ipv4Addr::LOCALHOST, 0).into()
    }

    #[tokio::test]
    async fn a_port_is_refused_and_taken_again_a_hundred_times_with_connections_in_time_wait() {
        let mut port = Port::bind(loopback()).unwrap();
        let address = port.address();
        for round in 0..100 {
            assert_eq!(
                TcpStream::connect(address).await.unwrap_err().kind(),
                io::ErrorKind::ConnectionRefused,
                "round {round}: bound, not listening"
            );
            let listener = port.listen().unwrap();
            let mut client = TcpStream::connect(address).await.unwrap();
            let (server, _) = listener.accept().await.unwrap();
            // The side that closes first stays in TIME_WAIT, on our port.
            drop(server);
            assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
            drop(client);
            drop(listener);
            port.refuse().unwrap();
        }
    }

    #[tokio::test]
    async fn a_port_that_is_refused_is_given_to_nobody_who_asks_for_a_free_one() {
        let mut port = Port::bind(loopback()).unwrap();
        drop(port.listen().unwrap());
        port.refuse().unwrap();
        // Without SO_REUSEADDR the port itself is not to be had.
        let taken = Socket::new(Domain::IPV4, Type::STREAM, None)
            .unwrap()
            .bind(&port.address().into());
        assert_eq!(taken.unwrap_err().kind(), io::ErrorKind::AddrInUse);
        // The port comes back on the same address.
        let listener = port.listen().unwrap();
        assert_eq!(listener.local_addr().unwrap(), port.address());
    }

    #[tokio::test]
    async fn a_connection_that_was_not_accepted_is_reset_when_the_port_is_refused() {
        let mut port = Port::bind(loopback()).unwrap();
        let listener = port.listen().unwrap();
        let mut waiting = TcpStream::connect(port.address()).await.unwrap();
        drop(listener);
        port.refuse().unwrap();
        assert_eq!(
            waiting.read(&mut [0; 1]).await.unwrap_err().kind(),
            io::ErrorKind::ConnectionReset
        );
    }

    #[tokio::test]
    async fn a_port_that_somebody_listens_on_is_not_taken() {
        let theirs = TcpListener::bind(loopback()).await.unwrap();
        let error = Port::bind(theirs.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
