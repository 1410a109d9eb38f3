use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder,
    RemoveContainerOptionsBuilder, RemoveVolumeOptionsBuilder,
};

use super::engine::Engine;
use super::failure::is_missing;
use super::label::Labels;

/// Removes everything that carries the run's label, and says how much could not be removed.
pub(crate) async fn sweep(engine: &Engine, labels: &Labels) -> usize {
    let containers = containers(engine, labels).await;
    // A network goes when nothing is in it, a volume when nothing uses it.
    containers + networks(engine, labels).await + volumes(engine, labels).await
}

async fn containers(engine: &Engine, labels: &Labels) -> usize {
    let list = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&labels.filter())
        .build();
    let Ok(containers) = engine.api().list_containers(Some(list)).await else {
        return 1;
    };
    let remove = containers.into_iter().filter_map(|it| it.id).map(|id| {
        let engine = engine.clone();
        tokio::spawn(async move { remove_container(&engine, &id).await })
    });
    let mut left = 0;
    for removed in remove.collect::<Vec<_>>() {
        left += usize::from(!removed.await.unwrap_or(false));
    }
    left
}

/// Ends and removes a container, with the volumes that have no name. True where it is gone.
pub(crate) async fn remove_container(engine: &Engine, id: &str) -> bool {
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    let removed = engine.api().remove_container(id, Some(options)).await;
    removed.is_ok_or_missing()
}

async fn networks(engine: &Engine, labels: &Labels) -> usize {
    let list = ListNetworksOptionsBuilder::new()
        .filters(&labels.filter())
        .build();
    let Ok(networks) = engine.api().list_networks(Some(list)).await else {
        return 1;
    };
    let mut left = 0;
    for id in networks.into_iter().filter_map(|it| it.id) {
        let removed = engine.api().remove_network(&id).await;
        left += usize::from(!removed.is_ok_or_missing());
    }
    left
}

async fn volumes(engine: &Engine, labels: &Labels) -> usize {
    let list = ListVolumesOptionsBuilder::new()
        .filters(&labels.filter())
        .build();
    let Ok(volumes) = engine.api().list_volumes(Some(list)).await else {
        return 1;
    };
    let mut left = 0;
    for volume in volumes.volumes.unwrap_or_default() {
        let options = RemoveVolumeOptionsBuilder::new().force(true).build();
        let removed = engine
            .api()
            .remove_volume(&volume.name, Some(options))
            .await;
        left += usize::from(!removed.is_ok_or_missing());
    }
    left
}

trait Removed {
    fn is_ok_or_missing(&self) -> bool;
}

impl Removed for Result<(), testcontainers::bollard::errors::Error> {
    fn is_ok_or_missing(&self) -> bool {
        self.as_ref().err().is_none_or(is_missing)
    }
}
