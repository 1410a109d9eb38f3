use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use rtest_core::nearest;
use rtest_core::plan::BrokerPlan;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{BrokerError, BrokerErrorKind};
use super::hal::Hal;
use super::link::{Link, Links};
use crate::source::MAX_FILE;

/// Where a broker says which pacts are to be verified.
const FOR_VERIFICATION: &str = "pb:provider-pacts-for-verification";

/// Where it lists the latest pact of each consumer.
const LATEST: &str = "pb:latest-provider-pacts";

/// Names of what is there that are told.
const TOLD: usize = 10;

/// A pact that is to be verified.
#[derive(Debug)]
pub(crate) struct BrokeredPact {
    pub(super) hal: Arc<Hal>,
    href: String,
    /// Its address, as the user is told it.
    pub(crate) shown: Arc<str>,
    /// Whether what is wrong with it fails nothing.
    pub(crate) pending: bool,
    notices: Vec<Notice>,
}

/// Something that the broker has to say to who verifies a pact.
#[derive(Debug, Deserialize)]
struct Notice {
    #[serde(default)]
    when: String,
    text: String,
}

impl BrokeredPact {
    /// Its text.
    ///
    /// # Errors
    /// The broker does not hand it out, or it is too large.
    pub(crate) async fn bytes(&self) -> Result<Vec<u8>, BrokerError> {
        let limit = usize::try_from(MAX_FILE).unwrap_or(usize::MAX);
        self.hal.bytes(&self.href, limit).await
    }

    /// What the broker says at this time: `before_verification`.
    pub(crate) fn notices(&self, when: &str) -> impl Iterator<Item = &str> {
        let notices = self.notices.iter().filter(move |it| it.when == when);
        notices.map(|notice| notice.text.as_str())
    }
}

/// The pacts that a broker wants verified, in its order, each once.
///
/// # Errors
/// The broker cannot be asked, does not know the provider, or has no pacts of it that fit.
pub(crate) async fn find(plan: &BrokerPlan) -> Result<Vec<BrokeredPact>, BrokerError> {
    let hal = Arc::new(Hal::new(plan)?);
    let index = Links::of(&hal.get("").await?);
    let search = Search {
        hal: &hal,
        index,
        plan,
    };
    let listed = search.listed().await?;
    let mut seen = BTreeSet::new();
    let mut pacts = Vec::new();
    for Listed { link, properties } in listed {
        let shown = hal.url(&link.href)?;
        if seen.insert(shown.to_string()) {
            pacts.push(BrokeredPact {
                hal: Arc::clone(&hal),
                href: link.href,
                shown: shown.as_str().into(),
                pending: properties.pending == Some(true),
                notices: properties.notices,
            });
        }
    }
    if pacts.is_empty() {
        return Err(search.nothing().await);
    }
    Ok(pacts)
}

/// A pact as a broker lists it.
struct Listed {
    link: Link,
    properties: Properties,
}

#[derive(Debug, Default, Deserialize)]
struct Properties {
    pending: Option<bool>,
    #[serde(default)]
    notices: Vec<Notice>,
}

#[derive(Deserialize)]
struct ForVerification {
    #[serde(rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Deserialize)]
struct Embedded {
    pacts: Vec<EmbeddedPact>,
}

#[derive(Deserialize)]
struct EmbeddedPact {
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "verificationProperties", default)]
    properties: Properties,
}

struct Search<'a> {
    hal: &'a Hal,
    index: Links,
    plan: &'a BrokerPlan,
}

impl Search<'_> {
    async fn listed(&self) -> Result<Vec<Listed>, BrokerError> {
        let found = match self.index.get(FOR_VERIFICATION) {
            Some(link) => self.for_verification(&link).await,
            None if self.wanted().as_object().is_some_and(Map::is_empty) => self.latest().await,
            None => Err(self.hal.error(BrokerErrorKind::NoLink {
                asked: "GET /".to_owned(),
                rel: FOR_VERIFICATION,
                hint: "it is too old for selectors, pending pacts, branches and tags",
            })),
        };
        match found {
            Err(error) if is_not_found(&error) => Err(self.unknown_provider().await),
            found => found,
        }
    }

    async fn for_verification(&self, link: &Link) -> Result<Vec<Listed>, BrokerError> {
        let href = link.filled(&[("provider", &self.plan.provider)]);
        let answer = self.hal.send(Method::POST, &href, &self.wanted()).await?;
        let not_hal = |why: String| {
            let asked = format!("POST {href}");
            self.hal.error(BrokerErrorKind::NotHal { asked, why })
        };
        let answer: ForVerification =
            serde_json::from_value(answer).map_err(|error| not_hal(error.to_string()))?;
        let pacts = answer.embedded.pacts.into_iter();
        let pacts = pacts.map(|pact| {
            let link = pact.links.get("self");
            let link = link.ok_or_else(|| not_hal("a pact has no link to itself".to_owned()))?;
            let properties = pact.properties;
            Ok(Listed { link, properties })
        });
        pacts.collect()
    }

    /// The latest pact of each consumer: what a broker has that cannot choose.
    async fn latest(&self) -> Result<Vec<Listed>, BrokerError> {
        let links = self.latest_links().await?.into_iter();
        let pacts = links.map(|link| Listed {
            link,
            properties: Properties::default(),
        });
        Ok(pacts.collect())
    }

    async fn latest_links(&self) -> Result<Vec<Link>, BrokerError> {
        let link = self.index.get(LATEST).ok_or_else(|| {
            self.hal.error(BrokerErrorKind::NoLink {
                asked: "GET /".to_owned(),
                rel: LATEST,
                hint: "is this the address of a Pact Broker?",
            })
        })?;
        let href = link.filled(&[("provider", &self.plan.provider)]);
        let links = Links::of(&self.hal.get(&href).await?);
        // Brokers before 2.0 have the relation without its prefix.
        let found = ["pb:pacts", "pacts"].map(|rel| links.all(rel));
        Ok(found
            .into_iter()
            .find(|it| !it.is_empty())
            .unwrap_or_default())
    }

    /// What the broker is asked for. Without any of it, it gives what it thinks best.
    fn wanted(&self) -> Value {
        let plan = self.plan;
        let mut wanted = Map::new();
        let mut set = |key: &str, value: Value| wanted.insert(key.to_owned(), value);
        if !plan.selectors.is_empty() {
            set("consumerVersionSelectors", plan.selectors.clone().into());
        }
        if plan.pending {
            set("includePendingStatus", true.into());
        }
        if let Some(date) = &plan.wip_since {
            set("includeWipPactsSince", date.as_str().into());
        }
        if let Some(branch) = &plan.provider_branch {
            set("providerVersionBranch", branch.as_str().into());
        }
        if !plan.provider_tags.is_empty() {
            set("providerVersionTags", json!(plan.provider_tags));
        }
        Value::Object(wanted)
    }

    /// That no pact fits, and which pacts there are.
    async fn nothing(&self) -> BrokerError {
        let latest = self.latest_links().await.unwrap_or_default();
        let consumers: Vec<String> = latest.into_iter().filter_map(|link| link.name).collect();
        let there = match told(&consumers) {
            Some(names) => format!("consumers with a pact of it are {names}"),
            None => "it has no pact of it at all".to_owned(),
        };
        let asked = match self.wanted().as_object() {
            Some(wanted) if !wanted.is_empty() => {
                format!("`{}`", Value::Object(wanted.clone()))
            }
            _ => "any selector".to_owned(),
        };
        self.hal.error(BrokerErrorKind::NoPacts {
            provider: self.plan.provider.clone(),
            asked,
            there,
        })
    }

    /// That the provider is unknown, and who is known.
    async fn unknown_provider(&self) -> BrokerError {
        let known = self.pacticipants().await.unwrap_or_default();
        let near = nearest(&self.plan.provider, known.iter().map(String::as_str));
        let there = match (near, told(&known)) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(names)) => format!("it knows {names}"),
            (None, None) => "no pact of it was published there".to_owned(),
        };
        self.hal.error(BrokerErrorKind::UnknownProvider {
            provider: self.plan.provider.clone(),
            there,
        })
    }

    async fn pacticipants(&self) -> Option<Vec<String>> {
        let link = self.index.get("pb:pacticipants")?;
        let answer = self.hal.get(&link.href).await.ok()?;
        let all = answer.pointer("/_embedded/pacticipants")?.as_array()?;
        let names = all.iter().filter_map(|one| one.get("name")?.as_str());
        Some(names.map(str::to_owned).collect())
    }
}

fn is_not_found(error: &BrokerError) -> bool {
    matches!(error.kind, BrokerErrorKind::Status { status: 404, .. })
}

fn told(names: &[String]) -> Option<String> {
    let mut told: Vec<String> = names
        .iter()
        .take(TOLD)
        .map(|it| format!("`{it}`"))
        .collect();
    if names.len() > TOLD {
        told.push("…".to_owned());
    }
    (!told.is_empty()).then(|| told.join(", "))
}
