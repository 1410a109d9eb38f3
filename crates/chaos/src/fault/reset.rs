use std::sync::Arc;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;

use super::{Fault, FaultError, FaultFuture, FaultyLink};

/// Resets a link's live connections, and each new one when its first request was read: who tries, and
/// how often, is seen, which it is not of a port that refuses.
#[derive(Debug)]
pub struct Reset {
    link: Arc<FaultyLink>,
}

impl Reset {
    /// On this link; one at a time.
    pub fn new(link: Arc<FaultyLink>) -> Self {
        Self { link }
    }
}

impl Fault for Reset {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            self.link.proxy().break_off().await;
            Ok(())
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        vec![self.link.as_broken()]
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async {
            let proxy = self.link.proxy();
            proxy.mend();
            if proxy.is_enabled() {
                self.link.prove_up().await
            } else {
                // Another fault holds it down; nothing of this one is left.
                RollbackProof {
                    clean: !proxy.is_broken_off(),
                    seen: self.link.describe(),
                }
            }
        })
    }
}
