use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rtest_core::event::{EventKind, EventSink};
use rtest_core::plan::LinkPlan;
use rtest_core::{Clock, Seed};
use rtest_env::ServiceReady;
use rtest_proxy::{Proxy, ProxyConfig, ProxyError};

/// The proxies of a run's links, one for each `depends_on` edge, up before any service: their
/// ports are stable, and a caller is told its link's port however often the callee restarts.
#[derive(Clone)]
pub(crate) struct Links {
    /// Link name → callee and proxy.
    proxies: BTreeMap<String, (String, Proxy)>,
}

impl Links {
    /// Opens a proxy for each link; it refuses connections upstream until the callee is ready.
    pub(crate) async fn open(
        plans: &[LinkPlan],
        seed: Seed,
        clock: &Arc<dyn Clock>,
        events: &Arc<dyn EventSink>,
    ) -> Result<Self, ProxyError> {
        let mut proxies = BTreeMap::new();
        for plan in plans {
            let config = ProxyConfig {
                name: plan.name.clone(),
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                upstream: None,
                enabled: true,
                seed,
                observer: None,
            };
            let proxy = Proxy::start(config, Arc::clone(clock)).await?;
            let listen = proxy.listen();
            events.emit(EventKind::LinkOpened {
                link: plan.name.clone(),
                listen,
            });
            proxies.insert(plan.name.clone(), (plan.callee.clone(), proxy));
        }
        Ok(Self { proxies })
    }

    /// The stable address of each link.
    pub(crate) fn addresses(&self) -> BTreeMap<String, SocketAddr> {
        let listening = |(_, proxy): &(String, Proxy)| proxy.listen();
        self.proxies
            .iter()
            .map(|(link, proxy)| (link.clone(), listening(proxy)))
            .collect()
    }

    /// The proxies by link, for faults.
    pub(crate) fn proxies(&self) -> BTreeMap<String, Proxy> {
        self.proxies
            .iter()
            .map(|(link, (_, proxy))| (link.clone(), proxy.clone()))
            .collect()
    }

    /// Closes every proxy and its connections.
    pub(crate) async fn close(self) {
        for (_, proxy) in self.proxies.into_values() {
            proxy.close().await;
        }
    }
}

impl ServiceReady for Links {
    fn ready(&self, service: &str, address: SocketAddr) {
        for (callee, proxy) in self.proxies.values() {
            if callee == service {
                proxy.set_upstream(address.to_string());
            }
        }
    }
}
