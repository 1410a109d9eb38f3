//! From the set-up to services in their places, each waiting for the right others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use rtest_core::plan::{Provider as ProviderPlan, ServicePlan};
use rtest_core::{Clock, EventSink};
use tokio::sync::mpsc;

use crate::control::{Control, Handle, Mark};
use crate::data::{Keeper, Settling};
use crate::endpoint::Endpoint;
use crate::error::{EnvError, EnvErrorKind};
use crate::ground::Ground;
use crate::latch::Latch;
use crate::provider::{self, Means, Provider};
use crate::service::Service;
use crate::usage::Board;
use crate::wiring::{Place, Wiring};

/// What services work with that they share with the whole run.
pub(crate) struct Shared {
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where they put what tells how much they use; absent where nobody looks.
    pub(crate) usage: Option<Board>,
}

/// Everything in its place, before any of it is started.
pub(crate) struct Prepared {
    pub(crate) services: Vec<Service>,
    pub(crate) wiring: Wiring,
    pub(crate) control: Control,
    /// What is settled as they come up.
    pub(crate) settlings: Vec<Settling>,
}

/// Checks the graph, reserves all ports and wires the services up, before any of them is started.
pub(crate) fn prepare(
    ground: Ground,
    link_addresses: &BTreeMap<String, SocketAddr>,
    shared: Shared,
) -> Result<Prepared, EnvError> {
    let setup = ground.setup;
    check(&setup.services)?;
    let settle = setup.settle;
    let means = Means {
        run_id: setup.run_id.clone(),
        limited: Arc::new(setup.limited),
        program: setup.program,
        log_dir: setup.log_dir,
        secrets: setup.secrets,
        reaper: ground.reaper,
        docker: ground.docker,
        events: shared.events,
        clock: shared.clock,
    };
    let providers = providers(&setup.services, &means)?;
    let places = setup.services.iter().zip(&providers);
    let places: BTreeMap<String, Place> = places
        .map(|(service, provider)| {
            let place = Place {
                endpoint: provider.endpoint(),
                inside: provider.inside(),
                protocol: service.protocol.clone(),
            };
            (service.name.clone(), place)
        })
        .collect();
    let host = means.docker.as_ref().map(|space| space.network.host());
    let links = setup.links.into_iter().map(|link| {
        let address = link_addresses.get(&link.name).ok_or_else(|| {
            EnvErrorKind::Inconsistent(format!("link `{}` has no proxy", link.name))
        })?;
        let is_inside = places
            .get(&link.caller)
            .is_some_and(|place| place.inside.is_some());
        let proxy = match &host {
            Some(host) if is_inside => Endpoint::new(host.clone(), address.port()),
            _ => Endpoint::from(*address),
        };
        Ok((link, proxy))
    });
    let links = links.collect::<Result<_, EnvErrorKind>>()?;
    let wiring = Wiring::new(setup.run_id, links, places);
    let (services, control) = place(setup.services, providers, shared.usage.as_ref());
    let settlings = if settle {
        settlings(&services)
    } else {
        Vec::new()
    };
    Ok(Prepared {
        services,
        wiring,
        control,
        settlings,
    })
}

/// Sees that every service can have its turn, and a fixed port for itself.
fn check(services: &[ServicePlan]) -> Result<(), EnvError> {
    let mut listed = BTreeSet::new();
    let mut fixed_ports: BTreeMap<u16, &str> = BTreeMap::new();
    for service in services {
        let refuse = |kind| Err(EnvError::of_service(service, kind));
        for callee in &service.depends_on {
            if !listed.contains(callee.as_str()) {
                let message = format!("depends on `{callee}`, which is not listed before it");
                return refuse(EnvErrorKind::Inconsistent(message));
            }
        }
        if !listed.insert(service.name.as_str()) {
            return refuse(EnvErrorKind::Inconsistent("is listed twice".to_owned()));
        }
        if let Some(port) = fixed_port(service)
            && let Some(other) = fixed_ports.insert(port, &service.name)
        {
            let other = other.to_owned();
            return refuse(EnvErrorKind::PortShared { port, other });
        }
    }
    Ok(())
}

/// The provider of each service. Fixed ports are reserved first, so that no service is given
/// another's.
fn providers(services: &[ServicePlan], means: &Means) -> Result<Vec<Box<dyn Provider>>, EnvError> {
    let mut order: Vec<usize> = (0..services.len()).collect();
    order.sort_by_key(|index| fixed_port(&services[*index]).is_none());
    let mut providers: BTreeMap<usize, Box<dyn Provider>> = BTreeMap::new();
    for index in order {
        let service = &services[index];
        let provider = provider::provider(service, means)
            .map_err(|kind| EnvError::of_service(service, kind))?;
        providers.insert(index, provider);
    }
    Ok(providers.into_values().collect())
}

fn fixed_port(service: &ServicePlan) -> Option<u16> {
    match service.provider {
        ProviderPlan::Process { port, .. } => port,
        ProviderPlan::Builtin { .. }
        | ProviderPlan::Container(_)
        | ProviderPlan::External { .. } => None,
    }
}

/// Gives each service its latches: it waits for its callees to start, and for its callers to stop.
fn place(
    services: Vec<ServicePlan>,
    providers: Vec<Box<dyn Provider>>,
    usage: Option<&Board>,
) -> (Vec<Service>, Control) {
    let mut control = BTreeMap::new();
    let ready: BTreeMap<String, Latch> = latches(&services);
    let down: BTreeMap<String, Latch> = latches(&services);
    let callers_down: Vec<Vec<Latch>> = services
        .iter()
        .map(|callee| {
            services
                .iter()
                .filter(|caller| caller.depends_on.contains(&callee.name))
                .filter_map(|caller| down.get(&caller.name).cloned())
                .collect()
        })
        .collect();
    let placed = services.into_iter().zip(providers).zip(callers_down);
    let placed = placed.map(|((plan, provider), callers_down)| {
        // Whoever asks waits for the answer before asking the same service again.
        let (sender, orders) = mpsc::channel(1);
        let mark = Mark::default();
        let handle = Handle::new(&plan, sender, mark.clone());
        control.insert(plan.name.clone(), handle);
        Service {
            orders,
            mark,
            usage: usage.map(|board| board.seat(&plan.name)),
            data: Keeper::new(&plan),
            callees_ready: plan
                .depends_on
                .iter()
                .filter_map(|callee| ready.get(callee).cloned())
                .collect(),
            ready: ready.get(&plan.name).cloned().unwrap_or_default(),
            callers_down,
            down: down
                .get(&plan.name)
                .cloned()
                .unwrap_or_default()
                .set_on_drop(),
            plan,
            provider,
        }
    });
    let placed = placed.collect();
    (placed, Control(control))
}

/// What is to be settled when. The services come callees first.
fn settlings(services: &[Service]) -> Vec<Settling> {
    let reset = services.iter().enumerate();
    let reset = reset.filter(|(_, service)| service.data.is_reset());
    let settlings = reset.map(|(index, service)| {
        let mut preparing = BTreeSet::from([service.plan.name.as_str()]);
        let mut prepared = vec![service.ready.clone()];
        for caller in &services[index + 1..] {
            let mut callees = caller.plan.depends_on.iter();
            if callees.any(|callee| preparing.contains(callee.as_str())) {
                preparing.insert(&caller.plan.name);
                prepared.push(caller.ready.clone());
            }
        }
        Settling {
            plan: service.plan.clone(),
            keeper: Arc::clone(&service.data),
            prepared,
        }
    });
    settlings.collect()
}

fn latches(services: &[ServicePlan]) -> BTreeMap<String, Latch> {
    services
        .iter()
        .map(|service| (service.name.clone(), Latch::default()))
        .collect()
}
