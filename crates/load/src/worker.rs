//! One thread of the generator: its part of every scenario, and its recorder.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{LoadPlan, Pacing, ScenarioPlan};
use rtest_core::{Clock, RunTime};
use tokio::task::JoinSet;

use crate::alarm::{Alarm, Timers};
use crate::basis::Basis;
use crate::client::Client;
use crate::context::LoadContext;
use crate::control::LoadControl;
use crate::feeder::Feeders;
use crate::recorder::Recorder;
use crate::scenario::Scenario;
use crate::session::SessionPlan;
use crate::share::Share;

/// What everything on one worker's thread uses, and no other thread touches.
#[derive(Debug)]
pub(crate) struct Desk {
    /// The run clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Borrowed only between two waits, never across one.
    pub(crate) recorder: RefCell<Recorder>,
    /// What flows are compiled on.
    pub(crate) basis: Basis,
    /// What sessions are begun on.
    pub(crate) sessions: Rc<SessionPlan>,
    /// What is asked from outside.
    pub(crate) control: LoadControl,
    timers: Timers,
    pacing: Pacing,
}

impl Desk {
    /// What wakes a scenario's loop; a closed model has no schedule that could be kept closely.
    pub(crate) fn alarm(&self, is_open: bool) -> Alarm {
        let pacing = if is_open {
            self.pacing
        } else {
            Pacing::Coalesced
        };
        Alarm::new(self.timers, pacing, Arc::clone(&self.clock))
    }

    /// Sleeps until an instant of the run clock; not at all where it has passed.
    pub(crate) async fn sleep_until(&self, at: RunTime) {
        let left = at - self.clock.now();
        if left > Duration::ZERO {
            tokio::time::sleep(left).await;
        }
    }
}

/// Requests a second that one worker carries with ease.
const REQUESTS_PER_WORKER: f64 = 10_000.0;

/// How many workers carry the load. Each wakes for its own arrivals, so that fewer of them cost
/// less; a closed model has no rate that would say how many are enough.
pub(crate) fn carrying_workers(plan: &LoadPlan, cores: usize) -> usize {
    let peak = |scenario: &ScenarioPlan| {
        let requests = scenario.requests().len().max(1);
        Some(scenario.executor.peak_rate()? * requests as f64)
    };
    let peaks = plan.scenarios.iter().map(peak);
    let Some(peak) = peaks.sum::<Option<f64>>() else {
        return cores;
    };
    let peak = peak / f64::from(plan.shard.of);
    cores.min((peak / REQUESTS_PER_WORKER).ceil().max(1.0) as usize)
}

/// How many workers have something to do.
pub(crate) fn useful_workers(plan: &LoadPlan, wished: usize) -> u16 {
    let scenarios = plan.scenarios.iter();
    let most = scenarios
        .map(|scenario| Share::workers_for(&scenario.executor, plan.shard, wished as u64))
        .max();
    u16::try_from(most.unwrap_or(1)).unwrap_or(u16::MAX)
}

/// What all workers do together.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Of the whole load.
    pub(crate) plan: Arc<LoadPlan>,
    /// What surrounds it.
    pub(crate) context: LoadContext,
    /// Those of each scenario.
    pub(crate) feeders: Arc<[Feeders]>,
    /// Its zero on the run clock.
    pub(crate) start: RunTime,
}

/// One of several workers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkerNumber {
    /// Which, from 0.
    pub(crate) index: u16,
    /// Of how many.
    pub(crate) of: u16,
}

/// Does a worker's part of a job, to its end. To be called inside a local runtime.
///
/// # Cancellation
/// `context.cancel` ends it at any instant, with everything recorded.
pub(crate) async fn work<C: Client + 'static>(
    job: &Job,
    worker: WorkerNumber,
    timers: Timers,
    connect: impl Fn() -> C + Clone + 'static,
) {
    let (plan, context) = (&*job.plan, &job.context);
    let recorder = Recorder::new(
        worker.index,
        job.start,
        plan.tick,
        Arc::clone(&context.windows),
        Arc::clone(&context.events),
    );
    let basis = Basis::new(plan, context);
    let desk = Rc::new(Desk {
        sessions: Rc::new(SessionPlan::new(&basis, Arc::clone(&context.clock))),
        clock: Arc::clone(&context.clock),
        recorder: RefCell::new(recorder),
        basis,
        control: context.control.clone(),
        timers,
        pacing: plan.pacing,
    });
    let mut running = JoinSet::new();
    for ((index, scenario), feeders) in (0_u16..).zip(&plan.scenarios).zip(&*job.feeders) {
        let Some(share) = Share::of_worker(&scenario.executor, plan.shard, worker.index, worker.of)
        else {
            continue;
        };
        let scenario = Scenario::new(index, scenario, feeders, share, context, job.start, &desk);
        running.spawn_local(Rc::new(scenario).run(connect.clone()));
    }
    loop {
        let edge = desk.recorder.borrow().next_edge();
        tokio::select! {
            ended = running.join_next() => match ended {
                Some(Ok(())) => {}
                Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                None => break,
            },
            () = desk.sleep_until(edge) => {
                desk.recorder.borrow_mut().keep_up(desk.clock.now());
            }
        }
    }
    desk.recorder.borrow_mut().finish(desk.clock.now());
}

#[cfg(test)]
pub(crate) mod tests;
