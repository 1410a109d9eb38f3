use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port on 127.0.0.1 that is kept for a service until the moment it is started: the socket is
/// bound but does not listen, so no one else is given the port, and nobody who calls too early
/// gets anything but "connection refused".
#[derive(Debug)]
pub(crate) struct ReservedPort {
    address: SocketAddr,
    /// Given up just before the start, because the service is going to bind it itself.
    socket: Option<TcpSocket>,
}

impl ReservedPort {
    /// Reserves a free port.
    pub(crate) fn any() -> io::Result<Self> {
        Self::bind(TcpSocket::new_v4()?, 0)
    }

    /// Reserves this port.
    ///
    /// # Errors
    /// `AddrInUse` where something listens on it, on 127.0.0.1 or on all addresses.
    pub(crate) fn fixed(port: u16) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Connections of the last run that linger in TIME_WAIT do not make a port taken.
        socket.set_reuseaddr(true)?;
        Self::bind(socket, port)
    }

    /// Where the service is to listen.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes the port back from a service that has ended, until it is started again.
    ///
    /// # Errors
    /// Where something else was quicker to listen on it.
    pub(crate) fn reserve_again(&mut self) -> io::Result<()> {
        if self.socket.is_none() {
            let port = self.address.port();
            // Firmly; or, while the connections of the service that ended linger, at least so
            // that the system gives the port to nobody who asks for any.
            let taken = TcpSocket::new_v4().and_then(|socket| Self::bind(socket, port));
            self.socket = taken.or_else(|_| Self::fixed(port))?.socket;
        }
        Ok(())
    }

    /// Lets go of the port, for the service to take.
    pub(crate) fn release(&mut self) {
        self.socket = None;
    }

    fn bind(socket: TcpSocket, port: u16) -> io::Result<Self> {
        socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
        Ok(Self {
            address: socket.local_addr()?,
            socket: Some(socket),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_reserved_port_is_nobody_elses_until_it_is_released() {
        let mut port = ReservedPort::any().expect("a free port");
        let address = port.address();
        let taken = TcpListener::bind(address).expect_err("reserved");
        assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
        let early = TcpStream::connect(address).expect_err("nobody listens");
        assert_eq!(early.kind(), io::ErrorKind::ConnectionRefused);

        port.release();
        TcpListener::bind(address).expect("released");
    }

    #[tokio::test]
    async fn a_port_is_taken_back_for_the_next_start() {
        let mut port = ReservedPort::any().expect("a free port");
        port.release();
        let service = TcpListener::bind(port.address()).expect("released");
        drop(service);
        port.reserve_again().expect("nobody has it");
        port.reserve_again().expect("it is ours already");
        TcpListener::bind(port.address()).expect_err("reserved");
        port.release();
        let _thief = TcpListener::bind(port.address()).expect("released");
        port.reserve_again().expect_err("somebody listens on it");
    }

    #[tokio::test]
    async fn a_fixed_port_that_something_listens_on_is_taken() {
        for host in ["127.0.0.1:0", "0.0.0.0:0"] {
            let other = TcpListener::bind(host).expect("a free port");
            let port = other.local_addr().expect("bound").port();
            let taken = ReservedPort::fixed(port).expect_err(host);
            assert_eq!(taken.kind(), io::ErrorKind::AddrInUse, "{host}");
            drop(other);
            assert_eq!(
                ReservedPort::fixed(port)
                    .map(|port| port.address().port())
                    .ok(),
                Some(port),
                "{host}"
            );
        }
    }

    #[tokio::test]
    async fn a_port_whose_connections_linger_is_not_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let client = TcpStream::connect(address).expect("it listens");
        let (accepted, _) = listener.accept().expect("a connection waits");
        // The side that closes first is the one that lingers.
        drop(accepted);
        drop(client);
        drop(listener);
        ReservedPort::fixed(address.port()).expect("only TIME_WAIT is left");
    }
}
