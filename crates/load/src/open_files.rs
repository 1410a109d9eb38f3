use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rtest_core::plan::{HttpVersion, LoadPlan, ScenarioPlan};

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

/// Makes sure that the plan's virtual users can have their connections: raises the soft limit of
/// open files as far as needed, up to the hard one.
///
/// # Errors
/// The hard limit is too low.
pub fn ensure_open_files(plan: &LoadPlan) -> Result<(), LoadError> {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return Ok(());
    };
    let vus = plan.scenarios.iter();
    let vus: u64 = vus.map(|s| Share::vus_of(&s.executor, plan.shard)).sum();
    let wanted = connections(plan) + open_files() + RESERVE;
    if wanted <= soft {
        return Ok(());
    }
    if wanted <= hard && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
        return Ok(());
    }
    let limit = hard;
    Err(LoadError {
        hint: Some(format!(
            "lower `max_vus` or the number of connections, or raise the hard limit: `ulimit -Hn {wanted}` as root, \
             `LimitNOFILE=` in a systemd unit, `--ulimit nofile={wanted}` for a container"
        )),
        ..LoadErrorKind::OpenFiles { vus, wanted, limit }.into()
    })
}

/// How many connections the plan may need at once. Those to further origins come on top.
fn connections(plan: &LoadPlan) -> u64 {
    let of = |scenario: &ScenarioPlan| {
        let each = if plan.http.version == HttpVersion::Http2 {
            1
        } else {
            width_of(scenario) as u64
        };
        Share::vus_of(&scenario.executor, plan.shard) * each
    };
    let wished = plan.scenarios.iter().map(of).sum();
    let most = plan.http.connections.max.map_or(u64::MAX, u64::from);
    most.min(wished)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rtest_core::plan::{Engine, ExecutorPlan, RequestStep, Step, StepKind, Target};
    use rtest_core::{Span, Template};

    use super::*;

    fn step(kind: StepKind) -> Step {
        Step {
            kind,
            span: Span::of_flag("test", "test"),
        }
    }

    fn request() -> Step {
        let path = Template::parse("/").expect("a path");
        let request = RequestStep::new("GET", path, Duration::from_secs(1));
        step(StepKind::Request(Box::new(request)))
    }

    #[test]
    fn requests_at_the_same_time_need_connections_of_their_own() {
        let parallel = step(StepKind::Parallel(vec![request(), request(), request()]));
        let group = step(StepKind::Group {
            name: "page".to_owned(),
            steps: vec![request(), parallel],
        });
        let scenario = |vus, flow| ScenarioPlan {
            name: "browse".to_owned(),
            engine: Engine::default(),
            executor: ExecutorPlan::ConstantVus {
                vus,
                duration: Duration::from_secs(1),
            },
            flow,
            before: Vec::new(),
            after: Vec::new(),
            feeders: Vec::new(),
            tags: Vec::new(),
            start_time: Duration::ZERO,
            graceful_stop: Duration::ZERO,
            span: Span::of_flag("test", "test"),
        };
        let scenarios = vec![
            scenario(10, vec![request(), group]),
            scenario(5, vec![request()]),
        ];
        let mut plan = LoadPlan::new(Target::Service("target".to_owned()), scenarios);
        assert_eq!(connections(&plan), 35);
        plan.http.version = HttpVersion::Http2;
        assert_eq!(connections(&plan), 15, "they share one");
        plan.http.connections.max = Some(8);
        assert_eq!(connections(&plan), 8);
    }
}
