use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::ServicePlan;
use rtest_core::{Template, UnknownVariable};

use super::{BoxFuture, Instance, Means, Provider};
use crate::endpoint::Endpoint;
use crate::error::{EnvErrorKind, LogExcerpt};
use crate::log::ServiceLog;
use crate::port::ReservedPort;
use crate::process_group::ProcessGroup;
use crate::reaper::Reaper;
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
        let (log, sink) = ServiceLog::begin(
            &self.means.log_dir,
            &service.name,
            self.means.secrets.clone(),
        )
        .map_err(system("its log cannot be written"))?;
        let mut command = tokio::process::Command::new(&invocation.program);
        command
            .args(&invocation.arguments)
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(
                sink.try_clone()
                    .map_err(system("its log cannot be written"))?,
            )
            .stderr(sink);
        if let Some(cwd) = &invocation.cwd {
            command.current_dir(cwd);
        }
        self.port.release();
        let group =
            ProcessGroup::spawn(&mut command).map_err(|error| invocation.not_started(error))?;
        // The command holds our copies of the log's pipe, which would otherwise never end.
        drop(command);
        let process = Process {
            address: [self.port.address()],
            group,
            log,
            reaper: self.means.reaper.clone(),
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

fn system(action: &'static str) -> impl Fn(io::Error) -> EnvErrorKind {
    move |source| EnvErrorKind::System { action, source }
}

/// A child process that was started, with all that it started.
#[derive(Debug)]
struct Process {
    address: [SocketAddr; 1],
    group: ProcessGroup,
    log: ServiceLog,
    reaper: Option<Arc<Reaper>>,
}

impl Instance for Process {
    fn candidates(&self) -> &[SocketAddr] {
        &self.address
    }

    fn ended(&mut self) -> BoxFuture<'_, String> {
        Box::pin(async {
            match self.group.leader_ended().await {
                Ok(status) => status.to_string(),
                Err(error) => format!("unknown status: {error}"),
            }
        })
    }

    fn stop(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let empty = self.group.terminate(GRACE).await;
            if empty && let Some(reaper) = &self.reaper {
                reaper.forget(self.group.id()).await;
            }
            self.log.close().await;
            empty
        })
    }

    fn log(&self) -> Option<LogExcerpt> {
        Some(LogExcerpt {
            tail: self.log.tail(),
            path: self.log.path().to_owned(),
        })
    }
}
