use std::sync::Arc;

use rtest_core::event::InteractionOutcome;
use rtest_core::plan::{BrokerPlan, ContractSource, InteractionSelect, PublishPlan};
use rtest_core::{Code, EventKind, EventSink};

use super::VerifyContext;
use super::select::narrows;
use crate::interaction::{Contract, Interaction};
use crate::source::broker::{BrokeredPact, Links, PactResults, Publisher};

/// What came of the pacts of a broker, in the order in which they were verified.
#[derive(Default)]
pub(super) struct Brokered {
    pacts: Vec<Tried>,
}

struct Tried {
    pact: Arc<BrokeredPact>,
    consumer: String,
    links: Links,
    results: PactResults,
}

impl Tried {
    /// What the broker has to say at this time.
    fn tell(&self, when: &str, events: &dyn EventSink) {
        for text in self.pact.notices(when) {
            events.emit(EventKind::Note(format!(
                "pact of `{}`: {text}",
                self.consumer
            )));
        }
    }
}

impl Brokered {
    /// A pact is next, and what the broker has to say to that; under a fault that was said before.
    pub(super) fn begin(
        &mut self,
        pact: Arc<BrokeredPact>,
        contract: &Contract,
        context: &VerifyContext,
    ) {
        let tried = Tried {
            pact,
            consumer: contract.consumer.clone(),
            links: contract.links.clone(),
            results: PactResults::default(),
        };
        if context.under.is_none() {
            tried.tell("before_verification", &*context.events);
        }
        self.pacts.push(tried);
    }

    /// What came of an interaction of the pact that was begun last; of none where there is no
    /// broker.
    pub(super) fn add(&mut self, interaction: &Interaction, outcome: &InteractionOutcome) {
        if let Some(tried) = self.pacts.last_mut() {
            tried.results.add(interaction, outcome);
        }
    }

    /// Publishes the results if that was asked for, and tells what the broker has to say to what
    /// came of each pact. Pacts of which nothing was tried are left out; where only some
    /// interactions of a pact were to be tried, and under a fault, nothing is published.
    ///
    /// Returns what the broker did not take, in words.
    pub(super) async fn conclude(
        self,
        source: &ContractSource,
        select: &InteractionSelect,
        context: &VerifyContext,
    ) -> Vec<String> {
        let ContractSource::Broker(broker) = source else {
            return Vec::new();
        };
        if context.under.is_some() {
            return Vec::new();
        }
        let events = &*context.events;
        let mut publisher = context
            .publish
            .then(|| publisher(broker, select, events))
            .flatten();
        let mut failures = Vec::new();
        for mut tried in self.pacts {
            if tried.results.is_empty() {
                continue;
            }
            let success = tried.results.success();
            let mut published = false;
            if let Some(publisher) = &mut publisher {
                let results = std::mem::take(&mut tried.results);
                match publisher.publish(&tried.pact, &tried.links, results).await {
                    Ok(()) => published = true,
                    Err(error) => failures.push(format!(
                        "{}: {}: pact of `{}`: {error}",
                        Code::NotPublished,
                        Code::NotPublished.title(),
                        tried.consumer
                    )),
                }
            }
            let when = format!("after_verification:success_{success}_published_{published}");
            tried.tell(&when, events);
        }
        failures
    }
}

fn publisher<'a>(
    broker: &'a BrokerPlan,
    select: &InteractionSelect,
    events: &dyn EventSink,
) -> Option<Publisher<'a>> {
    let publish: &PublishPlan = broker.publish.as_ref()?;
    if narrows(select) {
        let note = "no results were published to the broker: a filter left out interactions, and a part of a pact is no result of it";
        events.emit(EventKind::Note(note.to_owned()));
        return None;
    }
    Some(Publisher::new(broker, publish))
}
