//! Integration cases: steps against the running services, one after the other, each held against
//! what is expected of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::expectation::ValueMatch;
use crate::json_path::JsonPath;
use crate::plan::{RequestStep, SqlExpectation, Target};
use crate::span::Span;
use crate::template::Template;

/// The integration cases of a run.
#[derive(Clone, Debug)]
pub struct CasesPlan {
    /// In the order in which they begin, and in which their results are told.
    pub cases: Vec<CasePlan>,
    /// How many run at the same time at most; at least 1.
    pub jobs: u32,
    /// Whether snapshots are written instead of compared.
    pub update_snapshots: bool,
}

/// None, and if there were any, one after the other.
impl Default for CasesPlan {
    fn default() -> Self {
        Self {
            cases: Vec::new(),
            jobs: 1,
            update_snapshots: false,
        }
    }
}

/// One case.
#[derive(Clone, Debug)]
pub struct CasePlan {
    /// Its unique name.
    pub name: String,
    /// What it is selected by.
    pub tags: Vec<String>,
    /// Where its requests go; absent where it has none.
    pub target: Option<Target>,
    /// How often it is tried again where it fails.
    pub retries: u32,
    /// Whether what answers set as cookies is sent with the requests that follow.
    pub cookies: bool,
    /// Whether it may run beside others: data is brought back before the first of a row of such
    /// cases, and not between them.
    pub concurrent: bool,
    /// Its steps, in order. The first that fails ends it.
    pub steps: Vec<CaseStep>,
    /// Its entry in the suite.
    pub span: Span,
}

/// A step of a case.
#[derive(Clone, Debug)]
pub struct CaseStep {
    /// What it does.
    pub kind: CaseStepKind,
    /// How long what it expects may take to come true: it is done again and again until then.
    pub within: Option<Duration>,
    /// Its entry in the suite.
    pub span: Span,
}

/// What a step of a case does.
#[derive(Clone, Debug)]
pub enum CaseStepKind {
    /// Sends a request and looks at the answer.
    Request(Box<CaseRequest>),
    /// Asks a Postgres database.
    Sql(SqlStep),
    /// Sends a command to a Redis.
    Redis(RedisStep),
    /// Puts a message into a topic of a Kafka.
    Publish(PublishStep),
    /// Looks for a message that came into a topic since the case began.
    Consume(ConsumeStep),
    /// Waits.
    Wait(Duration),
}

/// A request, and what its answer must be.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    /// The request, its checks and its captures.
    pub request: RequestStep,
    /// A JSON Schema that the body must be valid under.
    pub schema: Option<SchemaPlan>,
    /// A snapshot that the body must equal.
    pub snapshot: Option<SnapshotPlan>,
    /// How long the answer may take.
    pub at_most: Option<(Duration, Span)>,
}

/// A JSON Schema.
#[derive(Clone, Debug)]
pub struct SchemaPlan {
    /// The file, as the suite names it.
    pub shown: String,
    /// The schema.
    pub schema: Arc<Value>,
    /// Where the suite names it.
    pub span: Span,
}

/// What a body was when somebody last looked at it and found it right.
#[derive(Clone, Debug)]
pub struct SnapshotPlan {
    /// The file.
    pub path: PathBuf,
    /// Where the suite names it.
    pub span: Span,
}

/// A statement, and what it must give.
#[derive(Clone, Debug)]
pub struct SqlStep {
    /// The service.
    pub service: String,
    /// The statement. What fills its holes is bound, not pasted.
    pub query: Template,
    /// What it must give; absent where it only has to be done.
    pub expected: Option<(SqlExpectation, Span)>,
}

/// A command, and what its reply must be.
#[derive(Clone, Debug)]
pub struct RedisStep {
    /// The service.
    pub service: String,
    /// Its words.
    pub command: Vec<Template>,
    /// What the reply must meet; absent where it only has to be accepted.
    pub expected: Option<(ValueMatch, Span)>,
}

/// A message to put into a topic.
#[derive(Clone, Debug)]
pub struct PublishStep {
    /// The service.
    pub service: String,
    /// The topic.
    pub topic: Template,
    /// Its key.
    pub key: Option<Template>,
    /// Its value; holes stand within its texts.
    pub json: Template,
}

/// A message to look for in a topic.
#[derive(Clone, Debug)]
pub struct ConsumeStep {
    /// The service.
    pub service: String,
    /// The topic.
    pub topic: Template,
    /// What its value, as JSON, must meet: all of it in one message.
    pub expected: Vec<(JsonPath, ValueMatch, Span)>,
}

impl CaseStepKind {
    /// In a few words: `POST /users`, `sql db`.
    pub fn describe(&self) -> String {
        match self {
            Self::Request(it) => format!("{} {}", it.request.method, it.request.path.source()),
            Self::Sql(it) => format!("sql {}: {}", it.service, one_line(it.query.source())),
            Self::Redis(it) => {
                let words: Vec<&str> = it.command.iter().map(Template::source).collect();
                format!("redis {}: {}", it.service, words.join(" "))
            }
            Self::Publish(it) => format!("publish to {} of {}", it.topic.source(), it.service),
            Self::Consume(it) => format!("consume {} of {}", it.topic.source(), it.service),
            Self::Wait(duration) => format!("wait {}", crate::unit::format_duration(*duration)),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
