use std::fmt;
use std::time::Duration;

use testcontainers::bollard::Docker;
use testcontainers::core::client::docker_client_instance;

use super::failure::{DockerFailure, said};

/// How long an engine may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// A hold on a Docker engine.
#[derive(Clone)]
pub(crate) struct Engine {
    docker: Docker,
}

impl Engine {
    /// Finds the engine where `DOCKER_HOST` says, else at the usual sockets, and agrees with it
    /// on a version of the API.
    ///
    /// # Errors
    /// When nobody answers there.
    pub(crate) async fn connect() -> Result<Self, DockerFailure> {
        let unreachable = |why: String| {
            DockerFailure::new(format!("no Docker engine answers at {}", place()), why).hint(
                "start it (`dockerd`, `systemctl start docker`, Docker Desktop), or say in DOCKER_HOST where one is",
            )
        };
        let docker = docker_client_instance().await;
        let docker = docker.map_err(|error| unreachable(rtest_core::causes(&error)))?;
        let docker = tokio::time::timeout(PATIENCE, docker.negotiate_version())
            .await
            .map_err(|_| unreachable("no answer within 10s".to_owned()))?
            .map_err(|error| unreachable(said(&error)))?;
        Ok(Self { docker })
    }

    /// Its version.
    async fn version(&self) -> Result<String, DockerFailure> {
        let version = self.docker.version().await;
        let version = version.map_err(DockerFailure::of("its version is not known"))?;
        Ok(version.version.unwrap_or_default())
    }

    /// The client of its API.
    pub(crate) fn api(&self) -> &Docker {
        &self.docker
    }
}

/// The version of the Docker engine that containers would be started with.
///
/// # Errors
/// There is none, or it does not answer.
pub async fn engine_version() -> Result<String, DockerFailure> {
    Engine::connect().await?.version().await
}

/// Where the engine is looked for.
fn place() -> String {
    std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned())
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Engine").field(&place()).finish()
    }
}
