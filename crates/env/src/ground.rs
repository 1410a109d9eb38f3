use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::docker::RunSpace;
use crate::error::{EnvError, EnvErrorKind};
use crate::provider;
use crate::reaper::Reaper;
use crate::setup::Setup;

/// What has to be there before the proxies of the links are: the reaper, which ends services when
/// rtest is killed, and the network of the run's containers.
///
/// [`Environment::start`](crate::Environment::start) builds on it; where that is not reached,
/// [`clear`](Self::clear) it.
pub struct Ground {
    pub(crate) setup: Setup,
    pub(crate) reaper: Option<Arc<Reaper>>,
    pub(crate) docker: Option<Arc<RunSpace>>,
}

impl Ground {
    /// Makes what the services of the set-up will need.
    ///
    /// # Errors
    /// When the reaper cannot be started, or there is no Docker engine and a service is a
    /// container. Nothing is left then.
    ///
    /// # Cancellation
    /// `cancel` gives it up.
    pub async fn prepare(setup: Setup, cancel: &CancellationToken) -> Result<Self, EnvError> {
        let reaper = guard(&setup, cancel).await?;
        let mut ground = Self {
            setup,
            reaper,
            docker: None,
        };
        if !ground.setup.services.iter().any(provider::is_container) {
            return Ok(ground);
        }
        match ground.open(cancel).await {
            Ok(space) => {
                ground.docker = Some(Arc::new(space));
                Ok(ground)
            }
            Err(error) => {
                ground.clear().await;
                Err(error)
            }
        }
    }

    async fn open(&self, cancel: &CancellationToken) -> Result<RunSpace, EnvError> {
        if let Some(reaper) = &self.reaper {
            let guarded = reaper.guard_docker().await;
            guarded.map_err(|source| EnvErrorKind::System {
                action: "the reaper is gone that would remove containers",
                source,
            })?;
        }
        let opened = cancel
            .run_until_cancelled(RunSpace::open(&self.setup.run_id))
            .await;
        let opened = opened.ok_or(EnvErrorKind::Interrupted)?;
        Ok(opened.map_err(EnvErrorKind::Docker)?)
    }

    /// The address of this machine at which `caller` finds what listens for it: loopback, but for
    /// a container.
    pub fn listen_for(&self, caller: &str) -> IpAddr {
        match (&self.docker, self.is_container(caller)) {
            (Some(space), true) => space.network.listen(),
            _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    fn is_container(&self, service: &str) -> bool {
        let mut services = self.setup.services.iter();
        services.any(|known| known.name == service && provider::is_container(known))
    }

    /// Removes it again.
    pub async fn clear(self) {
        if let Some(space) = &self.docker {
            space.close().await;
        }
        if let Some(reaper) = &self.reaper {
            reaper.done().await;
        }
    }
}

/// Starts the reaper, where there will be something to reap.
async fn guard(setup: &Setup, cancel: &CancellationToken) -> Result<Option<Arc<Reaper>>, EnvError> {
    if !setup.services.iter().any(provider::is_ours) {
        return Ok(None);
    }
    std::fs::create_dir_all(&setup.log_dir).map_err(|source| EnvErrorKind::System {
        action: "the folder for logs cannot be made",
        source,
    })?;
    let reaper = cancel
        .run_until_cancelled(Reaper::start(&setup.program, &setup.run_id))
        .await
        .ok_or(EnvErrorKind::Interrupted)?
        .map_err(|source| EnvErrorKind::System {
            action: "the reaper, which ends services when rtest is killed, cannot be started",
            source,
        })?;
    Ok(Some(Arc::new(reaper)))
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ground")
            .field("run_id", &self.setup.run_id)
            .field("docker", &self.docker)
            .finish_non_exhaustive()
    }
}
