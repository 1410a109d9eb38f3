use std::rc::Rc;

use rtest_core::RunTime;
use rtest_core::sample::{ErrorKind, Outcome, SeriesKey};

use crate::client::{Client, Exchange};
use crate::patience::{GaveUp, Patience};
use crate::recorder::{End, Recorder};
use crate::scenario::{Scenario, Start};
use crate::seat::Seat;
use crate::step::{Action, Holes, RequestStep};

/// One user of the target: takes the flow's steps one after the other, again and again, over
/// connections of its own. This is the one request loop, whatever the executor.
#[derive(Debug)]
pub(crate) struct VirtualUser<C> {
    /// Its number in the scenario, from 1.
    number: u64,
    client: C,
    patience: Patience,
    seat: Rc<Seat>,
    scenario: Rc<Scenario>,
}

impl<C: Client> VirtualUser<C> {
    /// A user that has done nothing yet. To be made inside a runtime.
    pub(crate) fn new(number: u64, client: C, seat: Rc<Seat>, scenario: Rc<Scenario>) -> Self {
        let clock = scenario.desk.clock.clone();
        Self {
            number,
            client,
            patience: Patience::new(clock, seat.interrupt.clone()),
            seat,
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
    }

    /// Takes the flow's steps once. Returns when that was done.
    async fn iterate(&mut self, start: Start) -> Result<RunTime, GaveUp> {
        let scenario = Rc::clone(&self.scenario);
        let desk = &scenario.desk;
        let begun = desk.clock.now();
        desk.recorder
            .borrow_mut()
            .started(scenario.place, start.due, begun, start.wait);
        let walked = self.walk(&scenario, &start, begun).await;
        let (now, end) = match walked {
            Ok(now) => (now, End::Completed),
            Err(_) => (desk.clock.now(), End::Interrupted),
        };
        desk.recorder
            .borrow_mut()
            .ended(scenario.place, begun, now, end);
        walked
    }

    async fn walk(
        &mut self,
        scenario: &Scenario,
        start: &Start,
        begun: RunTime,
    ) -> Result<RunTime, GaveUp> {
        // When the step ahead is wanted: up to the first request of a scheduled iteration, when
        // the schedule wanted it, think time before it included; else when the flow comes to it.
        let mut on_schedule = scenario.open;
        let mut wanted_at = if on_schedule { start.due } else { begun };
        let mut now = begun;
        for action in &scenario.flow.actions {
            match action {
                Action::Think(duration) => {
                    self.patience.rest(*duration).await?;
                    now = scenario.desk.clock.now();
                    wanted_at = if on_schedule {
                        wanted_at + *duration
                    } else {
                        now
                    };
                }
                Action::Request(step) => {
                    let exchange = self.send(scenario, step, start.iteration).await;
                    let outcome = record(scenario, step, wanted_at, &exchange);
                    if outcome == Outcome::Error(ErrorKind::Interrupted) {
                        return Err(GaveUp::Interrupted);
                    }
                    on_schedule = false;
                    now = exchange.done_at;
                    wanted_at = now;
                }
            }
        }
        Ok(now)
    }

    async fn send(&mut self, scenario: &Scenario, step: &RequestStep, iteration: u64) -> Exchange {
        let holes = Holes {
            iteration,
            vu: self.number,
            variables: &scenario.flow.variables,
        };
        match step.fill(&scenario.desk.target, holes) {
            Ok(request) => self.client.exchange(&request, &mut self.patience).await,
            Err(reason) => Exchange::unsendable(scenario.desk.clock.now(), reason),
        }
    }
}

fn record(
    scenario: &Scenario,
    step: &RequestStep,
    wanted_at: RunTime,
    exchange: &Exchange,
) -> Outcome {
    let mut recorder = scenario.desk.recorder.borrow_mut();
    let series = recorder.request(scenario.place, step.index, wanted_at, exchange);
    match &exchange.result {
        Ok(answer) => {
            if series.outcome.failed() {
                recorder.example(series, || {
                    format!("{}: status {}", step.describe(), answer.status)
                });
            }
            for (index, (check, met)) in (0..).zip(step.check(answer)) {
                recorder.check(series, index, met.is_ok());
                if let Err(unmet) = met {
                    recorder.example(series, || format!("check `{}`: {unmet}", check.name));
                }
            }
        }
        Err(failure) => {
            if failure.kind != ErrorKind::Interrupted {
                recorder.example(series, || {
                    format!("{}: {}", step.describe(), failure.message)
                });
                fail_checks(&mut recorder, series, step);
            }
        }
    }
    series.outcome
}

/// Where there is no answer, none of what was expected of it was met.
fn fail_checks(recorder: &mut Recorder, series: SeriesKey, step: &RequestStep) {
    for (index, _) in (0..).zip(&step.checks) {
        recorder.check(series, index, false);
    }
}
