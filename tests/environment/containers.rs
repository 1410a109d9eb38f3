//! Containers outlive no run, however it ends. On a real Docker engine with `redis:7`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::{NamedTempFile, TempDir};

use crate::binary::{command, rtest, write_suite};
use crate::wait_until;

const SUITE: &str = "
name: contained
environment:
  services:
    cache: { container: { image: \"redis:7\", volumes: { /data: shared } } }
    other: { container: \"redis:7\", depends_on: [cache] }
cases:
  - { name: the cache is empty, steps: [{ redis: { service: cache, command: [exists, k], expect: 0 } }] }
stages: { pr: [cases] }
load:
  target: other
  scenarios:
    ping: { executor: constant-arrival-rate, rate: 5/s, duration: 60s, flow: [{ get: / }] }
";

/// Whether there is an engine to test with. Where `RTEST_REQUIRE_DOCKER` is set, there has to be.
#[allow(clippy::print_stderr)] // a test that is skipped says so
pub(crate) fn has_docker() -> bool {
    let answers = docker(&["image", "inspect", "redis:7"]).is_some();
    if !answers {
        assert!(
            std::env::var_os("RTEST_REQUIRE_DOCKER").is_none(),
            "there is no Docker engine with the image redis:7"
        );
        eprintln!("NOT TESTED HERE: no Docker engine with redis:7");
    }
    answers
}

/// What the engine's own client prints; `None` where it fails.
pub(crate) fn docker(words: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(words).output().ok()?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(printed)
}

/// The run of a folder: there is one.
fn run_id(out: &Path) -> Option<String> {
    let mut entries = std::fs::read_dir(out).ok()?;
    let entry = entries.next()?.ok()?;
    Some(entry.file_name().to_string_lossy().into_owned())
}

/// How many containers, networks and volumes the engine has of a run.
pub(crate) fn left_of(run_id: &str) -> [usize; 3] {
    let label = format!("label=rtest.run={run_id}");
    let lists: [&[&str]; 3] = [
        &["ps", "-aq"],
        &["network", "ls", "-q"],
        &["volume", "ls", "-q"],
    ];
    lists.map(|list| {
        let words = [list, &["--filter", &label]].concat();
        docker(&words).expect("the engine answers").lines().count()
    })
}

struct Run {
    child: Child,
    out: TempDir,
    _suite: NamedTempFile,
}

impl Run {
    fn start() -> Self {
        let out = tempfile::tempdir().expect("a folder");
        let suite = write_suite(SUITE);
        let (path, folder) = (
            suite.path().display().to_string(),
            out.path().display().to_string(),
        );
        let child = command(&["run", &path, "--out", &folder])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("rtest starts");
        Self {
            child,
            out,
            _suite: suite,
        }
    }

    fn id(&self) -> Option<String> {
        run_id(self.out.path())
    }

    /// Waits until the engine has at least so much of it.
    fn until(&self, wanted: [usize; 3]) -> String {
        wait_until("the engine has what the run starts", || {
            self.id().is_some_and(|id| {
                let there = left_of(&id);
                there
                    .iter()
                    .zip(wanted)
                    .all(|(there, wanted)| *there >= wanted)
            })
        });
        self.id().expect("it has a folder")
    }
}

#[test]
fn kill_9_at_any_stage_leaves_nothing_in_the_engine() {
    if !has_docker() {
        return;
    }
    // A network and nothing in it; the first container; both.
    for stage in [[0, 1, 0], [1, 1, 1], [2, 1, 1]] {
        let mut run = Run::start();
        let id = run.until(stage);
        run.child.kill().expect("killed");
        run.child.wait().expect("ended");
        wait_until("the reaper has removed everything", || {
            left_of(&id) == [0, 0, 0]
        });
        // What the engine was still making when the program was killed.
        std::thread::sleep(std::time::Duration::from_secs(2));
        assert_eq!(left_of(&id), [0, 0, 0], "killed at {stage:?}");
    }
}

#[test]
fn ctrl_c_takes_containers_down_before_the_program_ends() {
    if !has_docker() {
        return;
    }
    let mut run = Run::start();
    let id = run.until([2, 1, 1]);
    let pid = run.child.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &pid]).status();
    assert!(interrupted.expect("kill is a command").success());
    let status = run.child.wait().expect("ended");
    assert_eq!(status.code(), Some(130));
    assert_eq!(left_of(&id), [0, 0, 0]);
}

#[test]
fn an_engine_that_is_not_there_is_named() {
    let out = tempfile::tempdir().expect("a folder");
    let suite = write_suite(SUITE);
    let nowhere: PathBuf = out.path().join("docker.sock");
    let (path, folder) = (
        suite.path().display().to_string(),
        out.path().display().to_string(),
    );
    let output = command(&["run", &path, "--out", &folder])
        .env("DOCKER_HOST", format!("unix://{}", nowhere.display()))
        .output()
        .expect("rtest runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("no Docker engine answers at unix://"),
        "{said}"
    );
}

#[test]
fn an_environment_is_kept_without_a_run() {
    if !has_docker() {
        return;
    }
    let out = tempfile::tempdir().expect("a folder");
    // Other tests have containers by the suite's own name meanwhile.
    let text = SUITE.replace("name: contained", "name: kept-up");
    let suite = write_suite(&text);
    let (path, folder) = (
        suite.path().display().to_string(),
        out.path().display().to_string(),
    );
    let env = |words: &[&str]| {
        let (first, rest) = words.split_first().expect("a command");
        rtest(
            &[
                &["env", first, path.as_str(), "--out", folder.as_str()],
                rest,
            ]
            .concat(),
        )
    };
    env(&["ps"]).exits(3).shows("is not up");
    env(&["up", "--detach", "--ttl", "120s"])
        .exits(0)
        .shows("redis://127.0.0.1:");
    env(&["up"]).exits(2).shows("is up already");
    env(&["ps"])
        .exits(0)
        .shows("cache  ready")
        .shows("other  ready");
    env(&["exec", "cache", "redis-cli", "set", "k", "v"])
        .exits(0)
        .shows("OK");
    env(&["reset", "cache"]).exits(0).shows("cache: ");
    env(&["exec", "cache", "redis-cli", "exists", "k"])
        .exits(0)
        .shows("0");
    let attached = |more: &[&str]| {
        let words = ["run", path.as_str(), "--out", folder.as_str(), "--attach"];
        rtest(&[words.as_slice(), more].concat())
    };
    env(&["exec", "cache", "redis-cli", "set", "k", "v"]).exits(0);
    attached(&["--stage", "pr"])
        .exits(0)
        .shows("✓ case")
        .shows("[PASSED]");
    let edited = text.replace("redis:7\", volumes", "redis:7\", user: redis, volumes");
    std::fs::write(suite.path(), edited).expect("written");
    attached(&["--stage", "pr"])
        .exits(3)
        .shows("is not the environment");
    std::fs::write(suite.path(), &text).expect("written");
    env(&["exec", "cache", "sh", "-c", "exit 7"]).exits(7);
    env(&["exec", "cach", "true"])
        .exits(2)
        .shows("did you mean `cache`?");
    env(&["logs", "other"])
        .exits(0)
        .shows("Ready to accept connections");
    env(&["down"]).exits(0);
    env(&["ps"]).exits(3);
    let left = docker(&["ps", "-aq", "--filter", "name=kept-up"]);
    assert_eq!(left.as_deref(), Some(""), "nothing is left");
}
