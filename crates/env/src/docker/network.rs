use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use testcontainers::bollard::models::NetworkCreateRequest;

use super::engine::Engine;
use super::failure::DockerFailure;
use super::label::Labels;

/// The name by which a container finds this machine where the engine's network is not on it.
const HOST_NAME: &str = "host.docker.internal";

/// The network of a run: its containers find each other there by the names of their services,
/// and this machine by [`host`](Self::host).
#[derive(Clone, Debug)]
pub(crate) struct Network {
    name: String,
    /// This machine's address in the network; absent where it has none, as with Docker Desktop.
    gateway: Option<IpAddr>,
}

impl Network {
    /// Makes the network of the run.
    ///
    /// # Errors
    /// When the engine does not.
    pub(crate) async fn create(engine: &Engine, labels: &Labels) -> Result<Self, DockerFailure> {
        let name = format!("rtest-{}", labels.run_id());
        let failed = || DockerFailure::of(format!("network `{name}` cannot be made"));
        let request = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".to_owned()),
            labels: Some(labels.run()),
            ..NetworkCreateRequest::default()
        };
        let created = engine.api().create_network(request).await;
        created.map_err(failed())?;
        let network = engine.api().inspect_network(&name, None).await;
        let network = network.map_err(failed())?;
        let ranges = network
            .ipam
            .and_then(|ipam| ipam.config)
            .unwrap_or_default();
        let gateways = ranges.into_iter().filter_map(|range| range.gateway);
        let gateway = gateways
            .filter_map(|gateway| gateway.parse().ok())
            .find(|gateway| is_here(*gateway));
        Ok(Self { name, gateway })
    }

    /// Its name in the engine.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of this machine to listen on for containers.
    pub(crate) fn listen(&self) -> IpAddr {
        self.gateway.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// Where a container finds what listens at [`listen`](Self::listen).
    pub(crate) fn host(&self) -> String {
        match self.gateway {
            Some(gateway) => gateway.to_string(),
            None => HOST_NAME.to_owned(),
        }
    }

    /// What a container has to have in its `/etc/hosts` for that.
    pub(crate) fn extra_hosts(&self) -> Option<Vec<String>> {
        let entry = || vec![format!("{HOST_NAME}:host-gateway")];
        self.gateway.is_none().then(entry)
    }
}

/// Whether this machine has the address: an engine in a virtual machine or elsewhere has it there.
fn is_here(address: IpAddr) -> bool {
    TcpListener::bind(SocketAddr::new(address, 0)).is_ok()
}
