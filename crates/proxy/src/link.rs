use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::ahead;
use crate::course::Course;
use crate::pump::{Pump, Stop, was_reset};

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
    pub(crate) course: Course,
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
        let mut pumps = self.course.pumps();
        let upstream = tokio::select! {
            upstream = self.reach(&mut pumps) => upstream,
            () = broken.cancelled() => Ok(None),
        };
        let mut upstream = match upstream {
            Ok(Some(upstream)) => upstream,
            Ok(None) => return self.refuse(),
            Err(Stop::Reset) => return reset(&self.client),
            Err(Stop::Cut) => return cut(self.client).await,
        };
        // Bytes leave as they come, as they did from their sender. It can only fail on a
        // connection that is already gone, which the pumps will find.
        let _ = self.client.set_nodelay(true);
        let _ = upstream.set_nodelay(true);
        let carried = tokio::select! {
            carried = self.carry(pumps, &mut upstream) => carried,
            () = broken.cancelled() => Err(Stop::Reset),
        };
        match carried {
            Ok(()) => {
                // A reset that answers the last bytes is an error that nothing has met yet.
                if let (Some(tap), Ok(None)) = (&self.course.tap, self.client.take_error()) {
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
            if let (Some(tap), 1..) = (&self.course.tap, count) {
                tap.read_from_caller(&bytes[..count], self.course.clock.now());
            }
            std::io::Result::Ok(())
        };
        // Whatever comes of it, the connection is reset next.
        let _ = tokio::time::timeout(HEAR_FOR, first).await;
    }

    /// Resets it before anything has crossed it.
    fn refuse(self) {
        if let Some(tap) = &self.course.tap {
            tap.refused();
        }
        reset(&self.client);
    }

    /// Dials the upstream. Where a toxic may answer in its place, the client does not wait for it.
    async fn reach(&mut self, pumps: &mut (Pump, Pump)) -> Result<Option<TcpStream>, Stop> {
        let (requests, answers) = pumps;
        if self.course.may_be_stood_in_for() {
            return ahead::serve(&mut self.client, requests, answers, &self.course).await;
        }
        Ok(tokio::select! {
            upstream = self.course.connect() => upstream,
            () = was_reset(&self.client) => None,
        })
    }

    async fn carry(
        &mut self,
        (requests, answers): (Pump, Pump),
        upstream: &mut TcpStream,
    ) -> Result<(), Stop> {
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
