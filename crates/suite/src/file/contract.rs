use rtest_core::Template;
use rtest_core::plan::OpenApiCheck;
use serde_json::{Value, json};

use super::{Status, Tls};
use crate::collection::{List, Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::form::{By, Form, Forms};
use crate::node::Node;
use crate::record::record;
use crate::scalar::{Choice, Json, Positive, True, Whole, Word};
use crate::shape::{Entry, Field, Shape};

const KINDS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "pacts",
            names: &["pact"],
            required: &[],
            optional: &[
                "states",
                "state_change",
                "filter",
                "jobs",
                "messages",
                "faults",
                "degrades_to",
            ],
            hint: "",
        },
        Form {
            what: "an OpenAPI document",
            names: &["openapi"],
            required: &[],
            optional: &["examples", "checks", "exclude_checks", "operations"],
            hint: "",
        },
        Form {
            what: "contracts of Spring Cloud Contract",
            names: &["spring_cloud_contract"],
            required: &[],
            optional: &["filter", "jobs", "faults", "degrades_to"],
            hint: "they name no provider states: what the provider needs, an earlier contract of a scenario or the environment's seed makes",
        },
    ],
};

record! {
    /// A contract, or a folder of contracts, that a provider must fulfil.
    Contract, "a contract", one of ["pact", "openapi", "spring_cloud_contract"], forms KINDS {
        /// A pact file, or a folder of them, relative to the suite file; or the `http[s]://…` of one.
        pact "pact": optional String,
        /// An OpenAPI document (2.0, 3.0 or 3.1; YAML or JSON) that the provider must keep to, relative to the suite file.
        openapi "openapi": optional String,
        /// A contract of Spring Cloud Contract in YAML, or a folder of them, relative to the suite file. All are for the provider; the first folder is the consumer.
        spring_cloud_contract "spring_cloud_contract": optional String,
        /// The provider's name, as it stands in the contracts.
        provider "provider": required String,
        /// Where the provider is: a service, or `http[s]://host[:port][/base]`. The service of the provider's name where absent.
        target "target": optional String,
        /// Headers that every request carries, instead of the contract's own of these names.
        headers "headers": optional Named<String>,
        /// TLS, where the provider is at `https`.
        tls "tls": optional Tls,
        /// Provider states by their text in the pacts, and what sets each up; or the path of a file of them.
        states "states": optional States,
        /// Tells the provider of states that `states` has nothing for: `POST {state, params, action}`.
        state_change "state_change": optional StateChangeKeys,
        /// Which interactions; all where absent.
        filter "filter": optional Filter,
        /// How many interactions may be under way at once; 1 where absent. One with provider states is alone, and so is one of a scenario.
        jobs "jobs": optional Whole<1, 256>,
        /// The path at which the provider gives messages, asked by `POST {description, providerStates}`; `/` where absent.
        messages "messages": optional String,
        /// What is broken, one after the other, while everything is verified again: `each` is latency, reset and outage of each link of the provider.
        faults "faults": optional DependencyFaults,
        /// The statuses that an answer may have under a fault instead of the contract's: `503`, `5xx`, `[502, 503]`. What has another is a violation.
        degrades_to "degrades_to": optional Status,
        /// At most so many valid and so many invalid requests for each operation; 20 where absent.
        examples "examples": optional Whole<1, 10_000>,
        /// What answers are held against; every check where absent.
        checks "checks": optional OneOrMany<Choice<OpenApiCheck>>,
        /// What answers are not held against.
        exclude_checks "exclude_checks": optional OneOrMany<Choice<OpenApiCheck>>,
        /// Only operations that match one of these: `GET /users/{id}`, a path or an `operationId`; `*` stands for anything.
        operations "operations": optional OneOrMany<String>,
    }
}

impl Word for OpenApiCheck {
    const WHAT: &'static str = "check";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|check| (check.name(), check)).to_vec()
    }
}

/// Provider states, by their text in the contracts. A path was replaced by what is in the file
/// before this is read.
#[derive(Clone, Debug)]
pub(crate) struct States(pub(crate) Named<OneOrMany<State>>);

impl Shape for States {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        Named::read(node, found).map(Self)
    }

    fn schema() -> Value {
        let path = json!({ "type": "string", "description": "The path of a YAML file of provider states." });
        json!({ "anyOf": [path, Named::<OneOrMany<State>>::schema()] })
    }
}

/// The faults under which a contract is verified again.
#[derive(Clone, Debug)]
pub(crate) enum DependencyFaults {
    /// Latency, reset and outage of each link of the provider.
    Each,
    /// These.
    These(List<DependencyFault, 1>),
}

impl Shape for DependencyFaults {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if node.scalar_text() == Some("each") {
            return Some(Self::Each);
        }
        List::read(node, found).map(Self::These)
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "const": "each" }, List::<DependencyFault, 1>::schema()] })
    }
}

record! {
    /// A fault on a link, for as long as the contract is verified under it.
    DependencyFault, "a fault on a dependency", one of ["latency", "reset", "down"] {
        /// The link that it breaks: `caller -> callee`.
        link "link": required String,
        /// Answers come so much later.
        latency "latency": optional Positive,
        /// Connections are reset, new ones when their first request was read.
        reset "reset": optional True,
        /// Connections are closed, and new ones refused.
        down "down": optional True,
    }
}

record! {
    /// Which interactions are verified.
    Filter, "a filter" {
        /// Those of this consumer, or of these.
        consumer "consumer": optional OneOrMany<String>,
        /// Those whose description matches this regular expression.
        description "description": optional String,
        /// Those of which a provider state matches this regular expression; `""`: those without any.
        state "state": optional String,
    }
}

record! {
    /// A provider that brings itself into a state, as it does for Pact's verifiers.
    StateChangeKeys, "a state change" {
        /// A path at the provider, or `http[s]://…`.
        url "url": required String,
        /// Whether it is also told when the interaction is over; `false` where absent.
        teardown "teardown": optional bool,
    }
}

record! {
    /// What sets up a provider state. Holes are filled by the state's parameters, and by what came before: the fields
    /// of a JSON object answered or printed, the columns of a first row.
    State, "a provider state", one of ["http", "sql", "command", "nothing"] {
        /// A call to the provider; any status but 2xx is a failure.
        http "http": optional StateCallKeys,
        /// A statement in a Postgres database.
        sql "sql": optional StateQuery,
        /// A program and its arguments, run in the suite's folder; any exit code but 0 is a failure.
        command "command": optional List<Template, 1>,
        /// Nothing: the provider is in this state anyway.
        nothing "nothing": optional True,
        /// What is done when the interaction is over, whatever came of it.
        teardown "teardown": optional OneOrMany<Teardown>,
    }
}

record! {
    /// What is done when an interaction is over.
    Teardown, "a teardown", one of ["http", "sql", "command"] {
        /// A call to the provider; any status but 2xx is a failure.
        http "http": optional StateCallKeys,
        /// A statement in a Postgres database.
        sql "sql": optional StateQuery,
        /// A program and its arguments, run in the suite's folder; any exit code but 0 is a failure.
        command "command": optional List<Template, 1>,
    }
}

record! {
    /// A statement in a Postgres database.
    StateQuery, "a state's statement", one of ["service", "url"] {
        /// The service.
        service "service": optional String,
        /// `postgres://user:password@localhost:5432/database`, of one that is not the suite's.
        url "url": optional Template,
        /// The statement. What fills its holes is bound as a parameter, so no quotes belong around them.
        query "query": required Template,
    }
}

record! {
    /// A call to the provider.
    StateCallKeys, "a state's call", one of ["get", "post", "put", "patch", "delete"] {
        /// Sends a GET request to this path.
        get "get": optional Template,
        /// Sends a POST request to this path.
        post "post": optional Template,
        /// Sends a PUT request to this path.
        put "put": optional Template,
        /// Sends a PATCH request to this path.
        patch "patch": optional Template,
        /// Sends a DELETE request to this path.
        delete "delete": optional Template,
        /// A JSON body, of any shape. Holes stand within its texts.
        json "json": optional Json,
    }
}

impl StateCallKeys {
    /// Method and path.
    pub(crate) fn request(&self) -> Option<(&'static str, &Entry<Template>)> {
        [
            ("GET", &self.get),
            ("POST", &self.post),
            ("PUT", &self.put),
            ("PATCH", &self.patch),
            ("DELETE", &self.delete),
        ]
        .into_iter()
        .find_map(|(method, path): (_, &Field<_>)| Some((method, path.entry()?)))
    }
}

/// What a state, or a teardown, does.
pub(crate) struct Doing<'a> {
    pub(crate) http: &'a Field<StateCallKeys>,
    pub(crate) sql: &'a Field<StateQuery>,
    pub(crate) command: &'a Field<List<Template, 1>>,
}

impl State {
    pub(crate) fn doing(&self) -> Doing<'_> {
        Doing {
            http: &self.http,
            sql: &self.sql,
            command: &self.command,
        }
    }
}

impl Teardown {
    pub(crate) fn doing(&self) -> Doing<'_> {
        Doing {
            http: &self.http,
            sql: &self.sql,
            command: &self.command,
        }
    }
}
