use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::expectation::StatusMatch;
use crate::plan::{LinkFault, OpenApiPlan, Target, TlsPlan};
use crate::span::Span;
use crate::template::Template;

/// A contract, or a folder of contracts, to verify against a provider.
#[derive(Clone, Debug)]
pub struct ContractPlan {
    /// What is verified.
    pub kind: ContractKind,
    /// The provider's name.
    pub provider: String,
    /// Where the provider is.
    pub target: Target,
    /// Headers that every request carries, instead of the contract's own of these names.
    pub headers: Vec<(String, String)>,
    /// TLS, where the provider is at `https`.
    pub tls: TlsPlan,
    /// What is broken, one after the other, while it is verified again.
    pub faults: Vec<DependencyFault>,
    /// The statuses that an answer may have under a fault instead of the contract's.
    pub degrades_to: Option<StatusMatch>,
    /// Its entry in the suite.
    pub span: Span,
}

/// A fault on a link under which a contract is verified.
#[derive(Clone, Debug)]
pub struct DependencyFault {
    /// The link: `caller -> callee`.
    pub link: String,
    /// What happens on it.
    pub fault: LinkFault,
    /// Its entry in the suite.
    pub span: Span,
}

impl std::fmt::Display for DependencyFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.link, self.fault.describe())
    }
}

/// What is verified.
#[derive(Clone, Debug)]
pub enum ContractKind {
    /// What consumers have written down.
    Pact(PactPlan),
    /// Spring Cloud Contract's contracts in YAML.
    SpringCloudContract(SpringPlan),
    /// What the provider has written down.
    OpenApi(OpenApiPlan),
}

impl std::fmt::Display for ContractKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pact(pact) => pact.source.fmt(f),
            Self::SpringCloudContract(spring) => spring.source.fmt(f),
            Self::OpenApi(openapi) => openapi.document.display().fmt(f),
        }
    }
}

/// Pacts.
#[derive(Clone, Debug)]
pub struct PactPlan {
    /// Where they are.
    pub source: ContractSource,
    /// Which of their interactions.
    pub select: InteractionSelect,
    /// What brings the provider into the states that interactions ask for.
    pub states: StatesPlan,
    /// How many interactions may be under way at once. One that has provider states is alone.
    pub jobs: usize,
    /// The path at which the provider gives messages.
    pub messages: String,
}

/// Spring Cloud Contract's contracts.
#[derive(Clone, Debug)]
pub struct SpringPlan {
    /// Where they are. They name no provider: all of them are.
    pub source: ContractSource,
    /// Which of them.
    pub select: InteractionSelect,
    /// How many may be under way at once.
    pub jobs: usize,
}

/// Where contracts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractSource {
    /// A file, or a folder that is searched recursively.
    Path(PathBuf),
    /// `http[s]://…` of one contract.
    Url(String),
    /// A Pact Broker, which says which pacts are to be verified.
    Broker(Box<BrokerPlan>),
}

/// Pacts that a broker hands out, and the results that it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerPlan {
    /// `http[s]://host[:port][/base]`, without credentials.
    pub url: String,
    /// The provider whose pacts are asked for.
    pub provider: String,
    /// What every request shows, if anything.
    pub login: Option<BrokerLogin>,
    /// Consumer version selectors in the broker's words: `{ "mainBranch": true }`. The broker
    /// chooses where there are none.
    pub selectors: Vec<Value>,
    /// Whether pacts that no version of the provider has fulfilled yet fail nothing.
    pub pending: bool,
    /// `2026-01-31`: pacts of work in progress that are newer are verified too, as pending.
    pub wip_since: Option<String>,
    /// The branch of the provider.
    pub provider_branch: Option<String>,
    /// The tags of the provider's version.
    pub provider_tags: Vec<String>,
    /// What is told to the broker when all is verified; nothing where absent.
    pub publish: Option<PublishPlan>,
}

/// What a broker lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerLogin {
    /// Basic authentication.
    Basic {
        /// The user.
        username: String,
        /// The password; may be empty.
        password: String,
    },
    /// A bearer token.
    Token(String),
}

/// Results as a broker keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishPlan {
    /// The version of the provider that is verified.
    pub version: String,
    /// The page of the build, which the broker links to.
    pub build_url: Option<String>,
}

impl std::fmt::Display for ContractSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Url(url) => f.write_str(url),
            Self::Broker(broker) => f.write_str(&broker.url),
        }
    }
}

/// Which interactions are verified; all of them by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InteractionSelect {
    /// Those of these consumers; of all where empty.
    pub consumers: Vec<String>,
    /// Those whose description matches this regular expression.
    pub description: Option<String>,
    /// Those of which a provider state matches this regular expression; the empty one is for
    /// those without a state.
    pub state: Option<String>,
    /// These only, whatever else is said.
    pub only: Option<Vec<InteractionKey>>,
}

/// What tells an interaction from the others of its provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InteractionKey {
    /// The consumer.
    pub consumer: String,
    /// The description.
    pub description: String,
    /// The provider states, in order.
    pub states: Vec<String>,
}

/// What brings a provider into its states.
#[derive(Clone, Debug, Default)]
pub struct StatesPlan {
    /// By state.
    pub handlers: Vec<StatePlan>,
    /// Asked for states that have no handler.
    pub change: Option<StateChange>,
    /// Where a handler that is missing is to be written.
    pub place: StatesPlace,
}

/// Where what sets up provider states is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StatesPlace {
    /// In the contract's entry in the suite.
    #[default]
    Entry,
    /// In a file of its own, as the user calls it.
    File(Arc<str>),
    /// Nowhere yet: there is no suite, and a flag of this name takes such a file.
    Flag(&'static str),
}

/// A provider that brings itself into a state, told by `POST {state, params, action}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// A path at the provider, or a URL.
    pub url: String,
    /// Whether it is also told when the interaction is over.
    pub teardown: bool,
}

/// What sets up one provider state.
#[derive(Clone, Debug)]
pub struct StatePlan {
    /// The state's text in the contract.
    pub name: String,
    /// What to do, in order; nothing where the provider is in this state anyway. Holes are filled
    /// by the state's parameters, and by what earlier actions gave.
    pub setup: Vec<StateAction>,
    /// What to do when the interaction is over, whatever came of it.
    pub teardown: Vec<StateAction>,
    /// Its entry in the suite.
    pub span: Span,
}

/// Something done for a provider state.
#[derive(Clone, Debug)]
pub enum StateAction {
    /// A call to the provider; any status but 2xx is a failure. A JSON object that it answers
    /// gives values.
    Http(StateCall),
    /// A statement in a Postgres database. The columns of its first row give values.
    Sql {
        /// `postgres://…`, or `{{ SERVICE.url }}`.
        url: Template,
        /// What it is called: the service's name, or the address.
        shown: String,
        /// The statement. What fills its holes is bound, not pasted.
        query: Template,
    },
    /// A command; any exit code but 0 is a failure. A JSON object that it prints gives values.
    Command {
        /// Its words.
        words: Vec<Template>,
        /// Where it runs.
        cwd: PathBuf,
    },
}

/// A call to the provider for a state.
#[derive(Clone, Debug)]
pub struct StateCall {
    /// Upper-case method.
    pub method: String,
    /// Path with query.
    pub path: Template,
    /// A JSON body, with holes within its texts.
    pub json: Option<Value>,
}
