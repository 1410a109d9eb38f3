use rtest_core::event::{
    EventKind, InteractionOutcome, InteractionResult, LoadControlled, Mismatch, ProbeSide,
    ServiceState, SimResult,
};
use serde::{Deserialize, Serialize};

use super::{CaseEntry, CoverageEntry, LinkTickEntry, SpanRecord, TickEntry, UsageEntry};

/// One line of `events.jsonl`: something that happened, stamped with the run clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Nanoseconds since the start of the run.
    pub at_ns: u64,
    /// What happened.
    #[serde(flatten)]
    pub kind: EntryKind,
}

/// What happened, as the record writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EntryKind {
    /// A stage began.
    StageStarted {
        /// Its name.
        stage: String,
    },
    /// A stage ended.
    StageFinished {
        /// Its name.
        stage: String,
    },
    /// What a service needs is fetched, built and made.
    ServicePreparing {
        /// Its name.
        service: String,
    },
    /// A service was started.
    ServiceStarting {
        /// Its name.
        service: String,
    },
    /// A service answered its readiness probe.
    ServiceReady {
        /// Its name.
        service: String,
        /// Where it is reached.
        address: String,
        /// How long that took, in nanoseconds.
        after_ns: u64,
    },
    /// The system killed a service for want of memory.
    ServiceOutOfMemory {
        /// Its name.
        service: String,
    },
    /// A service ended without being asked to.
    ServiceExited {
        /// Its name.
        service: String,
        /// `exit status: 1`.
        status: String,
        /// The last lines of its log.
        log_tail: Vec<String>,
    },
    /// A service was stopped.
    ServiceStopped {
        /// Its name.
        service: String,
    },
    /// What the container of a service is made of.
    ServiceImage {
        /// Its name.
        service: String,
        /// Its image: `postgres:15`.
        image: String,
        /// The image's id in the engine: `sha256:…`.
        id: String,
        /// By which its registry knows it, if it comes from one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// A link's proxy listens.
    LinkOpened {
        /// `caller -> callee`.
        link: String,
        /// The stable address.
        listen: String,
    },
    /// A fault took effect.
    FaultInjected {
        /// Index into the header's faults.
        fault: u16,
        /// The window that began with it.
        window: u16,
    },
    /// A fault was taken back.
    FaultRolledBack {
        /// Index into the header's faults.
        fault: u16,
        /// The window that began with it.
        window: u16,
        /// Whether nothing is left of it.
        clean: bool,
        /// What was looked at.
        seen: String,
    },
    /// A probe was asked.
    Probe {
        /// Index into the header's hypothesis.
        probe: u16,
        /// `before`, `during` or `after`.
        side: String,
        /// Whether it held.
        held: bool,
        /// What was expected.
        expected: String,
        /// What was there.
        actual: String,
    },
    /// A number was read, or could not be.
    Gauge {
        /// Its index, by which expectations name it.
        gauge: u16,
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<f64>,
        /// Why it could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// What a load worker did since its last tick; its histograms are in `load.hlog`.
    LoadTick(TickEntry),
    /// What crossed a link.
    LinkTick(LinkTickEntry),
    /// The generator looked at itself.
    Generator {
        /// CPU of this process as a share of all cores, 0 to 1.
        cpu_share: f64,
        /// Open file descriptors.
        open_files: u64,
        /// The most that the process may open.
        open_files_limit: u64,
        /// The busiest worker, running or waiting for a core, 0 to 1.
        #[serde(default)]
        busiest_worker: f64,
        /// Of that, waiting for a core.
        #[serde(default)]
        waited_for_core: f64,
        /// Local ports in use.
        #[serde(default)]
        local_ports: u64,
        /// Local ports that there are.
        #[serde(default)]
        local_ports_limit: u64,
        /// In a merged record: which part's generator, from 0.
        #[serde(default, skip_serializing_if = "is_first")]
        part: u32,
    },
    /// What services use.
    Usage(UsageEntry),
    /// A guardrail ended the drill.
    DrillAborted {
        /// Index into the header's guardrails.
        guardrail: u16,
        /// What was there.
        observed: String,
    },
    /// Someone changed the load while it ran.
    LoadControlled {
        /// `paused`, `resumed`, `rate`, `vus`, `stopped`.
        change: String,
        /// The new multiple, of `rate` and `vus`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<f64>,
    },
    /// A breached threshold ended the load.
    LoadAborted {
        /// Index into the header's thresholds.
        threshold: u16,
        /// What was read.
        observed: f64,
    },
    /// An integration case ended.
    Case(CaseEntry),
    /// An interaction was verified, or could not be.
    Interaction(InteractionEntry),
    /// The answers of an operation, counted.
    Coverage(CoverageEntry),
    /// A contract entry verified nothing, or could not be read.
    ContractFailed {
        /// What was looked for, and what was there.
        message: String,
        /// The entry, or the place in the contract file.
        span: SpanRecord,
    },
    /// A program ended under all its seeds.
    Sim(SimEntry),
    /// Something to know about the run.
    Note {
        /// In one sentence.
        text: String,
    },
    /// The environment could not be brought up; nothing was run.
    EnvironmentFailed {
        /// The diagnostic, as printed.
        message: String,
    },
    /// Events that were lost because the disk did not keep up: the numbers are not whole.
    EventsLost {
        /// How many.
        count: u64,
    },
    /// The run was stopped from outside.
    Interrupted,
    /// The run ended; the last line of a whole record.
    Ended,
}

/// An interaction's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InteractionEntry {
    /// The contract's file.
    pub source: String,
    /// The consumer.
    pub consumer: String,
    /// The provider.
    pub provider: String,
    /// The description.
    pub description: String,
    /// Provider states.
    pub states: Vec<String>,
    /// `GET /users/7`.
    pub request: String,
    /// Whether its consumer does not rely on it yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// The fault under which it was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<String>,
    /// `verified`, `degraded`, `mismatched`, `failed`, `unsupported` or `skipped`.
    pub status: InteractionStatus,
    /// Differences, when mismatched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<MismatchEntry>,
    /// Why it could not be, or was not to be tried; of one that degraded, to what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in nanoseconds.
    pub took_ns: u64,
    /// The interaction in the contract's file.
    pub span: SpanRecord,
}

/// Whether an interaction was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionStatus {
    /// Every expectation was met.
    Verified,
    /// The answer is one that was declared for a fault.
    Degraded,
    /// The answer differs.
    Mismatched,
    /// It could not be tried.
    Failed,
    /// It is of a kind that cannot be verified.
    Unsupported,
    /// It was not to be tried.
    Skipped,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MismatchEntry {
    /// `body $.email`.
    pub location: String,
    /// What the contract has.
    pub expected: String,
    /// What was answered.
    pub actual: String,
    /// In one sentence.
    pub message: String,
    /// A command that sends the request again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reproduce: Option<String>,
    /// The field in the contract's file.
    pub span: SpanRecord,
}

/// A program's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimEntry {
    /// Index into the header's sims.
    pub sim: u16,
    /// The program.
    pub program: String,
    /// How many seeds were run.
    pub seeds_run: u32,
    /// How many of them failed.
    pub seeds_failed: u32,
    /// What is wrong with it.
    pub failures: Vec<SimFailureEntry>,
    /// What can be said of the schedules that were not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<String>,
    /// Whether all schedules there are were run, though fewer than seeds were asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
    /// Whether running twice gave the same bytes.
    pub deterministic: bool,
    /// Hash of the first seed's trace.
    pub trace_hash: String,
    /// Virtual time of the first seed, in nanoseconds.
    pub virtual_ns: u64,
    /// How long all of it took, in nanoseconds.
    pub took_ns: u64,
}

/// Something wrong with a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimFailureEntry {
    /// The seed that it first showed under.
    pub seed: u64,
    /// The exit code there.
    pub exit_code: i32,
    /// What, in a line.
    pub message: String,
    /// What sort of thing; empty where it is only known that the seed failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// `file:line:column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Under how many seeds it showed.
    #[serde(default, skip_serializing_if = "is_first")]
    pub runs: u32,
    /// What of chance it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forced: Vec<String>,
    /// The flag of `rtest sim` that shows it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

impl SimFailureEntry {
    /// What is wrong, and where.
    pub fn headline(&self) -> String {
        let kind = match self.kind.as_str() {
            "" => format!("seed {} ended with exit code {}", self.seed, self.exit_code),
            kind => kind.to_owned(),
        };
        match &self.place {
            Some(place) => format!("{kind}: {} ({place})", self.message),
            None => format!("{kind}: {}", self.message),
        }
    }

    /// The command that shows it again.
    pub fn command(&self, program: &str) -> String {
        match &self.replay {
            Some(replay) => format!("rtest sim {program} {replay}"),
            None => format!("rtest sim {program} --seed {}", self.seed),
        }
    }
}

impl EntryKind {
    /// The entry of an event. For a load tick, `hlog_lines` says how many histograms were
    /// written for it.
    pub fn new(event: &EventKind, hlog_lines: u32) -> Self {
        match event {
            EventKind::StageStarted(stage) => Self::StageStarted {
                stage: stage.name().to_owned(),
            },
            EventKind::StageFinished(stage) => Self::StageFinished {
                stage: stage.name().to_owned(),
            },
            EventKind::Service { name, state } => Self::service(name, state),
            EventKind::ServiceImage { service, image } => Self::ServiceImage {
                service: service.clone(),
                image: image.name.clone(),
                id: image.id.clone(),
                digest: image.digest.clone(),
            },
            EventKind::LinkOpened { link, listen } => Self::LinkOpened {
                link: link.clone(),
                listen: listen.to_string(),
            },
            EventKind::FaultInjected { fault, window } => Self::FaultInjected {
                fault: *fault,
                window: window.0,
            },
            EventKind::FaultRolledBack {
                fault,
                window,
                proof,
            } => Self::FaultRolledBack {
                fault: *fault,
                window: window.0,
                clean: proof.clean,
                seen: proof.seen.clone(),
            },
            EventKind::ProbeEvaluated {
                probe,
                side,
                result,
            } => Self::Probe {
                probe: *probe,
                side: match side {
                    ProbeSide::Before => "before".to_owned(),
                    ProbeSide::During => "during".to_owned(),
                    ProbeSide::After => "after".to_owned(),
                },
                held: result.held,
                expected: result.expected.clone(),
                actual: result.actual.clone(),
            },
            EventKind::GaugeRead { gauge, reading } => Self::Gauge {
                gauge: *gauge,
                value: reading.as_ref().ok().copied(),
                error: reading.as_ref().err().cloned(),
            },
            EventKind::LoadTick(tick) => Self::LoadTick(TickEntry::new(tick, hlog_lines)),
            EventKind::LinkTick(tick) => Self::LinkTick(LinkTickEntry::from(&**tick)),
            EventKind::GeneratorHealth(health) => Self::Generator {
                cpu_share: health.cpu_share,
                open_files: health.open_files,
                open_files_limit: health.open_files_limit,
                busiest_worker: health.busiest_worker,
                waited_for_core: health.waited_for_core,
                local_ports: health.local_ports,
                local_ports_limit: health.local_ports_limit,
                part: 0,
            },
            EventKind::Usage(tick) => Self::Usage(UsageEntry::from(tick)),
            EventKind::DrillAborted {
                guardrail,
                observed,
            } => Self::DrillAborted {
                guardrail: *guardrail,
                observed: observed.clone(),
            },
            EventKind::LoadControlled(change) => {
                let (change, scale) = match change {
                    LoadControlled::Paused => ("paused", None),
                    LoadControlled::Resumed => ("resumed", None),
                    LoadControlled::RateScaled(scale) => ("rate", Some(*scale)),
                    LoadControlled::VusScaled(scale) => ("vus", Some(*scale)),
                    LoadControlled::Stopped => ("stopped", None),
                };
                Self::LoadControlled {
                    change: change.to_owned(),
                    scale,
                }
            }
            EventKind::LoadAborted {
                threshold,
                observed,
            } => Self::LoadAborted {
                threshold: *threshold,
                observed: *observed,
            },
            EventKind::Case(result) => Self::Case(CaseEntry::from(&**result)),
            EventKind::Interaction(result) => Self::Interaction(InteractionEntry::from(&**result)),
            EventKind::Coverage(coverage) => Self::Coverage(CoverageEntry::from(&**coverage)),
            EventKind::ContractFailed { message, span } => Self::ContractFailed {
                message: message.clone(),
                span: span.into(),
            },
            EventKind::Sim(result) => Self::Sim(SimEntry::from(&**result)),
            EventKind::Note(text) => Self::Note { text: text.clone() },
        }
    }

    fn service(name: &str, state: &ServiceState) -> Self {
        let service = name.to_owned();
        match state {
            ServiceState::Preparing => Self::ServicePreparing { service },
            ServiceState::Starting => Self::ServiceStarting { service },
            ServiceState::Ready { address, after } => Self::ServiceReady {
                service,
                address: address.to_string(),
                after_ns: nanos(*after),
            },
            ServiceState::OutOfMemory => Self::ServiceOutOfMemory { service },
            ServiceState::Exited { status, log_tail } => Self::ServiceExited {
                service,
                status: status.clone(),
                log_tail: log_tail.clone(),
            },
            ServiceState::Stopped => Self::ServiceStopped { service },
        }
    }
}

impl From<&InteractionResult> for InteractionEntry {
    fn from(result: &InteractionResult) -> Self {
        let (status, mismatches, error) = match &result.outcome {
            InteractionOutcome::Verified => (InteractionStatus::Verified, Vec::new(), None),
            InteractionOutcome::Mismatched(mismatches) => (
                InteractionStatus::Mismatched,
                mismatches.iter().map(MismatchEntry::from).collect(),
                None,
            ),
            InteractionOutcome::Failed(error) => {
                (InteractionStatus::Failed, Vec::new(), Some(error.clone()))
            }
            InteractionOutcome::Degraded(answer) => (
                InteractionStatus::Degraded,
                Vec::new(),
                Some(answer.clone()),
            ),
            InteractionOutcome::Unsupported(why) => (
                InteractionStatus::Unsupported,
                Vec::new(),
                Some(why.clone()),
            ),
            InteractionOutcome::Skipped(why) => {
                (InteractionStatus::Skipped, Vec::new(), Some(why.clone()))
            }
        };
        Self {
            source: result.source.clone(),
            consumer: result.consumer.clone(),
            provider: result.provider.clone(),
            description: result.description.clone(),
            states: result.states.clone(),
            request: result.request.clone(),
            pending: result.pending,
            under: result.under.clone(),
            status,
            mismatches,
            error,
            took_ns: nanos(result.took),
            span: (&result.span).into(),
        }
    }
}

impl From<&Mismatch> for MismatchEntry {
    fn from(mismatch: &Mismatch) -> Self {
        Self {
            location: mismatch.location.clone(),
            expected: mismatch.expected.clone(),
            actual: mismatch.actual.clone(),
            message: mismatch.message.clone(),
            reproduce: mismatch.reproduce.clone(),
            span: (&mismatch.span).into(),
        }
    }
}

impl From<&MismatchEntry> for Mismatch {
    fn from(entry: &MismatchEntry) -> Self {
        Self {
            location: entry.location.clone(),
            expected: entry.expected.clone(),
            actual: entry.actual.clone(),
            message: entry.message.clone(),
            reproduce: entry.reproduce.clone(),
            span: (&entry.span).into(),
        }
    }
}

impl From<&SimResult> for SimEntry {
    fn from(result: &SimResult) -> Self {
        Self {
            sim: result.sim,
            program: result.program.clone(),
            seeds_run: result.seeds_run,
            seeds_failed: result.seeds_failed,
            failures: result
                .failures
                .iter()
                .map(|failure| SimFailureEntry {
                    seed: failure.seed,
                    exit_code: failure.exit_code,
                    message: failure.message.clone(),
                    kind: failure.kind.clone(),
                    place: failure.place.clone(),
                    runs: failure.runs,
                    forced: failure.forced.clone(),
                    replay: failure.replay.clone(),
                })
                .collect(),
            coverage: result.coverage.clone(),
            complete: result.complete,
            deterministic: result.deterministic,
            trace_hash: result.trace_hash.clone(),
            virtual_ns: nanos(result.virtual_time),
            took_ns: nanos(result.took),
        }
    }
}

// The signature is serde's.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(part: &u32) -> bool {
    *part == 0
}

pub(super) fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
