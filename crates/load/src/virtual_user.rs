mod journal;
mod lane;
mod results;
mod unrecorded;
mod walker;

pub(crate) use unrecorded::{CleaningUp, Preparing, Unprepared};
pub(crate) use walker::{Pass, Walker};

use std::rc::Rc;
use std::sync::Arc;

use rtest_core::RunTime;

use crate::client::{Client, Exchange};
use crate::patience::GaveUp;
use crate::recorder::End;
use crate::scenario::{Scenario, Start};
use crate::seat::Seat;
use results::Results;

/// One user of the target: takes the flow's steps, again and again, over connections of its own.
/// This is the one request loop, whatever the executor.
#[derive(Debug)]
pub(crate) struct VirtualUser<C> {
    /// Its number in the scenario, from 1.
    number: u64,
    walker: Walker<C>,
    seat: Rc<Seat>,
    scenario: Rc<Scenario>,
    /// Whether it has done what comes before its first iteration.
    prepared: bool,
}

impl<C: Client> VirtualUser<C> {
    /// A user that has done nothing yet. To be made inside a runtime.
    pub(crate) fn new(
        number: u64,
        connect: impl Fn() -> C,
        seat: Rc<Seat>,
        scenario: Rc<Scenario>,
    ) -> Self {
        let (flow, clock) = (&scenario.flow, Arc::clone(&scenario.desk.clock));
        let values = flow.values(number);
        let session = scenario.session(number);
        Self {
            number,
            walker: Walker::new(values, session, flow.width, clock, &seat.interrupt, connect),
            seat,
            prepared: flow.before.actions.is_empty(),
            scenario,
        }
    }

    /// Runs iterations until there are none left, or it is cut off.
    pub(crate) async fn run(mut self, first: Start) {
        let mut next = Some(first);
        while let Some(start) = next {
            let Ok(now) = self.iterate(start).await else {
                return;
            };
            // An iteration may end without any waiting (a refused connection, a request that
            // cannot be built); the loop must not keep the thread to itself.
            tokio::task::coop::consume_budget().await;
            next = self.scenario.next(&self.seat, now).await;
        }
        if self.prepared && !self.scenario.flow.after.actions.is_empty() {
            Box::pin(self.clean_up()).await;
        }
    }

    /// Runs one iteration. Returns when it was done.
    async fn iterate(&mut self, start: Start) -> Result<RunTime, GaveUp> {
        let scenario = Rc::clone(&self.scenario);
        let desk = &scenario.desk;
        let mut begun = desk.clock.now();
        desk.recorder
            .borrow_mut()
            .started(scenario.place, start.due, begun, start.wait);
        let values = &mut self.walker.values;
        values.begin(start.iteration);
        self.walker.session.begin_iteration();
        let mut due = start.due;
        let fed = scenario.feed(start.iteration, self.number, &mut values.data);
        let mut ended = match &fed {
            Ok(()) => Ok(begun),
            Err(error) => Ok(fail(&scenario, due, || error.to_string())),
        };
        if fed.is_ok() && !self.prepared {
            // Boxed, as most virtual users never do it.
            ended = Box::pin(self.prepare(&scenario, due, begun)).await;
            if let Ok(ready_at) = ended {
                // What comes before an iteration is part of its schedule, as think time before
                // its first request is.
                due = due + (ready_at - begun);
                begun = ready_at;
            }
        }
        if fed.is_ok() && self.prepared {
            let due = scenario.open.then_some(due);
            let results = Results {
                recorder: &desk.recorder,
                place: scenario.place,
            };
            let steps = &scenario.flow.iteration;
            let mut pass = Pass::new(steps, start.iteration, begun, due, results);
            ended = self.walker.walk(&mut pass).await.map(|()| pass.now());
        }
        self.walker.end_iteration();
        let (now, end) = match ended {
            Ok(now) => (now, End::Completed),
            Err(_) => (desk.clock.now(), End::Interrupted),
        };
        desk.recorder
            .borrow_mut()
            .ended(scenario.place, begun, now, end);
        ended
    }

    /// Does what comes before the first iteration, and keeps what it captures. Returns when that
    /// was done.
    ///
    /// Where a step of it fails, the iteration that waits for it has failed with it, as a request
    /// that could not be made: its first. The next iteration tries again.
    async fn prepare(
        &mut self,
        scenario: &Scenario,
        due: RunTime,
        begun: RunTime,
    ) -> Result<RunTime, GaveUp> {
        let steps = &scenario.flow.before;
        let mut pass = Pass::new(steps, self.number, begun, None, Preparing);
        let failed = match self.walker.walk(&mut pass).await {
            Ok(()) => {
                self.walker.values.keep();
                self.walker.session.keep();
                self.prepared = true;
                return Ok(pass.now());
            }
            Err(Unprepared::Interrupted) => return Err(GaveUp::Interrupted),
            Err(Unprepared::Failed(failed)) => failed,
        };
        let reason = format!("before the first iteration, {failed} ({})", failed.span);
        Ok(fail(scenario, due, || reason))
    }

    /// Does what comes after the last iteration; not where the scenario was cut off.
    async fn clean_up(&mut self) {
        let scenario = Rc::clone(&self.scenario);
        let begun = scenario.desk.clock.now();
        let (steps, journal) = (&scenario.flow.after, CleaningUp::default());
        let mut pass = Pass::new(steps, self.number, begun, None, journal);
        // Being cut off here is no failure: nothing is left that this would keep from being done.
        let _ = self.walker.walk(&mut pass).await;
        if pass.journal.failures > 0 {
            let mut recorder = scenario.desk.recorder.borrow_mut();
            recorder.note(scenario.place, || {
                let journal = &pass.journal;
                format!("after the last iteration of a virtual user, {journal}")
            });
        }
    }
}

/// Records that an iteration which was due at `due` came to nothing: as a request that could not
/// be made, its first. Returns when that was.
fn fail(scenario: &Scenario, due: RunTime, reason: impl FnOnce() -> String) -> RunTime {
    let now = scenario.desk.clock.now();
    let mut recorder = scenario.desk.recorder.borrow_mut();
    match scenario.flow.first_request() {
        Some(step) => {
            let unsent = Exchange::unsendable(now, String::new());
            let outcome = unsent.outcome(|_| false);
            let series = recorder.request(scenario.place, step, outcome, due, &unsent);
            recorder.example(series, reason);
        }
        None => recorder.note(scenario.place, reason),
    }
    now
}

#[cfg(test)]
mod tests;
