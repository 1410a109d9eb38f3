//! What `run`, `load` and `merge` share: run a plan, show the verdict, write the reports.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rtest_core::clock::wall_clock;
use rtest_core::plan::Plan;
use rtest_core::{Clock, MonotonicClock};
use rtest_load::LoadControl;
use rtest_metrics::record::Origin;
use rtest_metrics::{RunRecord, Verdict};
use rtest_report::terminal::{self, Style};
use rtest_run::{Finished, RunError, RunOptions, Runner};
use rtest_suite::Inputs;
use tokio_util::sync::CancellationToken;

use crate::args::{OfLoadArgs, OutputArgs, ReportRequest};
use crate::command::report;
use crate::control::{Api, Published, Server, Steering};
use crate::exit::{Exit, Failure};
use crate::host;
use crate::live::{Lookout, Mode, Voice};
use crate::output;
use crate::signals::Signals;

/// Where runs write unless told otherwise.
pub(super) const DEFAULT_OUT: &str = "reports/out";

/// How long blocking work that outlives the run may hold up its end.
const SHUTDOWN: Duration = Duration::from_secs(1);

/// What the first Ctrl-C does.
const STOPPING: &str =
    "stopping: faults are rolled back, services taken down (again to end at once)";

/// Where a run's folder goes.
pub(crate) enum Keep {
    /// Below this folder, with the standard reports in it.
    In(PathBuf),
    /// In a temporary folder that is removed afterwards.
    Nowhere,
}

impl Keep {
    /// The folder that was asked for, or the default.
    pub(crate) fn asked_or_default(output: &OutputArgs) -> Self {
        Self::In(output.out.clone().unwrap_or_else(|| DEFAULT_OUT.into()))
    }
}

/// Runs, shows, writes. `command` makes the same run again.
pub(crate) fn execute(
    plan: Plan,
    command: String,
    keep: Keep,
    output: &OutputArgs,
    of_load: &OfLoadArgs,
) -> Result<Exit, Failure> {
    report::refuse_unwritable(&output.reports)?;
    let started = wall_clock();
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let run_id = host::run_id(&plan.name, started);
    let (folder, kept) = match &keep {
        Keep::In(out) => (out.join(&run_id), true),
        Keep::Nowhere => (std::env::temp_dir().join(format!("rtest-{run_id}")), false),
    };
    let load_control = LoadControl::default();
    let steering = Steering::of(&plan, load_control.clone());
    let options = RunOptions {
        load_control,
        folder: folder.clone(),
        origin: Origin {
            run_id,
            rtest: env!("CARGO_PKG_VERSION").to_owned(),
            command,
            started_at: host::rfc3339(started),
            host: host::host(),
        },
        program: own_executable()?,
    };
    rtest_run::hold_process(plan.load.as_ref());
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    let ran = runtime.block_on(async {
        let published = of_load.control.map(|_| Arc::<Published>::default());
        let lookout = Lookout::new(Mode::detect(output.quiet), &plan, published.clone());
        let voice = lookout.voice();
        let server = match of_load.control.zip(published) {
            Some((address, published)) => {
                let shared = lookout.shared();
                let steering = steering.clone();
                let api = Api {
                    shared,
                    published,
                    steering,
                };
                Some(serve_control(address, api, &voice).await?)
            }
            None => None,
        };
        let cancel = CancellationToken::new();
        let signals = Signals::watch(cancel.clone(), move || voice.call(STOPPING))
            .map_err(anyhow::Error::from)?;
        let live = lookout.live(steering, Arc::clone(&clock));
        let runner = Runner::new(plan, options, clock);
        let finished = runner.run(Box::new(lookout), cancel).await;
        // Whatever happened: the terminal and the port are given back first.
        if let Some(live) = live {
            live.close().await;
        }
        if let Some(server) = server {
            server.close().await;
        }
        Ok::<_, Failure>((finished.map_err(unrecorded)?, signals.exit()))
    });
    // A hostile pact may still keep a matching thread busy; it must not keep the process.
    runtime.shutdown_timeout(SHUTDOWN);
    let shown = ran.and_then(|(finished, interrupted)| {
        show(&finished, kept.then_some(folder.as_path()), output)?;
        let judged = Exit::of(finished.verdict.outcome, of_load.fail_on_inconclusive);
        Ok(match (&finished.failure, judged) {
            (Some(diagnostic), _) => Exit::of_failure(diagnostic.code),
            (None, Exit::Interrupted) => interrupted,
            (None, exit) => exit,
        })
    });
    if !kept {
        // What was asked for is written elsewhere; a leftover in the temporary folder is harmless.
        let _ = std::fs::remove_dir_all(&folder);
    }
    shown
}

/// Serves the control API, and says where.
async fn serve_control(address: SocketAddr, api: Api, voice: &Voice) -> Result<Server, Failure> {
    let server = Server::start(address, api).await.map_err(|error| Failure {
        exit: Exit::Environment,
        message: format!(
            "error: --control {address}: {error}\nhint: `--control 127.0.0.1:0` takes a free port"
        ),
    })?;
    voice.news(&format!("control  http://{}/v1/status", server.address()));
    Ok(server)
}

fn show(finished: &Finished, folder: Option<&Path>, output: &OutputArgs) -> Result<(), Failure> {
    let Finished {
        record,
        verdict,
        failure,
    } = finished;
    match failure {
        Some(diagnostic) => {
            let colour = output::colour(std::io::stderr().is_terminal());
            output::say(&output::paint_diagnostics(&diagnostic.to_string(), colour));
            write_reports(record, verdict, folder, &output.reports)
        }
        None => show_verdict(record, verdict, folder, &output.reports),
    }
}

/// Prints the verdict and writes the reports: those that are asked for and, where the run keeps
/// its folder, the standard ones into it.
pub(super) fn show_verdict(
    record: &RunRecord,
    verdict: &Verdict,
    folder: Option<&Path>,
    asked: &[ReportRequest],
) -> Result<(), Failure> {
    output::data(rendered_for_terminal(record, verdict).as_bytes())?;
    // After the verdict: a report that cannot be written takes nothing of it away.
    write_reports(record, verdict, folder, asked)
}

fn write_reports(
    record: &RunRecord,
    verdict: &Verdict,
    folder: Option<&Path>,
    asked: &[ReportRequest],
) -> Result<(), Failure> {
    let mut requests = asked.to_vec();
    if let Some(folder) = folder {
        let standard = [
            ("html", "report.html"),
            ("json", "report.json"),
            ("junit", "junit.xml"),
        ];
        requests.extend(standard.map(|(format, file)| ReportRequest {
            format: format.to_owned(),
            path: folder.join(file),
        }));
    }
    report::write(&requests, record, verdict)
}

/// The verdict as a terminal of this width and colour shows it.
pub(crate) fn rendered_for_terminal(record: &RunRecord, verdict: &Verdict) -> String {
    let stdout = std::io::stdout();
    let style = Style {
        colour: output::colour(stdout.is_terminal()),
        // A log has no edge to keep to; much beyond this nobody reads a line.
        width: Some(output::terminal_width().unwrap_or(140).clamp(60, 140)),
    };
    terminal::render(record, verdict, style)
}

/// What a suite may refer to as `${NAME}`: this process's environment, as far as it is text.
pub(crate) fn inputs() -> Inputs {
    let variables: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Inputs {
        variables,
        has_goose: rtest_run::HAS_GOOSE,
    }
}

/// The record's folder is the user's business: a place that cannot be written is no bug.
fn unrecorded(error: RunError) -> Failure {
    let error = anyhow::Error::from(error);
    Failure {
        exit: Exit::Environment,
        message: format!("error: {error:#}\nhint: `--out DIR` names a folder that can be written"),
    }
}

fn own_executable() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| {
        Failure::internal(format!("error: the rtest executable is not found: {error}"))
    })
}
