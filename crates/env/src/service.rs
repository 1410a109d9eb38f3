use std::net::SocketAddr;
use std::sync::Arc;

use rtest_core::event::ServiceState;
use rtest_core::plan::{ReadinessProbe, ServicePlan};
use rtest_core::{Clock, EventKind, EventSink};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::control::Mark;
use crate::data::Keeper;
use crate::endpoint::Endpoint;
use crate::error::{EnvError, EnvErrorKind, LogExcerpt};
use crate::keep::Order;
use crate::latch::Latch;
use crate::loss::Loss;
use crate::provider::{self, Ended, Instance, Provider};
use crate::readiness::{self, Waiting};
use crate::setup::ServiceReady;
use crate::usage::{self, Seat};
use crate::wiring::Wiring;

/// What all services of an environment share.
pub(crate) struct Surroundings {
    pub(crate) wiring: Wiring,
    pub(crate) listener: Arc<dyn ServiceReady>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Cancelled when all is to be torn down, be it up or half-way up.
    pub(crate) stop: CancellationToken,
    pub(crate) loss: Arc<Loss>,
}

/// A service and its place in the graph.
pub(crate) struct Service {
    pub(crate) plan: ServicePlan,
    pub(crate) provider: Box<dyn Provider>,
    /// What is asked of whoever keeps it.
    pub(crate) orders: mpsc::Receiver<Order>,
    /// What its data was.
    pub(crate) data: Arc<Keeper>,
    /// Its processes, told to whoever has to know.
    pub(crate) mark: Mark,
    /// Where it puts what tells how much it uses; absent where nobody looks.
    pub(crate) usage: Option<Seat>,
    /// Set when what it depends on is ready.
    pub(crate) callees_ready: Vec<Latch>,
    /// To be set when it is ready itself.
    pub(crate) ready: Latch,
    /// Set when those are down that depend on it.
    pub(crate) callers_down: Vec<Latch>,
    /// Says that it is down, or will never be up, when dropped.
    pub(crate) down: DropGuard,
}

/// How a start went: where the service is, or what was wrong.
pub(crate) type Outcome = Result<(String, SocketAddr), EnvError>;

impl Service {
    /// The service's whole life: waits for its turn, starts, becomes ready, says so, is watched,
    /// and is taken down when its callers are.
    ///
    /// `outcome` is told once. It has room for every service, so telling never waits.
    pub(crate) async fn live(mut self, around: Arc<Surroundings>, outcome: mpsc::Sender<Outcome>) {
        let started = self.start(&around).await;
        let (result, instance) = match started {
            Ok((address, instance)) => (Ok((self.plan.name.clone(), address)), Some(instance)),
            Err(kind) => (Err(EnvError::of_service(&self.plan, kind)), None),
        };
        // Nobody listens any more when the start was given up, and then `stop` says so as well.
        let _ = outcome.try_send(result);
        drop(outcome);
        if let Some(instance) = instance {
            self.keep(instance, &around).await;
        }
        if !self.provider.remove().await {
            let name = &self.plan.name;
            let note = format!("the container of service `{name}` cannot be removed");
            around.events.emit(EventKind::Note(note));
        }
        drop(self.down);
    }

    async fn start(
        &mut self,
        around: &Surroundings,
    ) -> Result<(SocketAddr, Box<dyn Instance>), EnvErrorKind> {
        around
            .stop
            .run_until_cancelled(Latch::all(&self.callees_ready))
            .await
            .ok_or(EnvErrorKind::Interrupted)?;
        self.bring_up(around).await
    }

    /// Starts the service and waits until it is ready; where it is not, nothing of it is left.
    pub(crate) async fn bring_up(
        &mut self,
        around: &Surroundings,
    ) -> Result<(SocketAddr, Box<dyn Instance>), EnvErrorKind> {
        let begin = around.clock.now();
        if provider::is_ours(&self.plan) {
            self.tell(around, ServiceState::Preparing);
        }
        let mut instance = around
            .stop
            .run_until_cancelled(self.provider.start(&self.plan, &around.wiring))
            .await
            .ok_or(EnvErrorKind::Interrupted)??;
        if provider::is_ours(&self.plan) {
            self.tell(around, ServiceState::Starting);
        }
        self.mark.set(instance.processes());
        if let Some(seat) = &self.usage {
            let sources = around.stop.run_until_cancelled(instance.usage()).await;
            for source in sources.unwrap_or_default() {
                seat.add(source);
            }
        }
        match self.until_ready(instance.as_mut(), around).await {
            Ok(address) => {
                // In this order: callers start when the latch is set, and their links must lead
                // somewhere by then.
                around.listener.ready(&self.plan.name, address);
                self.tell(
                    around,
                    ServiceState::Ready {
                        address,
                        after: around.clock.now().since(begin),
                    },
                );
                self.ready.set();
                if let Some(seat) = &self.usage
                    && let Some(store) = usage::of_store(&self.plan.protocol, address)
                {
                    seat.add(store);
                }
                Ok((address, instance))
            }
            Err(unready) => {
                self.take_down(instance.as_mut(), around).await;
                self.is_down();
                // Only now is all in the log that it had to say.
                let log = instance.log();
                Err(self.in_full(unready, log, around))
            }
        }
    }

    pub(crate) async fn until_ready(
        &self,
        instance: &mut dyn Instance,
        around: &Surroundings,
    ) -> Result<SocketAddr, Unready> {
        let endpoint = self.provider.endpoint();
        let probe = self
            .probe(&endpoint, instance, around)
            .map_err(Unready::Other)?;
        let candidates = instance.candidates().to_vec();
        let waiting = Waiting {
            service: &self.plan.name,
            probe: probe.as_ref(),
            candidates: &candidates,
            within: self.plan.ready.within,
            events: around.events.as_ref(),
        };
        let address = tokio::select! {
            // A service that has ended is not ready, whoever answers at its port.
            biased;
            ended = instance.ended() => Err(Unready::Exited(ended)),
            () = around.stop.cancelled() => Err(Unready::Other(EnvErrorKind::Interrupted)),
            ready = waiting.until_ready() => ready.map_err(|last| Unready::TimedOut {
                asked: format!("{} at {endpoint}", probe.describe()),
                endpoint: endpoint.clone(),
                last,
            }),
        }?;
        tokio::select! {
            biased;
            ended = instance.ended() => Err(Unready::Exited(ended)),
            () = around.stop.cancelled() => Err(Unready::Other(EnvErrorKind::Interrupted)),
            seeded = self.data.ready(address) => match seeded {
                Ok(()) => Ok(address),
                Err(error) => Err(Unready::Other(error.into())),
            },
        }
    }

    fn probe(
        &self,
        endpoint: &Endpoint,
        instance: &dyn Instance,
        around: &Surroundings,
    ) -> Result<Box<dyn readiness::Probe>, EnvErrorKind> {
        let plan = &self.plan.ready.probe;
        let words = match plan {
            ReadinessProbe::Command { words } => words.as_slice(),
            _ => &[],
        };
        let words = words.iter();
        let words = words.map(|word| around.wiring.render(&self.plan.name, word));
        readiness::probe(
            plan,
            readiness::Asked {
                endpoint,
                protocol: &self.plan.protocol,
                instance,
                words: words.collect::<Result<_, _>>()?,
            },
        )
    }

    /// Tells the events how the start ended, and makes the error of it.
    fn in_full(
        &self,
        unready: Unready,
        log: Option<LogExcerpt>,
        around: &Surroundings,
    ) -> EnvErrorKind {
        match (unready, log) {
            (Unready::Exited(ended), _) if ended.is_lost => EnvErrorKind::EngineGone(ended.status),
            (Unready::Exited(ended), log) => {
                self.tell_out_of_memory(around, &ended);
                let status = ended.status;
                self.tell_exited(around, &status, log.as_ref());
                EnvErrorKind::Exited { status, log }
            }
            (Unready::TimedOut { endpoint, last, .. }, None) if !last.answered => {
                EnvErrorKind::Unreachable {
                    address: endpoint.to_string(),
                    last_seen: last.seen,
                }
            }
            (Unready::TimedOut { asked, last, .. }, log) => {
                self.tell_stopped(around);
                EnvErrorKind::NotReady {
                    probe: asked,
                    within: self.plan.ready.within,
                    last_seen: last.seen,
                    log,
                }
            }
            (Unready::Other(kind), _) => {
                self.tell_stopped(around);
                kind
            }
        }
    }

    pub(crate) async fn take_down(&self, instance: &mut dyn Instance, around: &Surroundings) {
        if !instance.stop().await {
            around.events.emit(EventKind::Note(format!(
                "service `{}` cannot be ended, not even by SIGKILL",
                self.plan.name
            )));
        }
    }

    /// From now on nobody looks at what it uses.
    pub(crate) fn leave_usage(&self) {
        if let Some(seat) = &self.usage {
            seat.clear();
        }
    }

    pub(crate) fn tell_out_of_memory(&self, around: &Surroundings, ended: &Ended) {
        if ended.out_of_memory {
            self.tell(around, ServiceState::OutOfMemory);
        }
    }

    pub(crate) fn tell_exited(
        &self,
        around: &Surroundings,
        status: &str,
        log: Option<&LogExcerpt>,
    ) {
        self.tell(
            around,
            ServiceState::Exited {
                status: status.to_owned(),
                log_tail: log.map(|log| log.tail.clone()).unwrap_or_default(),
            },
        );
    }

    pub(crate) fn tell_stopped(&self, around: &Surroundings) {
        if provider::is_ours(&self.plan) {
            self.tell(around, ServiceState::Stopped);
        }
    }

    fn tell(&self, around: &Surroundings, state: ServiceState) {
        around.events.emit(EventKind::Service {
            name: self.plan.name.clone(),
            state,
        });
    }
}

/// Why a service that was started is not ready.
pub(crate) enum Unready {
    Exited(Ended),
    TimedOut {
        asked: String,
        endpoint: Endpoint,
        last: readiness::NotYet,
    },
    Other(EnvErrorKind),
}
