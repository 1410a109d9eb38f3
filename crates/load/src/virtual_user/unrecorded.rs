//! Steps that leave nothing in the results: those around a load, and around the iterations of a
//! virtual user.

use std::fmt;

use rtest_core::expectation::{Expectation, excerpt};
use rtest_core::sample::ErrorKind;
use rtest_core::{RunTime, Span};

use super::journal::{Ended, Journal};
use crate::client::Exchange;
use crate::patience::GaveUp;
use crate::step::{Reading, RequestStep, Values};

/// What follows builds on these steps: the first that does not go well is the last.
#[derive(Debug)]
pub(crate) struct Preparing;

/// Why something is not prepared.
#[derive(Debug)]
pub(crate) enum Unprepared {
    /// It was cut off.
    Interrupted,
    /// A step did not go well.
    Failed(Box<FailedStep>),
}

/// Steps that put things in order again: whichever does not go well, the others are taken.
#[derive(Debug, Default)]
pub(crate) struct CleaningUp {
    /// The first that did not go well.
    pub(crate) first_failure: Option<Box<FailedStep>>,
    /// How many did not.
    pub(crate) failures: u64,
}

/// A step that did not go well.
#[derive(Debug)]
pub(crate) struct FailedStep {
    /// The request: `POST /login`.
    pub(crate) step: String,
    /// What was expected of its answer.
    pub(crate) expected: String,
    /// What came; may hold server data.
    pub(crate) actual: String,
    /// The step, or what of it was not met.
    pub(crate) span: Span,
}

impl fmt::Display for FailedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step,
            expected,
            actual,
            ..
        } = self;
        write!(f, "`{step}`: expected {expected}, got {actual}")
    }
}

impl Journal for Preparing {
    type Stop = Unprepared;

    fn request(
        &mut self,
        step: &RequestStep,
        ended: Ended<'_>,
        values: &mut Values,
    ) -> Result<(), Unprepared> {
        judge(step, ended.exchange, values)
    }

    fn hop(&mut self, _: &RequestStep, _: RunTime, _: &Exchange) {}

    fn group(&mut self, _: u16, _: RunTime, _: RunTime) {}
}

impl From<GaveUp> for Unprepared {
    fn from(_: GaveUp) -> Self {
        Self::Interrupted
    }
}

impl Journal for CleaningUp {
    type Stop = GaveUp;

    fn request(
        &mut self,
        step: &RequestStep,
        ended: Ended<'_>,
        values: &mut Values,
    ) -> Result<(), GaveUp> {
        match judge(step, ended.exchange, values) {
            Ok(()) => Ok(()),
            Err(Unprepared::Interrupted) => Err(GaveUp::Interrupted),
            Err(Unprepared::Failed(failure)) => {
                self.failures += 1;
                self.first_failure.get_or_insert(failure);
                Ok(())
            }
        }
    }

    fn hop(&mut self, _: &RequestStep, _: RunTime, _: &Exchange) {}

    fn group(&mut self, _: u16, _: RunTime, _: RunTime) {}
}

/// What it says of itself where anything failed.
impl fmt::Display for CleaningUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = &self.first_failure else {
            return f.write_str("all went well");
        };
        write!(f, "{first} ({})", first.span)?;
        match self.failures - 1 {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

/// Whether a step went well: an answer came, its status is below 400 or meets the step's own
/// checks, every check holds, and every capture finds something.
fn judge(step: &RequestStep, exchange: &Exchange, values: &mut Values) -> Result<(), Unprepared> {
    let failed = |expected: String, actual: String, span: &Span| {
        let step = step.name.clone();
        let span = span.clone();
        Err(Unprepared::Failed(Box::new(FailedStep {
            step,
            expected,
            actual,
            span,
        })))
    };
    let answer = match &exchange.result {
        Ok(answer) => answer,
        Err(failure) if failure.kind == ErrorKind::Interrupted => {
            return Err(Unprepared::Interrupted);
        }
        Err(failure) => {
            let message = failure.message.clone();
            return failed("an answer".to_owned(), message, &step.span);
        }
    };
    let got = || match answer.body.as_ref() {
        [] => format!("status {}", answer.status),
        body => format!("status {} with {}", answer.status, excerpt(body)),
    };
    let is_of_status = |expectation: &Expectation| matches!(expectation, Expectation::Status(_));
    let checks_status = step
        .checks
        .iter()
        .any(|check| is_of_status(&check.expectation));
    if answer.status >= 400 && !checks_status {
        return failed("a status below 400".to_owned(), got(), &step.span);
    }
    let reading = Reading::new(answer);
    for check in &step.checks {
        if let Err(unmet) = reading.meet(&check.expectation) {
            let actual = if is_of_status(&check.expectation) {
                got()
            } else {
                unmet.actual
            };
            return failed(unmet.expected, actual, &check.span);
        }
    }
    for capture in &step.captures {
        if !capture.take(&reading, values) {
            let expected = format!("{} for {}", capture.from, capture.describe());
            return failed(expected, got(), &capture.span);
        }
    }
    Ok(())
}
