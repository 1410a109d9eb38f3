use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use rtest_core::{
    Clock, DataControl, Diagnostic, EventKind, EventSink, ServiceControl, ServiceLogs,
};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::data::{Held, Settling};
use crate::docker::RunSpace;
use crate::error::{EnvError, EnvErrorKind};
use crate::graph::{self, Prepared, Shared};
use crate::ground::Ground;
use crate::log::LogFolder;
use crate::loss::Loss;
use crate::reaper::Reaper;
use crate::service::{Service, Surroundings};
use crate::setup::ServiceReady;
use crate::sweep::{Groups, sweep};
use crate::usage::{self, Board};

/// The services of a run, up and ready.
///
/// [`stop`](Self::stop) takes them down. Dropping an environment kills them as well, but neither
/// gently nor in order, and does not wait.
pub struct Environment {
    addresses: BTreeMap<String, SocketAddr>,
    variables: BTreeMap<String, String>,
    control: Arc<Control>,
    data: Held,
    logs: Arc<LogFolder>,
    loss: Arc<Loss>,
    teardown: Teardown,
}

impl Environment {
    /// Brings the services up, each as soon as all that it depends on is ready, and returns when
    /// all are. `ready` is told of each; `events` of each change, also later on: a service that
    /// ends by itself is an event, and what it means is the caller's to decide.
    ///
    /// # Errors
    /// The first thing that went wrong. Everything that was up is down again by then.
    ///
    /// # Cancellation
    /// `cancel` gives the start up: everything is torn down, and the error is
    /// [`EnvErrorKind::Interrupted`]. Once this has returned, `cancel` has no effect any more.
    /// Dropping the future kills what was started, without order.
    ///
    /// `link_addresses` says where each link's proxy listens, by the link's name; that is at
    /// [`Ground::listen_for`] its caller, and stable for the whole run.
    pub async fn start(
        ground: Ground,
        link_addresses: &BTreeMap<String, SocketAddr>,
        ready: Arc<dyn ServiceReady>,
        events: Arc<dyn EventSink>,
        clock: Arc<dyn Clock>,
        cancel: CancellationToken,
    ) -> Result<Self, EnvError> {
        let stop = CancellationToken::new();
        let names = ground.setup.services.iter().map(|it| it.name.clone());
        let logs = LogFolder::new(ground.setup.log_dir.clone(), names.collect());
        let mut teardown = Teardown {
            run_id: ground.setup.run_id.clone(),
            stop: stop.clone(),
            tasks: JoinSet::new(),
            reaper: ground.reaper.clone(),
            docker: ground.docker.clone(),
            events: Arc::clone(&events),
        };
        let period = ground.setup.sample;
        let period = period.filter(|_| !ground.setup.services.is_empty());
        let watch = period.map(|period| (period, Board::default()));
        let shared = Shared {
            events: Arc::clone(&events),
            clock: Arc::clone(&clock),
            usage: watch.as_ref().map(|(_, board)| board.clone()),
        };
        let prepared = graph::prepare(ground, link_addresses, shared);
        let Prepared {
            services,
            wiring,
            control,
            settlings,
        } = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                teardown.run().await;
                return Err(error);
            }
        };
        if let Some((period, board)) = watch {
            let (events, clock) = (Arc::clone(&events), Arc::clone(&clock));
            let sampler = usage::sample(board, period, events, clock, stop.clone());
            teardown.tasks.spawn(sampler);
        }
        let variables = wiring.variables();
        let control = Arc::new(control);
        let keepers = services.iter();
        let keepers = keepers.map(|it| (it.plan.name.clone(), Arc::clone(&it.data)));
        let data = Held::new(keepers.collect(), Arc::clone(&control));
        let loss = Arc::new(Loss::default());
        let around = Arc::new(Surroundings {
            wiring,
            listener: ready,
            events,
            clock,
            stop: stop.clone(),
            loss: Arc::clone(&loss),
        });
        if let Some(space) = teardown.docker.clone() {
            let loss = Arc::clone(&loss);
            teardown.tasks.spawn(async move {
                let hangs = stop.run_until_cancelled(space.pulse.hangs()).await;
                if let Some(failure) = hangs {
                    loss.tell(EnvError::from(EnvErrorKind::Docker(failure)).diagnostic());
                }
            });
        }
        let mut settling = Settlings::begin(settlings, &control);
        let docker = teardown.docker.clone();
        let tasks = &mut teardown.tasks;
        let up = bring_up(services, around, tasks, &mut settling, &cancel);
        let up = match &docker {
            Some(space) => space.pulse.while_it_answers(up).await,
            None => Ok(up.await),
        };
        let up = up.unwrap_or_else(|hangs| Err(EnvErrorKind::Docker(hangs).into()));
        settling.end().await;
        match up {
            Ok(addresses) => Ok(Self {
                addresses,
                variables,
                control,
                data,
                logs: Arc::new(logs),
                loss,
                teardown,
            }),
            Err(error) => {
                teardown.run().await;
                Err(error)
            }
        }
    }

    /// Where a service listens itself, past the proxies.
    pub fn address(&self, service: &str) -> Option<SocketAddr> {
        self.addresses.get(service).copied()
    }

    /// What `{{ SERVICE.url }}`, `{{ SERVICE.host }}` and `{{ SERVICE.port }}` are for those
    /// outside the graph: `catalog.url` → `http://127.0.0.1:4000`.
    pub fn variables(&self) -> BTreeMap<String, String> {
        self.variables.clone()
    }

    /// A hold on the services, for whoever breaks them on purpose.
    pub fn control(&self) -> Arc<dyn ServiceControl> {
        Arc::clone(&self.control) as Arc<dyn ServiceControl>
    }

    /// What brings the data of services back.
    pub fn data(&self) -> Arc<dyn DataControl> {
        Arc::new(self.data.clone())
    }

    /// What services print, as it grows.
    pub fn logs(&self) -> Arc<dyn ServiceLogs> {
        Arc::clone(&self.logs) as Arc<dyn ServiceLogs>
    }

    /// Waits until what services run in is gone, the Docker engine, and says so. A service that ends
    /// by itself is not that.
    ///
    /// # Cancellation
    /// Safe.
    pub async fn lost(&self) -> Diagnostic {
        self.loss.told().await
    }

    /// Takes everything down, callers before callees, and returns when nothing is left. A service
    /// has 2 s to obey SIGTERM before its whole process group gets SIGKILL.
    ///
    /// # Cancellation
    /// Not to be cancelled: what is left then is killed without order.
    pub async fn stop(self) {
        self.teardown.run().await;
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// Everything that has to go when the environment goes.
struct Teardown {
    run_id: String,
    stop: CancellationToken,
    /// One task a service, from its birth to its end, and the one that samples them.
    tasks: JoinSet<()>,
    reaper: Option<Arc<Reaper>>,
    docker: Option<Arc<RunSpace>>,
    events: Arc<dyn EventSink>,
}

impl Teardown {
    async fn run(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
        if let Some(space) = &self.docker {
            let left = space.close().await;
            if left > 0 {
                self.events.emit(EventKind::Note(format!(
                    "{left} thing(s) of this run cannot be removed from the Docker engine; `rtest env prune` does it later"
                )));
            }
        }
        let Some(reaper) = self.reaper else {
            return;
        };
        // What left its process group is still known by its environment.
        let strays = sweep(&self.run_id, &Groups::new()).await;
        if strays > 0 {
            self.events.emit(EventKind::Note(format!(
                "{strays} process(es) that had left the process group of their service were ended"
            )));
        }
        reaper.done().await;
    }
}

/// What is settled as the services come up.
struct Settlings {
    tasks: JoinSet<Result<(), EnvError>>,
    give_up: CancellationToken,
}

impl Settlings {
    fn begin(settlings: Vec<Settling>, control: &Arc<Control>) -> Self {
        let give_up = CancellationToken::new();
        let settlings = settlings.into_iter();
        let tasks = settlings.map(|it| it.settle(Arc::clone(control), give_up.clone()));
        Self {
            tasks: tasks.collect(),
            give_up,
        }
    }

    /// Where not all was settled: nothing else is begun, and what was is ended, while the services
    /// are still there for it.
    async fn end(mut self) {
        self.give_up.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Sets the services to live, and waits until all are ready and their data is settled. Gives the
/// address of each.
async fn bring_up(
    services: Vec<Service>,
    around: Arc<Surroundings>,
    tasks: &mut JoinSet<()>,
    settling: &mut Settlings,
    cancel: &CancellationToken,
) -> Result<BTreeMap<String, SocketAddr>, EnvError> {
    let expected = services.len();
    // Room for every service, each of which sends once: a send never waits.
    let (outcome, mut outcomes) = mpsc::channel(expected.max(1));
    for service in services {
        tasks.spawn(service.live(Arc::clone(&around), outcome.clone()));
    }
    let mut addresses = BTreeMap::new();
    while addresses.len() < expected || !settling.tasks.is_empty() {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(EnvErrorKind::Interrupted.into()),
            Some(outcome) = outcomes.recv() => {
                let (service, address) = outcome?;
                addresses.insert(service, address);
            }
            Some(settled) = settling.tasks.join_next() => settled.map_err(has_died)??,
            Some(Err(panicked)) = tasks.join_next() => return Err(has_died(panicked)),
        }
    }
    Ok(addresses)
}

fn has_died(panicked: JoinError) -> EnvError {
    EnvErrorKind::System {
        action: "the task that keeps a service has died",
        source: panicked.into(),
    }
    .into()
}
