use std::cell::RefCell;

use rtest_core::RunTime;
use rtest_core::sample::{ErrorKind, SeriesKey};

use super::journal::{Ended, Journal};
use crate::client::{Answer, Exchange, Failure};
use crate::patience::GaveUp;
use crate::recorder::Recorder;
use crate::step::{Reading, RequestStep, Values};

/// Everything is recorded; whatever fails, the flow goes on.
#[derive(Debug)]
pub(crate) struct Results<'a> {
    /// Where to.
    pub(crate) recorder: &'a RefCell<Recorder>,
    /// The scenario's place there.
    pub(crate) place: usize,
}

impl Journal for Results<'_> {
    type Stop = GaveUp;

    fn request(
        &mut self,
        step: &RequestStep,
        ended: Ended<'_>,
        values: &mut Values,
    ) -> Result<(), GaveUp> {
        let exchange = ended.exchange;
        let mut recorder = self.recorder.borrow_mut();
        let outcome = exchange.outcome(|status| step.asks_for(status));
        let series = recorder.request(self.place, step.index, outcome, ended.wanted_at, exchange);
        match &exchange.result {
            Ok(answer) => {
                if series.outcome.failed() {
                    recorder.example(series, || {
                        format!("{}: status {}", step.name, answer.status)
                    });
                }
                if step.looks_at_answer() {
                    let done_at = exchange.done_at;
                    look_at(answer, done_at, step, series, &mut recorder, values);
                }
                if let Some(interaction) = step.interaction().filter(|_| ended.is_sampled) {
                    let judged = Reading::new(answer).judged_by(&*interaction.judge);
                    recorder.judged(series, judged, &interaction.span);
                }
                Ok(())
            }
            Err(failure) if failure.kind == ErrorKind::Interrupted => Err(GaveUp::Interrupted),
            Err(failure) => {
                do_without(failure, step, series, &mut recorder, values);
                Ok(())
            }
        }
    }

    fn hop(&mut self, step: &RequestStep, wanted_at: RunTime, exchange: &Exchange) {
        let mut recorder = self.recorder.borrow_mut();
        let outcome = exchange.outcome(|_| false);
        recorder.request(self.place, step.index, outcome, wanted_at, exchange);
    }

    fn group(&mut self, group: u16, from: RunTime, to: RunTime) {
        let mut recorder = self.recorder.borrow_mut();
        recorder.group(self.place, group, from, to);
    }
}

fn look_at(
    answer: &Answer,
    done_at: RunTime,
    step: &RequestStep,
    series: SeriesKey,
    recorder: &mut Recorder,
    values: &mut Values,
) {
    let answer = Reading::new(answer);
    for (index, check) in (0..).zip(&step.checks) {
        let met = answer.meet(&check.expectation);
        recorder.check(series, index, met.is_ok());
        if let Err(unmet) = met {
            recorder.example(series, || format!("check `{}`: {unmet}", check.name));
        }
    }
    for capture in &step.captures {
        if !capture.take(&answer, values) {
            recorder.example(series, || {
                format!("{}: there is no {}", capture.describe(), capture.from)
            });
        }
    }
    for measure in &step.measures {
        match measure.take(&answer, values) {
            Ok(value) => recorder.measure(series, measure.metric, measure.kind, value, done_at),
            Err(reason) => {
                recorder.example(series, || format!("{}: {reason}", measure.describe()));
            }
        }
    }
}

/// Where there is no answer, none of what was expected of it was met, and there is nothing in it.
fn do_without(
    failure: &Failure,
    step: &RequestStep,
    series: SeriesKey,
    recorder: &mut Recorder,
    values: &mut Values,
) {
    recorder.example(series, || format!("{}: {}", step.name, failure.message));
    for (index, _) in (0..).zip(&step.checks) {
        recorder.check(series, index, false);
    }
    for capture in &step.captures {
        capture.miss(values);
    }
}
