use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use goose::goose::{GooseRequest, GooseUser};
use reqwest::header::HeaderMap;
use rtest_core::plan::Think;
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_core::{Clock, RunTime};
use rtest_load::Dice;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, describe};
use crate::clients::Clients;
use crate::failure::Failure;
use crate::journey::{Action, Journey};
use crate::logbook::{Entry, Logbook};
use crate::request::{Filled, RequestStep};
use crate::roll::Roll;
use crate::values::Values;

/// The most of a body that is kept for checks, as in rtest's own engine.
const MAX_KEPT: usize = 16 * 1024 * 1024;

/// How long a user that may begin nothing waits before goose hears of it: goose asks for its users'
/// end between two iterations.
const IDLE: Duration = Duration::from_millis(5);

/// What all users of an attack have in common.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) journey: Journey,
    pub(crate) clients: Clients,
    pub(crate) clock: Arc<dyn Clock>,
    /// No iteration begins earlier.
    pub(crate) begin: RunTime,
    /// Cuts off whatever runs.
    pub(crate) cut: CancellationToken,
    /// Told whenever an iteration is over.
    pub(crate) ended: Notify,
    desk: Mutex<Desk>,
}

/// Who is at work, and what came of it.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) roll: Roll,
    pub(crate) book: Logbook,
}

/// The load is over: the steps that are left are not taken.
#[derive(Debug)]
struct CutOff;

impl Common {
    pub(crate) fn new(
        journey: Journey,
        clients: Clients,
        clock: Arc<dyn Clock>,
        begin: RunTime,
        desk: Desk,
    ) -> Self {
        Self {
            journey,
            clients,
            clock,
            begin,
            cut: CancellationToken::new(),
            ended: Notify::new(),
            desk: Mutex::new(desk),
        }
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic while it was held leaves counts that are still true.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One iteration of a user, as goose calls for it again and again.
    pub(crate) async fn iterate(&self, goose: &mut GooseUser) {
        let early = self.begin.since(self.clock.now());
        if early > Duration::ZERO {
            tokio::select! {
                () = self.cut.cancelled() => {}
                () = tokio::time::sleep(early) => {}
            }
        }
        let user = goose.weighted_users_index;
        let Some((iteration, begun)) = self.begin(user) else {
            tokio::time::sleep(IDLE).await;
            return;
        };
        let mut at_work = AtWork {
            common: self,
            user,
            begun,
            is_whole: false,
        };
        let mut walker = Walker {
            common: self,
            values: self.journey.values(iteration, user),
            dice: self.journey.dice(iteration),
            now: begun,
            goose,
        };
        at_work.is_whole = walker.take(&self.journey.steps).await.is_ok();
    }

    fn begin(&self, user: usize) -> Option<(u64, RunTime)> {
        let mut desk = self.desk();
        let (iteration, is_first) = desk.roll.begin(user)?;
        let begun = self.clock.now();
        desk.book.started(begun, is_first);
        Some((iteration, begun))
    }
}

/// A user within an iteration. Whatever ends it, a panic too, is in the book, and the user off the
/// roll.
struct AtWork<'a> {
    common: &'a Common,
    user: usize,
    begun: RunTime,
    /// Whether the iteration came to its own end.
    is_whole: bool,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let now = self.common.clock.now();
        let mut desk = self.common.desk();
        desk.book.ended(self.begun, now, !self.is_whole);
        desk.roll.end(self.user);
        drop(desk);
        self.common.ended.notify_one();
    }
}

/// Goes through one iteration.
struct Walker<'a> {
    common: &'a Common,
    goose: &'a mut GooseUser,
    values: Values<'a>,
    dice: Dice,
    /// When the last step was done.
    now: RunTime,
}

type Walk<'s> = Pin<Box<dyn Future<Output = Result<(), CutOff>> + Send + 's>>;

impl<'a> Walker<'a> {
    /// Takes steps one after the other; boxed, for steps stand within steps.
    fn take<'s>(&'s mut self, steps: &'a [Action]) -> Walk<'s> {
        Box::pin(async move {
            for action in steps {
                self.act(action).await?;
            }
            Ok(())
        })
    }

    async fn act(&mut self, action: &'a Action) -> Result<(), CutOff> {
        match action {
            Action::Request(step) => self.send(step).await,
            Action::Think(think) => self.think(*think).await,
            Action::Group { index, steps } => {
                let from = self.now;
                self.take(steps).await?;
                self.common.desk().book.group(*index, from, self.now);
                Ok(())
            }
            Action::If {
                condition,
                then,
                otherwise,
            } => {
                let holds = condition.holds(&self.values);
                self.take(if holds { then } else { otherwise }).await
            }
            Action::Loop {
                condition,
                times,
                steps,
            } => {
                for _ in 0..*times {
                    if condition.as_ref().is_some_and(|it| !it.holds(&self.values)) {
                        break;
                    }
                    self.take(steps).await?;
                    // A time may pass without any waiting, and there may be millions of them.
                    tokio::task::yield_now().await;
                    if self.common.cut.is_cancelled() {
                        return Err(CutOff);
                    }
                }
                Ok(())
            }
            Action::Choose { weights, choices } => {
                let chosen = self.dice.place(weights);
                self.take(&choices[chosen]).await
            }
        }
    }

    async fn think(&mut self, think: Think) -> Result<(), CutOff> {
        let duration = match think {
            Think::Constant(duration) => duration,
            Think::Uniform { min, max } => self.dice.between(min, max),
        };
        tokio::select! {
            biased;
            () = self.common.cut.cancelled() => return Err(CutOff),
            () = tokio::time::sleep(duration) => {}
        }
        self.now = self.common.clock.now();
        Ok(())
    }

    async fn send(&mut self, step: &'a RequestStep) -> Result<(), CutOff> {
        let sent_at = self.common.clock.now();
        let exchange = match step.fill(&self.values) {
            Ok(filled) => {
                let common = self.common;
                tokio::select! {
                    biased;
                    () = common.cut.cancelled() => Exchange::failed(Failure::new(
                        ErrorKind::Interrupted,
                        "cut off while waiting for the answer",
                    )),
                    exchange = exchange(common, self.goose, step, filled) => exchange,
                }
            }
            Err(reason) => Exchange::failed(Failure::new(ErrorKind::Request, reason)),
        };
        // Of a timeout is known that it took at least so long.
        let done_at = match &exchange.result {
            Err(failure) if failure.kind == ErrorKind::Timeout => sent_at + step.timeout,
            _ => self.common.clock.now(),
        };
        self.record(step, sent_at, done_at, exchange)
    }

    fn record(
        &mut self,
        step: &'a RequestStep,
        sent_at: RunTime,
        done_at: RunTime,
        exchange: Exchange,
    ) -> Result<(), CutOff> {
        let outcome = match &exchange.result {
            Ok(answer) => Outcome::answered(answer.status, || step.asks_for(answer.status)),
            Err(failure) => Outcome::Error(failure.kind),
        };
        self.now = done_at;
        let mut desk = self.common.desk();
        let book = &mut desk.book;
        let series = book.request(Entry {
            step: step.index,
            outcome,
            sent_at,
            first_byte_at: exchange.first_byte_at,
            done_at,
            bytes_sent: exchange.bytes_sent,
            bytes_received: exchange.bytes_received,
        });
        let answer = match exchange.result {
            Err(failure) if failure.kind == ErrorKind::Interrupted => return Err(CutOff),
            Err(failure) => {
                book.example(series, || format!("{}: {}", step.name, failure.message));
                None
            }
            Ok(answer) => {
                if outcome.failed() {
                    book.example(series, || {
                        format!("{}: status {}", step.name, answer.status)
                    });
                }
                Some(answer)
            }
        };
        for (index, check) in (0..).zip(&step.checks) {
            // Where there is no answer, none of what was expected of it was met.
            let met = answer.as_ref().map(|it| it.meet(&check.expectation));
            book.check(series, index, matches!(met, Some(Ok(()))));
            if let Some(Err(unmet)) = met {
                book.example(series, || format!("check `{}`: {unmet}", check.name));
            }
        }
        for capture in &step.captures {
            let found = answer.as_ref().and_then(|it| it.find(&capture.from));
            let found = found.or_else(|| capture.default.clone());
            if found.is_none() && answer.is_some() {
                let (name, from) = (&capture.name, &capture.from);
                book.example(series, || {
                    format!("capture `{name}`: there is no {}", describe(from))
                });
            }
            self.values.capture(&capture.name, found);
        }
        Ok(())
    }
}

/// What became of one request.
struct Exchange {
    first_byte_at: Option<RunTime>,
    bytes_sent: u64,
    bytes_received: u64,
    result: Result<Answer, Failure>,
}

impl Exchange {
    fn failed(failure: Failure) -> Self {
        Self {
            first_byte_at: None,
            bytes_sent: 0,
            bytes_received: 0,
            result: Err(failure),
        }
    }
}

/// Sends a request through goose, and takes in all of the answer: goose itself is done with its head.
async fn exchange(
    common: &Common,
    goose: &mut GooseUser,
    step: &RequestStep,
    filled: Filled,
) -> Exchange {
    let bytes_sent = filled.length;
    let user = goose.weighted_users_index;
    let client = match common.clients.of(user, step.redirects) {
        Ok(client) => client,
        Err(error) => return Exchange::failed(Failure::of(&error)),
    };
    let method = match step.goose_method() {
        Ok(method) => method,
        Err(reason) => return Exchange::failed(Failure::new(ErrorKind::Request, reason)),
    };
    goose.client = client.clone();
    let request = GooseRequest::builder()
        .method(method)
        .path(step.endpoint.as_str())
        .name(step.endpoint.as_str())
        .set_request_builder(filled.builder(client, step.timeout))
        .build();
    let answered = match goose.request(request).await {
        Ok(answered) => answered.response,
        Err(error) => {
            return Exchange::failed(Failure::new(ErrorKind::Request, error.to_string()));
        }
    };
    let mut response = match answered {
        Ok(response) => response,
        Err(error) => {
            return Exchange {
                bytes_sent,
                ..Exchange::failed(Failure::of(&error))
            };
        }
    };
    let first_byte_at = Some(common.clock.now());
    let mut kept = Vec::new();
    let mut bytes_received = 0;
    let ended = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                bytes_received += chunk.len() as u64;
                if !step.looks_at_body {
                    continue;
                }
                if kept.len() + chunk.len() > MAX_KEPT {
                    break Err(Failure::new(
                        ErrorKind::BodyTooLarge,
                        format!("the body is larger than the {MAX_KEPT} bytes that are kept"),
                    ));
                }
                kept.extend_from_slice(&chunk);
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(Failure::of(&error)),
        }
    };
    let nothing = HeaderMap::new();
    let headers = if step.looks_at_headers {
        response.headers()
    } else {
        &nothing
    };
    Exchange {
        first_byte_at,
        bytes_sent,
        bytes_received,
        result: ended.map(|()| Answer::new(response.status().as_u16(), headers, kept)),
    }
}
