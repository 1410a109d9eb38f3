use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::Signal;
use rtest_core::plan::{ServiceFault, ServicePlan};
use rtest_core::{ProcessMark, Template, UnknownVariable};
use tokio::sync::watch;

use super::{BoxFuture, Ended, Inside, Instance, Means, Provider, Struck};
use crate::cgroup::Cgroup;
use crate::endpoint::Endpoint;
use crate::error::{EnvErrorKind, LogExcerpt};
use crate::log::ServiceLog;
use crate::port::ReservedPort;
use crate::process_group::ProcessGroup;
use crate::processes;
use crate::readiness::NotYet;
use crate::reaper::Reaper;
use crate::usage::{ProcessGroupUsage, Source};
use crate::wiring::Wiring;

/// How long a service may take over SIGTERM: enough to finish requests, short enough to wait for.
const GRACE: Duration = Duration::from_secs(2);

/// What is run.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// A sample service of our own executable.
    Sample { sample: String, breaks: Vec<String> },
    /// A command line of the suite's.
    Line { words: Vec<Template>, cwd: PathBuf },
}

/// A service that is a child process.
#[derive(Debug)]
pub(super) struct ProcessProvider {
    command: Command,
    port: ReservedPort,
    /// Where it will be held to a part of the machine.
    cgroup: Option<Arc<Cgroup>>,
    /// Whether it was started before.
    again: bool,
    means: Means,
}

/// A command line, ready to be run.
#[derive(Debug)]
struct Invocation {
    /// As the suite has it.
    shown: String,
    program: PathBuf,
    arguments: Vec<String>,
    cwd: Option<PathBuf>,
}

impl ProcessProvider {
    pub(super) fn new(
        command: Command,
        port: Option<u16>,
        cgroup: Option<Arc<Cgroup>>,
        means: Means,
    ) -> Result<Self, EnvErrorKind> {
        let port = match port {
            None => ReservedPort::any().map_err(system("no port can be had"))?,
            Some(port) => ReservedPort::fixed(port).map_err(|source| match source.kind() {
                io::ErrorKind::AddrInUse => EnvErrorKind::PortTaken { port },
                _ => EnvErrorKind::System {
                    action: "its port cannot be had",
                    source,
                },
            })?,
        };
        Ok(Self {
            command,
            port,
            cgroup,
            again: false,
            means,
        })
    }

    fn invocation(
        &self,
        service: &ServicePlan,
        wiring: &Wiring,
    ) -> Result<Invocation, EnvErrorKind> {
        match &self.command {
            Command::Sample { sample, breaks } => {
                let mut arguments = vec![
                    "sample".to_owned(),
                    sample.clone(),
                    "--listen".to_owned(),
                    self.port.address().to_string(),
                ];
                for broken in breaks {
                    arguments.extend(["--break".to_owned(), broken.clone()]);
                }
                Ok(Invocation {
                    shown: self.means.program.display().to_string(),
                    program: self.means.program.clone(),
                    arguments,
                    cwd: None,
                })
            }
            Command::Line { words, cwd } => {
                let mut words = words
                    .iter()
                    .map(|word| wiring.render(&service.name, word))
                    .collect::<Result<Vec<String>, UnknownVariable>>()?
                    .into_iter();
                let shown = words
                    .next()
                    .ok_or_else(|| EnvErrorKind::Inconsistent("its command is empty".to_owned()))?;
                let cwd = std::path::absolute(cwd)
                    .ok()
                    .filter(|cwd| cwd.is_dir())
                    .ok_or_else(|| EnvErrorKind::CwdMissing { cwd: cwd.clone() })?;
                // A name is looked up in PATH; where a relative path starts from is not the same
                // on every system unless it is made absolute.
                let program = if shown.contains('/') {
                    cwd.join(&shown)
                } else {
                    PathBuf::from(&shown)
                };
                Ok(Invocation {
                    shown,
                    program,
                    arguments: words.collect(),
                    cwd: Some(cwd),
                })
            }
        }
    }

    async fn run(
        &mut self,
        service: &ServicePlan,
        wiring: &Wiring,
    ) -> Result<Process, EnvErrorKind> {
        let invocation = self.invocation(service, wiring)?;
        let environment = wiring.environment(service)?;
        let log = self.means.log(service, self.again);
        let (log, sink) = log.map_err(system("its log cannot be written"))?;
        let mut command = tokio::process::Command::new(&invocation.program);
        command
            .args(&invocation.arguments)
            .envs(environment.clone())
            .stdin(Stdio::null())
            .stdout(
                sink.try_clone()
                    .map_err(system("its log cannot be written"))?,
            )
            .stderr(sink);
        if let Some(cwd) = &invocation.cwd {
            command.current_dir(cwd);
        }
        if let (Some(cgroup), Some(reaper)) = (&self.cgroup, &self.means.reaper) {
            for folder in cgroup.folders() {
                let guarded = reaper.remove_when_gone(folder).await;
                guarded.map_err(system("the reaper that guards it is gone"))?;
            }
        }
        self.again = true;
        self.port.release();
        let group =
            ProcessGroup::spawn(&mut command).map_err(|error| invocation.not_started(error))?;
        // The command holds our copies of the log's pipe, which would otherwise never end.
        drop(command);
        if let Some(cgroup) = &self.cgroup {
            // What it has taken so far is what the system's loader needs.
            let entered = cgroup.enter(group.id());
            entered.map_err(system("it cannot be put into its control group"))?;
        }
        let process = Process {
            address: [self.port.address()],
            group,
            cgroup: self.cgroup.clone(),
            log,
            reaper: self.means.reaper.clone(),
            here: Arc::new(Here {
                cwd: invocation.cwd,
                environment,
            }),
        };
        if let Some(reaper) = &process.reaper {
            reaper
                .watch(process.group.id())
                .await
                .map_err(system("the reaper that guards it is gone"))?;
        }
        Ok(process)
    }
}

impl Provider for ProcessProvider {
    fn endpoint(&self) -> Endpoint {
        self.port.address().into()
    }

    fn start<'a>(
        &'a mut self,
        service: &'a ServicePlan,
        wiring: &'a Wiring,
    ) -> BoxFuture<'a, Result<Box<dyn Instance>, EnvErrorKind>> {
        Box::pin(async move {
            let process = self.run(service, wiring).await?;
            Ok(Box::new(process) as Box<dyn Instance>)
        })
    }

    fn is_down(&mut self) {
        // Where somebody was quicker, the next start says so.
        let _ = self.port.reserve_again();
    }
}

impl Invocation {
    fn not_started(&self, source: io::Error) -> EnvErrorKind {
        let reason = match source.kind() {
            io::ErrorKind::NotFound if self.program.exists() => {
                "names an interpreter in its first line that was not found"
            }
            io::ErrorKind::NotFound if is_path(&self.program) => "was not found",
            io::ErrorKind::NotFound => "was not found in PATH",
            io::ErrorKind::PermissionDenied => "may not be executed",
            _ => "cannot be started",
        };
        EnvErrorKind::Command {
            program: self.shown.clone(),
            reason,
            source,
        }
    }
}

fn is_path(program: &Path) -> bool {
    program.components().count() > 1
}

pub(super) fn system(action: &'static str) -> impl Fn(io::Error) -> EnvErrorKind {
    move |source| EnvErrorKind::System { action, source }
}

/// A child process that was started, with all that it started.
#[derive(Debug)]
struct Process {
    address: [SocketAddr; 1],
    group: ProcessGroup,
    cgroup: Option<Arc<Cgroup>>,
    log: ServiceLog,
    reaper: Option<Arc<Reaper>>,
    here: Arc<Here>,
}

/// What else is run where a process runs.
#[derive(Debug)]
struct Here {
    cwd: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

impl Inside for Here {
    fn health(&self) -> BoxFuture<'_, Result<(), NotYet>> {
        let nobody = NotYet::silent("nobody but itself knows how a process is");
        Box::pin(std::future::ready(Err(nobody)))
    }

    fn run<'a>(&'a self, words: &'a [String]) -> BoxFuture<'a, Result<(), NotYet>> {
        Box::pin(async move {
            let (program, arguments) = words
                .split_first()
                .ok_or_else(|| NotYet::silent("its command is empty"))?;
            let mut command = tokio::process::Command::new(program);
            command
                .args(arguments)
                .envs(self.environment.iter().cloned())
                .stdin(Stdio::null())
                .kill_on_drop(true);
            if let Some(cwd) = &self.cwd {
                command.current_dir(cwd);
            }
            let ran = command.output().await;
            let ran = ran.map_err(|error| NotYet::silent(format!("`{program}`: {error}")))?;
            if ran.status.success() {
                return Ok(());
            }
            let said = String::from_utf8_lossy(&ran.stderr);
            let last = said.trim().lines().last().unwrap_or_default();
            Err(NotYet::answered(format!("{}: {last}", ran.status)))
        })
    }
}

impl Instance for Process {
    fn candidates(&self) -> &[SocketAddr] {
        &self.address
    }

    fn ended(&mut self) -> BoxFuture<'_, Ended> {
        Box::pin(async {
            let status = match self.group.leader_ended().await {
                Ok(status) => status.to_string(),
                Err(error) => format!("unknown status: {error}"),
            };
            status.into()
        })
    }

    fn stop(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let empty = self.group.terminate(GRACE).await;
            self.bury(empty).await;
            empty
        })
    }

    fn usage(&self) -> BoxFuture<'_, Vec<Box<dyn Source>>> {
        let group: Box<dyn Source> = Box::new(ProcessGroupUsage::of_group(self.group.id()));
        Box::pin(std::future::ready(vec![group]))
    }

    fn processes(&self) -> Option<ProcessMark> {
        let group = self.group.id();
        Some(ProcessMark {
            group: group.as_raw(),
            started: processes::started(group).unwrap_or_default(),
        })
    }

    fn strike<'a>(
        &'a mut self,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Struck, String>> {
        Box::pin(async move {
            match fault {
                ServiceFault::Kill => {
                    let empty = self.group.kill().await;
                    self.ended_on_purpose(empty).await
                }
                ServiceFault::Stop | ServiceFault::Restart => {
                    let empty = self.group.terminate(GRACE).await;
                    self.ended_on_purpose(empty).await
                }
                ServiceFault::Pause => self.hold(ttl).await,
                ServiceFault::Signal(signal) => self.send(signal.name()),
                ServiceFault::Disconnect => Err("it has no network of its own".to_owned()),
                ServiceFault::Limit(limit) => {
                    let cgroup = self.cgroup.as_ref();
                    let cgroup = cgroup.ok_or("it has no control group to be limited in")?;
                    cgroup.limit(limit)?;
                    Ok(still_up(format!(
                        "its control group holds it: {}",
                        fault.describe()
                    )))
                }
            }
        })
    }

    fn free(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            self.group.signal(Signal::SIGCONT);
            if let Some(reaper) = &self.reaper {
                reaper.release(self.group.id()).await;
            }
            self.cgroup.as_ref().map_or(Ok(()), |cgroup| cgroup.lift())
        })
    }

    fn log(&self) -> Option<LogExcerpt> {
        Some(LogExcerpt {
            tail: self.log.tail(),
            path: self.log.path().to_owned(),
        })
    }

    fn printed(&self) -> Option<watch::Receiver<bool>> {
        Some(self.log.printed())
    }

    fn inside(&self) -> Option<Arc<dyn Inside>> {
        Some(Arc::clone(&self.here) as Arc<dyn Inside>)
    }
}

impl Process {
    /// Does what is left to do when the processes are gone.
    async fn bury(&mut self, empty: bool) {
        if empty && let Some(reaper) = &self.reaper {
            reaper.forget(self.group.id()).await;
        }
        self.log.close().await;
        if let Some(cgroup) = &self.cgroup {
            // A limit is no part of the next start; where it cannot be lifted, mending says so.
            let _ = cgroup.lift();
        }
    }

    async fn ended_on_purpose(&mut self, empty: bool) -> Result<Struck, String> {
        self.bury(empty).await;
        if !empty {
            return Err("it cannot be ended, not even by SIGKILL".to_owned());
        }
        Ok(Struck {
            seen: "no process of it is left".to_owned(),
            is_down: true,
        })
    }

    /// Holds every process of the group where it stands.
    async fn hold(&mut self, ttl: Duration) -> Result<Struck, String> {
        let group = self.group.id();
        if let Some(reaper) = &self.reaper {
            // Before the group is held: a program that hangs right after cannot say it any more.
            let leased = reaper.lease(group, ttl).await;
            leased.map_err(|error| format!("the reaper that would free it is gone: {error}"))?;
        }
        self.group.signal(Signal::SIGSTOP);
        let held = tokio::time::timeout(HOLD_LIMIT, async {
            while !processes::is_held(group) {
                tokio::time::sleep(HOLD_POLL).await;
            }
        });
        match held.await {
            Ok(()) => Ok(still_up("its process group is stopped".to_owned())),
            Err(_) => Err("it goes on in spite of SIGSTOP".to_owned()),
        }
    }

    fn send(&self, name: &str) -> Result<Struck, String> {
        let signal: Signal = name
            .parse()
            .map_err(|_| format!("{name} is no signal of this system"))?;
        self.group.signal(signal);
        Ok(still_up(format!("{name} was sent to its process group")))
    }
}

/// How long SIGSTOP may take to be obeyed.
const HOLD_LIMIT: Duration = Duration::from_secs(1);
/// Nothing tells that a process was stopped that is not waited for.
const HOLD_POLL: Duration = Duration::from_millis(1);

fn still_up(seen: String) -> Struck {
    Struck {
        seen,
        is_down: false,
    }
}
