//! What a test stands on: a run of its own in a folder of its own, and a witness of all that
//! happens in it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rtest_core::event::ServiceState;
use rtest_core::plan::{
    DataPlan, LinkPlan, Protocol, Provider, Readiness, ReadinessProbe, ServicePlan,
};
use rtest_core::{EventKind, EventSink, MonotonicClock, Secrets, Span, Template};
use rtest_env::{EnvError, Environment, Ground, ServiceReady, Setup};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The executable that stands in for `rtest`.
pub(crate) const STAND_IN: &str = env!("CARGO_BIN_EXE_rtest-env-stand-in");

/// Longer than anything takes that does happen.
const NEVER: Duration = Duration::from_secs(60);

pub(crate) struct Rig {
    pub(crate) dir: TempDir,
    pub(crate) run_id: String,
    pub(crate) witness: Arc<Witness>,
    /// Where the proxies of links listen.
    pub(crate) links: Mutex<BTreeMap<String, SocketAddr>>,
    pub(crate) cancel: CancellationToken,
}

impl Rig {
    pub(crate) fn new() -> Self {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        // Already installed: another test of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            dir: tempfile::tempdir().expect("a folder"),
            run_id: format!(
                "test-{}-{}-run",
                std::process::id(),
                RUNS.fetch_add(1, Ordering::Relaxed)
            ),
            witness: Arc::default(),
            links: Mutex::default(),
            cancel: CancellationToken::new(),
        }
    }

    /// The run's reaper.
    pub(crate) fn reaper(&self) -> Pid {
        let command = format!("reaper --run-id {}", self.run_id);
        processes_of(&self.run_id)
            .into_iter()
            .find(|(_, line)| line.contains(&command))
            .map(|(pid, _)| pid)
            .expect("the reaper runs")
    }

    pub(crate) fn setup(&self, services: Vec<ServicePlan>) -> Setup {
        Setup {
            services,
            links: Vec::new(),
            limited: BTreeSet::new(),
            sample: None,
            settle: false,
            run_id: self.run_id.clone(),
            log_dir: self.dir.path().join("logs"),
            program: STAND_IN.into(),
            secrets: Secrets::default(),
        }
    }

    pub(crate) async fn start(&self, services: Vec<ServicePlan>) -> Result<Environment, EnvError> {
        self.start_setup(self.setup(services)).await
    }

    pub(crate) async fn start_setup(&self, setup: Setup) -> Result<Environment, EnvError> {
        let ground = Ground::prepare(setup, &self.cancel).await?;
        let links = self.links.lock().expect("no panic").clone();
        Environment::start(
            ground,
            &links,
            Arc::clone(&self.witness) as Arc<dyn ServiceReady>,
            Arc::clone(&self.witness) as Arc<dyn EventSink>,
            Arc::new(MonotonicClock::start()),
            self.cancel.clone(),
        )
        .await
    }

    /// Starts what must not start, and returns the error as its user sees it. Shows that nothing
    /// is left of it.
    pub(crate) async fn refused(&self, services: Vec<ServicePlan>) -> String {
        let error = self.start(services).await.expect_err("it cannot start");
        assert_eq!(left_of(&self.run_id), [""; 0], "everything is torn down");
        error.diagnostic().to_string()
    }

    pub(crate) fn log(&self, service: &str) -> String {
        let path = self.dir.path().join("logs").join(format!("{service}.log"));
        std::fs::read_to_string(path).expect("the service has a log")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// A failed test leaves nothing on the machine either.
impl Drop for Rig {
    fn drop(&mut self) {
        // The reaper of a test that failed is left to its work: there may be containers to remove.
        let is_reaper = |line: &str| line.contains("reaper --run-id");
        for (pid, _) in processes_of(&self.run_id)
            .into_iter()
            .filter(|(_, line)| !std::thread::panicking() || !is_reaper(line))
        {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

/// A command as a service that counts as ready when it accepts TCP connections.
pub(crate) fn command(name: &str, words: &[&str]) -> ServicePlan {
    let command = words
        .iter()
        .map(|word| Template::parse(word).expect("well formed"))
        .collect();
    ServicePlan {
        name: name.to_owned(),
        provider: Provider::Process {
            command,
            cwd: PathBuf::from("."),
            port: None,
        },
        protocol: Protocol::Http,
        depends_on: Vec::new(),
        env: Vec::new(),
        ready: Readiness {
            probe: ReadinessProbe::Tcp,
            within: Duration::from_secs(60),
        },
        data: DataPlan::default(),
        span: Span::of_flag("suite.yaml", &format!("{name}: …")),
    }
}

/// A shell script as a service; `$serve` in it becomes a server that answers every request.
pub(crate) fn script(name: &str, script: &str) -> ServicePlan {
    let serve = format!("'{STAND_IN}' sample {name} --listen 127.0.0.1:$PORT");
    command(name, &["sh", "-c", &script.replace("$serve", &serve)])
}

/// A server that answers every request.
pub(crate) fn server(name: &str) -> ServicePlan {
    ServicePlan {
        provider: Provider::Builtin {
            sample: name.to_owned(),
            breaks: Vec::new(),
        },
        ready: Readiness {
            probe: ReadinessProbe::Http {
                path: "/health".to_owned(),
            },
            within: Duration::from_secs(60),
        },
        ..command(name, &["unused"])
    }
}

pub(crate) trait Placed: Sized {
    fn after(self, callees: &[&str]) -> Self;
    fn within(self, millis: u64) -> Self;
    fn in_dir(self, dir: &Path) -> Self;
    fn on_port(self, port: u16) -> Self;
    fn http(self, path: &str) -> Self;
}

impl Placed for ServicePlan {
    fn after(mut self, callees: &[&str]) -> Self {
        self.depends_on = callees.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    fn within(mut self, millis: u64) -> Self {
        self.ready.within = Duration::from_millis(millis);
        self
    }

    fn in_dir(mut self, dir: &Path) -> Self {
        if let Provider::Process { cwd, .. } = &mut self.provider {
            *cwd = dir.to_owned();
        }
        self
    }

    fn on_port(mut self, fixed: u16) -> Self {
        if let Provider::Process { port, .. } = &mut self.provider {
            *port = Some(fixed);
        }
        self
    }

    fn http(mut self, path: &str) -> Self {
        self.ready.probe = ReadinessProbe::Http {
            path: path.to_owned(),
        };
        self
    }
}

/// A link whose proxy listens at `address`.
pub(crate) fn link(rig: &Rig, setup: &mut Setup, caller: &str, callee: &str, address: &str) {
    let link = LinkPlan::new(caller, callee);
    let address = address.parse().expect("an address");
    rig.links
        .lock()
        .expect("no panic")
        .insert(link.name.clone(), address);
    setup.links.push(link);
}

/// Notes all that is told, in order.
pub(crate) struct Witness(watch::Sender<Vec<Seen>>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// The listener was told.
    Ready(String, SocketAddr),
    Event(EventKind),
}

impl Default for Witness {
    fn default() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }
}

impl ServiceReady for Witness {
    fn ready(&self, service: &str, address: SocketAddr) {
        self.0
            .send_modify(|seen| seen.push(Seen::Ready(service.to_owned(), address)));
    }
}

impl EventSink for Witness {
    fn emit(&self, kind: EventKind) {
        self.0.send_modify(|seen| seen.push(Seen::Event(kind)));
    }
}

impl Witness {
    /// All so far, a word each: `catalog starting`, `catalog told`, `catalog ready`. Not that
    /// something is prepared, which goes before each start.
    pub(crate) fn story(&self) -> Vec<String> {
        let seen = self.0.borrow();
        let told = seen.iter().filter(|seen| !is_preparing(seen));
        told.map(in_short).collect()
    }

    /// All so far.
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.0.borrow().clone()
    }

    /// Waits until what was seen gives something, and returns it.
    pub(crate) async fn find<T>(&self, what: &str, give: impl Fn(&[Seen]) -> Option<T>) -> T {
        let mut seen = self.0.subscribe();
        let found = tokio::time::timeout(NEVER, seen.wait_for(|all| give(all).is_some())).await;
        let all = found.unwrap_or_else(|_| panic!("no {what}: {:?}", self.story()));
        give(&all.expect("the witness lives")).expect("it was just there")
    }

    /// Waits until something was seen, and returns it.
    pub(crate) async fn until(&self, wanted: &str) -> Seen {
        let mut seen = self.0.subscribe();
        let found = |all: &Vec<Seen>| all.iter().find(|one| in_short(one) == wanted).cloned();
        let all = tokio::time::timeout(NEVER, seen.wait_for(|all| found(all).is_some()))
            .await
            .unwrap_or_else(|_| panic!("no `{wanted}` in {:?}", self.story()))
            .expect("the witness lives");
        found(&all).expect("it was just there")
    }

    /// Where in the story something stands.
    pub(crate) fn position(&self, wanted: &str) -> usize {
        let story = self.story();
        story
            .iter()
            .position(|word| word == wanted)
            .unwrap_or_else(|| panic!("no `{wanted}` in {story:?}"))
    }
}

fn is_preparing(seen: &Seen) -> bool {
    let Seen::Event(EventKind::Service { state, .. }) = seen else {
        return false;
    };
    *state == ServiceState::Preparing
}

fn in_short(seen: &Seen) -> String {
    match seen {
        Seen::Ready(service, _) => format!("{service} told"),
        Seen::Event(EventKind::Service { name, state }) => match state {
            ServiceState::Preparing => format!("{name} preparing"),
            ServiceState::Starting => format!("{name} starting"),
            ServiceState::Ready { .. } => format!("{name} ready"),
            ServiceState::OutOfMemory => format!("{name} out of memory"),
            ServiceState::Exited { .. } => format!("{name} exited"),
            ServiceState::Stopped => format!("{name} stopped"),
        },
        Seen::Event(EventKind::Note(note)) => note.clone(),
        Seen::Event(other) => format!("{other:?}"),
    }
}

/// The command lines of all that lives and carries the run's mark, or the run's id on its command
/// line, as its reaper does.
pub(crate) fn left_of(run_id: &str) -> Vec<String> {
    let left = processes_of(run_id);
    left.into_iter().map(|(_, command)| command).collect()
}

#[allow(clippy::print_stderr)] // to whoever runs the tests
fn processes_of(run_id: &str) -> Vec<(Pid, String)> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        eprintln!("NOT TESTED: no /proc here, so nobody looks for processes left behind");
        return Vec::new();
    };
    let mark = format!("RTEST_RUN_ID={run_id}");
    processes
        .flatten()
        .filter_map(|process| {
            let pid = process.file_name().to_str()?.parse().ok()?;
            let read = |name: &str| {
                std::fs::read(process.path().join(name))
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    .ok()
            };
            let (environ, command) = (read("environ")?, read("cmdline")?);
            let is_of_run =
                environ.split('\0').any(|entry| entry == mark) || command.contains(run_id);
            is_of_run.then(|| (Pid::from_raw(pid), command.replace('\0', " ")))
        })
        .collect()
}

/// Waits until nothing is left of a run.
pub(crate) async fn until_nothing_is_left_of(run_id: &str) {
    // Nothing tells about processes that are not our children: look again and again.
    let gone = async {
        while !left_of(run_id).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(NEVER, gone)
        .await
        .unwrap_or_else(|_| panic!("left behind: {:?}", left_of(run_id)));
}
