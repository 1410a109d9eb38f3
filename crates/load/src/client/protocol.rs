use std::net::SocketAddr;
use std::path::PathBuf;

use rtest_core::Scheme;
use rtest_core::plan::{ConnectionsPlan, DnsPlan, HttpPlan, HttpVersion, TimeoutsPlan};

use super::proxy::Proxy;
use super::tls::Tls;
use crate::context::ResolvedTarget;
use crate::error::LoadError;

/// How HTTP is spoken, with everything worked out that can be before the run. One for each load.
#[derive(Debug)]
pub(crate) struct Protocol {
    /// Where requests go that name no other origin.
    pub(crate) target: ResolvedTarget,
    /// Which version.
    pub(crate) version: HttpVersion,
    /// TLS.
    pub(crate) tls: Tls,
    /// How long parts of a request may take.
    pub(crate) timeouts: TimeoutsPlan,
    /// Names.
    pub(crate) dns: DnsPlan,
    /// Connections.
    pub(crate) connections: ConnectionsPlan,
    /// What stands in between.
    pub(crate) proxy: Option<Proxy>,
    /// What is connected to instead of the target's host and port.
    pub(crate) unix_socket: Option<PathBuf>,
}

impl Protocol {
    /// Works a plan out for a target.
    ///
    /// # Errors
    /// Certificates, keys, names or a proxy that cannot be used.
    pub(crate) fn compile(plan: &HttpPlan, target: &ResolvedTarget) -> Result<Self, LoadError> {
        Ok(Self {
            tls: Tls::compile(&plan.tls, plan.version, &target.origin)?,
            proxy: plan.proxy.as_ref().map(Proxy::compile).transpose()?,
            target: target.clone(),
            version: plan.version,
            timeouts: plan.timeouts,
            dns: plan.dns.clone(),
            connections: plan.connections,
            unix_socket: plan.unix_socket.clone(),
        })
    }

    /// Where connections are opened to, where nothing is asked for but HTTP/1.1 in the clear over
    /// connections that are kept.
    pub(crate) fn plain_address(&self) -> Option<SocketAddr> {
        let is_plain = self.target.origin.scheme == Scheme::Http
            && self.version != HttpVersion::Http2
            && self.proxy.is_none()
            && self.unix_socket.is_none()
            && self.timeouts == TimeoutsPlan::default()
            && self.connections == ConnectionsPlan::default();
        self.target.address.filter(|_| is_plain)
    }

    /// Whether connections speak HTTP/2 without having agreed on it.
    pub(crate) fn knows_h2(&self, scheme: Scheme) -> bool {
        scheme == Scheme::Http && self.version == HttpVersion::Http2
    }
}
