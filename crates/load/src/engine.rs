use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::plan::LoadPlan;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use crate::client::{Clients, Transport};
use crate::context::LoadContext;
use crate::control::Wanted;
use crate::error::{LoadError, LoadErrorKind};
use crate::health::{HealthMonitor, available_cores};
use crate::open_files::ensure_open_files;
use crate::step::Flow;
use crate::worker::{useful_workers, work};

/// How often the generator looks at itself.
const HEALTH_PERIOD: Duration = Duration::from_secs(1);

/// Runs the whole load, on threads of its own, and returns when everything was recorded.
///
/// Emits a `LoadTick` for each worker and tick, from the worker's thread, a `GeneratorHealth` each
/// second, at least one, and a `LoadControlled` for what is asked from outside. The soft limit of open files is raised where the plan needs more of them.
///
/// # Errors
/// Nothing, or no more than a part, could be run: a request that can never be built, too low a
/// limit of open files, a thread that cannot be started, a defect of rtest. Whatever becomes of
/// requests is recorded and never an error here.
///
/// # Cancellation
/// `context.cancel` ends it at any instant: running requests are recorded as interrupted, arrivals
/// that never began as dropped, the last tick is emitted, and `Ok` returned. Dropping the future
/// does the same without waiting for it.
pub async fn run(plan: Arc<LoadPlan>, context: LoadContext) -> Result<(), LoadError> {
    run_over(Transport::default(), plan, context).await
}

/// [`run`] over a transport of one's choice, to hold one against the other.
///
/// # Errors
/// As [`run`].
///
/// # Cancellation
/// As [`run`].
pub async fn run_over(
    transport: Transport,
    plan: Arc<LoadPlan>,
    mut context: LoadContext,
) -> Result<(), LoadError> {
    refuse_impossible_requests(&plan, &context)?;
    ensure_open_files(&plan)?;

    context.cancel = context.cancel.child_token();
    let _stops_when_dropped = context.cancel.clone().drop_guard();
    let mut health = HealthMonitor::new(Arc::clone(&context.clock));
    let mut workers = Workers::start(transport, &plan, &context)?;

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
    // A load of less than a period is looked at once. After others a last look would cover a few
    // milliseconds at worst, and their CPU share means nothing.
    if !looked {
        context
            .events
            .emit(EventKind::GeneratorHealth(health.look()));
    }
    workers.join()
}

/// Compiles every flow, as each worker will, and throws the result away.
fn refuse_impossible_requests(plan: &LoadPlan, context: &LoadContext) -> Result<(), LoadError> {
    let variables = Rc::new(context.variables.clone());
    plan.scenarios
        .iter()
        .try_for_each(|scenario| Flow::compile(scenario, &context.target, &variables).map(drop))
}

/// The worker threads.
#[derive(Debug)]
struct Workers {
    threads: Vec<JoinHandle<Result<(), LoadError>>>,
    /// Never holds anything: each thread has a sender, and the last to end closes the channel.
    all_over: mpsc::Receiver<()>,
}

impl Workers {
    fn start(
        transport: Transport,
        plan: &Arc<LoadPlan>,
        context: &LoadContext,
    ) -> Result<Self, LoadError> {
        let wished = context.workers.unwrap_or_else(available_cores);
        let count = useful_workers(plan, wished);
        let (running, all_over) = mpsc::channel(1);
        let cancel = context.cancel.clone();
        let mut workers = Self {
            threads: Vec::with_capacity(usize::from(count)),
            all_over,
        };
        for index in 0..count {
            let (plan, context, running) = (Arc::clone(plan), context.clone(), running.clone());
            let thread = std::thread::Builder::new()
                .name(format!("load-{index}"))
                .spawn(move || {
                    let _running = running;
                    // One worker's failure, or its panic, is the end of all.
                    let cancel_all = context.cancel.clone().drop_guard();
                    run_worker(transport, &plan, &context, index, count)?;
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
fn run_worker(
    transport: Transport,
    plan: &LoadPlan,
    context: &LoadContext,
    worker: u16,
    workers: u16,
) -> Result<(), LoadError> {
    // A local runtime: tasks need no lock to be woken from their own thread.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(LoadErrorKind::Worker)?;
    let clients = Clients::new(&plan.http, &context.target, transport, &context.clock);
    let connect = move || clients.client();
    runtime.block_on(work(plan, context, worker, workers, connect));
    Ok(())
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
