use reqwest::Method;
use rtest_core::event::{InteractionOutcome, Mismatch};
use rtest_core::plan::{BrokerPlan, PublishPlan};
use serde_json::{Map, Value, json};

use super::error::{BrokerError, BrokerErrorKind};
use super::hal::Hal;
use super::link::{Link, Links};
use super::pacts::BrokeredPact;
use crate::interaction::Interaction;

/// What came of the interactions of one pact.
#[derive(Debug, Default)]
pub(crate) struct PactResults {
    results: Vec<Value>,
    failed: bool,
}

impl PactResults {
    pub(crate) fn add(&mut self, interaction: &Interaction, outcome: &InteractionOutcome) {
        let verified = *outcome == InteractionOutcome::Verified;
        self.failed |= !verified;
        self.results.push(result(interaction, outcome, verified));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Whether every one of them was verified.
    pub(crate) fn success(&self) -> bool {
        !self.failed
    }
}

/// An interaction as a broker keeps it. It knows interactions by the ids that it gave them.
fn result(interaction: &Interaction, outcome: &InteractionOutcome, success: bool) -> Value {
    let mut result = Map::new();
    if let Some(id) = &interaction.id {
        result.insert("interactionId".to_owned(), id.as_str().into());
    }
    let description = interaction.description.as_str();
    result.insert("interactionDescription".to_owned(), description.into());
    result.insert("success".to_owned(), success.into());
    match outcome {
        InteractionOutcome::Verified => {}
        InteractionOutcome::Mismatched(mismatches) => {
            let mismatches: Vec<Value> = mismatches.iter().map(mismatch).collect();
            result.insert("mismatches".to_owned(), mismatches.into());
        }
        InteractionOutcome::Degraded(why)
        | InteractionOutcome::Failed(why)
        | InteractionOutcome::Unsupported(why)
        | InteractionOutcome::Skipped(why) => {
            result.insert("exceptions".to_owned(), json!([{ "message": why }]));
        }
    }
    Value::Object(result)
}

/// `body $.email` is the attribute `body` and the identifier `$.email`.
fn mismatch(mismatch: &Mismatch) -> Value {
    let location = mismatch.location.as_str();
    let (attribute, identifier) = match location.split_once(' ') {
        Some((attribute, identifier)) => (attribute, Some(identifier)),
        None if location == "body" => (location, Some("$")),
        None => (location, None),
    };
    let mut told = json!({ "attribute": attribute, "description": mismatch.message });
    if let Some(identifier) = identifier {
        told["identifier"] = identifier.into();
    }
    told
}

/// Tells a broker what came of its pacts, as one version of the provider.
pub(crate) struct Publisher<'a> {
    broker: &'a BrokerPlan,
    publish: &'a PublishPlan,
    /// Whether the version has its branch and its tags.
    is_marked: bool,
}

impl<'a> Publisher<'a> {
    pub(crate) fn new(broker: &'a BrokerPlan, publish: &'a PublishPlan) -> Self {
        Self {
            broker,
            publish,
            is_marked: false,
        }
    }

    /// Publishes the results of one pact, whose links these are; before the first of them, the
    /// version is put on its branch and given its tags.
    ///
    /// # Errors
    /// The broker does not take them, in its words.
    pub(crate) async fn publish(
        &mut self,
        pact: &BrokeredPact,
        links: &Links,
        results: PactResults,
    ) -> Result<(), BrokerError> {
        let at = Published { pact, links };
        if !self.is_marked {
            self.mark(&at).await?;
            self.is_marked = true;
        }
        let link = at.link("pb:publish-verification-results")?;
        let body = self.body(results);
        pact.hal.send(Method::POST, &link.href, &body).await?;
        Ok(())
    }

    fn body(&self, results: PactResults) -> Value {
        let mut body = json!({
            "success": results.success(),
            "providerApplicationVersion": self.publish.version,
            "testResults": results.results,
            "verifiedBy": { "implementation": "rtest", "version": env!("CARGO_PKG_VERSION") },
        });
        if let Some(url) = &self.publish.build_url {
            body["buildUrl"] = url.as_str().into();
        }
        body
    }

    async fn mark(&self, at: &Published<'_>) -> Result<(), BrokerError> {
        let (branch, tags) = (&self.broker.provider_branch, &self.broker.provider_tags);
        if branch.is_none() && tags.is_empty() {
            return Ok(());
        }
        let hal = &at.pact.hal;
        let provider = hal.get(&at.link("pb:provider")?.href).await?;
        let links = Links::of(&provider);
        let version = ("version", self.publish.version.as_str());
        let marks = branch
            .iter()
            .map(|branch| ("pb:branch-version", ("branch", branch.as_str())))
            .chain(
                tags.iter()
                    .map(|tag| ("pb:version-tag", ("tag", tag.as_str()))),
            );
        for (rel, mark) in marks {
            let link = link(hal, &links, rel, "GET pb:provider")?;
            let href = link.filled(&[version, mark]);
            hal.send(Method::PUT, &href, &json!({})).await?;
        }
        Ok(())
    }
}

/// A pact with the links that it came with.
struct Published<'a> {
    pact: &'a BrokeredPact,
    links: &'a Links,
}

impl Published<'_> {
    fn link(&self, rel: &'static str) -> Result<Link, BrokerError> {
        let asked = format!("GET {}", self.pact.shown);
        link(&self.pact.hal, self.links, rel, &asked)
    }
}

fn link(hal: &Hal, links: &Links, rel: &'static str, asked: &str) -> Result<Link, BrokerError> {
    links.get(rel).ok_or_else(|| {
        hal.error(BrokerErrorKind::NoLink {
            asked: asked.to_owned(),
            rel,
            hint: "it is too old, or lets the credentials read only",
        })
    })
}
