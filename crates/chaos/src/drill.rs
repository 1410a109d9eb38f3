use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;
use rtest_core::event::{EventKind, EventSink, ProbeResult, ProbeSide};
use rtest_core::plan::{ChaosPlan, FaultPlan, FaultTarget};
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, RunTime, Seed, ServiceControl, UndoJournal, UnknownVariable};
use rtest_proxy::Proxy;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::active::Announcer;
use crate::choice::choose;
use crate::fault::{Fault, FaultError, FaultyLink, Services, on_link};
use crate::gauge::Gauges;
use crate::guard::Guard;
use crate::hypothesis::{Asked, Hypothesis, SETTLE_LIMIT, settle};
use crate::performance::Performance;
use crate::probe::{self, Means};
use crate::timeline::predecessors;
use crate::watch::watch;

/// What a drill works with.
pub struct DrillContext {
    /// The run clock.
    pub clock: Arc<dyn Clock>,
    /// Where windows are opened.
    pub windows: Arc<WindowBoard>,
    /// Where injections, rollbacks and probes are told.
    pub events: Arc<dyn EventSink>,
    /// Ends the drill; what is injected is rolled back all the same.
    pub cancel: CancellationToken,
    /// The proxy of each link, by the link's name: `caller -> callee`.
    pub proxies: BTreeMap<String, Proxy>,
    /// A hold on the services; without one no fault can be on any.
    pub services: Option<Arc<dyn ServiceControl>>,
    /// The run's seed: which of several services a fault strikes follows from it.
    pub seed: Seed,
    /// Where is written, before it is done, what is broken.
    pub journal: Option<Arc<dyn UndoJournal>>,
    /// What fills holes in probes: `catalog.url`, `catalog.port`.
    pub variables: BTreeMap<String, String>,
    /// A variable that what probes start carries in its environment, so that it is found should
    /// anything be left of it.
    pub mark: Option<(String, String)>,
    /// The URL of each service, by its name: `http://host:port`.
    pub addresses: BTreeMap<String, String>,
}

impl fmt::Debug for DrillContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DrillContext")
            .field("proxies", &self.proxies.keys())
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// A plan's faults and probes, tied to what they break and ask.
///
/// Call [`before`](Drill::before), then [`run`](Drill::run) beside the load, then
/// [`after`](Drill::after) when the load has ended.
pub struct Drill {
    timeline: Vec<Scene>,
    hypothesis: Hypothesis,
    gauges: Gauges,
    guard: Guard,
    announcer: Announcer,
    cancel: CancellationToken,
    /// Rollbacks that a dropped `run` left to do.
    rollbacks: TaskTracker,
}

/// A fault of the plan, tied to what it breaks.
#[derive(Debug)]
struct Scene {
    index: u16,
    plan: Arc<FaultPlan>,
    fault: Arc<dyn Fault>,
    /// What to say when it begins.
    remark: Option<String>,
    /// Those that have to be over before it begins: indices into the timeline.
    after: Vec<usize>,
}

/// Why a drill cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// A fault's link has no proxy.
    #[error("the fault `{fault}` is on the link `{link}`, which has no proxy")]
    UnknownLink {
        /// The fault.
        fault: String,
        /// Its link.
        link: String,
    },
    /// A fault cannot be what it is wanted to be.
    #[error("the fault `{fault}` cannot be: {why}")]
    Impossible {
        /// The fault.
        fault: String,
        /// Why.
        why: FaultError,
    },
    /// A fault is on services, and nothing here has a hold on any.
    #[error("the fault `{0}` is on services, which cannot be reached here")]
    NoServices(String),
    /// A fault is on a service to which it cannot be done.
    #[error("the fault `{fault}` cannot be done to `{service}`: {why}")]
    Refused {
        /// The fault.
        fault: String,
        /// The service.
        service: String,
        /// Why.
        why: String,
    },
    /// A probe asks a service that has no address.
    #[error("a probe asks the service `{0}`, which has no address")]
    UnknownService(String),
    /// Indices of faults and probes are 16 bits wide.
    #[error("there are more than 65536 faults or probes")]
    TooMany,
    /// A probe's database cannot be asked.
    #[error("a probe cannot ask its database: {0}")]
    Database(String),
    /// A hole in a probe that nothing fills.
    #[error(transparent)]
    Template(#[from] UnknownVariable),
    /// The client that asks probes could not be built.
    #[error("no HTTP client for the probes")]
    Client(#[source] reqwest::Error),
}

impl Drill {
    /// Ties a plan to what it breaks and asks.
    ///
    /// # Errors
    /// When the plan names a link or a service that the context does not have.
    pub fn new(plan: ChaosPlan, context: DrillContext) -> Result<Self, DrillError> {
        let means = Means {
            client: probe::client()?,
            addresses: &context.addresses,
            variables: &context.variables,
            mark: context.mark.clone(),
        };
        let hypothesis = Hypothesis::new(&numbered(plan.hypothesis)?, &means)?;
        let gauges = Gauges::new(plan.gauges, &means)?;
        let guard = Guard::new(&plan.guardrails, &means)?;
        let links: BTreeMap<String, Arc<FaultyLink>> = context
            .proxies
            .into_iter()
            .map(|(name, proxy)| (name, Arc::new(FaultyLink::new(proxy))))
            .collect();
        let after = predecessors(&plan.timeline);
        let mut timeline = Vec::new();
        for ((index, fault), after) in numbered(plan.timeline)?.into_iter().zip(after) {
            let (breaker, remark) = match &fault.target {
                FaultTarget::Link { link, fault: kind } => {
                    let known = links.get(link).ok_or_else(|| DrillError::UnknownLink {
                        fault: fault.name.clone(),
                        link: link.clone(),
                    })?;
                    let fault = on_link(&fault.name, kind, Arc::clone(known)).map_err(|why| {
                        DrillError::Impossible {
                            fault: fault.name.clone(),
                            why,
                        }
                    });
                    (fault?, None)
                }
                FaultTarget::Services { .. } => {
                    on_services(&fault, context.services.as_ref(), context.seed)?
                }
            };
            timeline.push(Scene {
                index,
                plan: Arc::new(fault),
                fault: breaker,
                remark,
                after,
            });
        }
        let rollbacks = TaskTracker::new();
        rollbacks.close();
        Ok(Self {
            timeline,
            hypothesis,
            gauges,
            guard,
            announcer: Announcer {
                clock: context.clock,
                windows: context.windows,
                events: context.events,
                journal: context.journal,
            },
            cancel: context.cancel,
            rollbacks,
        })
    }

    /// Asks each probe once, before the first fault. Returns whether all held; without any,
    /// they did.
    ///
    /// # Cancellation
    /// When cancelled, or dropped, the probes not yet answered are not asked.
    pub async fn before(&self) -> bool {
        self.probe(ProbeSide::Before, Asked::ask).await
    }

    /// Runs the timeline, and returns when its last fault is rolled back. It counts from `start`,
    /// the start of the load on the run clock, which may lie ahead.
    ///
    /// A fault that cannot be injected is noted, rolled back with a failing proof, and the
    /// timeline goes on.
    ///
    /// # Cancellation
    /// When cancelled, what is injected is rolled back, and the rest is not injected. When
    /// dropped, the rollbacks run on as tasks of this drill; [`after`](Drill::after) waits for
    /// them.
    pub async fn run(&self, start: RunTime) {
        let zero = self.on_timer(start);
        let over: Vec<CancellationToken> = self
            .timeline
            .iter()
            .map(|_| CancellationToken::new())
            .collect();
        // In one task, so that whoever drops this has dropped every fault.
        let performances = self.timeline.iter().zip(&over).map(|(scene, own)| {
            let after = scene.after.iter().filter_map(|before| over.get(*before));
            let performance = Performance {
                index: scene.index,
                plan: Arc::clone(&scene.plan),
                fault: Arc::clone(&scene.fault),
                remark: scene.remark.clone(),
                zero,
                after: after.cloned().collect(),
                over: own.clone().drop_guard(),
                cancel: self.cancel.clone(),
                announcer: self.announcer.clone(),
                rollbacks: self.rollbacks.clone(),
            };
            performance.play()
        });
        join_all(performances).await;
    }

    /// Asks those probes every second that are to be asked continuously, reads what expectations
    /// are read from five times a second, and never returns: to be dropped when the load has ended. After a fault a probe has [`SETTLE_LIMIT`] to hold again;
    /// what it gives until then does not count, unless it is asked during faults too.
    pub async fn watch(&self) {
        tokio::join!(
            watch(&self.hypothesis, &self.announcer),
            self.gauges.watch(&self.announcer),
        );
    }

    /// Returns when a guardrail that is not a bound on a metric ends the drill: which, and what
    /// was there. Never returns otherwise.
    pub async fn guard(&self) -> (u16, String) {
        self.guard.tripped().await
    }

    /// Asks each probe until it holds, for up to [`SETTLE_LIMIT`] each: a system may take a
    /// while to recover. Returns whether all held.
    ///
    /// # Cancellation
    /// As [`before`](Drill::before).
    pub async fn after(&self) -> bool {
        self.rollbacks.wait().await;
        self.probe(ProbeSide::After, |probe| {
            settle(|| probe.ask(), &self.announcer.clock, SETTLE_LIMIT)
        })
        .await
    }

    /// An instant of the run clock on the timer's.
    fn on_timer(&self, at: RunTime) -> Instant {
        let now = self.announcer.clock.now();
        let timer_now = Instant::now();
        if at > now {
            timer_now + at.since(now)
        } else {
            // A timer that is younger than the instant has it behind itself.
            timer_now.checked_sub(now.since(at)).unwrap_or(timer_now)
        }
    }

    async fn probe<'a, A>(&'a self, side: ProbeSide, ask: impl Fn(&'a Asked) -> A) -> bool
    where
        A: Future<Output = ProbeResult>,
    {
        let mut all_held = true;
        for probe in self.hypothesis.probes() {
            let Some(result) = self.cancel.run_until_cancelled(ask(probe)).await else {
                return false;
            };
            all_held &= result.held;
            self.announcer.events.emit(EventKind::ProbeEvaluated {
                probe: probe.index,
                side,
                result,
            });
        }
        all_held
    }
}

impl fmt::Debug for Drill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drill")
            .field("timeline", &self.timeline)
            .field("hypothesis", &self.hypothesis)
            .finish_non_exhaustive()
    }
}

/// The fault of a plan on those services that it strikes, and which these are where that was
/// drawn.
fn on_services(
    plan: &FaultPlan,
    control: Option<&Arc<dyn ServiceControl>>,
    seed: Seed,
) -> Result<(Arc<dyn Fault>, Option<String>), DrillError> {
    let FaultTarget::Services { services, fault } = &plan.target else {
        return Err(DrillError::NoServices(plan.name.clone()));
    };
    let control = control.ok_or_else(|| DrillError::NoServices(plan.name.clone()))?;
    // Of all that it might strike: what a plan can do must not depend on the seed.
    for service in &services.among {
        if let Some(why) = control.refusal(service, fault) {
            return Err(DrillError::Refused {
                fault: plan.name.clone(),
                service: service.clone(),
                why,
            });
        }
    }
    let struck = choose(services, &plan.name, seed);
    let remark = (struck.len() < services.among.len()).then(|| {
        format!(
            "the fault `{}` strikes {} of {}, drawn from seed {seed}",
            plan.name,
            struck.join(", "),
            services.among.join(", "),
        )
    });
    let fault = Services::new(Arc::clone(control), struck, fault.clone(), plan.lasting);
    Ok((Arc::new(fault), remark))
}

pub(crate) fn numbered<T>(items: Vec<T>) -> Result<Vec<(u16, T)>, DrillError> {
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            u16::try_from(index)
                .map(|index| (index, item))
                .map_err(|_| DrillError::TooMany)
        })
        .collect()
}

#[cfg(test)]
mod tests;
