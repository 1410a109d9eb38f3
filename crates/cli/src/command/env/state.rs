use std::io;
use std::path::{Path, PathBuf};

use rtest_core::fnv1a;
use rtest_core::plan::ServicePlan;
use serde_json::{Value, json};

use crate::args::SuiteArgs;
use crate::command::judge::{DEFAULT_OUT, inputs};
use crate::exit::{Exit, Failure};
use crate::host;

/// Where an environment that is kept has its logs and its state.
pub(super) struct Place {
    /// The suite file as it was named.
    pub(super) suite: PathBuf,
    pub(super) folder: PathBuf,
}

/// An environment that is kept.
pub(super) struct State {
    /// The suite file as it was named.
    pub(super) suite: String,
    pub(super) run_id: String,
    /// Who keeps it.
    pid: u32,
    /// When that process started, in clock ticks since boot.
    started: u64,
    /// Where it is asked.
    pub(super) socket: PathBuf,
    /// What it was made from.
    pub(super) configuration: String,
}

/// What an environment is made from, in short: the same for the same services, wherever they stand
/// in the suite.
pub(super) fn configuration(services: &[ServicePlan]) -> String {
    let described = services.iter().map(|service| {
        let ServicePlan {
            name,
            provider,
            protocol,
            depends_on,
            env,
            ready,
            data,
            span: _,
        } = service;
        format!("{name}{provider:?}{protocol:?}{depends_on:?}{env:?}{ready:?}{data:?}")
    });
    let described: String = described.collect();
    format!("{:016x}", fnv1a(described.as_bytes()))
}

impl Place {
    /// The place of a suite's environment: one for each name of a suite in each folder of runs.
    ///
    /// # Errors
    /// The suite cannot be read.
    pub(super) fn of(args: &SuiteArgs) -> Result<Self, Failure> {
        let suite = rtest_suite::load(&args.suite, &inputs())
            .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
        Ok(Self::named(args, suite.name()))
    }

    /// The place of the environment of the suite of this name.
    pub(super) fn named(args: &SuiteArgs, name: &str) -> Self {
        let out = args.out.clone().unwrap_or_else(|| DEFAULT_OUT.into());
        Self {
            suite: args.suite.clone(),
            folder: out.join(format!("env-{}", host::slug(name))),
        }
    }

    /// Where the services' logs are.
    pub(super) fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    fn file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// The environment that is kept here, if one is. One whose keeper was killed is none.
    pub(super) fn state(&self) -> Option<State> {
        let text = std::fs::read_to_string(self.file()).ok()?;
        let state = State::read(&serde_json::from_str(&text).ok()?)?;
        state.is_kept().then_some(state)
    }

    /// The environment that is kept here.
    ///
    /// # Errors
    /// None is.
    pub(super) fn kept(&self) -> Result<State, Failure> {
        self.state().ok_or_else(|| Failure {
            exit: Exit::Environment,
            message: format!(
                "error: the environment of `{0}` is not up\nhint: rtest env up {0}",
                self.suite.display()
            ),
        })
    }

    /// Says that it is kept by this process.
    pub(super) fn write(
        &self,
        run_id: &str,
        socket: &Path,
        services: &[ServicePlan],
    ) -> io::Result<()> {
        let pid = std::process::id();
        let state = json!({
            "suite": self.suite.display().to_string(),
            "run_id": run_id,
            "pid": pid,
            "started": rtest_env::process_started(pid),
            "socket": socket,
            "configuration": configuration(services),
        });
        // Whole or not at all: others look at it while it is written.
        let fresh = self.folder.join("state.json.new");
        std::fs::write(&fresh, format!("{state:#}\n"))?;
        std::fs::rename(fresh, self.file())
    }

    /// Says that it is kept no more.
    pub(super) fn forget(&self) {
        // A state without its keeper is taken for none all the same.
        let _ = std::fs::remove_file(self.file());
    }
}

impl State {
    fn read(state: &Value) -> Option<Self> {
        let text = |key: &str| state[key].as_str().map(str::to_owned);
        Some(Self {
            suite: text("suite")?,
            run_id: text("run_id")?,
            pid: state["pid"].as_u64()?.try_into().ok()?,
            started: state["started"].as_u64()?,
            socket: text("socket")?.into(),
            configuration: text("configuration")?,
        })
    }

    /// Whether its keeper runs.
    pub(super) fn is_kept(&self) -> bool {
        rtest_env::process_started(self.pid) == Some(self.started)
    }
}
