use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::control::LoadControl;
use crate::origin::Origin;
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, EventSink, Scheme, Seed};
use tokio_util::sync::CancellationToken;

/// Everything that a load takes from the run around it.
#[derive(Clone)]
pub struct LoadContext {
    /// The run clock; every instant in every tick is read from it.
    pub clock: Arc<dyn Clock>,
    /// The run's seed. Evenly spaced and closed schedules draw nothing from it.
    pub seed: Seed,
    /// The fault windows, by which requests are told apart.
    pub windows: Arc<WindowBoard>,
    /// Where ticks and health go; called from the worker threads.
    pub events: Arc<dyn EventSink>,
    /// What is asked of it from outside while it runs.
    pub control: LoadControl,
    /// Ends the load at once; what ran until then is recorded.
    pub cancel: CancellationToken,
    /// What is loaded.
    pub target: ResolvedTarget,
    /// Values for the holes of templates beside `iteration` and `vu`: `catalog.url` …
    pub variables: BTreeMap<String, String>,
    /// How many worker threads; one for each available core where absent. Never more than the
    /// largest scenario can keep busy.
    pub workers: Option<usize>,
}

impl fmt::Debug for LoadContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadContext")
            .field("seed", &self.seed)
            .field("target", &self.target)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

/// What is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedTarget {
    /// Whom requests go to.
    pub origin: Origin,
    /// Where it listens, where that is known for the whole of the load: services of the suite,
    /// addresses, `localhost`. A name is looked up when a connection is opened.
    pub address: Option<SocketAddr>,
    /// For the `host` header.
    pub authority: String,
    /// Prefix of every path; empty or `/…` without a trailing slash.
    pub base_path: String,
}

impl ResolvedTarget {
    /// A target whose address is known if its host is one.
    pub fn new(origin: Origin, base_path: String) -> Self {
        let ip = origin.host.parse::<IpAddr>().ok();
        Self {
            address: ip.map(|ip| SocketAddr::new(ip, origin.port)),
            authority: origin.authority(),
            origin,
            base_path,
        }
    }

    /// What listens at an address, spoken to without TLS.
    pub fn at(address: SocketAddr) -> Self {
        let origin = Origin {
            scheme: Scheme::Http,
            host: address.ip().to_string(),
            port: address.port(),
        };
        Self::new(origin, String::new())
    }
}
