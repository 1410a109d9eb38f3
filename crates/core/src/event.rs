//! What happens in a run. Engines emit events, the run stamps and orders them, the record keeps
//! them; everything that is ever reported is folded from them.

use std::net::SocketAddr;
use std::time::Duration;

use crate::case_result::CaseResult;
use crate::clock::RunTime;
use crate::plan::Stage;
use crate::sample::LoadTick;
use crate::span::Span;
use crate::traffic::LinkTick;
use crate::usage::UsageTick;
use crate::window::WindowId;

/// Something that happened, on the run clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When.
    pub at: RunTime,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A stage began.
    StageStarted(Stage),
    /// A stage ended.
    StageFinished(Stage),
    /// A service changed its state.
    Service {
        /// Which.
        name: String,
        /// Into what.
        state: ServiceState,
    },
    /// What the container of a service is made of.
    ServiceImage {
        /// Which service.
        service: String,
        /// Its image.
        image: ServiceImage,
    },
    /// A link's proxy listens.
    LinkOpened {
        /// `caller -> callee`.
        link: String,
        /// The stable address.
        listen: SocketAddr,
    },
    /// A fault took effect.
    FaultInjected {
        /// Index into `ChaosPlan::timeline`.
        fault: u16,
        /// The window that began with it.
        window: WindowId,
    },
    /// A fault was taken back.
    FaultRolledBack {
        /// Index into `ChaosPlan::timeline`.
        fault: u16,
        /// The window that began with it.
        window: WindowId,
        /// What was looked at afterwards to see that nothing is left of it.
        proof: RollbackProof,
    },
    /// A probe of the hypothesis was asked.
    ProbeEvaluated {
        /// Index into `ChaosPlan::hypothesis`.
        probe: u16,
        /// On which side of the faults.
        side: ProbeSide,
        /// Whether it held, and what was there.
        result: ProbeResult,
    },
    /// A number was read, or could not be.
    GaugeRead {
        /// Index into `ChaosPlan::gauges`.
        gauge: u16,
        /// What it was, or why it could not be read.
        reading: Result<f64, String>,
    },
    /// Requests of one worker since its last tick.
    LoadTick(Box<LoadTick>),
    /// What crossed a link since its last tick.
    LinkTick(Box<LinkTick>),
    /// The generator looked at itself.
    GeneratorHealth(GeneratorHealth),
    /// What services use, looked at.
    Usage(UsageTick),
    /// A guardrail ended the drill, and the load with it.
    DrillAborted {
        /// Index into `GuardrailsPlan::all`.
        guardrail: u16,
        /// What was there: `0.62 (n = 480)`.
        observed: String,
    },
    /// Someone changed the load while it ran.
    LoadControlled(LoadControlled),
    /// A threshold with `abort_on_fail` was breached and ended the load.
    LoadAborted {
        /// Index into `LoadPlan::thresholds`.
        threshold: u16,
        /// What was read.
        observed: f64,
    },
    /// An integration case ended.
    Case(Box<CaseResult>),
    /// An interaction was verified, or could not be.
    Interaction(Box<InteractionResult>),
    /// The answers of an operation, counted when it was verified.
    Coverage(Box<OperationCoverage>),
    /// A contract entry of the suite verified nothing, or could not be read at all.
    ContractFailed {
        /// What was looked for, and what was there.
        message: String,
        /// The entry, or the place in the contract file.
        span: Span,
    },
    /// A program of the reference runtime ended under all its seeds.
    Sim(Box<SimResult>),
    /// Something that a reader of the record should know: an interrupt, a lost event.
    Note(String),
}

/// A service's state.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceState {
    /// What it depends on is ready, and what it needs is fetched, built and made.
    Preparing,
    /// It was started.
    Starting,
    /// It answered its readiness probe.
    Ready {
        /// Where it is reached.
        address: SocketAddr,
        /// How long that took.
        after: Duration,
    },
    /// The system killed it for want of memory; how it ended follows.
    OutOfMemory,
    /// It ended without being asked to.
    Exited {
        /// `exit status: 1`, `signal: 9`.
        status: String,
        /// The last lines of its log.
        log_tail: Vec<String>,
    },
    /// It was stopped.
    Stopped,
}

/// The image of a container, as it was when the container was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceImage {
    /// Its name: `postgres:15`.
    pub name: String,
    /// Its id in the engine: `sha256:…`.
    pub id: String,
    /// By which its registry knows it: `postgres@sha256:…`; absent where it was made on the
    /// engine's machine.
    pub digest: Option<String>,
}

/// What was seen after a rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackProof {
    /// Whether nothing is left of the fault.
    pub clean: bool,
    /// What was looked at: `proxy listens, no toxics`.
    pub seen: String,
}

/// When a probe was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeSide {
    /// Before the first fault.
    Before,
    /// While load ran, between or during faults.
    During,
    /// After the last fault was rolled back.
    After,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// Whether the hypothesis held.
    pub held: bool,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

/// A change to a running load, from outside of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LoadControlled {
    /// Nothing falls due any more.
    Paused,
    /// It goes on where it was paused.
    Resumed,
    /// Arrival rates are now this multiple of what the plan says.
    RateScaled(f64),
    /// The number of virtual users of closed models is now this multiple of what the plan says.
    VusScaled(f64),
    /// The load was ended.
    Stopped,
}

/// The generator's own condition, sampled while load runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeneratorHealth {
    /// CPU time of this process since the last sample, as a share of all cores, 0 to 1.
    pub cpu_share: f64,
    /// Open file descriptors.
    pub open_files: u64,
    /// The most that the process may open.
    pub open_files_limit: u64,
    /// The busiest worker's thread: running or waiting for a core, as a share of the time since
    /// the last sample, 0 to 1.
    pub busiest_worker: f64,
    /// Of that, waiting for a core.
    pub waited_for_core: f64,
    /// Local ports in use, those that wait for their end (`TIME_WAIT`) included; 0 where the
    /// system does not say.
    pub local_ports: u64,
    /// Local ports that connections may be given; 0 where the system does not say.
    pub local_ports_limit: u64,
}

/// What verifying one interaction gave.
#[derive(Clone, Debug, PartialEq)]
pub struct InteractionResult {
    /// The contract's file, as shown.
    pub source: String,
    /// The consumer.
    pub consumer: String,
    /// The provider.
    pub provider: String,
    /// The interaction's description.
    pub description: String,
    /// Its provider states.
    pub states: Vec<String>,
    /// The request in one line: `GET /users/7`.
    pub request: String,
    /// Whether it is pending: its consumer does not rely on it yet, so it fails nothing.
    pub pending: bool,
    /// The fault under which it was tried; absent where nothing was broken.
    pub under: Option<String>,
    /// Whether it was verified, and what was wrong.
    pub outcome: InteractionOutcome,
    /// How long it took, states included.
    pub took: Duration,
    /// The interaction in the contract's file.
    pub span: Span,
}

/// Whether an interaction was verified.
#[derive(Clone, Debug, PartialEq)]
pub enum InteractionOutcome {
    /// Every expectation of the contract was met.
    Verified,
    /// The answer differs from the contract.
    Mismatched(Vec<Mismatch>),
    /// Under a fault: the answer is not the contract's, but one that was declared for it.
    Degraded(String),
    /// It could not be tried: state handler, connection, contract.
    Failed(String),
    /// It is of a kind that cannot be verified here; never counted as verified.
    Unsupported(String),
    /// The contract itself says that it is not to be tried.
    Skipped(String),
}

/// One place where an answer differs from its contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// Where in the answer: `status`, `header Content-Type`, `body $.email`.
    pub location: String,
    /// What the contract has.
    pub expected: String,
    /// What the provider answered.
    pub actual: String,
    /// In one sentence; may offer a likely explanation (`userEmail` is new: renamed?).
    pub message: String,
    /// A command that sends the request again, secrets aside, where the contract does not say the
    /// request.
    pub reproduce: Option<String>,
    /// The field in the contract's file.
    pub span: Span,
}

/// What is known of an operation: which answers it declares, and which it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationCoverage {
    /// What looked: the contract's file, as shown.
    pub source: String,
    /// The provider.
    pub provider: String,
    /// `GET /users/{id}`.
    pub operation: String,
    /// The path that comes before the operation's own, as the document says: `/api/v1`, or nothing.
    pub base: String,
    /// By status, in the contract's order; those that are not declared after the others.
    pub answers: Vec<AnswerCoverage>,
    /// The operation in the contract's file.
    pub span: Span,
}

/// How often an operation gave an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerCoverage {
    /// `404`, or as it is declared: `4XX`, `default`.
    pub status: String,
    /// Whether the contract has it.
    pub declared: bool,
    /// How many answers there were.
    pub seen: u64,
}

/// What a program gave under its seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimResult {
    /// Index into `Plan::sims`.
    pub sim: u16,
    /// The program, as shown.
    pub program: String,
    /// How many seeds were run.
    pub seeds_run: u32,
    /// How many of them failed.
    pub seeds_failed: u32,
    /// What is wrong with it, the same thing once, a few at most.
    pub failures: Vec<SimFailure>,
    /// What can be said of the schedules that were not run, where the strategy says anything.
    pub coverage: Option<String>,
    /// Whether all schedules there are were run, though fewer than seeds were asked for.
    pub complete: bool,
    /// Whether the first seed, run twice, gave the same bytes.
    pub deterministic: bool,
    /// Hash of the first seed's trace, in hexadecimal.
    pub trace_hash: String,
    /// How much virtual time the first seed took.
    pub virtual_time: Duration,
    /// How long all of it took.
    pub took: Duration,
}

/// Something wrong with a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimFailure {
    /// The seed that it first showed under.
    pub seed: u64,
    /// The program's exit code there.
    pub exit_code: i32,
    /// What, in a line.
    pub message: String,
    /// What sort of thing: `unhandled rejection`. Empty where it is only known that a seed failed.
    pub kind: String,
    /// `file:line:column`, relative to the program's folder, where it is known.
    pub place: Option<String>,
    /// Under how many seeds it showed.
    pub runs: u32,
    /// What of chance it needs, a line for each choice.
    pub forced: Vec<String>,
    /// The flag of `rtest sim FILE` that shows it again; `--seed` with the seed where absent.
    pub replay: Option<String>,
}

/// Where engines put what happens. The receiver stamps each event with the run clock and never
/// makes the caller wait.
pub trait EventSink: Send + Sync {
    /// Hands over an event.
    fn emit(&self, kind: EventKind);
}
