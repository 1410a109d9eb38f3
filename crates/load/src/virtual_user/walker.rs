use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rtest_core::plan::Think;
use rtest_core::{Clock, RunTime};
use tokio_util::sync::CancellationToken;

use super::journal::{Ended, Journal};
use super::lane::Lane;
use crate::client::{Client, Exchange};
use crate::patience::GaveUp;
use crate::session::Session;
use crate::step::{Action, Block, Dice, RequestStep, Steps, Values};

/// Takes steps, one after the other.
#[derive(Debug)]
pub(crate) struct Walker<C> {
    /// What fills the holes.
    pub(crate) values: Values,
    /// What the target knows it by.
    pub(crate) session: Session,
    clock: Arc<dyn Clock>,
    lane: Lane<C>,
    /// For requests that are sent at the same time as another.
    beside: Vec<Lane<C>>,
}

/// One pass through a list of steps.
pub(crate) struct Pass<'a, J> {
    steps: &'a Steps,
    /// What is made of what the steps do.
    pub(crate) journal: J,
    dice: Dice,
    /// Whether nothing was sent yet in a pass that a schedule wants.
    on_schedule: bool,
    /// When the step ahead is wanted: up to the first request of a scheduled pass, when the
    /// schedule wanted it, think time before it included; else when the flow comes to it.
    wanted_at: RunTime,
    /// When the step before it was done.
    now: RunTime,
}

impl<C: Client> Walker<C> {
    /// Can send `width` requests at the same time. To be made inside a runtime.
    pub(crate) fn new(
        values: Values,
        session: Session,
        width: usize,
        clock: Arc<dyn Clock>,
        interrupt: &CancellationToken,
        connect: impl Fn() -> C,
    ) -> Self {
        let lane = || Lane::new(connect(), Arc::clone(&clock), interrupt.clone());
        Self {
            values,
            session,
            lane: lane(),
            beside: (1..width).map(|_| lane()).collect(),
            clock,
        }
    }

    /// The iteration is over: what is not kept beyond it is given up.
    pub(crate) fn end_iteration(&mut self) {
        self.lane.end_iteration();
        for lane in &mut self.beside {
            lane.end_iteration();
        }
    }

    /// Takes the steps of a pass.
    ///
    /// # Errors
    /// What ended it early.
    pub(crate) fn walk<J: Journal>(
        &mut self,
        pass: &mut Pass<'_, J>,
    ) -> impl Future<Output = Result<(), J::Stop>> {
        self.take(&pass.steps.actions, pass)
    }

    async fn take<J: Journal>(
        &mut self,
        actions: &[Action],
        pass: &mut Pass<'_, J>,
    ) -> Result<(), J::Stop> {
        for action in actions {
            match action {
                Action::Request(step) => self.send(step, pass).await?,
                Action::Think(think) => self.think(*think, pass).await?,
                // A future that may hold itself is boxed; a flat flow never comes here.
                Action::Block(block) => Box::pin(self.enter(block, pass)).await?,
            }
        }
        Ok(())
    }

    async fn enter<J: Journal>(
        &mut self,
        block: &Block,
        pass: &mut Pass<'_, J>,
    ) -> Result<(), J::Stop> {
        match block {
            Block::Group { index, steps } => {
                let from = pass.now;
                self.take(steps, pass).await?;
                pass.journal.group(*index, from, pass.now);
                Ok(())
            }
            Block::If {
                condition,
                then,
                otherwise,
            } => {
                let holds = condition.holds(&self.values);
                self.take(if holds { then } else { otherwise }, pass).await
            }
            Block::Loop {
                condition,
                times,
                steps,
            } => {
                for _ in 0..*times {
                    if condition.as_ref().is_some_and(|c| !c.holds(&self.values)) {
                        break;
                    }
                    self.take(steps, pass).await?;
                    // A time may pass without any waiting, and there may be millions of them.
                    self.lane.patience.give_way().await?;
                }
                Ok(())
            }
            Block::Choose { weights, choices } => {
                let chosen = pass.dice.place(weights);
                self.take(&choices[chosen], pass).await
            }
            Block::Parallel(requests) => self.send_all(requests, pass).await,
        }
    }

    async fn think<J: Journal>(
        &mut self,
        think: Think,
        pass: &mut Pass<'_, J>,
    ) -> Result<(), GaveUp> {
        let duration = match think {
            Think::Constant(duration) => duration,
            Think::Uniform { min, max } => pass.dice.between(min, max),
        };
        self.lane.patience.rest(duration).await?;
        pass.thought(duration, self.clock.now());
        Ok(())
    }

    async fn send<J: Journal>(
        &mut self,
        step: &RequestStep,
        pass: &mut Pass<'_, J>,
    ) -> Result<(), J::Stop> {
        let is_sampled = step.is_sampled(&mut pass.dice);
        let exchange = match step.fill(&self.values, is_sampled) {
            Ok(request) => {
                let hop = |hop| pass.hop(step, &hop);
                self.lane.send(&self.session, &request, hop).await
            }
            Err(reason) => Exchange::unsendable(self.clock.now(), reason),
        };
        let ended = Ended {
            wanted_at: pass.wanted_at,
            exchange: &exchange,
            is_sampled,
        };
        let ended = pass.journal.request(step, ended, &mut self.values);
        pass.sent(exchange.done_at);
        ended
    }

    /// Sends requests at the same time, all of which are wanted at the same instant.
    async fn send_all<J: Journal>(
        &mut self,
        requests: &[RequestStep],
        pass: &mut Pass<'_, J>,
    ) -> Result<(), J::Stop> {
        let mut under_way = FuturesUnordered::new();
        let lanes = std::iter::once(&mut self.lane).chain(&mut self.beside);
        for (step, lane) in requests.iter().zip(lanes) {
            let is_sampled = step.is_sampled(&mut pass.dice);
            let request = step.fill(&self.values, is_sampled);
            let (clock, session) = (&self.clock, &self.session);
            under_way.push(async move {
                let mut hops = Vec::new();
                let exchange = match request {
                    Ok(request) => lane.send(session, &request, |hop| hops.push(hop)).await,
                    Err(reason) => Exchange::unsendable(clock.now(), reason),
                };
                (step, is_sampled, hops, exchange)
            });
        }
        let mut all = Ok(());
        let mut done_at = pass.now;
        while let Some((step, is_sampled, hops, exchange)) = under_way.next().await {
            let mut wanted_at = pass.wanted_at;
            for hop in hops {
                pass.journal.hop(step, wanted_at, &hop);
                wanted_at = hop.done_at;
            }
            let ended = Ended {
                wanted_at,
                exchange: &exchange,
                is_sampled,
            };
            let ended = pass.journal.request(step, ended, &mut self.values);
            all = all.and(ended);
            done_at = done_at.max(exchange.done_at);
        }
        pass.sent(done_at);
        all
    }
}

impl<J: Journal> Pass<'_, J> {
    /// An answer leads on: the next request is wanted from now on.
    fn hop(&mut self, step: &RequestStep, hop: &Exchange) {
        self.journal.hop(step, self.wanted_at, hop);
        self.wanted_at = hop.done_at;
    }
}

impl<'a, J> Pass<'a, J> {
    /// Pass number `number`, which begins at `now`. It was due at `due` where a schedule wants it
    /// that is independent of the answers.
    pub(crate) fn new(
        steps: &'a Steps,
        number: u64,
        now: RunTime,
        due: Option<RunTime>,
        journal: J,
    ) -> Self {
        Self {
            steps,
            journal,
            dice: steps.dice(number),
            on_schedule: due.is_some(),
            wanted_at: due.unwrap_or(now),
            now,
        }
    }

    /// When the last step was done.
    pub(crate) const fn now(&self) -> RunTime {
        self.now
    }

    fn thought(&mut self, duration: Duration, now: RunTime) {
        self.now = now;
        self.wanted_at = if self.on_schedule {
            self.wanted_at + duration
        } else {
            now
        };
    }

    fn sent(&mut self, done_at: RunTime) {
        self.on_schedule = false;
        self.now = done_at;
        self.wanted_at = done_at;
    }
}
