//! Where services come from, one file each, behind one trait.

mod docker;
mod external;
mod process;

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::io::{self, PipeWriter};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use rtest_core::plan::{self, ReadinessProbe, ServiceFault, ServicePlan};
use rtest_core::{Clock, EventSink, ProcessMark, Secrets};
use tokio::sync::watch;

use crate::cgroup::Cgroup;
use crate::docker::RunSpace;
use crate::endpoint::Endpoint;
use crate::error::{EnvErrorKind, LogExcerpt};
use crate::log::ServiceLog;
use crate::readiness::NotYet;
use crate::reaper::Reaper;
use crate::usage::Source;
use crate::wiring::Wiring;

/// What a provider's methods return: the trait is used as an object.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Brings one service up.
pub(crate) trait Provider: Send + Sync {
    /// Where those on this machine find the service who do not go through a link.
    fn endpoint(&self) -> Endpoint;

    /// The port that it listens on where it runs, if that is a place of its own.
    fn inside(&self) -> Option<u16> {
        None
    }

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

    /// Leaves nothing of the service and of what it has written; where it runs it is ended. False
    /// where something is left.
    fn remove(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(std::future::ready(true))
    }
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
    fn ended(&mut self) -> BoxFuture<'_, Ended>;

    /// Ends it, where it has not ended. False where something could not be ended.
    ///
    /// # Cancellation
    /// What is left is ended less gently when the instance is dropped.
    fn stop(&mut self) -> BoxFuture<'_, bool>;

    /// What tells how much it uses; nothing where that is not ours to see.
    fn usage(&self) -> BoxFuture<'_, Vec<Box<dyn Source>>> {
        Box::pin(std::future::ready(Vec::new()))
    }

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

    /// Turns true when it has printed the line that it is ready by; absent as its log is.
    fn printed(&self) -> Option<watch::Receiver<bool>> {
        None
    }

    /// The place where it runs; absent where that is not ours to look into.
    fn inside(&self) -> Option<Arc<dyn Inside>> {
        None
    }
}

/// The place where a service runs.
pub(crate) trait Inside: Send + Sync {
    /// Whether whoever runs it says that it is well.
    fn health(&self) -> BoxFuture<'_, Result<(), NotYet>>;

    /// Runs a command there, which is to end with exit code 0.
    fn run<'a>(&'a self, words: &'a [String]) -> BoxFuture<'a, Result<(), NotYet>>;
}

/// How a service ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// `exit status: 1`, `signal: 9`.
    pub(crate) status: String,
    /// Whether the system killed it for want of memory, as far as that is known.
    pub(crate) out_of_memory: bool,
    /// Whether what ran it is gone, so that nobody knows how it ended, or whether it has.
    pub(crate) is_lost: bool,
}

impl From<String> for Ended {
    fn from(status: String) -> Self {
        Self {
            status,
            out_of_memory: false,
            is_lost: false,
        }
    }
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
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) program: PathBuf,
    pub(crate) log_dir: PathBuf,
    pub(crate) run_id: String,
    /// Services that need a control group.
    pub(crate) limited: Arc<BTreeSet<String>>,
    pub(crate) secrets: Secrets,
    /// Guards what is started; absent where nothing is.
    pub(crate) reaper: Option<Arc<Reaper>>,
    /// What the run has in a Docker engine; absent where no service is a container.
    pub(crate) docker: Option<Arc<RunSpace>>,
    /// Hears what takes its time.
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Means {
    /// Begins the log of a service, or goes on with it where the service runs `again`.
    pub(crate) fn log(
        &self,
        service: &ServicePlan,
        again: bool,
    ) -> io::Result<(ServiceLog, PipeWriter)> {
        let pattern = match &service.ready.probe {
            ReadinessProbe::Log { pattern } => Some(Regex::new(pattern).map_err(io::Error::other)?),
            _ => None,
        };
        ServiceLog::begin(
            &self.log_dir,
            &service.name,
            self.secrets.clone(),
            again,
            pattern,
        )
    }
}

impl fmt::Debug for Means {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Means")
            .field("run_id", &self.run_id)
            .field("log_dir", &self.log_dir)
            .finish_non_exhaustive()
    }
}

/// Whether the service is something that would outlive the program.
pub(crate) fn is_ours(service: &ServicePlan) -> bool {
    !matches!(service.provider, plan::Provider::External { .. })
}

/// Whether the service is a container.
pub(crate) fn is_container(service: &ServicePlan) -> bool {
    matches!(service.provider, plan::Provider::Container(_))
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
        plan::Provider::Container(container) => Box::new(docker::DockerProvider::new(
            container.as_ref().clone(),
            means.clone(),
        )?),
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
