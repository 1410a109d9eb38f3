//! A Pact Broker: its resources, relations and bodies as the real one has them.

use rtest_core::plan::{BrokerPlan, ContractPlan, ContractSource};
use serde_json::{Value, json};

use super::{Asked, Reply, StandIn, of_pacts, plan};

/// What the broker takes itself to be called: not where it is reached.
const ELSEWHERE: &str = "http://broker.internal:9292";

/// A pact that a broker has.
#[derive(Clone)]
pub(crate) struct Offer {
    pub(crate) consumer: &'static str,
    pub(crate) interactions: Value,
    pub(crate) pending: bool,
    pub(crate) version: &'static str,
}

impl Offer {
    /// The pact of a consumer of `/health`, which the storefront has, and of other paths, which it
    /// does not have.
    pub(crate) fn of(consumer: &'static str, paths: &[&str]) -> Self {
        let interactions = paths.iter().map(|path| {
            json!({
                "_id": format!("id of {path}"),
                "description": format!("asks for {path}"),
                "request": { "method": "GET", "path": path },
                "response": { "status": 200, "body": { "status": "ok" } }
            })
        });
        Self {
            consumer,
            interactions: interactions.collect(),
            pending: false,
            version: "2.0.0",
        }
    }

    pub(crate) fn pending(mut self) -> Self {
        self.pending = true;
        self
    }

    fn path(&self) -> String {
        let consumer = self.consumer;
        format!("/pacts/provider/storefront/consumer/{consumer}/pact-version/0e3369")
    }

    fn pact(&self) -> Value {
        json!({
            "consumer": { "name": self.consumer },
            "provider": { "name": "storefront" },
            "interactions": self.interactions,
            "metadata": { "pactSpecification": { "version": self.version } },
            "_links": {
                "self": { "href": format!("{ELSEWHERE}{}", self.path()) },
                "pb:provider": {
                    "title": "Provider",
                    "name": "storefront",
                    "href": format!("{ELSEWHERE}/pacticipants/storefront")
                },
                "pb:publish-verification-results": {
                    "title": "Publish verification results",
                    "href": format!("{ELSEWHERE}{}/verification-results", self.path())
                }
            }
        })
    }

    /// As it is listed for verification.
    fn listed(&self) -> Value {
        let consumer = self.consumer;
        let notice = |when: &str, text: &str| json!({ "when": when, "text": text });
        json!({
            "shortDescription": "latest",
            "verificationProperties": {
                "pending": self.pending,
                "notices": [
                    notice("before_verification", &format!("{consumer} is on main")),
                    notice("after_verification:success_true_published_true", "keep it up"),
                    notice("after_verification:success_false_published_false", "not told"),
                    notice("after_verification:success_false_published_true", "told"),
                ]
            },
            "_links": { "self": {
                "href": format!("{ELSEWHERE}{}", self.path()),
                "name": format!("Pact between {consumer} (1.0) and storefront")
            } }
        })
    }

    fn latest(&self) -> Value {
        json!({ "href": format!("{ELSEWHERE}{}", self.path()), "name": self.consumer })
    }
}

pub(crate) fn hal(status: u16, body: &Value) -> Reply {
    let content = "application/hal+json;charset=utf-8".to_owned();
    Reply {
        headers: vec![("content-type", content)],
        ..Reply::json(status, body)
    }
}

/// A broker with these pacts of `storefront`; `first` may answer in its stead.
pub(crate) async fn broker(
    offers: Vec<Offer>,
    first: impl Fn(&Asked) -> Option<Reply> + Send + Sync + 'static,
) -> StandIn {
    StandIn::start(move |asked| first(asked).unwrap_or_else(|| answer(asked, &offers))).await
}

pub(crate) fn answer(asked: &Asked, offers: &[Offer]) -> Reply {
    let provider = "/pacts/provider/storefront";
    let (method, path) = asked.line.split_once(' ').unwrap();
    let link = |path: &str| json!({ "href": format!("{ELSEWHERE}{path}"), "templated": path.contains('{') });
    if let Some(offer) = offers.iter().find(|offer| path == offer.path()) {
        return hal(200, &offer.pact());
    }
    match (method, path) {
        ("GET", "/") => hal(
            200,
            &json!({ "_links": {
                "self": link("/"),
                "pb:pacticipants": link("/pacticipants"),
                "pb:latest-provider-pacts": link("/pacts/provider/{provider}/latest"),
                "pb:provider-pacts-for-verification":
                    link("/pacts/provider/{provider}/for-verification"),
            } }),
        ),
        (_, _) if path == format!("{provider}/for-verification") => {
            let pacts: Vec<Value> = offers.iter().map(Offer::listed).collect();
            hal(
                200,
                &json!({
                    "_embedded": { "pacts": pacts },
                    "_links": { "self": link(path) }
                }),
            )
        }
        ("GET", _) if path == format!("{provider}/latest") => {
            let pacts: Vec<Value> = offers.iter().map(Offer::latest).collect();
            hal(200, &json!({ "_links": { "pb:pacts": pacts } }))
        }
        ("GET", "/pacticipants") => {
            let all = json!([{ "name": "storefront" }, { "name": "catalog" }]);
            hal(200, &json!({ "_embedded": { "pacticipants": all } }))
        }
        ("GET", "/pacticipants/storefront") => hal(
            200,
            &json!({ "_links": {
                "pb:version-tag": link("/pacticipants/storefront/versions/{version}/tags/{tag}"),
                "pb:branch-version":
                    link("/pacticipants/storefront/branches/{branch}/versions/{version}"),
            } }),
        ),
        ("PUT", _) if path.starts_with("/pacticipants/storefront/") => hal(201, &json!({})),
        ("POST", _) if path.ends_with("/verification-results") => hal(201, &json!({})),
        _ => hal(
            404,
            &json!({ "error": "The requested document was not found on this server." }),
        ),
    }
}

/// A plan that asks this broker for everything.
pub(crate) fn broker_plan(url: &str) -> ContractPlan {
    let mut plan = plan("");
    of_pacts(&mut plan).source = ContractSource::Broker(Box::new(BrokerPlan {
        url: url.to_owned(),
        provider: "storefront".to_owned(),
        login: None,
        selectors: Vec::new(),
        pending: false,
        wip_since: None,
        provider_branch: None,
        provider_tags: Vec::new(),
        publish: None,
    }));
    plan
}

/// What the plan says of the broker.
pub(crate) fn of_broker(plan: &mut ContractPlan) -> &mut BrokerPlan {
    match &mut of_pacts(plan).source {
        ContractSource::Broker(broker) => broker,
        other => panic!("no broker but {other}"),
    }
}

/// What was sent to the broker, by method and path; the bodies as JSON.
pub(crate) fn sent(broker: &StandIn, method: &str) -> Vec<(String, Value)> {
    let asked = broker.asked.lock().unwrap();
    let sent = asked.iter().filter_map(|asked| {
        let path = asked.line.strip_prefix(method)?.trim().to_owned();
        Some((path, serde_json::from_slice(&asked.body).unwrap()))
    });
    sent.collect()
}
