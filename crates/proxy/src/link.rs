use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_timer::AlarmClock;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::gate::Target;
use crate::observe::{Sight, Tap};
use crate::pipeline::Pipeline;
use crate::pump::{Pump, Stop, was_reset};
use crate::splice::Pipes;
use crate::toxic::{Junction, LotSource, OnConnect, Stream, Toxics};

/// How long a client whose connection is broken off has to say what it wants.
const HEAR_FOR: Duration = Duration::from_millis(50);

/// As much as a request's head has, as a rule.
const FIRST_READ: usize = 4096;

/// How many bytes are read from a peer that goes on sending while its connection is closed.
const MOST_IGNORED: usize = 4 * 1024 * 1024;

/// One connection of a client, and the one to the upstream that belongs to it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) client: TcpStream,
    /// Without an upstream, because it is not known yet, as if that refused.
    pub(crate) target: Target,
    pub(crate) toxics: Arc<Toxics>,
    /// Where someone looks on.
    pub(crate) tap: Option<Arc<Tap>>,
    pub(crate) lots: LotSource,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) alarms: Arc<AlarmClock>,
    /// `None` where what crosses it is observed: bytes that the kernel moves by itself are not seen.
    pub(crate) pipes: Option<Arc<Pipes>>,
}

impl Link {
    /// Dials the upstream, unless it `breaks_off` at once, and carries bytes both ways until both have
    /// ended. A failure on either side, the upstream's refusal included, is a reset to the other.
    ///
    /// # Cancellation
    /// Dropping it closes both connections at once.
    pub(crate) async fn run(mut self, breaks_off: bool, broken: CancellationToken) {
        if breaks_off {
            self.hear_out().await;
            return self.refuse();
        }
        let upstream = tokio::select! {
            upstream = self.connect() => upstream,
            () = was_reset(&self.client) => None,
            () = broken.cancelled() => None,
        };
        let Some(mut upstream) = upstream else {
            return self.refuse();
        };
        // Bytes leave as they come, as they did from their sender. It can only fail on a
        // connection that is already gone, which the pumps will find.
        let _ = self.client.set_nodelay(true);
        let _ = upstream.set_nodelay(true);
        let carried = tokio::select! {
            carried = self.carry(&mut upstream) => carried,
            () = broken.cancelled() => Err(Stop::Reset),
        };
        match carried {
            Ok(()) => {
                // A reset that answers the last bytes is an error that nothing has met yet.
                if let (Some(tap), Ok(None)) = (&self.tap, self.client.take_error()) {
                    tap.ended_in_order();
                }
            }
            Err(Stop::Reset) => {
                reset(&self.client);
                reset(&upstream);
            }
            Err(Stop::Cut) => {
                cut(self.client).await;
                cut(upstream).await;
            }
        }
    }

    /// Reads what the client sends at first, for whoever looks on.
    async fn hear_out(&self) {
        let first = async {
            let mut bytes = [0; FIRST_READ];
            let count = loop {
                self.client.readable().await?;
                match self.client.try_read(&mut bytes) {
                    // It only seemed to be readable.
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    read => break read?,
                }
            };
            if let (Some(tap), 1..) = (&self.tap, count) {
                tap.read_from_caller(&bytes[..count], self.clock.now());
            }
            std::io::Result::Ok(())
        };
        // Whatever comes of it, the connection is reset next.
        let _ = tokio::time::timeout(HEAR_FOR, first).await;
    }

    /// Resets it before anything has crossed it.
    fn refuse(self) {
        if let Some(tap) = &self.tap {
            tap.refused();
        }
        reset(&self.client);
    }

    /// Dials, or does what a toxic makes of it.
    async fn connect(&self) -> Option<TcpStream> {
        match self.toxics.on_connect(&self.lots) {
            None | Some((OnConnect::Dial, ..)) => self.dial().await,
            Some((OnConnect::Reset, ..)) => None,
            Some((OnConnect::Hold(time), stream, id)) => {
                let until = time.map(|time| self.clock.now() + time);
                tokio::select! {
                    () = self.alarms.at(until) => None,
                    // Nothing was lost, so it goes on when it is let go.
                    () = self.toxics.gone(stream, id) => self.dial().await,
                }
            }
        }
    }

    /// Waits as long as the system does; only this link waits with it.
    async fn dial(&self) -> Option<TcpStream> {
        TcpStream::connect(&**self.target.upstream.as_ref()?)
            .await
            .ok()
    }

    async fn carry(&mut self, upstream: &mut TcpStream) -> Result<(), Stop> {
        let junction = Arc::default();
        let requests = self.pump(Stream::Upstream, &junction);
        let answers = self.pump(Stream::Downstream, &junction);
        let (from_client, to_client) = self.client.split();
        let (from_upstream, to_upstream) = upstream.split();
        let requests = requests.run(from_client, to_upstream);
        let answers = answers.run(from_upstream, to_client);
        tokio::pin!(requests, answers);
        // One direction may end long before the other; a reset from the side that has ended
        // still ends both.
        tokio::select! {
            ended = &mut requests => {
                let client = ended?;
                tokio::select! {
                    ended = answers => ended.map(drop),
                    () = was_reset(client.as_ref()) => Err(Stop::Reset),
                }
            }
            ended = &mut answers => {
                let upstream = ended?;
                tokio::select! {
                    ended = requests => ended.map(drop),
                    () = was_reset(upstream.as_ref()) => Err(Stop::Reset),
                }
            }
        }
    }

    fn pump(&self, stream: Stream, junction: &Arc<Junction>) -> Pump {
        Pump {
            pipeline: Pipeline::new(self.lots.clone(), stream, junction.clone()),
            junction: junction.clone(),
            chain: self.toxics.subscribe(stream),
            sight: Sight::of(self.tap.clone(), stream),
            clock: self.clock.clone(),
            alarms: self.alarms.clone(),
            traffic: self.target.traffic.clone(),
            stream,
            pipes: self.pipes.clone(),
        }
    }
}

/// Closes in order what may still have bytes to read.
async fn cut(mut stream: TcpStream) {
    // For a TCP socket this waits for nothing; it can only fail on a connection that is gone.
    let _ = stream.shutdown().await;
    // A close with bytes unread is a reset to the system; so read them, as far as they are there.
    let mut ignored = [0; 4096];
    let mut left = MOST_IGNORED;
    while let Ok(count @ 1..) = stream.try_read(&mut ignored)
        && left > count
    {
        left -= count;
    }
}

/// Makes the close that follows a reset instead of an orderly end.
fn reset(stream: &TcpStream) {
    // It can only fail on a connection that is already gone.
    let _ = stream.set_zero_linger();
}
