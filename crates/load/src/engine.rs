use std::any::Any;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::plan::LoadPlan;
use rtest_core::{RunTime, Seed};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::alarm::Timers;
use crate::basis::Basis;
use crate::client::{AnyClient, Clients, Protocol, Transport};
use crate::context::LoadContext;
use crate::control::Wanted;
use crate::error::{LoadError, LoadErrorKind};
use crate::feeder::Feeders;
use crate::health::{HealthMonitor, available_cores};
use crate::open_files::ensure_open_files;
use crate::setup::{self, SetUp};
use crate::share::Share;
use crate::step::Flow;
use crate::virtual_user::Unprepared;
use crate::worker::{Job, WorkerNumber, carrying_workers, useful_workers, work};

/// How often the generator looks at itself.
const HEALTH_PERIOD: Duration = Duration::from_secs(1);

/// A load that is ready to run: its requests can be built, its feeders were read, and its setup is
/// done.
#[derive(Debug)]
pub struct Load {
    via: Via,
    plan: Arc<LoadPlan>,
    context: LoadContext,
    /// Those of each scenario.
    feeders: Arc<[Feeders]>,
    /// Whether the setup came to its end.
    is_set_up: bool,
    _stops_when_dropped: DropGuard,
}

impl Load {
    /// Prepares a load: refuses what can never be sent, raises the soft limit of open files where
    /// the plan needs more of them, and takes the steps of its setup.
    ///
    /// # Errors
    /// Nothing, or no more than a part, could be run: a request that can never be built, too low a
    /// limit of open files, a setup that failed. What a failed setup has left is torn down.
    ///
    /// # Cancellation
    /// `context.cancel` cuts the setup off and returns a load that runs no scenario; so does
    /// dropping the future, without a teardown.
    pub async fn prepare(plan: Arc<LoadPlan>, context: LoadContext) -> Result<Self, LoadError> {
        Self::prepare_over(Transport::default(), plan, context).await
    }

    /// [`Load::prepare`] over a transport of one's choice, to hold one against the other.
    ///
    /// # Errors
    /// As [`Load::prepare`].
    ///
    /// # Cancellation
    /// As [`Load::prepare`].
    pub async fn prepare_over(
        transport: Transport,
        mut plan: Arc<LoadPlan>,
        mut context: LoadContext,
    ) -> Result<Self, LoadError> {
        let basis = Basis::new(&plan, &context);
        let captured = setup::refuse_impossible(&plan, &basis)?;
        refuse_impossible_flows(&plan, &basis.with_samples_of(captured))?;
        ensure_open_files(&plan)?;
        let feeders = open_feeders(Arc::clone(&plan), context.seed).await?;
        for (index, feeders) in feeders.iter().enumerate() {
            if feeders.limits().vus.is_some() {
                let scenario = &mut Arc::make_mut(&mut plan).scenarios[index];
                feeders.limit_vus(&mut scenario.executor);
            }
        }

        context.cancel = context.cancel.child_token();
        let mut load = Self {
            via: Via {
                transport,
                protocol: Arc::new(Protocol::compile(&plan.http, &context.target)?),
            },
            _stops_when_dropped: context.cancel.clone().drop_guard(),
            is_set_up: plan.setup.is_empty(),
            plan,
            context,
            feeders,
        };
        if let Err(error) = load.set_up().await {
            load.tear_down().await?;
            return Err(error);
        }
        Ok(load)
    }

    /// Runs the whole load, on threads of its own, and returns when everything was recorded and
    /// its teardown is done.
    ///
    /// `start` is the load's zero on the run clock. A few milliseconds ahead of now, the first
    /// arrivals are on time; in the past, they are recorded as late as they are.
    ///
    /// Emits a `LoadTick` for each worker and tick, from the worker's thread, a `GeneratorHealth`
    /// each second, at least one, and a `LoadControlled` for what is asked from outside.
    ///
    /// # Errors
    /// Nothing, or no more than a part, could be run: a thread that cannot be started, a defect of
    /// rtest. Whatever becomes of requests is recorded and never an error here.
    ///
    /// # Cancellation
    /// `context.cancel` ends it at any instant: running requests are recorded as interrupted,
    /// arrivals that never began as dropped, the last tick is emitted, the teardown is done, for a
    /// minute at most, and `Ok` returned. Dropping the future ends the load and its teardown
    /// without waiting for them.
    pub async fn run(self, start: RunTime) -> Result<(), LoadError> {
        let ran = if self.is_set_up {
            self.run_scenarios(start).await
        } else {
            Ok(())
        };
        let torn_down = self.tear_down().await;
        ran.and(torn_down)
    }

    async fn run_scenarios(&self, start: RunTime) -> Result<(), LoadError> {
        let Self {
            plan,
            context,
            feeders,
            ..
        } = self;
        let mut health = HealthMonitor::new(Arc::clone(&context.clock));
        let job = Job {
            plan: Arc::clone(plan),
            context: context.clone(),
            feeders: Arc::clone(feeders),
            start,
        };
        let mut workers = Workers::start(&self.via, &job)?;

        let mut look = tokio::time::interval(HEALTH_PERIOD);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let mut looked = false;
        let mut control = context.control.follow();
        let mut known = Wanted::default();
        loop {
            tokio::select! {
                biased;
                Ok(()) = control.changed() => {
                    let wanted = *control.borrow_and_update();
                    for change in wanted.changes(known) {
                        context.events.emit(EventKind::LoadControlled(change));
                    }
                    known = wanted;
                }
                _ = workers.all_over.recv() => break,
                _ = look.tick() => {
                    looked = true;
                    context.events.emit(EventKind::GeneratorHealth(health.look()));
                }
            }
        }
        // A load of less than a period is looked at once. After others a last look would cover a
        // few milliseconds at worst, and their CPU share means nothing.
        if !looked {
            context
                .events
                .emit(EventKind::GeneratorHealth(health.look()));
        }
        workers.join()
    }

    /// Takes the steps of the setup. What they capture becomes a variable of the run.
    async fn set_up(&mut self) -> Result<(), LoadError> {
        if self.plan.setup.is_empty() {
            return Ok(());
        }
        let (plan, context) = (Arc::clone(&self.plan), self.context.clone());
        let via = self.via.clone();
        let SetUp { captured, ended } = on_a_thread("load-setup", async move || {
            let basis = Basis::new(&plan, &context);
            let connect = via.connector(&context, Share::WHOLE);
            setup::set_up(&plan, &basis, context.clock, &context.cancel, connect).await
        })
        .await?;
        self.context.variables.extend(captured);
        match ended {
            Ok(()) => {
                self.is_set_up = true;
                refuse_impossible_flows(&self.plan, &Basis::new(&self.plan, &self.context))
            }
            Err(Unprepared::Interrupted) => Ok(()),
            Err(Unprepared::Failed(failed)) => Err(LoadError {
                span: Some(failed.span),
                ..LoadErrorKind::Setup {
                    step: failed.step,
                    expected: failed.expected,
                    actual: failed.actual,
                }
                .into()
            }),
        }
    }

    /// Takes the steps of the teardown, cancelled or not.
    async fn tear_down(&self) -> Result<(), LoadError> {
        if self.plan.teardown.is_empty() {
            return Ok(());
        }
        let given_up = CancellationToken::new();
        let _given_up_when_dropped = given_up.clone().drop_guard();
        let (plan, context) = (Arc::clone(&self.plan), self.context.clone());
        let via = self.via.clone();
        on_a_thread("load-teardown", async move || {
            let basis = Basis::new(&plan, &context);
            let (clock, events) = (Arc::clone(&context.clock), &*context.events);
            let connect = via.connector(&context, Share::WHOLE);
            setup::tear_down(&plan, &basis, clock, events, &given_up, connect).await
        })
        .await
    }
}

/// Compiles every flow, as each worker will, and throws the result away.
fn refuse_impossible_flows(plan: &LoadPlan, basis: &Basis) -> Result<(), LoadError> {
    let mut scenarios = plan.scenarios.iter();
    scenarios.try_for_each(|scenario| Flow::compile(scenario, basis).map(drop))
}

/// Opens the feeders of every scenario. Their files are read whole: on a thread on which nothing
/// else waits for it.
async fn open_feeders(plan: Arc<LoadPlan>, seed: Seed) -> Result<Arc<[Feeders]>, LoadError> {
    match tokio::task::spawn_blocking(move || Feeders::open_all(&plan, seed)).await {
        Ok(feeders) => Ok(feeders?.into()),
        Err(error) => Err(LoadErrorKind::Panicked(error.to_string()).into()),
    }
}

/// How the target is spoken to.
#[derive(Clone, Debug)]
struct Via {
    transport: Transport,
    protocol: Arc<Protocol>,
}

impl Via {
    /// How a thread connects to the target that has this `share` of what is limited. To be called
    /// on that thread: its clients share memory.
    fn connector(
        &self,
        context: &LoadContext,
        share: Share,
    ) -> impl Fn() -> AnyClient + Clone + use<> {
        let clients = Clients::new(&self.protocol, self.transport, &context.clock, share);
        move || clients.client()
    }
}

/// Does something on a thread of its own with a runtime that is shared with nobody: what speaks to
/// the target cannot leave its thread.
async fn on_a_thread<T: Send + 'static>(
    name: &str,
    work: impl AsyncFnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let (done, ended) = oneshot::channel();
    let thread = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let result = local_runtime().and_then(|runtime| runtime.block_on(work()));
            // Nobody waits for it where the load was dropped meanwhile.
            let _ = done.send(result);
        })
        .map_err(LoadErrorKind::Worker)?;
    match ended.await {
        Ok(result) => result,
        Err(_) => Err(match thread.join() {
            Err(panic) => LoadErrorKind::Panicked(message_of(&*panic)).into(),
            Ok(()) => LoadErrorKind::Panicked("without a result".to_owned()).into(),
        }),
    }
}

/// The worker threads.
#[derive(Debug)]
struct Workers {
    threads: Vec<JoinHandle<Result<(), LoadError>>>,
    /// Never holds anything: each thread has a sender, and the last to end closes the channel.
    all_over: mpsc::Receiver<()>,
}

impl Workers {
    fn start(via: &Via, job: &Job) -> Result<Self, LoadError> {
        let carrying = || carrying_workers(&job.plan, available_cores());
        let wished = job.context.workers.unwrap_or_else(carrying);
        let count = useful_workers(&job.plan, wished);
        let (running, all_over) = mpsc::channel(1);
        let cancel = job.context.cancel.clone();
        let mut workers = Self {
            threads: Vec::with_capacity(usize::from(count)),
            all_over,
        };
        for index in 0..count {
            let (via, job, running) = (via.clone(), job.clone(), running.clone());
            let worker = WorkerNumber { index, of: count };
            let thread = std::thread::Builder::new()
                .name(format!("load-{index}"))
                .spawn(move || {
                    let _running = running;
                    // One worker's failure, or its panic, is the end of all.
                    let cancel_all = job.context.cancel.clone().drop_guard();
                    run_worker(&via, &job, worker)?;
                    cancel_all.disarm();
                    Ok(())
                });
            match thread {
                Ok(thread) => workers.threads.push(thread),
                Err(error) => {
                    cancel.cancel();
                    workers.join()?;
                    return Err(LoadErrorKind::Worker(error).into());
                }
            }
        }
        Ok(workers)
    }

    /// Waits for the threads, which have ended or are about to.
    fn join(self) -> Result<(), LoadError> {
        let ended = self.threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| Err(LoadErrorKind::Panicked(message_of(&*panic)).into()))
        });
        // All of them, not only those up to the first that failed.
        ended.fold(Ok(()), Result::and)
    }
}

/// The body of a worker's thread: a runtime of its own, shared with nobody.
fn run_worker(via: &Via, job: &Job, worker: WorkerNumber) -> Result<(), LoadError> {
    let share = Share::new(u64::from(worker.index), u64::from(worker.of));
    let connect = via.connector(&job.context, share);
    local_runtime()?.block_on(work(job, worker, Timers::System, connect));
    Ok(())
}

/// A runtime of one thread, whose tasks need no lock to be woken from it.
fn local_runtime() -> Result<LocalRuntime, LoadError> {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(|error| LoadErrorKind::Worker(error).into())
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
