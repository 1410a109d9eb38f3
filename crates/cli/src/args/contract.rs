use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint, value_parser};
use rtest_core::Seed;
use rtest_core::plan::OpenApiCheck;

use super::OutputArgs;

#[derive(Debug, Args)]
pub(crate) struct ContractArgs {
    #[command(subcommand)]
    pub(crate) action: ContractAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ContractAction {
    /// Verify pacts against a provider
    Verify(Box<VerifyArgs>),
    /// Verify that a provider keeps to its OpenAPI document
    Openapi(Box<OpenApiArgs>),
    /// Serve the answers that contracts ask for, in the provider's place
    Stub(Box<StubArgs>),
}

/// Each flag has its key in the suite language, under `contracts`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rtest contract verify pacts/ --provider storefront --provider-url http://localhost:3000
  rtest contract verify pacts/ --provider storefront --provider-url http://localhost:3000 --states states.yaml
  rtest contract verify https://host/web-storefront.json --provider storefront --provider-url … --jobs 16
  rtest contract verify pacts/ --provider storefront --provider-url … --last-failed
  rtest contract verify contracts/ --spring-cloud-contract --provider storefront --provider-url …")]
pub(crate) struct VerifyArgs {
    /// Pact files, folders of them (searched recursively), or http[s]:// URLs of pacts
    #[arg(required = true, value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(crate) sources: Vec<String>,
    /// The sources are contracts of Spring Cloud Contract, in YAML
    #[arg(long, conflicts_with_all = ["states", "state_change_url", "messages", "state", "no_state"])]
    pub(crate) spring_cloud_contract: bool,
    /// The provider's name, as it stands in the contracts
    #[arg(long, short, value_name = "NAME")]
    pub(crate) provider: String,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    #[command(flatten)]
    pub(crate) states: StateArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// How many interactions may be under way at once; one with provider states is alone [default: 1]
    #[arg(long, short, value_name = "N", value_parser = value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// The path at which the provider gives messages [default: /]
    #[arg(long, value_name = "PATH")]
    pub(crate) messages: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Each flag has its key in the suite language, under `contracts`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rtest contract openapi openapi.yaml --provider-url http://localhost:3000
  rtest contract openapi openapi.yaml --provider-url … --operation 'GET *' --examples 100
  rtest contract openapi openapi.yaml --provider-url … --exclude-check unsupported_method
  rtest contract openapi openapi.yaml --provider-url … --header 'Authorization: Bearer …' --seed 7")]
pub(crate) struct OpenApiArgs {
    /// The document: OpenAPI 2.0, 3.0 or 3.1, as YAML or JSON
    #[arg(value_name = "DOCUMENT", value_hint = ValueHint::FilePath)]
    pub(crate) document: String,
    /// At most so many valid and so many invalid requests for each operation [default: 20]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=10_000))]
    pub(crate) examples: Option<u32>,
    /// Only this check; repeatable
    #[arg(long = "check", value_name = "CHECK", value_parser = OPENAPI_CHECKS)]
    pub(crate) checks: Vec<String>,
    /// Not this check; repeatable
    #[arg(long = "exclude-check", value_name = "CHECK", value_parser = OPENAPI_CHECKS)]
    pub(crate) exclude_checks: Vec<String>,
    /// Only operations that match: `GET /users/{id}`, a path or an operationId, with * for
    /// anything; repeatable
    #[arg(long = "operation", value_name = "PATTERN")]
    pub(crate) operations: Vec<String>,
    /// The provider's name in reports [default: its address]
    #[arg(long, short, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What serves contracts has no suite: a consumer's own tests start it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rtest contract stub pacts/ --listen 127.0.0.1:9000
  rtest contract stub pacts/ --provider storefront --state 'user 7 exists'
  rtest contract stub contracts/ --cors")]
pub(crate) struct StubArgs {
    /// Pacts (*.json), contracts of Spring Cloud Contract (*.yaml, *.yml), folders of them, or
    /// http[s]:// URLs of pacts
    #[arg(required = true, value_name = "CONTRACT", value_hint = ValueHint::AnyPath)]
    pub(crate) sources: Vec<String>,
    /// Where it listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Only the pacts of this provider
    #[arg(long, short, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// The provider state whose interactions come first, of requests that name none by the header
    /// x-pact-provider-state; repeatable
    #[arg(long = "state", value_name = "STATE")]
    pub(crate) states: Vec<String>,
    /// Let browsers ask from pages of any origin
    #[arg(long)]
    pub(crate) cors: bool,
    /// Decides every generated value [default: chosen freshly and printed]
    #[arg(long, value_name = "N", env = "RTEST_SEED")]
    pub(crate) seed: Option<Seed>,
}

/// The names of the checks.
const OPENAPI_CHECKS: [&str; OpenApiCheck::ALL.len()] = {
    let mut names = [""; OpenApiCheck::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = OpenApiCheck::ALL[at].name();
        at += 1;
    }
    names
};

/// How the provider is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Provider")]
pub(crate) struct ReachArgs {
    /// Where it is: `http[s]://host[:port][/base]`
    #[arg(long, short = 'u', value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) provider_url: String,
    /// A header that every request carries, instead of the contract's own: 'Name: value'; repeatable
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// PEM file of the CAs that are trusted instead of the system's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<String>,
    /// PEM file of the certificate that is shown (mTLS)
    #[arg(long, value_name = "FILE", requires = "key", value_hint = ValueHint::FilePath)]
    pub(crate) cert: Option<String>,
    /// PEM file of the certificate's private key
    #[arg(long, value_name = "FILE", requires = "cert", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<String>,
    /// Take any certificate
    #[arg(long, short = 'k')]
    pub(crate) insecure: bool,
}

/// What brings the provider into the states that interactions ask for.
#[derive(Debug, Args)]
#[command(next_help_heading = "Provider states")]
pub(crate) struct StateArgs {
    /// A YAML file of provider states, by their text in the contracts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) states: Option<PathBuf>,
    /// Told of states that --states has nothing for: `POST {state, params, action}`; a path at the
    /// provider, or a URL
    #[arg(long, value_name = "URL", visible_alias = "provider-states-setup-url")]
    pub(crate) state_change_url: Option<String>,
    /// Tell it too when an interaction is over
    #[arg(long, requires = "state_change_url")]
    pub(crate) state_change_teardown: bool,
}

/// Which interactions are verified.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Those of this consumer; repeatable
    #[arg(long = "filter-consumer", value_name = "NAME")]
    pub(crate) consumers: Vec<String>,
    /// Those whose description matches
    #[arg(long = "filter-description", value_name = "REGEX")]
    pub(crate) description: Option<String>,
    /// Those of which a provider state matches
    #[arg(long = "filter-state", value_name = "REGEX")]
    pub(crate) state: Option<String>,
    /// Those without a provider state
    #[arg(long = "filter-no-state", conflicts_with = "state")]
    pub(crate) no_state: bool,
    /// Those that were not verified in the last run, whose record is in --out
    #[arg(long)]
    pub(crate) last_failed: bool,
}
