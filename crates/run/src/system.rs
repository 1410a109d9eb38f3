use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rtest_core::event::EventSink;
use rtest_core::plan::{FaultTarget, Plan, ServiceFault};
use rtest_core::{Clock, Code, Diagnostic};
use rtest_env::{Environment, Ground, Setup};
use tokio_util::sync::CancellationToken;

use crate::links::Links;

/// What bringing a system up needs beyond its plan.
#[derive(Clone, Debug)]
pub struct SystemOptions {
    /// The run's id, which everything that is started carries.
    pub run_id: String,
    /// Where the services' logs go, made if absent.
    pub log_dir: PathBuf,
    /// The rtest executable: built-in samples and the reaper are children of it.
    pub program: PathBuf,
    /// Whether what data is brought back to is settled as the services come up, for resets that
    /// are asked for long after; else the first reset settles it.
    pub settle: bool,
}

/// The services of a plan, up and ready, and the proxies of the links between them.
///
/// Take it [`down`](Self::down): dropped, it is killed without order.
pub struct System {
    environment: Environment,
    links: Links,
}

impl System {
    /// Brings it up.
    ///
    /// # Errors
    /// The first thing that went wrong. Everything that was up is down again by then.
    ///
    /// # Cancellation
    /// `cancel` gives it up.
    pub async fn up(
        plan: &Plan,
        options: SystemOptions,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
        cancel: &CancellationToken,
    ) -> Result<Self, Diagnostic> {
        let ground = Ground::prepare(setup(plan, options), cancel).await;
        let ground = ground.map_err(|error| error.diagnostic())?;
        let listen_for = |caller: &str| ground.listen_for(caller);
        let opened = Links::open(&plan.links, listen_for, plan.seed, &clock, &events);
        let links = match opened.await {
            Ok(links) => links,
            Err(error) => {
                ground.clear().await;
                return Err(Diagnostic::new(Code::EnvironmentFailed, error.to_string()));
            }
        };
        let addresses = links.addresses();
        let started = Environment::start(
            ground,
            &addresses,
            Arc::new(links.clone()),
            events,
            clock,
            cancel.clone(),
        );
        match started.await {
            Ok(environment) => Ok(Self { environment, links }),
            Err(error) => {
                links.close().await;
                Err(error.diagnostic())
            }
        }
    }

    /// The services.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The links between them.
    pub(crate) fn links(&self) -> &Links {
        &self.links
    }

    /// Takes everything down; returns when nothing is left.
    pub async fn down(self) {
        self.environment.stop().await;
        self.links.close().await;
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

fn setup(plan: &Plan, options: SystemOptions) -> Setup {
    Setup {
        services: plan.services.clone(),
        links: plan.links.clone(),
        limited: limited(plan),
        sample: plan.sample,
        settle: options.settle,
        run_id: options.run_id,
        log_dir: options.log_dir,
        program: options.program,
        secrets: plan.secrets.clone(),
    }
}

/// Services that a fault holds to a part of the machine.
fn limited(plan: &Plan) -> BTreeSet<String> {
    let faults = plan.chaos.iter().flat_map(|chaos| &chaos.timeline);
    let limited = faults.filter_map(|fault| match &fault.target {
        FaultTarget::Services {
            services,
            fault: ServiceFault::Limit(_),
        } => Some(services.among.iter().cloned()),
        _ => None,
    });
    limited.flatten().collect()
}
