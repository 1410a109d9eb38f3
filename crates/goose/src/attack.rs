use std::any::Any;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use goose::config::GooseConfiguration;
use goose::goose::{Scenario, Transaction, TransactionFunction};
use goose::{GooseAttack, GooseError, trigger_killswitch};
use rtest_core::event::{EventKind, LoadControlled};
use rtest_core::plan::{ExecutorPlan, LoadPlan, ScenarioPlan};
use rtest_core::{RunTime, causes};
use rtest_load::{HealthMonitor, LoadContext, LoadError, LoadErrorKind, Wanted, ensure_open_files};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use crate::clients::Clients;
use crate::hold::hold_process;
use crate::journey::Journey;
use crate::logbook::Logbook;
use crate::roll::Roll;
use crate::walker::{Common, Desk};

/// Its name in messages.
const ENGINE: &str = "goose";

/// How often the generator looks at itself.
const HEALTH_PERIOD: Duration = Duration::from_secs(1);

/// How often it is looked whether someone wants a change.
const CONTROL_PERIOD: Duration = Duration::from_millis(100);

/// How often goose is told to stop, until it has: it forgets what it was told before it began.
const STOP_PERIOD: Duration = Duration::from_millis(20);

/// How long goose may take to stop, once all of its users have ended what they did.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// How long a request that is cut off may take to notice.
const CUT_PATIENCE: Duration = Duration::from_secs(1);

/// What stops goose is global to the process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A load that goose is to run, ready to begin.
#[derive(Debug)]
pub struct Attack {
    plan: Arc<LoadPlan>,
    context: LoadContext,
    journey: Journey,
    clients: Clients,
    users: usize,
}

impl Attack {
    /// Prepares a load of one scenario, for whose flow the suite has made sure that goose can take
    /// it. Raises the soft limit of open files where the plan needs more of them.
    ///
    /// # Errors
    /// Nothing could be run: a request that can never be built, too low a limit of open files.
    pub fn prepare(plan: Arc<LoadPlan>, context: LoadContext) -> Result<Self, LoadError> {
        let scenario = only_scenario(&plan)?;
        ensure_open_files(&plan)?;
        let (target, variables) = (&context.target, context.variables.clone());
        let journey = Journey::compile(scenario, target, variables, context.seed)?;
        let redirects: Vec<u32> = journey.requests().iter().map(|it| it.redirects).collect();
        let users = scenario.executor.most_vus() as usize;
        let clients = Clients::new(target, plan.http.cookies, redirects, users)
            .map_err(|error| refused(causes(&error)))?;
        Ok(Self {
            users,
            journey,
            clients,
            context,
            plan,
        })
    }

    /// Runs the load, on a runtime of its own, and returns when everything was recorded. Another
    /// attack of this process is waited for.
    ///
    /// `start` is the load's zero on the run clock.
    ///
    /// Emits a `LoadTick` for each tick and a `GeneratorHealth` each second, at least one.
    ///
    /// # Errors
    /// Nothing, or no more than a part, could be run: goose did not begin, or ended early.
    ///
    /// # Cancellation
    /// `context.cancel` ends it at any instant: running requests are recorded as interrupted, the
    /// last tick is emitted, and `Ok` returned. Dropping the future does the same, without waiting.
    pub async fn run(mut self, start: RunTime) -> Result<(), LoadError> {
        hold_process();
        let cancel = self.context.cancel.child_token();
        let _stops_when_dropped = cancel.clone().drop_guard();
        self.context.cancel = cancel;
        let events = Arc::clone(&self.context.events);
        let mut health = HealthMonitor::new(Arc::clone(&self.context.clock));

        let (done, mut ended) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("load-goose".to_owned())
            .spawn(move || {
                let result = self.on_this_thread(start);
                // Nobody waits for it where the attack was dropped meanwhile.
                let _ = done.send(result);
            })
            .map_err(LoadErrorKind::Worker)?;
        let mut look = tokio::time::interval(HEALTH_PERIOD);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let mut looked = false;
        let result = loop {
            tokio::select! {
                biased;
                result = &mut ended => break result,
                _ = look.tick() => {
                    looked = true;
                    events.emit(EventKind::GeneratorHealth(health.look()));
                }
            }
        };
        if !looked {
            events.emit(EventKind::GeneratorHealth(health.look()));
        }
        result.unwrap_or_else(|_| {
            let panic = thread.join().err();
            let message = panic.map_or_else(String::new, |panic| message_of(&*panic));
            Err(LoadErrorKind::Panicked(message).into())
        })
    }

    fn on_this_thread(self, start: RunTime) -> Result<(), LoadError> {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Builder::new_multi_thread()
            .thread_name("load-goose")
            .enable_all()
            .build()
            .map_err(LoadErrorKind::Worker)?;
        let result = runtime.block_on(self.drive(start));
        end(runtime);
        result
    }

    async fn drive(self, start: RunTime) -> Result<(), LoadError> {
        let Self {
            plan,
            context,
            journey,
            clients,
            users,
        } = self;
        let scenario = only_scenario(&plan)?;
        let each = match scenario.executor {
            ExecutorPlan::PerVuIterations { iterations, .. } => Some(iterations),
            _ => None,
        };
        let clock = Arc::clone(&context.clock);
        let (windows, events) = (Arc::clone(&context.windows), Arc::clone(&context.events));
        let desk = Desk {
            roll: Roll::new(users, each),
            book: Logbook::new(start, plan.tick, windows, events),
        };
        let begin = start + scenario.start_time;
        let common = Arc::new(Common::new(journey, clients, clock, begin, desk));
        let attack = attack(&common, &context, &scenario.name, users).map_err(gave_up)?;
        let mut attack = pin!(attack.execute());
        let early = tokio::select! {
            biased;
            early = &mut attack => Some(early),
            () = supervise(&common, &context, scenario) => None,
        };
        stop(&common).await;
        match early {
            Some(Err(error)) => Err(gave_up(error)),
            Some(Ok(_)) => Err(refused("it ended before its time".to_owned())),
            None => {
                let deadline = tokio::time::sleep(STOP_PATIENCE);
                let mut deadline = pin!(deadline);
                loop {
                    trigger_killswitch("the load is over");
                    tokio::select! {
                        biased;
                        // Everything was recorded: how it ends is of no account any more.
                        _ = &mut attack => return Ok(()),
                        // Its tasks end with the runtime.
                        () = &mut deadline => return Ok(()),
                        () = tokio::time::sleep(STOP_PERIOD) => {}
                    }
                }
            }
        }
    }
}

/// goose's own part: so many users at once, each of which takes the journey again and again.
fn attack(
    common: &Arc<Common>,
    context: &LoadContext,
    name: &str,
    users: usize,
) -> Result<GooseAttack, GooseError> {
    let mut configuration = GooseConfiguration::parse_args_default::<&str>(&[])?;
    let target = &context.target;
    configuration.host = Some(format!(
        "{}://{}",
        target.origin.scheme.name(),
        target.authority
    ));
    configuration.users = Some(users);
    // All of them within a millisecond for each thousand.
    configuration.increase_rate = Some("1000000".to_owned());
    configuration.quiet = 2;
    configuration.no_metrics = true;
    configuration.no_print_metrics = true;
    configuration.no_error_summary = true;
    configuration.no_telnet = true;
    let common = Arc::clone(common);
    let iterate: TransactionFunction = Arc::new(move |user| {
        let common = Arc::clone(&common);
        Box::pin(async move {
            common.iterate(user).await;
            Ok(())
        })
    });
    // Users get their clients with their first request; goose would make one for each.
    let clients = goose::client::GooseClientBuilder::new().without_cookies();
    let attack = GooseAttack::initialize_with_config(configuration)?
        .set_client_builder_without_cookies(clients)?
        .register_scenario(Scenario::new(name).register_transaction(Transaction::new(iterate)));
    Ok(attack)
}

/// Lets users begin iterations until the scenario's time is over, everything is done or someone
/// wants it to end, and waits for those that run.
async fn supervise(common: &Common, context: &LoadContext, scenario: &ScenarioPlan) {
    let ends = common.begin + scenario.executor.duration();
    let mut follower = Follower::new(context);
    let mut until = None;
    loop {
        let now = common.clock.now();
        let wants_end = follower.look();
        let next_edge = {
            let mut desk = common.desk();
            desk.book.keep_up(now);
            if until.is_none() && (now >= ends || wants_end || desk.roll.is_done()) {
                desk.roll.close();
                until = Some(now + scenario.graceful_stop);
            }
            if until.is_some_and(|until| desk.roll.at_work() == 0 || now >= until) {
                return;
            }
            desk.book.next_edge()
        };
        let wake = next_edge.min(until.unwrap_or(ends));
        tokio::select! {
            biased;
            () = context.cancel.cancelled() => return,
            () = common.ended.notified() => {}
            () = tokio::time::sleep(wake.since(now).min(CONTROL_PERIOD)) => {}
        }
    }
}

/// Cuts off what still runs, and sends off the last tick.
async fn stop(common: &Common) {
    common.desk().roll.close();
    common.cut.cancel();
    let all_ended = async {
        while common.desk().roll.at_work() > 0 {
            common.ended.notified().await;
        }
    };
    // Those that do not notice in time are not recorded.
    let _ = tokio::time::timeout(CUT_PATIENCE, all_ended).await;
    common.desk().book.finish(common.clock.now());
}

/// Looks at what is wanted from outside of the plan.
struct Follower<'a> {
    context: &'a LoadContext,
    known: Wanted,
    has_refused: bool,
}

impl<'a> Follower<'a> {
    fn new(context: &'a LoadContext) -> Self {
        Self {
            context,
            known: Wanted::default(),
            has_refused: false,
        }
    }

    /// Whether the load is to end. What goose cannot do is said, once.
    fn look(&mut self) -> bool {
        let wanted = self.context.control.wanted();
        let events = &self.context.events;
        if wanted.stopped && !self.known.stopped {
            events.emit(EventKind::LoadControlled(LoadControlled::Stopped));
        }
        let others = Wanted {
            stopped: false,
            ..wanted
        };
        if others != Wanted::default() && !std::mem::replace(&mut self.has_refused, true) {
            let message =
                "goose can be stopped, but neither paused nor given other users while it runs";
            events.emit(EventKind::Note(message.to_owned()));
        }
        self.known = wanted;
        wanted.stopped
    }
}

/// Ends what is left of goose: tasks that it does not wait for.
fn end(runtime: Runtime) {
    runtime.shutdown_timeout(CUT_PATIENCE);
}

fn only_scenario(plan: &LoadPlan) -> Result<&ScenarioPlan, LoadError> {
    match plan.scenarios.as_slice() {
        [scenario] if plan.shard.of == 1 => Ok(scenario),
        [_] => Err(refused("it cannot run a part of a load".to_owned())),
        _ => Err(refused("it runs one scenario in a process".to_owned())),
    }
}

fn gave_up(error: GooseError) -> LoadError {
    refused(causes(&error))
}

fn refused(reason: String) -> LoadError {
    let engine = ENGINE;
    LoadErrorKind::Engine { engine, reason }.into()
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
