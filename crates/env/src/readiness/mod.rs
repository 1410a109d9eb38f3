//! When a service counts as ready: its protocol is asked, one file each, until it answers.

mod command;
mod health;
mod http;
mod log;
mod protocol;
mod tcp;
mod wait;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use rtest_core::plan::{Protocol, ReadinessProbe};

use crate::endpoint::Endpoint;
use crate::error::EnvErrorKind;
use crate::provider::Instance;
pub(crate) use wait::Waiting;

/// One protocol's way of asking.
pub(crate) trait Probe: Send + Sync {
    /// What is asked, for messages: `GET /health`.
    fn describe(&self) -> String;

    /// Asks once. How long that may take is the caller's business.
    fn ask(
        &self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = Result<(), NotYet>> + Send + '_>>;
}

/// What was seen instead of readiness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotYet {
    /// In words: `connection refused`, `last answer: 503 Service Unavailable`.
    pub(crate) seen: String,
    /// Whether the other side said anything at all.
    pub(crate) answered: bool,
}

impl NotYet {
    /// Nobody said anything.
    pub(crate) fn silent(seen: impl Into<String>) -> Self {
        Self {
            seen: seen.into(),
            answered: false,
        }
    }

    /// The other side answered, but not as it should.
    pub(crate) fn answered(seen: impl Into<String>) -> Self {
        Self {
            seen: seen.into(),
            answered: true,
        }
    }
}

/// Whom a probe is addressed to.
pub(crate) struct Asked<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) protocol: &'a Protocol,
    pub(crate) instance: &'a dyn Instance,
    /// The words of a command, rendered.
    pub(crate) words: Vec<String>,
}

/// The probe that the plan asks for.
pub(crate) fn probe(
    plan: &ReadinessProbe,
    asked: Asked<'_>,
) -> Result<Box<dyn Probe>, EnvErrorKind> {
    let inside = || {
        let inside = asked.instance.inside();
        inside.ok_or_else(|| EnvErrorKind::Inconsistent("it cannot be looked into".to_owned()))
    };
    Ok(match plan {
        ReadinessProbe::Http { path } => Box::new(http::HttpProbe::new(path, asked.endpoint)?),
        ReadinessProbe::Tcp => Box::new(tcp::TcpProbe),
        ReadinessProbe::Protocol => Box::new(protocol::ProtocolProbe {
            protocol: asked.protocol.clone(),
        }),
        ReadinessProbe::Log { pattern } => Box::new(log::LogProbe {
            pattern: pattern.clone(),
            printed: asked
                .instance
                .printed()
                .ok_or_else(|| EnvErrorKind::Inconsistent("its log cannot be read".to_owned()))?,
        }),
        ReadinessProbe::Health => Box::new(health::HealthProbe { inside: inside()? }),
        ReadinessProbe::Command { .. } => Box::new(command::CommandProbe {
            inside: inside()?,
            words: asked.words,
        }),
    })
}
