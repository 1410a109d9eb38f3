use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rtest_core::plan::{LoadPlan, ScenarioPlan};

use crate::error::{LoadError, LoadErrorKind};
use crate::share::Share;
use crate::step::width_of;

/// What the process opens beside the connections of virtual users: runtimes, proxies, the record.
const RESERVE: u64 = 64;

/// Where the system lists the open files of this process.
const OPEN_FILES: &str = if cfg!(target_os = "linux") {
    "/proc/self/fd"
} else {
    "/dev/fd"
};

/// How many files this process has open; 0 where the system does not say.
pub(crate) fn open_files() -> u64 {
    // The listing itself is one of them.
    std::fs::read_dir(OPEN_FILES).map_or(0, |files| (files.count() as u64).saturating_sub(1))
}

/// How many files this process may open.
pub(crate) fn open_files_limit() -> u64 {
    getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(soft, _)| soft)
}

/// Makes sure that every virtual user of the plan can have its connections: raises the soft limit
/// of open files as far as needed, up to the hard one.
///
/// # Errors
/// The hard limit is too low.
pub(crate) fn ensure_open_files(plan: &LoadPlan) -> Result<(), LoadError> {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return Ok(());
    };
    let vus = |scenario: &ScenarioPlan| Share::vus_of(&scenario.executor, plan.shard);
    let connections = |scenario: &ScenarioPlan| vus(scenario) * width_of(scenario) as u64;
    let wanted: u64 = plan.scenarios.iter().map(connections).sum();
    let wanted = wanted + open_files() + RESERVE;
    let vus = plan.scenarios.iter().map(vus).sum();
    if wanted <= soft {
        return Ok(());
    }
    if wanted <= hard && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
        return Ok(());
    }
    let limit = hard;
    Err(LoadError {
        hint: Some(format!(
            "lower `max_vus`, or raise the hard limit: `ulimit -Hn {wanted}` as root, \
             `LimitNOFILE=` in a systemd unit, `--ulimit nofile={wanted}` for a container"
        )),
        ..LoadErrorKind::OpenFiles { vus, wanted, limit }.into()
    })
}
