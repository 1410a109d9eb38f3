use std::pin::Pin;

use bytes::BytesMut;
use tokio::net::TcpStream;

use crate::course::Course;
use crate::pump::{Pump, Stop, receive, was_reset};
use crate::toxic::{Item, Stream};

/// Serves a client that a toxic may answer in its upstream's place, while the upstream is dialled:
/// a service that is down can be stood in for. One that refuses is dialled again when something is
/// there for it, and only then is what it does what the client sees.
///
/// Gives the upstream; `None` where it refuses.
///
/// # Errors
/// How the connection ends, where it ends before that.
///
/// # Cancellation
/// Dropping it loses what it holds: only to be dropped together with the connection.
pub(crate) async fn serve(
    client: &mut TcpStream,
    requests: &mut Pump,
    answers: &mut Pump,
    course: &Course,
) -> Result<Option<TcpStream>, Stop> {
    let (mut from, mut to) = client.split();
    let mut buffer = BytesMut::new();
    let mut dialling: Dialling<'_> = Some(Box::pin(course.dial()));
    let mut is_needed = false;
    loop {
        let now = course.clock.now();
        requests.keep_up(now);
        answers.keep_up(now);
        if answers.deliver(&mut to).await?.is_break() {
            return Err(Stop::Cut);
        }
        if dialling.is_none() {
            match requests.pipeline.front() {
                None if requests.pipeline.is_two_way() => {}
                // An upstream that had been asked nothing would have ended as well.
                Some(Item::End) => {
                    requests.pipeline.consume(0);
                    answers.pipeline.push(Item::End, now);
                    continue;
                }
                Some(Item::Cut) => return Err(Stop::Cut),
                Some(Item::Reset) => return Err(Stop::Reset),
                None | Some(Item::Data(_)) => {
                    is_needed = true;
                    dialling = Some(Box::pin(course.dial()));
                }
            }
        }
        let due = [requests.pipeline.due(), answers.pipeline.due()];
        let due = due.into_iter().flatten().min();
        let may_read = requests.pipeline.front().is_none() && requests.may_read();
        let incoming = async {
            if may_read {
                return Some(receive(&mut from, &mut buffer).await);
            }
            was_reset(from.as_ref()).await;
            None
        };
        tokio::select! {
            biased;
            upstream = reached(&mut dialling) => match upstream {
                Some(upstream) => return Ok(Some(upstream)),
                None if is_needed => return Ok(None),
                None => dialling = None,
            },
            // They fail only when the proxy is gone, and with it this link.
            Ok(()) = requests.chain.changed() => requests.chain_changed = true,
            Ok(()) = answers.chain.changed() => answers.chain_changed = true,
            () = course.alarms.at(due), if due.is_some() => {}
            () = requests.junction.woken(Stream::Upstream) => {}
            () = requests.junction.woken(Stream::Downstream) => {}
            result = to.writable(), if answers.pipeline.front().is_some() => {
                result.map_err(|_| Stop::Reset)?;
            }
            count = incoming => {
                let count = count.ok_or(Stop::Reset)?;
                match requests.received(count, &mut buffer) {
                    Item::Reset => return Err(Stop::Reset),
                    item => requests.pipeline.push(item, course.clock.now()),
                }
            }
        }
    }
}

/// A connection on its way, while it is.
type Dialling<'a> = Option<Pin<Box<dyn Future<Output = Option<TcpStream>> + Send + 'a>>>;

async fn reached(dialling: &mut Dialling<'_>) -> Option<TcpStream> {
    match dialling {
        Some(dialling) => dialling.await,
        None => std::future::pending().await,
    }
}
