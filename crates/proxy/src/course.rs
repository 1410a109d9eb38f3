use std::sync::Arc;

use rtest_core::Clock;
use rtest_timer::AlarmClock;
use tokio::net::TcpStream;

use crate::gate::Target;
use crate::observe::{Sight, Tap};
use crate::pipeline::Pipeline;
use crate::pump::Pump;
use crate::splice::Pipes;
use crate::toxic::{Junction, LotSource, OnConnect, Stream, Toxics};

/// Where a client's connection leads, and what it meets on its way.
#[derive(Debug)]
pub(crate) struct Course {
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

impl Course {
    /// Dials, or does what a toxic makes of it; `None` where the upstream refuses.
    pub(crate) async fn connect(&self) -> Option<TcpStream> {
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

    /// Whether a toxic may answer in the upstream's place, and none has another mind about the
    /// connection.
    pub(crate) fn may_be_stood_in_for(&self) -> bool {
        self.toxics.may_answer(&self.lots) && self.toxics.on_connect(&self.lots).is_none()
    }

    /// Waits as long as the system does; only this link waits with it.
    pub(crate) async fn dial(&self) -> Option<TcpStream> {
        TcpStream::connect(&**self.target.upstream.as_ref()?)
            .await
            .ok()
    }

    /// Its two directions, what is asked and what is answered.
    pub(crate) fn pumps(&self) -> (Pump, Pump) {
        let junction = Arc::default();
        let pump = |stream| self.pump(stream, &junction);
        (pump(Stream::Upstream), pump(Stream::Downstream))
    }

    fn pump(&self, stream: Stream, junction: &Arc<Junction>) -> Pump {
        Pump {
            pipeline: Pipeline::new(self.lots.clone(), stream, junction.clone()),
            junction: junction.clone(),
            chain: self.toxics.subscribe(stream),
            chain_changed: true,
            is_reading: true,
            sight: Sight::of(self.tap.clone(), stream),
            clock: self.clock.clone(),
            alarms: self.alarms.clone(),
            traffic: self.target.traffic.clone(),
            stream,
            pipes: self.pipes.clone(),
        }
    }
}
