//! When a service counts as ready: its protocol is asked, one file each, until it answers.

mod http;
mod tcp;
mod wait;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use rtest_core::plan::ReadinessProbe;

use crate::endpoint::Endpoint;
use crate::error::EnvErrorKind;
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
    fn silent(seen: impl Into<String>) -> Self {
        Self {
            seen: seen.into(),
            answered: false,
        }
    }

    /// The other side answered, but not as it should.
    fn answered(seen: impl Into<String>) -> Self {
        Self {
            seen: seen.into(),
            answered: true,
        }
    }
}

/// The probe that the plan asks for; `endpoint` is whom it is addressed to.
pub(crate) fn probe(
    plan: &ReadinessProbe,
    endpoint: &Endpoint,
) -> Result<Box<dyn Probe>, EnvErrorKind> {
    Ok(match plan {
        ReadinessProbe::Http { path } => Box::new(http::HttpProbe::new(path, endpoint)?),
        ReadinessProbe::Tcp
        | ReadinessProbe::Protocol
        | ReadinessProbe::Log { .. }
        | ReadinessProbe::Health
        | ReadinessProbe::Command { .. } => Box::new(tcp::TcpProbe),
    })
}
