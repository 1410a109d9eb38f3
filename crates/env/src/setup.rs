use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use rtest_core::Secrets;
use rtest_core::plan::{LinkPlan, ServicePlan};

/// What an environment is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The services, callees before callers.
    pub services: Vec<ServicePlan>,
    /// One link for each `depends_on` edge.
    pub links: Vec<LinkPlan>,
    /// Services that a fault will hold to a part of the machine: each gets a control group.
    pub limited: BTreeSet<String>,
    /// How often is looked at what services use; absent where it is not.
    pub sample: Option<Duration>,
    /// Whether what the data of services is brought back to is settled as they come up, and not by
    /// the first reset.
    pub settle: bool,
    /// The run's id; every process of the run carries it in `RTEST_RUN_ID`.
    pub run_id: String,
    /// Where logs go, made if absent: one `SERVICE.log` each, stdout and stderr interleaved.
    pub log_dir: PathBuf,
    /// The `rtest` executable: runs the built-in samples (`sample NAME --listen ADDRESS`, with a
    /// `--break BEHAVIOUR` for each) and the reaper (`reaper --run-id ID`).
    pub program: PathBuf,
    /// What no log and no error may show.
    pub secrets: Secrets,
}

/// Whoever has to know where a service is before anybody calls it: the run aims the proxies of
/// its links there.
pub trait ServiceReady: Send + Sync {
    /// `service` answered its probe at `address`. None of its callers has been started yet, and
    /// none is until this returns, so it must not block.
    fn ready(&self, service: &str, address: SocketAddr);
}
