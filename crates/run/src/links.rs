use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rtest_chaos::resilience::LinkMeter;
use rtest_core::event::{EventKind, EventSink};
use rtest_core::plan::LinkPlan;
use rtest_core::{Clock, Seed};
use rtest_env::ServiceReady;
use rtest_proxy::{Proxy, ProxyConfig, ProxyError};

/// The proxies of a run's links, one for each `depends_on` edge, up before any service: their
/// ports are stable, and a caller is told its link's port however often the callee restarts.
#[derive(Clone)]
pub(crate) struct Links {
    links: BTreeMap<String, Link>,
}

#[derive(Clone)]
struct Link {
    callee: String,
    proxy: Proxy,
    meter: Arc<LinkMeter>,
}

impl Links {
    /// Opens a proxy for each link, where its caller finds it; it refuses connections upstream until the callee is ready.
    pub(crate) async fn open(
        plans: &[LinkPlan],
        listen_for: impl Fn(&str) -> IpAddr,
        seed: Seed,
        clock: &Arc<dyn Clock>,
        events: &Arc<dyn EventSink>,
    ) -> Result<Self, ProxyError> {
        let mut links = BTreeMap::new();
        for (index, plan) in (0..).zip(plans) {
            let meter = LinkMeter::new(index, Arc::clone(clock), Arc::clone(events));
            let meter = Arc::new(meter);
            let config = ProxyConfig {
                name: plan.name.clone(),
                listen: SocketAddr::new(listen_for(&plan.caller), 0),
                upstream: None,
                enabled: true,
                seed,
                observer: Some(meter.clone()),
            };
            let proxy = Proxy::start(config, Arc::clone(clock)).await?;
            let listen = proxy.listen();
            events.emit(EventKind::LinkOpened {
                link: plan.name.clone(),
                listen,
            });
            let link = Link {
                callee: plan.callee.clone(),
                proxy,
                meter,
            };
            links.insert(plan.name.clone(), link);
        }
        Ok(Self { links })
    }

    /// The stable address of each link.
    pub(crate) fn addresses(&self) -> BTreeMap<String, SocketAddr> {
        self.links
            .iter()
            .map(|(name, link)| (name.clone(), link.proxy.listen()))
            .collect()
    }

    /// The proxies by link, for faults.
    pub(crate) fn proxies(&self) -> BTreeMap<String, Proxy> {
        self.links
            .iter()
            .map(|(name, link)| (name.clone(), link.proxy.clone()))
            .collect()
    }

    /// Closes every proxy and its connections.
    pub(crate) async fn close(self) {
        for link in self.links.into_values() {
            link.proxy.close().await;
            link.meter.finish();
        }
    }
}

impl ServiceReady for Links {
    fn ready(&self, service: &str, address: SocketAddr) {
        for link in self.links.values() {
            if link.callee == service {
                link.proxy.set_upstream(address.to_string());
            }
        }
    }
}
