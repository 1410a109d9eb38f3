use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::plan::ServicePlan;
use rtest_core::unit::format_duration;
use rtest_core::{Code, Diagnostic, Span, UnknownVariable};

use crate::data::SeedError;
use crate::docker::DockerFailure;

/// Why the environment is not up. Everything that was up has been torn down.
#[derive(Debug)]
pub struct EnvError {
    /// The service at fault, with its entry in the suite.
    service: Option<(String, Span)>,
    kind: Box<EnvErrorKind>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvErrorKind {
    /// The service ended before it was ready.
    #[error("ended before it was ready ({status})")]
    Exited {
        /// `exit status: 1`, `signal: 9 (SIGKILL)`.
        status: String,
        /// What it printed; absent where that is not ours to see.
        log: Option<LogExcerpt>,
    },
    /// The service runs, and did not answer its probe in time.
    #[error("was not ready within {}", format_duration(*within))]
    NotReady {
        /// What was asked: `GET /health at 127.0.0.1:4000`.
        probe: String,
        /// How long it had.
        within: Duration,
        /// What was seen last: `connection refused`, `last answer: 503 Service Unavailable`.
        last_seen: String,
        /// What it printed; absent where that is not ours to see.
        log: Option<LogExcerpt>,
    },
    /// Nothing answers at an external service's address.
    #[error("does not answer at {address}")]
    Unreachable {
        /// The address as the suite has it.
        address: String,
        /// What was seen last.
        last_seen: String,
    },
    /// Something listens on the fixed port of a service.
    #[error("port {port} is taken: something else listens on it")]
    PortTaken {
        /// The port, on 127.0.0.1.
        port: u16,
    },
    /// Two services of the suite have the same fixed port.
    #[error("port {port} is taken: service `{other}` has it too")]
    PortShared {
        /// The port, on 127.0.0.1.
        port: u16,
        /// Who has it.
        other: String,
    },
    /// The program of a service cannot be started.
    #[error("command `{program}` {reason}")]
    Command {
        /// As the suite has it.
        program: String,
        /// `was not found in PATH`, `may not be executed`.
        reason: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The working directory of a service is not there.
    #[error("its working directory is not there: {}", cwd.display())]
    CwdMissing {
        /// The directory.
        cwd: PathBuf,
    },
    /// A `{{ … }}` that nothing fills.
    #[error(transparent)]
    Template(#[from] UnknownVariable),
    /// The set-up is not one that a plan makes: a link whose proxy has no address, a service
    /// listed twice, or before one that it depends on.
    #[error("{0}")]
    Inconsistent(String),
    /// The system refused something that the environment needs.
    #[error("{action}")]
    System {
        /// What could not be done.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of its seed was refused.
    #[error("its seed is refused")]
    Seed(#[from] SeedError),
    /// What its data is cannot be kept for resets.
    #[error("its data cannot be kept for resets: {0}")]
    Unkept(String),
    /// A Docker engine did not do what was asked of it.
    #[error(transparent)]
    Docker(#[from] DockerFailure),
    /// The Docker engine that it ran in does not answer any more.
    #[error("the Docker engine is gone: {0}")]
    EngineGone(String),
    /// The start was cancelled.
    #[error("interrupted while the environment was starting")]
    Interrupted,
}

/// What a service printed, redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogExcerpt {
    /// The last lines, oldest first.
    pub tail: Vec<String>,
    /// The whole log.
    pub path: PathBuf,
}

impl EnvError {
    pub(crate) fn of_service(plan: &ServicePlan, kind: EnvErrorKind) -> Self {
        Self {
            service: Some((plan.name.clone(), plan.span.clone())),
            kind: Box::new(kind),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> &EnvErrorKind {
        &self.kind
    }

    /// The service at fault.
    pub fn service(&self) -> Option<&str> {
        self.service.as_ref().map(|(name, _)| name.as_str())
    }

    /// The error as its user sees it: with the service's entry in the suite, the evidence, and
    /// what to do.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.kind.code(), self.to_string());
        if let Some((_, span)) = &self.service {
            diagnostic = diagnostic.at(span);
        }
        match self.kind.as_ref() {
            EnvErrorKind::Exited { log: None, .. } => diagnostic,
            EnvErrorKind::Exited { log: Some(log), .. } => {
                log.quoted(diagnostic).hint(see_log(&log.path))
            }
            EnvErrorKind::NotReady {
                probe,
                last_seen,
                log,
                ..
            } => {
                diagnostic = diagnostic
                    .note(format!("asked: {probe}"))
                    .note(format!("last seen: {last_seen}"));
                match log {
                    Some(log) => log.quoted(diagnostic).hint(format!(
                        "see that it listens on the PORT it is given, or raise `ready.within`; {}",
                        see_log(&log.path)
                    )),
                    None => diagnostic.hint("see that it is well, or raise `ready.within`"),
                }
            }
            EnvErrorKind::Unreachable { last_seen, .. } => diagnostic
                .note(format!("last seen: {last_seen}"))
                .hint("an `external` service is not started by rtest: see that it is up"),
            EnvErrorKind::PortTaken { .. } | EnvErrorKind::PortShared { .. } => diagnostic.hint(
                "stop what listens there, or leave `port` out: a free one is then handed over as PORT",
            ),
            EnvErrorKind::Command { source, .. } => diagnostic
                .note(source.to_string())
                .hint("install it, or write its path; a relative path starts from `cwd`"),
            EnvErrorKind::CwdMissing { .. } => {
                diagnostic.hint("`cwd` is relative to the suite file")
            }
            EnvErrorKind::Template(_) => diagnostic
                .hint("known here are `{{ SERVICE.url }}`, `{{ SERVICE.host }}`, `{{ SERVICE.port }}`"),
            EnvErrorKind::Seed(error) => diagnostic.note(error.to_string()),
            EnvErrorKind::System { source, .. } => diagnostic.note(source.to_string()),
            EnvErrorKind::Docker(failure) => match failure.hint {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            },
            EnvErrorKind::Unkept(_) => {
                diagnostic.hint("`reset: none` leaves its data alone; `template` and the others need a login that may do it")
            }
            EnvErrorKind::EngineGone(_) => diagnostic
                .hint("what this run has left in it can be removed when it is back: `rtest env prune`"),
            EnvErrorKind::Inconsistent(_) | EnvErrorKind::Interrupted => diagnostic,
        }
    }
}

impl From<EnvErrorKind> for EnvError {
    fn from(kind: EnvErrorKind) -> Self {
        Self {
            service: None,
            kind: Box::new(kind),
        }
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            Some((name, _)) => write!(f, "service `{name}`: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl Error for EnvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}

impl EnvErrorKind {
    fn code(&self) -> Code {
        match self {
            Self::Exited { .. } => Code::ServiceExited,
            Self::NotReady { .. } => Code::NotReady,
            Self::Unreachable { .. } => Code::Unreachable,
            Self::PortTaken { .. } | Self::PortShared { .. } => Code::PortTaken,
            Self::Command { .. } | Self::CwdMissing { .. } => Code::CommandNotFound,
            Self::Template(_) => Code::UnknownVariable,
            Self::Inconsistent(_)
            | Self::Seed(_)
            | Self::Unkept(_)
            | Self::EngineGone(_)
            | Self::System { .. }
            | Self::Docker(_)
            | Self::Interrupted => Code::EnvironmentFailed,
        }
    }
}

impl LogExcerpt {
    fn quoted(&self, diagnostic: Diagnostic) -> Diagnostic {
        if self.tail.is_empty() {
            return diagnostic.note("it printed nothing");
        }
        self.tail.iter().fold(
            diagnostic.note("the last lines of its log:"),
            |diagnostic, line| diagnostic.note(format!("  {line}")),
        )
    }
}

fn see_log(path: &Path) -> String {
    format!("its whole log is {}", path.display())
}

#[cfg(test)]
mod tests {
    use rtest_core::plan::{DataPlan, Protocol, Provider, Readiness, ReadinessProbe};

    use super::*;

    fn service() -> ServicePlan {
        ServicePlan {
            name: "shop".to_owned(),
            provider: Provider::External {
                address: "h:1".to_owned(),
            },
            protocol: Protocol::Http,
            depends_on: Vec::new(),
            env: Vec::new(),
            ready: Readiness {
                probe: ReadinessProbe::Tcp,
                within: Duration::from_secs(1),
            },
            data: DataPlan::default(),
            span: Span::of_flag("suite.yaml", "shop:"),
        }
    }

    #[test]
    fn an_early_exit_is_shown_with_its_place_and_its_last_words() {
        let error = EnvError::of_service(
            &service(),
            EnvErrorKind::Exited {
                status: "exit status: 1".to_owned(),
                log: Some(LogExcerpt {
                    tail: vec!["Error: Cannot find module".to_owned()],
                    path: "logs/shop.log".into(),
                }),
            },
        );
        assert_eq!(
            error.diagnostic().to_string(),
            "error[RT0401]: service `shop`: ended before it was ready (exit status: 1)\n  \
             --> suite.yaml:1:1\n\
             1 | shop:\n  \
             | ^^^^^\n  \
             | the last lines of its log:\n  \
             |   Error: Cannot find module\n\
             hint: its whole log is logs/shop.log"
        );
    }

    #[test]
    fn a_service_that_is_not_ours_has_no_log() {
        let error = EnvError::of_service(
            &service(),
            EnvErrorKind::NotReady {
                probe: "GET /health at h:1".to_owned(),
                within: Duration::from_millis(1500),
                last_seen: "last answer: 503 Service Unavailable".to_owned(),
                log: None,
            },
        );
        let shown = error.diagnostic().to_string();
        assert!(shown.starts_with("error[RT0402]: service `shop`: was not ready within 1.5s"));
        assert!(shown.contains("\n  | last seen: last answer: 503 Service Unavailable\n"));
        assert!(!shown.contains("log is"), "{shown}");
    }
}
