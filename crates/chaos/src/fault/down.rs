use std::sync::Arc;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;

use super::{Fault, FaultError, FaultFuture, FaultyLink};
use rtest_core::causes;

/// Closes a link's live connections and refuses new ones.
#[derive(Debug)]
pub struct Down {
    name: String,
    link: Arc<FaultyLink>,
}

impl Down {
    /// By the fault's name, which is unique in a drill.
    pub fn new(name: &str, link: Arc<FaultyLink>) -> Self {
        Self {
            name: name.to_owned(),
            link,
        }
    }
}

impl Fault for Down {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            self.link.hold_down(&self.name).await;
            Ok(())
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        vec![self.link.as_broken()]
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async {
            match self.link.let_up(&self.name).await {
                Ok(others) if others.is_empty() => self.link.prove_up().await,
                // Nothing of this fault is left; the link is as the others want it.
                Ok(others) => {
                    let others: Vec<String> =
                        others.iter().map(|other| format!("`{other}`")).collect();
                    RollbackProof {
                        clean: true,
                        seen: format!("still held down by {}", others.join(", ")),
                    }
                }
                Err(error) => RollbackProof {
                    clean: false,
                    seen: causes(&error.kind),
                },
            }
        })
    }
}
