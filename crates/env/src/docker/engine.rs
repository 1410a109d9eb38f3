use std::fmt;
use std::time::Duration;

use testcontainers::bollard::Docker;
use testcontainers::core::client::docker_client_instance;

use super::failure::{DockerFailure, said};

/// How long an engine may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many seconds an engine may take to begin an answer, as with Docker's own clients.
const TIMEOUT: &str = "DOCKER_CLIENT_TIMEOUT";
const DEFAULT_TIMEOUT: u64 = 60;

/// How long it may take where files are sent to it first, all of them before it answers.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(3600);

/// A hold on a Docker engine. Every call to it has a bound.
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
        Ok(Self {
            docker: docker.with_timeout(timeout()),
        })
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

    /// The same for calls that send it files.
    pub(crate) fn upload_api(&self) -> Docker {
        self.docker.clone().with_timeout(UPLOAD_TIMEOUT)
    }
}

/// The version of the Docker engine that containers would be started with.
///
/// # Errors
/// There is none, or it does not answer.
pub async fn engine_version() -> Result<String, DockerFailure> {
    Engine::connect().await?.version().await
}

/// How long an engine may take to begin an answer: what `DOCKER_CLIENT_TIMEOUT` says in seconds,
/// 60 s where it says nothing that can be heeded.
pub(super) fn timeout() -> Duration {
    let seconds = std::env::var(TIMEOUT).ok();
    let seconds = seconds.and_then(|text| text.trim().parse().ok());
    Duration::from_secs(seconds.filter(|it| *it > 0).unwrap_or(DEFAULT_TIMEOUT))
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
