//! One file for each kind of step: from its plan to what was not as expected.

mod consume;
mod eventually;
mod publish;
mod redis;
mod request;
mod sql;

use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::plan::{CaseStep, CaseStepKind};
use rtest_core::{ControlFuture, Difference, Span, StepResult, UnknownVariable};
use rtest_store::{Kafka, Limits, StoreError, Watermarks};

use crate::context::CaseContext;
use crate::http::Clients;
use rtest_core::Variables;

/// How long a store may take to answer.
const STORE_TIME: Duration = Duration::from_secs(10);

/// What steps work with.
pub(crate) struct Bench<'a> {
    pub(crate) context: &'a CaseContext,
    pub(crate) clients: &'a mut Clients,
    /// The URL of the case's target.
    pub(crate) target: Option<&'a str>,
    pub(crate) update_snapshots: bool,
    /// How far topics went when the case began, by service and topic.
    pub(crate) marks: BTreeMap<(String, String), Watermarks>,
    pub(crate) variables: Variables,
}

/// What a step came to.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// What was not as expected; empty where all was.
    pub(crate) differences: Vec<Difference>,
    /// What was sent and what came back.
    pub(crate) exchange: String,
}

impl Done {
    /// Something that could not be done at all.
    pub(crate) fn failed(expected: &str, why: impl Into<String>, span: &Span) -> Self {
        Self {
            differences: vec![Difference {
                expected: expected.to_owned(),
                actual: why.into(),
                span: span.clone(),
            }],
            exchange: String::new(),
        }
    }
}

impl Bench<'_> {
    /// Takes a step, again and again while it does not hold and has time.
    pub(crate) async fn take(&mut self, step: &CaseStep) -> StepResult {
        let begun = self.context.clock.now();
        let done = eventually::take(self, step).await;
        let held = done.differences.is_empty();
        StepResult {
            what: step.kind.describe(),
            held,
            differences: done.differences,
            exchange: Some(done.exchange).filter(|it| !held && !it.is_empty()),
            took: self.context.clock.now().since(begun),
            span: step.span.clone(),
        }
    }

    /// Takes it once.
    async fn take_once(&mut self, step: &CaseStep) -> Done {
        let span = &step.span;
        // Of clients that are deep in themselves, each in a box of its own.
        let done: ControlFuture<'_, Result<Done, UnknownVariable>> = match &step.kind {
            CaseStepKind::Request(plan) => Box::pin(request::take(self, plan, span)),
            CaseStepKind::Sql(plan) => Box::pin(sql::take(self, plan, span)),
            CaseStepKind::Redis(plan) => Box::pin(redis::take(self, plan, span)),
            CaseStepKind::Publish(plan) => Box::pin(publish::take(self, plan, span)),
            CaseStepKind::Consume(plan) => Box::pin(consume::take(self, plan, span)),
            CaseStepKind::Wait(duration) => Box::pin(async {
                tokio::time::sleep(*duration).await;
                Ok(Done::default())
            }),
        };
        done.await.unwrap_or_else(|error: UnknownVariable| {
            Done::failed("every hole filled", error.to_string(), span)
        })
    }

    /// Notes how far the topics go that the case's steps will look into.
    pub(crate) async fn mark_topics(&mut self, steps: &[CaseStep]) -> Result<(), String> {
        for step in steps {
            let CaseStepKind::Consume(plan) = &step.kind else {
                continue;
            };
            // A topic whose name is captured later has no beginning: all of it is looked at.
            let Ok(topic) = self.variables.render(&plan.topic).map(|it| it.into_owned()) else {
                continue;
            };
            let marks = async {
                let kafka = self.kafka(&plan.service).await?;
                kafka.watermarks(&topic).await
            };
            let marks = marks
                .await
                .map_err(|error| format!("{}: {error}", plan.service))?;
            self.marks.insert((plan.service.clone(), topic), marks);
        }
        Ok(())
    }

    /// Where a service is.
    fn url(&self, service: &str) -> String {
        let url = self.context.variables.get(&format!("{service}.url"));
        url.cloned().unwrap_or_default()
    }

    async fn kafka(&self, service: &str) -> Result<Kafka, StoreError> {
        Kafka::connect(&self.url(service), limits()).await
    }
}

fn limits() -> Limits {
    Limits::default().within(STORE_TIME)
}
