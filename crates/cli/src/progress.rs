//! What a person sees while a run goes: a live line on a terminal, plain lines in CI.

use std::env;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rtest_core::event::{Event, EventKind, InteractionOutcome, ServiceState};
use rtest_core::plan::{FaultPlan, Plan};
use rtest_core::{Histogram, RunTime, Secrets};
use rtest_metrics::RunRecord;
use rtest_run::Observer;

use crate::output::say;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One line that changes, lasting lines above it.
    Live,
    /// Lasting lines only, and one for the load every ten seconds.
    Plain,
    /// Nothing.
    Silent,
}

impl Mode {
    /// Live on a terminal, unless it is CI's.
    pub(crate) fn detect(quiet: bool) -> Self {
        let in_ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        if quiet {
            Self::Silent
        } else if std::io::stderr().is_terminal() && !in_ci && !dumb {
            Self::Live
        } else {
            Self::Plain
        }
    }
}

/// Columns of the terminal that stdout is on, or what COLUMNS says.
pub(crate) fn terminal_width() -> Option<usize> {
    if std::io::stdout().is_terminal() {
        Some(usize::from(console::Term::stdout().size().1))
    } else {
        env::var("COLUMNS").ok()?.parse().ok()
    }
}

/// Shows a run's events.
pub(crate) struct Progress {
    mode: Mode,
    bar: ProgressBar,
    faults: Vec<FaultPlan>,
    load_length: Duration,
    load_start: Option<RunTime>,
    /// Faults that are active now, by index.
    active: Vec<u16>,
    last_line: RunTime,
    secrets: Secrets,
}

/// Between two plain lines about the load.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

impl Progress {
    /// For a run of this plan; says what will be run.
    pub(crate) fn new(mode: Mode, plan: &Plan) -> Self {
        let bar = match mode {
            Mode::Live => {
                ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr_with_hz(8))
            }
            Mode::Plain | Mode::Silent => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{spinner:.cyan} {bar:12.cyan/dim} {wide_msg}");
        bar.set_style(
            style
                .expect("the template is a constant")
                .progress_chars("━╸─"),
        );
        if mode == Mode::Live {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        let scenarios = plan.load.iter().flat_map(|load| &load.scenarios);
        let load_length = scenarios
            .map(|it| it.start_time + it.executor.duration())
            .max();
        let progress = Self {
            mode,
            bar,
            faults: plan
                .chaos
                .iter()
                .flat_map(|chaos| chaos.timeline.clone())
                .collect(),
            load_length: load_length.unwrap_or_default(),
            load_start: None,
            active: Vec::new(),
            last_line: RunTime::ZERO,
            secrets: plan.secrets.clone(),
        };
        let stages: Vec<&str> = plan.stages.iter().map(|stage| stage.name()).collect();
        progress.line(&format!(
            "rtest: {}  seed {}  {}",
            plan.name,
            plan.seed,
            stages.join(", ")
        ));
        progress
    }

    fn line(&self, text: &str) {
        let text = self.secrets.redact(text);
        match self.mode {
            Mode::Silent => {}
            Mode::Plain => say(&text),
            Mode::Live => self.bar.println(text),
        }
    }

    fn fault(&self, index: u16) -> String {
        self.faults
            .get(usize::from(index))
            .map_or_else(String::new, |fault| {
                format!("{}  {}", fault.link, fault.kind.describe())
            })
    }

    fn load(&mut self, at: RunTime, record: &RunRecord) {
        let Some(load) = &record.load else { return };
        let start = *self.load_start.get_or_insert(load.start);
        // The last second: the tick under way is not whole yet.
        let recent = load
            .intervals
            .iter()
            .rev()
            .filter(|interval| interval.to <= at);
        let mut latency = Histogram::default();
        let (mut requests, mut failed, mut seconds) = (0_u64, 0_u64, 0.0);
        for interval in recent {
            interval.response_time.add_to(&mut latency);
            for (outcome, count) in &interval.outcomes {
                requests += count;
                failed += if outcome.failed() { *count } else { 0 };
            }
            seconds += interval.to.since(interval.from).as_secs_f64();
            if seconds >= 1.0 {
                break;
            }
        }
        if requests == 0 || seconds == 0.0 {
            return;
        }
        let elapsed = at.since(start);
        let share = elapsed.as_secs_f64() / self.load_length.as_secs_f64().max(0.001);
        let active = self
            .active
            .iter()
            .filter_map(|fault| self.faults.get(usize::from(*fault)));
        let faults: Vec<&str> = active.map(|fault| fault.name.as_str()).collect();
        let broken = if faults.is_empty() {
            String::new()
        } else {
            format!("  ⚡ {}", faults.join(", "))
        };
        let text = format!(
            "{:.0}s/{:.0}s  {:.0}/s  failed {:.1} %  p50 {:.1} ms  p95 {:.1} ms{broken}",
            elapsed.as_secs_f64(),
            self.load_length.as_secs_f64(),
            requests as f64 / seconds,
            failed as f64 * 100.0 / requests as f64,
            latency.quantile_ms(0.5),
            latency.quantile_ms(0.95),
        );
        match self.mode {
            Mode::Live => {
                self.bar
                    .set_position((share.clamp(0.0, 1.0) * 1000.0) as u64);
                self.bar.set_message(text);
            }
            Mode::Plain if at.since(self.last_line) >= PLAIN_EVERY => {
                self.last_line = at;
                say(&format!("load     {}", text.trim_start()));
            }
            Mode::Plain | Mode::Silent => {}
        }
    }
}

impl Observer for Progress {
    fn observe(&mut self, event: &Event, record: &RunRecord) {
        match &event.kind {
            EventKind::StageStarted(stage) => {
                self.last_line = event.at;
                self.bar.set_message(stage.name());
            }
            EventKind::Service { name, state } => match state {
                ServiceState::Starting => self.bar.set_message(format!("starting {name}")),
                ServiceState::Ready { address, after } => self.line(&format!(
                    "ready    {name}  {address}  after {} ms",
                    after.as_millis()
                )),
                ServiceState::Exited { status, .. } => {
                    self.line(&format!("exited   {name}  {status}"))
                }
                ServiceState::Stopped => self.bar.set_message(format!("stopped {name}")),
            },
            EventKind::FaultInjected { fault, .. } => {
                self.active.push(*fault);
                self.line(&format!("fault    {}", self.fault(*fault)));
            }
            EventKind::FaultRolledBack { fault, proof, .. } => {
                self.active.retain(|other| other != fault);
                let clean = if proof.clean {
                    "rolled back"
                } else {
                    "NOT rolled back"
                };
                self.line(&format!(
                    "{clean:<8} {}  {}",
                    self.fault(*fault),
                    proof.seen
                ));
            }
            EventKind::LoadTick(_) => self.load(event.at, record),
            EventKind::Interaction(result) => {
                let shown = match &result.outcome {
                    InteractionOutcome::Verified => "verified",
                    InteractionOutcome::Mismatched(_) => "MISMATCH",
                    InteractionOutcome::Failed(_) => "FAILED  ",
                };
                self.line(&format!(
                    "{shown} {} -> {}  {}",
                    result.consumer, result.provider, result.description
                ));
            }
            EventKind::Sim(result) => self.line(&format!(
                "sim      {}  {} seeds, {} failed, {} ms",
                result.program,
                result.seeds_run,
                result.seeds_failed,
                result.took.as_millis()
            )),
            EventKind::LoadAborted { threshold, .. } => {
                let load = record.header.load.as_ref();
                let header = load.and_then(|load| load.thresholds.get(usize::from(*threshold)));
                let breached = header.map_or("", |header| header.threshold.as_str());
                self.line(&format!("aborted  the load breached {breached}"));
            }
            EventKind::Note(text) => self.line(&format!("note     {text}")),
            EventKind::StageFinished(_)
            | EventKind::LinkOpened { .. }
            | EventKind::ProbeEvaluated { .. }
            | EventKind::GeneratorHealth(_)
            | EventKind::LoadControlled(_)
            | EventKind::ContractFailed { .. } => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
