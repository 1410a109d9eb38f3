//! What happens to a service once it is ready: it is watched, broken and mended on purpose, and
//! taken down.

use std::time::Duration;

use rtest_core::event::RollbackProof;
use rtest_core::plan::ServiceFault;
use rtest_core::unit::format_duration;
use tokio::sync::oneshot;

use crate::error::{EnvError, EnvErrorKind};
use crate::latch::Latch;
use crate::provider::{Ended, Instance, Struck};
use crate::service::{Service, Surroundings, Unready};

/// What is asked of a service's keeper.
#[derive(Debug)]
pub(crate) enum Order {
    /// Break it.
    Strike {
        fault: ServiceFault,
        ttl: Duration,
        answer: oneshot::Sender<Result<String, String>>,
    },
    /// Make it well again.
    Mend {
        answer: oneshot::Sender<RollbackProof>,
    },
    /// Start it anew, with nothing of what it has written.
    Replace {
        answer: oneshot::Sender<Result<String, String>>,
    },
}

/// A service as it stands.
struct Kept {
    /// Absent while it is down.
    instance: Option<Box<dyn Instance>>,
    /// What was done to it last, until it is mended.
    broken: Option<ServiceFault>,
    /// How it ended of what was done to it.
    died: Option<String>,
    /// How it ended by itself; then it stays down.
    lost: Option<String>,
}

impl Service {
    /// Keeps the service until everything is to be torn down.
    pub(crate) async fn keep(&mut self, instance: Box<dyn Instance>, around: &Surroundings) {
        let mut kept = Kept {
            instance: Some(instance),
            broken: None,
            died: None,
            lost: None,
        };
        loop {
            tokio::select! {
                biased;
                () = around.stop.cancelled() => break,
                ended = kept.ended() => self.has_ended(ended, &mut kept, around).await,
                Some(order) = self.orders.recv() => self.obey(order, &mut kept, around).await,
            }
        }
        Latch::all(&self.callers_down).await;
        self.leave_usage();
        if kept.instance.is_some() {
            self.data.close().await;
        }
        if let Some(mut instance) = kept.instance {
            self.take_down(instance.as_mut(), around).await;
            self.tell_stopped(around);
        }
        self.mark.clear();
    }

    async fn has_ended(&mut self, ended: Ended, kept: &mut Kept, around: &Surroundings) {
        let Some(mut instance) = kept.instance.take() else {
            return;
        };
        // Whatever the leader left behind does not count as the service.
        self.take_down(instance.as_mut(), around).await;
        self.is_down();
        if ended.is_lost {
            kept.lost = Some("the Docker engine is gone".to_owned());
            let lost = EnvError::from(EnvErrorKind::EngineGone(ended.status));
            return around.loss.tell(lost.diagnostic());
        }
        self.tell_out_of_memory(around, &ended);
        let is_our_doing = matches!(
            kept.broken,
            Some(ServiceFault::Signal(_) | ServiceFault::Limit(_))
        );
        if is_our_doing {
            self.tell_stopped(around);
            kept.died = Some(ended.status);
        } else {
            self.tell_exited(around, &ended.status, instance.log().as_ref());
            kept.lost = Some(ended.status);
        }
    }

    async fn obey(&mut self, order: Order, kept: &mut Kept, around: &Surroundings) {
        // Whoever asked may have lost patience, and then nobody listens.
        match order {
            Order::Strike { fault, ttl, answer } => {
                let _ = answer.send(self.strike(fault, ttl, kept, around).await);
            }
            Order::Mend { answer } => {
                let _ = answer.send(self.mend(kept, around).await);
            }
            Order::Replace { answer } => {
                let _ = answer.send(self.replace(kept, around).await);
            }
        }
    }

    async fn strike(
        &mut self,
        fault: ServiceFault,
        ttl: Duration,
        kept: &mut Kept,
        around: &Surroundings,
    ) -> Result<String, String> {
        let Some(instance) = &mut kept.instance else {
            return Err(match kept.lost.as_ref().or(kept.died.as_ref()) {
                Some(status) => format!("it does not run any more ({status})"),
                None => "it does not run".to_owned(),
            });
        };
        kept.broken = Some(fault.clone());
        let struck: Struck = instance.strike(&fault, ttl).await?;
        if struck.is_down {
            kept.instance = None;
            self.is_down();
            self.tell_stopped(around);
        }
        Ok(struck.seen)
    }

    async fn replace(&mut self, kept: &mut Kept, around: &Surroundings) -> Result<String, String> {
        if let Some(status) = &kept.lost {
            return Err(format!("it had ended by itself ({status})"));
        }
        let begin = around.clock.now();
        // It has nothing to write any more that anybody would read.
        if !self.provider.remove().await {
            return Err("its container cannot be removed".to_owned());
        }
        if let Some(mut instance) = kept.instance.take() {
            self.take_down(instance.as_mut(), around).await;
            self.is_down();
            self.tell_stopped(around);
        }
        self.data.is_empty_again().await;
        let started = self.bring_up(around).await;
        let (address, instance) =
            started.map_err(|kind| format!("a new one could not be started: {kind}"))?;
        kept.instance = Some(instance);
        kept.broken = None;
        kept.died = None;
        let took = shown(around.clock.now().since(begin));
        Ok(format!("a new container, ready at {address} after {took}"))
    }

    async fn mend(&mut self, kept: &mut Kept, around: &Surroundings) -> RollbackProof {
        if let Some(status) = &kept.lost {
            return unclean(format!("it had ended by itself ({status})"));
        }
        let begin = around.clock.now();
        let freed = match &mut kept.instance {
            Some(instance) => instance.free().await,
            None => Ok(()),
        };
        if let Err(why) = freed {
            return unclean(why);
        }
        let ready = match &mut kept.instance {
            Some(instance) => match self.until_ready(instance.as_mut(), around).await {
                Ok(address) => Ok(address),
                // The keeper sees it end as well, and takes it from there.
                Err(Unready::Exited(ended)) => Err(format!("it ended ({})", ended.status)),
                Err(Unready::TimedOut { asked, last, .. }) => {
                    Err(format!("it is not ready: {asked}: {}", last.seen))
                }
                Err(Unready::Other(kind)) => Err(kind.to_string()),
            },
            None => match self.bring_up(around).await {
                Ok((address, instance)) => {
                    kept.instance = Some(instance);
                    Ok(address)
                }
                Err(kind) => Err(format!("it could not be started again: {kind}")),
            },
        };
        let address = match ready {
            Ok(address) => address,
            Err(why) => return unclean(why),
        };
        kept.broken = None;
        let took = shown(around.clock.now().since(begin));
        RollbackProof {
            clean: true,
            seen: match kept.died.take() {
                Some(status) => {
                    format!(
                        "it had ended under it ({status}); ready again at {address} after {took}"
                    )
                }
                None => format!("ready again at {address} after {took}"),
            },
        }
    }

    /// Keeps the service's place for its next start.
    pub(crate) fn is_down(&mut self) {
        self.mark.clear();
        self.leave_usage();
        self.provider.is_down();
    }
}

impl Kept {
    /// Waits until the service ends without being asked to.
    async fn ended(&mut self) -> Ended {
        match &mut self.instance {
            Some(instance) => instance.ended().await,
            None => std::future::pending().await,
        }
    }
}

/// In whole milliseconds.
fn shown(took: Duration) -> String {
    let took = Duration::from_millis(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    format_duration(took.max(Duration::from_millis(1)))
}

fn unclean(seen: String) -> RollbackProof {
    RollbackProof { clean: false, seen }
}
