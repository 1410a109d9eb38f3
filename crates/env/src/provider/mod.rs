//! Where services come from, one file each, behind one trait.

mod external;
mod process;

use std::collections::BTreeSet;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{self, ServiceFault, ServicePlan};
use rtest_core::{ProcessMark, Secrets};

use crate::cgroup::Cgroup;
use crate::endpoint::Endpoint;
use crate::error::{EnvErrorKind, LogExcerpt};
use crate::reaper::Reaper;
use crate::wiring::Wiring;

/// What a provider's methods return: the trait is used as an object.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Brings one service up.
pub(crate) trait Provider: Send + Sync {
    /// Where those find the service who do not go through a link.
    fn endpoint(&self) -> Endpoint;

    /// Starts the service; says nothing about when it is ready.
    ///
    /// # Cancellation
    /// Safe: what was started is ended when the future is dropped.
    fn start<'a>(
        &'a mut self,
        service: &'a ServicePlan,
        wiring: &'a Wiring,
    ) -> BoxFuture<'a, Result<Box<dyn Instance>, EnvErrorKind>>;

    /// The service has ended, and may be started again: what it had is kept for it.
    fn is_down(&mut self) {}
}

/// A service that was started.
pub(crate) trait Instance: Send {
    /// Where it may be asked whether it is ready.
    fn candidates(&self) -> &[SocketAddr];

    /// Waits until it ends without being asked to, and says how. Never returns for what cannot
    /// be seen ending.
    ///
    /// # Cancellation
    /// Safe.
    fn ended(&mut self) -> BoxFuture<'_, String>;

    /// Leaves nothing of it, whether it ended or not. False where something could not be ended.
    ///
    /// # Cancellation
    /// What is left is ended less gently when the instance is dropped.
    fn stop(&mut self) -> BoxFuture<'_, bool>;

    /// Its processes; absent where they are not ours.
    fn processes(&self) -> Option<ProcessMark> {
        None
    }

    /// Breaks it. Where that is not taken back within `ttl`, whoever guards the run does it.
    ///
    /// # Errors
    /// When it could not be done, or cannot be done to such a service.
    fn strike<'a>(
        &'a mut self,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Struck, String>>;

    /// Takes back what was done to it and did not end it. Does no harm where nothing was.
    ///
    /// # Errors
    /// When something is left.
    fn free(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// What it printed; absent where that is not ours to see.
    fn log(&self) -> Option<LogExcerpt>;
}

/// What was done to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Struck {
    /// What was seen: `no process of it is left`.
    pub(crate) seen: String,
    /// Whether nothing of it is left, so that it has to be started again.
    pub(crate) is_down: bool,
}

/// What providers need to do their work.
#[derive(Clone, Debug)]
pub(crate) struct Means {
    pub(crate) program: PathBuf,
    pub(crate) log_dir: PathBuf,
    pub(crate) run_id: String,
    /// Services that need a control group.
    pub(crate) limited: Arc<BTreeSet<String>>,
    pub(crate) secrets: Secrets,
    /// Guards what is started; absent where nothing is.
    pub(crate) reaper: Option<Arc<Reaper>>,
}

/// Whether the service is something that would outlive the program.
pub(crate) fn is_ours(service: &ServicePlan) -> bool {
    !matches!(service.provider, plan::Provider::External { .. })
}

/// The provider of a service. Ports are reserved here, so that no service is started when
/// another's port is taken.
pub(crate) fn provider(
    service: &ServicePlan,
    means: &Means,
) -> Result<Box<dyn Provider>, EnvErrorKind> {
    Ok(match &service.provider {
        plan::Provider::Builtin { sample, breaks } => Box::new(process::ProcessProvider::new(
            process::Command::Sample {
                sample: sample.clone(),
                breaks: breaks.clone(),
            },
            None,
            group(service, means)?,
            means.clone(),
        )?),
        plan::Provider::Process { command, cwd, port } => Box::new(process::ProcessProvider::new(
            process::Command::Line {
                words: command.clone(),
                cwd: cwd.clone(),
            },
            *port,
            group(service, means)?,
            means.clone(),
        )?),
        plan::Provider::Container(_) => {
            return Err(EnvErrorKind::Inconsistent(
                "containers cannot be started by this build".to_owned(),
            ));
        }
        plan::Provider::External { address } => Box::new(external::ExternalProvider::new(address)?),
    })
}

/// The control group of a service that will be held to a part of the machine.
fn group(service: &ServicePlan, means: &Means) -> Result<Option<Arc<Cgroup>>, EnvErrorKind> {
    if !means.limited.contains(&service.name) {
        return Ok(None);
    }
    let group = Cgroup::make(&format!("{}-{}", means.run_id, service.name));
    let group = group.map_err(|source| EnvErrorKind::System {
        action: "a fault limits it, and no control group can be made for that here",
        source,
    })?;
    Ok(Some(Arc::new(group)))
}
