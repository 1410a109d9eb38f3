use std::sync::Arc;
use std::time::Duration;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;
use rtest_core::plan::LinkFault;
use rtest_proxy::{Latency as LatencyToxic, Stream, ToxicConfig};

use super::{Fault, FaultError, FaultFuture, FaultyLink};

/// Delays a link's answers.
#[derive(Debug)]
pub struct Latency {
    link: Arc<FaultyLink>,
    /// Carries the fault's name, so that several may stand on one link.
    toxic: ToxicConfig,
}

impl Latency {
    /// By the fault's name, which is unique in a drill: `latency` give or take `jitter`, evenly
    /// spread.
    pub fn new(name: &str, link: Arc<FaultyLink>, latency: Duration, jitter: Duration) -> Self {
        Self {
            link,
            toxic: ToxicConfig::new(Stream::Downstream, LatencyToxic::new(latency, jitter))
                .named(name),
        }
    }
}

impl Fault for Latency {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            self.link
                .proxy()
                .add_toxic(self.toxic.clone())
                .map_err(|error| FaultError(error.to_string()))
        })
    }

    fn turn_into<'a>(&'a self, fault: &'a LinkFault) -> FaultFuture<'a, Result<(), FaultError>> {
        Box::pin(async move {
            let LinkFault::Latency { latency, jitter } = *fault else {
                return Err(FaultError("a latency stays one".to_owned()));
            };
            let toxic = ToxicConfig::new(Stream::Downstream, LatencyToxic::new(latency, jitter));
            let updated = self
                .link
                .proxy()
                .update_toxic(toxic.named(&self.toxic.name));
            updated.map_err(|error| FaultError(error.to_string()))
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        vec![self.link.as_broken()]
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async { self.link.without_toxic(&self.toxic.name) })
    }
}
