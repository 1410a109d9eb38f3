use std::cell::Cell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{HttpVersion, Reuse};
use rtest_core::sample::{ErrorKind, RequestPhase};
use rtest_core::{Clock, RunTime, Scheme};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Failure;
use super::connection::{Connection, Speaks};
use super::form::{Asked, Form};
use super::h1::H1;
use super::h2::H2;
use super::names::Names;
use super::part::Part;
use super::progress::{Progress, Unanswered};
use super::protocol::Protocol;
use super::proxy::Proxy;
use super::stream::Stream;
use super::tls;
use super::wire::{Transport, Wire};
use crate::origin::Origin;
use crate::patience::Patience;

/// How long an address that does not answer holds up the next one, where the plan does not limit
/// connecting.
const NEXT_ADDRESS_AFTER: Duration = Duration::from_secs(2);

/// Opens connections, all of one worker's: name → TCP or Unix socket → proxy's tunnel → TLS →
/// HTTP, each timed as a phase of the request that needs the connection.
#[derive(Debug)]
pub(crate) struct Connector {
    protocol: Arc<Protocol>,
    clock: Arc<dyn Clock>,
    names: Names,
    /// Whether the target agreed on HTTP/2 when last asked.
    target_speaks_h2: Cell<bool>,
}

/// What a connection is opened to.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Unix(&'a Path),
    Address(SocketAddr),
    Host(&'a Origin),
}

/// A connection over which nothing was said yet.
struct Opened {
    stream: Stream,
    round_trip: Duration,
}

impl Connector {
    /// Has looked no name up yet.
    pub(crate) fn new(protocol: Arc<Protocol>, clock: Arc<dyn Clock>) -> Self {
        let names = Names::new(protocol.dns.clone(), Arc::clone(&clock));
        Self::with_names(protocol, clock, names)
    }

    /// As `new`, with names that are looked up in some other way.
    pub(super) fn with_names(protocol: Arc<Protocol>, clock: Arc<dyn Clock>, names: Names) -> Self {
        Self {
            names,
            protocol,
            clock,
            target_speaks_h2: Cell::new(false),
        }
    }

    /// The run clock.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// How HTTP is spoken.
    pub(crate) fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Whether a connection to an origin will speak HTTP/2, as far as is known.
    pub(crate) fn expects_h2(&self, origin: Option<&Rc<Origin>>) -> bool {
        match origin {
            None => {
                self.target_speaks_h2.get()
                    || self.protocol.knows_h2(self.protocol.target.origin.scheme)
            }
            Some(origin) => self.protocol.knows_h2(origin.scheme),
        }
    }

    /// Opens a connection to an origin, the target where absent, on which a request can be sent.
    /// To be called inside a local runtime.
    ///
    /// # Errors
    /// It cannot be opened, or not in time.
    pub(crate) async fn open(
        &self,
        origin: Option<&Rc<Origin>>,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Connection, Unanswered> {
        let opened = self.open_stream(origin, patience, progress).await?;
        let Opened { stream, round_trip } = opened;
        let traffic = Rc::clone(stream.traffic());
        let to = self.origin(origin);
        let h2 = stream.agreed_on_h2() || self.protocol.knows_h2(to.scheme);
        if origin.is_none() {
            self.target_speaks_h2.set(h2);
        }
        let speaks = if h2 {
            Speaks::Http2(H2::over(stream).await?)
        } else {
            Speaks::Http1(H1::over(stream).await?)
        };
        Ok(Connection {
            form: Rc::new(self.form(origin, h2)?),
            speaks,
            traffic,
            round_trip,
            reused: false,
        })
    }

    /// Opens a connection up to where HTTP would begin.
    ///
    /// # Errors
    /// As of `open`.
    pub(crate) async fn reach(
        &self,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<(), Unanswered> {
        self.open_stream(None, patience, progress).await.map(drop)
    }

    async fn open_stream(
        &self,
        origin: Option<&Rc<Origin>>,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Opened, Unanswered> {
        let to = self.origin(origin);
        let (place, proxy) = self.route(origin);
        let addresses = match place {
            Place::Unix(_) => Vec::new(),
            Place::Address(address) => vec![address],
            Place::Host(host) => self.look_up(host, patience, progress).await?,
        };

        let connecting = Part {
            doing: "connecting",
            what: "connecting",
            kind: ErrorKind::ConnectTimeout,
            limit: self.protocol.timeouts.connect,
        };
        let from = self.clock.now();
        let connect = async {
            let transport = self.connect(place, &addresses, proxy).await?;
            let mut wire = Wire::new(transport, &self.clock);
            let round_trip = self.clock.now() - from;
            progress.goes_over(wire.traffic());
            if let Some(proxy) = proxy
                && self.needs_tunnel(to)
            {
                proxy.tunnel(&mut wire, to).await?;
            }
            Ok::<_, Failure>((wire, round_trip))
        };
        let connected = connecting.wait(patience, &*self.clock, from, connect).await;
        let now = self.clock.now();
        progress.phases.add(RequestPhase::Connecting, now - from);
        let (wire, round_trip) = connected??;
        let stream = match to.scheme {
            Scheme::Http => Stream::plain(wire),
            Scheme::Https => {
                self.shake_hands(origin, wire, now, patience, progress)
                    .await?
            }
        };
        progress.sent_at = match to.scheme {
            Scheme::Http => now,
            Scheme::Https => self.clock.now(),
        };
        Ok(Opened { stream, round_trip })
    }

    fn origin<'a>(&'a self, origin: Option<&'a Rc<Origin>>) -> &'a Origin {
        origin.map_or(&self.protocol.target.origin, |origin| origin)
    }

    fn route<'a>(&'a self, origin: Option<&'a Rc<Origin>>) -> (Place<'a>, Option<&'a Proxy>) {
        let target = &self.protocol.target;
        if let (None, Some(path)) = (origin, &self.protocol.unix_socket) {
            return (Place::Unix(path), None);
        }
        if let Some(proxy) = &self.protocol.proxy {
            return (Place::Host(&proxy.origin), Some(proxy));
        }
        let place = match (origin, target.address) {
            (None, Some(address)) => Place::Address(address),
            (None, None) => Place::Host(&target.origin),
            (Some(origin), _) => Place::Host(origin),
        };
        (place, None)
    }

    /// Whether a proxy is asked for a tunnel, and not for each answer: where it could not read
    /// the requests anyway.
    fn needs_tunnel(&self, to: &Origin) -> bool {
        to.scheme == Scheme::Https || self.protocol.knows_h2(to.scheme)
    }

    async fn look_up(
        &self,
        host: &Origin,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Vec<SocketAddr>, Unanswered> {
        let with_port = |ips: Vec<IpAddr>| {
            let ips = ips.into_iter();
            ips.map(|ip| SocketAddr::new(ip, host.port)).collect()
        };
        if let Some(known) = self.names.known(&host.host) {
            return Ok(with_port(known));
        }
        let looking_up = Part {
            doing: "looking up the name",
            what: "the lookup",
            kind: ErrorKind::DnsTimeout,
            limit: self.protocol.timeouts.dns,
        };
        let from = self.clock.now();
        let found = looking_up
            .wait(patience, &*self.clock, from, self.names.look_up(&host.host))
            .await;
        let took = self.clock.now() - from;
        progress.phases.add(RequestPhase::LookingUp, took);
        Ok(with_port(found??))
    }

    async fn connect(
        &self,
        place: Place<'_>,
        addresses: &[SocketAddr],
        proxy: Option<&Proxy>,
    ) -> Result<Transport, Failure> {
        if let Place::Unix(path) = place {
            let connected = UnixStream::connect(path).await;
            return connected
                .map(Transport::Unix)
                .map_err(|error| Failure::of_connecting(path.display(), &error));
        }
        let mut failed = None;
        for (index, address) in addresses.iter().enumerate() {
            let is_last = index + 1 == addresses.len();
            let connecting = TcpStream::connect(address);
            let connected = if is_last {
                connecting.await
            } else {
                let limit = self.protocol.timeouts.connect;
                let share = limit.map_or(NEXT_ADDRESS_AFTER, |limit| {
                    limit / u32::try_from(addresses.len()).unwrap_or(u32::MAX)
                });
                let connected = timeout(share, connecting).await;
                connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            };
            match connected {
                Ok(stream) => {
                    // Refused where it was reset already, as is seen when it is used.
                    let _ = stream.set_nodelay(true);
                    return Ok(Transport::Tcp(stream));
                }
                // The preferred address says most: the others may be of a family that the
                // machine does not have.
                Err(error) => {
                    failed.get_or_insert_with(|| match proxy {
                        Some(proxy) => Failure::of_connecting(proxy, &error),
                        None => Failure::of_connecting(address, &error),
                    });
                }
            }
        }
        Err(failed.expect("a name that resolves has an address"))
    }

    async fn shake_hands(
        &self,
        origin: Option<&Rc<Origin>>,
        wire: Wire,
        from: RunTime,
        patience: &mut Patience,
        progress: &mut Progress,
    ) -> Result<Stream, Unanswered> {
        let to = self.origin(origin);
        let name = self.protocol.tls.name(to, origin.is_none())?;
        let connector = TlsConnector::from(self.protocol.tls.config()?);
        let shaking = Part {
            doing: "shaking hands over TLS",
            what: "the handshake",
            kind: ErrorKind::TlsTimeout,
            limit: self.protocol.timeouts.tls,
        };
        let shaken = shaking
            .wait(patience, &*self.clock, from, connector.connect(name, wire))
            .await;
        let took = self.clock.now() - from;
        progress.phases.add(RequestPhase::TlsHandshaking, took);
        let stream = shaken?.map_err(|error| tls::failure_of_handshake(to, &error))?;
        let stream = Stream::tls(stream);
        if self.protocol.version == HttpVersion::Http2 && !stream.agreed_on_h2() {
            return Err(Failure::new(
                ErrorKind::Tls,
                format!("{to} does not speak HTTP/2 (ALPN): set another `version`"),
            )
            .into());
        }
        Ok(stream)
    }

    fn form(&self, origin: Option<&Rc<Origin>>, h2: bool) -> Result<Form, Failure> {
        let to = self.origin(origin);
        if h2 {
            return Ok(Form::Pseudo(Asked::new(to)?));
        }
        let last = self.protocol.connections.reuse == Reuse::Never;
        match self.route(origin).1 {
            Some(proxy) if !self.needs_tunnel(to) => Ok(Form::Absolute {
                last,
                of: Asked::new(to)?,
                authorization: proxy.authorization.clone(),
            }),
            _ => Ok(Form::Origin { last }),
        }
    }
}
