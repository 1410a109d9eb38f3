//! The whole engine but its transport, on virtual time: a scripted client stands in for the
//! network, so that what is measured can be held against what must come out, to the millisecond.

#[path = "../../tests/support/plan.rs"]
#[allow(dead_code, unreachable_pub)]
pub(crate) mod plan;
#[path = "../../tests/support/recorded.rs"]
#[allow(dead_code, unreachable_pub)]
pub(crate) mod recorded;

mod cancelling;
mod control;
mod executors;
mod models;
mod shards;
mod stall;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use rtest_core::plan::{LoadPlan, Step};
use rtest_core::sample::RequestPhases;
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, RunTime, Seed};
use tokio::runtime::{Builder, LocalOptions};
use tokio_util::sync::CancellationToken;

use super::{Job, WorkerNumber, work};
use crate::alarm::Timers;
use crate::client::{Answer, Client, Exchange, Failure};
use crate::context::{LoadContext, ResolvedTarget};
use crate::control::LoadControl;
use crate::feeder::Feeders;
use crate::patience::{GaveUp, Patience};
use crate::step::Request;
use plan::{get, sends};
use recorded::Recorded;

/// tokio's clock, which stands still while anything runs and jumps to the next timer otherwise.
#[derive(Debug)]
pub(crate) struct VirtualClock(pub(crate) tokio::time::Instant);

impl Clock for VirtualClock {
    fn now(&self) -> RunTime {
        RunTime::from(self.0.elapsed())
    }
}

/// Answers a request that is sent at some instant after some time.
#[derive(Clone)]
struct Scripted {
    clock: Arc<dyn Clock>,
    service_time: Rc<dyn Fn(RunTime) -> Duration>,
    sent: Rc<RefCell<Vec<Sent>>>,
}

/// A request that the scripted client was given; of an iteration and a virtual user where the step
/// is [`numbered`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    iteration: u64,
    vu: u64,
    at: RunTime,
    done_at: RunTime,
}

/// A step that tells which iteration of which virtual user it is.
fn numbered() -> Vec<Step> {
    vec![sends(get("/{{ iteration }}/{{ vu }}"))]
}

impl Sent {
    fn new(request: &Request, at: RunTime, done_at: RunTime) -> Self {
        let path = request.http.uri().path();
        let mut numbers = path.split('/').filter_map(|part| part.parse().ok());
        Self {
            iteration: numbers.next().unwrap_or_default(),
            vu: numbers.next().unwrap_or_default(),
            at,
            done_at,
        }
    }
}

impl Client for Scripted {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let sent_at = self.clock.now();
        patience.until(sent_at + request.timeout);
        let answered = patience
            .wait(tokio::time::sleep((self.service_time)(sent_at)))
            .await;
        let now = self.clock.now();
        self.sent
            .borrow_mut()
            .push(Sent::new(request, sent_at, now));
        Exchange {
            sent_at,
            first_byte_at: answered.is_ok().then_some(now),
            done_at: match answered {
                Err(GaveUp::TimedOut) => patience.deadline(),
                _ => now,
            },
            phases: RequestPhases::default(),
            bytes_sent: 100,
            bytes_received: if answered.is_ok() { 200 } else { 0 },
            result: answered
                .map(|()| Answer {
                    status: 200,
                    headers: HeaderMap::new(),
                    body: Bytes::new(),
                })
                .map_err(|gave_up| Failure::of_waiting(gave_up, "waiting for the answer")),
        }
    }
}

/// What surrounds a load on virtual time.
struct Stage {
    windows: Arc<WindowBoard>,
    cancel: CancellationToken,
    control: LoadControl,
}

/// What a load on virtual time left behind.
struct Played {
    recorded: Arc<Recorded>,
    /// By when they were sent.
    sent: Vec<Sent>,
}

impl Deref for Played {
    type Target = Recorded;

    fn deref(&self) -> &Recorded {
        &self.recorded
    }
}

impl Played {
    /// When the last tick ended, in whole milliseconds.
    fn end(&self) -> RunTime {
        let ends = self.ticks().into_iter().map(|tick| tick.to.as_nanos());
        at(ends.max().expect("there is a last tick") / 1_000_000)
    }
}

/// What the workers of a load do that starts at zero.
pub(crate) fn job_of(plan: &LoadPlan, context: LoadContext) -> Job {
    Job {
        feeders: Feeders::open_all(plan, context.seed).expect("rows").into(),
        plan: Arc::new(plan.clone()),
        context,
        start: RunTime::ZERO,
    }
}

/// Runs a plan on `workers` workers and virtual time, beside `meanwhile`.
fn play<F: Future<Output = ()>>(
    plan: &LoadPlan,
    workers: u16,
    service_time: impl Fn(RunTime) -> Duration + 'static,
    meanwhile: impl FnOnce(Stage) -> F,
) -> Played {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build_local(LocalOptions::default())
        .expect("a runtime");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(VirtualClock(tokio::time::Instant::now()));
        let recorded = Arc::new(Recorded::default());
        let windows = Arc::new(WindowBoard::default());
        let cancel = CancellationToken::new();
        let control = LoadControl::default();
        let context = LoadContext {
            clock: Arc::clone(&clock),
            seed: Seed::new(1),
            windows: Arc::clone(&windows),
            events: recorded.clone(),
            control: control.clone(),
            cancel: cancel.clone(),
            target: ResolvedTarget::at(SocketAddr::from(([127, 0, 0, 1], 9))),
            variables: BTreeMap::new(),
            workers: None,
        };
        let service_time: Rc<dyn Fn(RunTime) -> Duration> = Rc::new(service_time);
        let sent = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&sent);
        let connect = move || Scripted {
            clock: Arc::clone(&clock),
            service_time: Rc::clone(&service_time),
            sent: Rc::clone(&log),
        };
        let all = async {
            let mut running = tokio::task::JoinSet::new();
            for worker in 0..workers {
                let (plan, context, connect) = (plan.clone(), context.clone(), connect.clone());
                running.spawn_local(async move {
                    let worker = WorkerNumber {
                        index: worker,
                        of: workers,
                    };
                    work(&job_of(&plan, context), worker, Timers::Tokio, connect).await;
                });
            }
            running.join_all().await;
        };
        let stage = Stage {
            windows,
            cancel,
            control,
        };
        tokio::join!(all, meanwhile(stage));
        let mut sent = sent.take();
        sent.sort_unstable_by_key(|sent| (sent.at, sent.iteration));
        Played { recorded, sent }
    })
}

async fn nothing(_stage: Stage) {}

fn at(millis: u64) -> RunTime {
    RunTime::from_nanos(millis * 1_000_000)
}

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
