use std::collections::BTreeSet;

use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListImagesOptionsBuilder, ListNetworksOptionsBuilder,
    ListVolumesOptionsBuilder, RemoveImageOptionsBuilder,
};

use super::build;
use super::engine::Engine;
use super::failure::DockerFailure;
use super::label::{Labels, any_run, run_of};
use super::sweep::sweep;
use crate::processes;

/// What was removed from an engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Runs that were gone and had left something.
    pub runs: usize,
    /// Images that were built for suites and that nothing uses.
    pub images: usize,
    /// Containers, networks and volumes that could not be removed.
    pub left: usize,
}

/// Removes from the engine what runs have left whose reaper is gone as well, and images that were
/// built. Leaves alone what belongs to a run that goes on.
///
/// # Errors
/// When there is no engine, or it does not list what it has.
pub async fn prune() -> Result<Pruned, DockerFailure> {
    let engine = Engine::connect().await?;
    let mut pruned = Pruned::default();
    for run_id in runs(&engine).await? {
        if processes::has_reaper(&run_id) {
            continue;
        }
        pruned.runs += 1;
        pruned.left += sweep(&engine, &Labels::of_run(&run_id)).await;
    }
    pruned.images = images(&engine).await?;
    Ok(pruned)
}

/// Every run that the engine has something of.
async fn runs(engine: &Engine) -> Result<BTreeSet<String>, DockerFailure> {
    let failed = || DockerFailure::of("what the engine has cannot be listed");
    let api = engine.api();
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&any_run())
        .build();
    let containers = api.list_containers(Some(options)).await.map_err(failed())?;
    let options = ListNetworksOptionsBuilder::new()
        .filters(&any_run())
        .build();
    let networks = api.list_networks(Some(options)).await.map_err(failed())?;
    let options = ListVolumesOptionsBuilder::new().filters(&any_run()).build();
    let volumes = api.list_volumes(Some(options)).await.map_err(failed())?;
    let containers = containers.into_iter().filter_map(|it| it.labels);
    let networks = networks.into_iter().filter_map(|it| it.labels);
    let volumes = volumes.volumes.unwrap_or_default();
    let volumes = volumes.into_iter().map(|it| it.labels);
    let labels = containers.chain(networks).chain(volumes);
    Ok(labels.filter_map(|labels| run_of(&labels)).collect())
}

/// Removes the images that were built and that no container uses.
async fn images(engine: &Engine) -> Result<usize, DockerFailure> {
    let options = ListImagesOptionsBuilder::new()
        .filters(&build::filter())
        .build();
    let images = engine.api().list_images(Some(options)).await;
    let images = images.map_err(DockerFailure::of("images cannot be listed"))?;
    let mut removed = 0;
    for image in images {
        let options = RemoveImageOptionsBuilder::new().build();
        let gone = engine
            .api()
            .remove_image(&image.id, Some(options), None)
            .await;
        removed += usize::from(gone.is_ok());
    }
    Ok(removed)
}
