use std::path::PathBuf;
use std::time::Duration;

use crate::http_url::Scheme;
use crate::plan::{ContainerPlan, Protocol, ServiceFault};
use crate::span::Span;
use crate::template::Template;

/// A service of the environment.
#[derive(Clone, Debug)]
pub struct ServicePlan {
    /// Its unique name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// What is spoken with it.
    pub protocol: Protocol,
    /// Names of the services that must be ready before it starts.
    pub depends_on: Vec<String>,
    /// Environment variables beyond the inherited ones; `{{ SERVICE.url }}` is the address of the
    /// link's proxy where the service depends on that one.
    pub env: Vec<(String, Template)>,
    /// When it counts as ready.
    pub ready: Readiness,
    /// What it holds when it has become ready, and how that is brought back.
    pub data: DataPlan,
    /// Its entry in the suite.
    pub span: Span,
}

/// Where a service comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A sample service inside the `rtest` binary, run as a child process.
    Builtin {
        /// Which one: `catalog`, `storefront`.
        sample: String,
        /// Behaviours to break: `deadline`, `retries`, `breaker`, `fallback`, `dlq`, `contract`, `shed`,
        /// `recovery`.
        breaks: Vec<String>,
    },
    /// A local command. It is told its port in `PORT`.
    Process {
        /// Program and arguments.
        command: Vec<Template>,
        /// Working directory.
        cwd: PathBuf,
        /// The port it will listen on, on 127.0.0.1; a free one where absent.
        port: Option<u16>,
    },
    /// A container of a Docker engine.
    Container(Box<ContainerPlan>),
    /// Something that is already up, and is neither started nor stopped.
    External {
        /// `host:port`.
        address: String,
    },
}

impl Provider {
    /// Why such a fault cannot be done to a service of this kind; `None` where it can.
    pub fn refusal(&self, fault: &ServiceFault) -> Option<&'static str> {
        match self {
            Self::Container(_) => None,
            Self::Builtin { .. } | Self::Process { .. } => match fault {
                ServiceFault::Disconnect => {
                    Some("only a container has a network of its own: break the links to it instead")
                }
                _ => None,
            },
            Self::External { .. } => {
                Some("an external service is not rtest's to stop: break the link to it instead")
            }
        }
    }
}

/// When a service counts as ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    /// What is asked.
    pub probe: ReadinessProbe,
    /// How long it may take, from the start of the service.
    pub within: Duration,
}

/// What a service is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadinessProbe {
    /// `GET path` is answered with a status of 200 to 299.
    Http {
        /// The path.
        path: String,
    },
    /// A TCP connection is accepted and not closed at once. Weaker than asking the protocol.
    Tcp,
    /// It answers in its own protocol: `SELECT 1`, `PING`, a request for metadata, `GET /`.
    Protocol,
    /// It has printed a line that the pattern fits.
    Log {
        /// A regular expression.
        pattern: String,
    },
    /// The health check of its container says `healthy`.
    Health,
    /// A command ends with exit code 0: in its container, or on this machine for a process.
    Command {
        /// Program and arguments.
        words: Vec<Template>,
    },
}

/// The data of a service, as far as the suite has to do with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataPlan {
    /// What is put into it once, when it has become ready, in this order: `.sql`, `.csv` and
    /// `.json` files.
    pub seed: Vec<PathBuf>,
    /// How it is brought back to what it held then; absent where it is not.
    pub reset: Option<Reset>,
}

/// How the data of a service is brought back to what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The rows of every table are deleted, children first, and the seed is put in again.
    Delete,
    /// Every table that holds other than the seed is emptied in one statement, and the seed put
    /// in again; every key of a Redis is dropped.
    Truncate,
    /// The database is replaced by a copy of what it was after the seed.
    Template,
    /// The service is started anew: what it has written to a disk stays.
    Restart,
    /// Its container is replaced by a new one, at the same address.
    Container,
}

impl Reset {
    /// Every way there is.
    pub const ALL: [Self; 5] = [
        Self::Delete,
        Self::Truncate,
        Self::Template,
        Self::Restart,
        Self::Container,
    ];

    /// The word in a suite.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::Template => "template",
            Self::Restart => "restart",
            Self::Container => "container",
        }
    }
}

/// An edge of `depends_on`, made of a proxy with a stable port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPlan {
    /// `caller -> callee`.
    pub name: String,
    /// Who calls.
    pub caller: String,
    /// Who is called.
    pub callee: String,
    /// The environment variable in which the caller finds the proxy's URL: `CATALOG_URL`.
    pub variable: String,
}

impl LinkPlan {
    /// The edge from `caller` to `callee`.
    pub fn new(caller: &str, callee: &str) -> Self {
        let variable: String = callee
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_uppercase()
                } else {
                    '_'
                }
            })
            .collect();
        Self {
            name: format!("{caller} -> {callee}"),
            caller: caller.to_owned(),
            callee: callee.to_owned(),
            variable: format!("{variable}_URL"),
        }
    }
}

/// What load, probes and contracts are aimed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A service of the suite, by name.
    Service(String),
    /// An address outside the suite.
    Address {
        /// What is spoken.
        scheme: Scheme,
        /// `host:port`, for the Host header and messages.
        authority: String,
        /// Prefix of every path; empty or `/…` without a trailing slash.
        base_path: String,
    },
}

/// An HTTP call made by the harness itself, not by load: states, probes.
#[derive(Clone, Debug)]
pub struct HttpCall {
    /// Upper-case method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
}
