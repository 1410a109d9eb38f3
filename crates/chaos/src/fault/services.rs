use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rtest_core::event::RollbackProof;
use rtest_core::plan::ServiceFault;
use rtest_core::{BrokenThing, ServiceControl};

use super::{Fault, FaultError, FaultFuture, Limits};

/// The most that striking a service can take: one that is asked to stop, and does not, is killed
/// after a while.
const STRIKE_LIMIT: Duration = Duration::from_secs(10);
/// What a fault may last beyond its time before whoever guards the run takes it back.
const TTL_SLACK: Duration = Duration::from_secs(15);

/// Does the same to one service or several.
#[derive(Debug)]
pub struct Services {
    control: Arc<dyn ServiceControl>,
    /// Those that are struck.
    names: Vec<String>,
    fault: ServiceFault,
    ttl: Duration,
}

impl Services {
    /// Strikes these services, for so long.
    pub fn new(
        control: Arc<dyn ServiceControl>,
        names: Vec<String>,
        fault: ServiceFault,
        lasting: Duration,
    ) -> Self {
        Self {
            control,
            names,
            fault,
            ttl: lasting + TTL_SLACK,
        }
    }
}

impl Fault for Services {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            let strikes = self.names.iter().map(async |name| {
                let struck = self.control.strike(name, &self.fault, self.ttl).await;
                struck.err().map(|why| format!("`{name}`: {why}"))
            });
            let failed: Vec<String> = join_all(strikes).await.into_iter().flatten().collect();
            if failed.is_empty() {
                Ok(())
            } else {
                Err(FaultError(failed.join("; ")))
            }
        })
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async {
            let proofs = self.names.iter().map(async |name| {
                let proof = self.control.mend(name).await;
                (proof.clean, format!("`{name}`: {}", proof.seen))
            });
            let proofs = join_all(proofs).await;
            let seen: Vec<&str> = proofs.iter().map(|(_, seen)| seen.as_str()).collect();
            RollbackProof {
                clean: proofs.iter().all(|(clean, _)| *clean),
                seen: seen.join("; "),
            }
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        let names = self.names.iter();
        names
            .map(|name| BrokenThing::Service {
                name: name.clone(),
                processes: self.control.processes(name),
            })
            .collect()
    }

    fn limits(&self) -> Limits {
        let patience = self.names.iter().map(|name| self.control.patience(name));
        Limits {
            inject: STRIKE_LIMIT,
            roll_back: patience.max().unwrap_or_default(),
            // What did not come back in all its time is given one more chance.
            tries: 2,
        }
    }
}
