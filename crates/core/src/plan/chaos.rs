use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::expectation::{Expectation, ValueMatch};
use crate::plan::{
    DelayPlan, GaugePlan, HttpCall, HttpFaultPlan, ResiliencePlan, SqlExpectation, Target,
    ToxicPlan,
};
use crate::span::Span;
use crate::template::Template;
use crate::threshold::Threshold;
use crate::unit::{format_duration, format_size};

/// Faults on a timeline, and what must hold around them.
#[derive(Clone, Debug, Default)]
pub struct ChaosPlan {
    /// What the steady state is; holds before the first fault and again after the last.
    pub hypothesis: Vec<ProbePlan>,
    /// Faults, by start.
    pub timeline: Vec<FaultPlan>,
    /// What is read while load runs; expectations name them by their index.
    pub gauges: Vec<GaugePlan>,
    /// What ends the drill before its time.
    pub guardrails: GuardrailsPlan,
}

impl ChaosPlan {
    /// When the last fault is over.
    pub fn end(&self) -> Duration {
        self.timeline
            .iter()
            .map(|fault| fault.at + fault.lasting)
            .max()
            .unwrap_or_default()
    }
}

/// One fault.
#[derive(Clone, Debug)]
pub struct FaultPlan {
    /// Its unique name, for tags and reports: `latency storefront -> catalog`.
    pub name: String,
    /// The name that it shares with the other times that the same thing is broken; its own where
    /// there are none.
    pub series: String,
    /// When it begins, from the start of the load.
    pub at: Duration,
    /// How long it lasts (`for` in the suite); zero for what is over when it is mended.
    pub lasting: Duration,
    /// The series that has to be over before it begins.
    pub after: Option<String>,
    /// What it breaks, and how.
    pub target: FaultTarget,
    /// What the system is expected to do about it.
    pub expect: Vec<ResiliencePlan>,
    /// What it turns into while it lasts; empty where it stays as it is.
    pub ramp: Vec<RampStep>,
    /// Its entry in the suite.
    pub span: Span,
}

impl FaultPlan {
    /// What is broken, for reports: `storefront -> catalog`, `catalog`, `one of a, b`.
    pub fn on(&self) -> String {
        self.target.to_string()
    }

    /// The word in the suite: `latency`, `kill`.
    pub const fn word(&self) -> &'static str {
        match &self.target {
            FaultTarget::Link { fault, .. } => fault.word(),
            FaultTarget::Services { fault, .. } => fault.word(),
        }
    }

    /// What happens to it, in words: `latency 400ms ± 50ms`, `signal SIGUSR1`.
    pub fn describe(&self) -> String {
        let first = self.describe_first();
        match self.ramp.last() {
            Some(last) => format!(
                "{first} to {} in {} steps",
                last.fault.describe(),
                self.ramp.len() + 1
            ),
            None => first,
        }
    }

    fn describe_first(&self) -> String {
        match &self.target {
            FaultTarget::Link { fault, .. } => fault.describe(),
            FaultTarget::Services { fault, .. } => fault.describe(),
        }
    }
}

/// What a fault on a link turns into after a while.
#[derive(Clone, Debug, PartialEq)]
pub struct RampStep {
    /// When, from its beginning.
    pub after: Duration,
    /// Into what; of the same kind.
    pub fault: LinkFault,
}

/// What a fault breaks: what can be done to it depends on what it is.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultTarget {
    /// The way from a service to one that it depends on.
    Link {
        /// `caller -> callee`.
        link: String,
        /// What happens on it.
        fault: LinkFault,
    },
    /// Services themselves.
    Services {
        /// Which.
        services: ServiceChoice,
        /// What happens to each.
        fault: ServiceFault,
    },
}

impl FaultTarget {
    /// The status with which requests are answered in place of the callee, where they are.
    pub fn answers(&self) -> Option<u16> {
        match self {
            Self::Link {
                fault: LinkFault::Http(http),
                ..
            } => http.action.answers(),
            _ => None,
        }
    }
}

/// `storefront -> catalog`, `catalog`, `one of a, b`.
impl fmt::Display for FaultTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { link, .. } => f.write_str(link),
            Self::Services { services, .. } => services.fmt(f),
        }
    }
}

/// What happens on a link.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkFault {
    /// Answers come later.
    Latency {
        /// By how much.
        latency: Duration,
        /// Give or take, evenly spread.
        jitter: Duration,
    },
    /// Answers come later by what is drawn.
    Delay(DelayPlan),
    /// Live connections are closed, new ones refused.
    Down,
    /// Live connections are reset, and each new one when its first request was read.
    Reset,
    /// Something happens to requests.
    Http(HttpFaultPlan),
    /// A toxic of the proxy.
    Toxic(ToxicPlan),
}

impl LinkFault {
    /// The word in the suite.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Latency { .. } | Self::Delay(_) => "latency",
            Self::Down => "down",
            Self::Reset => "reset",
            Self::Http(_) => "http",
            Self::Toxic(toxic) => toxic.kind,
        }
    }

    /// In words, for reports: `latency 400ms ± 50ms`.
    pub fn describe(&self) -> String {
        match self {
            Self::Latency { latency, jitter } if jitter.is_zero() => {
                format!("latency {}", format_duration(*latency))
            }
            Self::Latency { latency, jitter } => {
                format!(
                    "latency {} ± {}",
                    format_duration(*latency),
                    format_duration(*jitter)
                )
            }
            Self::Delay(delay) => format!("latency {}", delay.describe()),
            Self::Down | Self::Reset => self.word().to_owned(),
            Self::Http(http) => http.describe(),
            Self::Toxic(toxic) => toxic.describe(),
        }
    }
}

/// Which services a fault strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChoice {
    /// Those that it may strike, in the suite's order; at least one.
    pub among: Vec<String>,
    /// How many of them; which is drawn from the run's seed.
    pub share: Share,
}

impl ServiceChoice {
    /// This one.
    pub fn one(service: &str) -> Self {
        Self {
            among: vec![service.to_owned()],
            share: Share::All,
        }
    }
}

/// `catalog`, `one of a, b`.
impl fmt::Display for ServiceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.among.len() > 1 {
            match self.share {
                Share::All => {}
                Share::One => f.write_str("one of ")?,
                Share::Percent(percent) => write!(f, "{percent}% of ")?,
            }
        }
        f.write_str(&self.among.join(", "))
    }
}

/// How many of several services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Every one.
    All,
    /// A single one.
    One,
    /// So many of a hundred, rounded up: never none.
    Percent(u8),
}

/// What happens to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceFault {
    /// It is ended at once, by SIGKILL, and started again when the fault is over.
    Kill,
    /// It is asked to end, by SIGTERM, and started again when the fault is over.
    Stop,
    /// It is held where it stands, by SIGSTOP, until the fault is over.
    Pause,
    /// It is ended as by `Stop`, and started again at once.
    Restart,
    /// It is sent a signal; should that end it, it is started again when the fault is over.
    Signal(Signal),
    /// It is held to a part of the machine.
    Limit(Limit),
    /// It is taken out of its network: nobody reaches it, and it reaches nobody.
    Disconnect,
}

/// A signal that a service may be sent, by its name: `SIGUSR1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(&'static str);

impl Signal {
    /// The signals of POSIX that a process can be sent to some purpose. Those that hold it or end
    /// it unasked are faults of their own: `pause` and `kill`.
    pub const NAMES: [&'static str; 14] = [
        "SIGABRT", "SIGALRM", "SIGBUS", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGPIPE",
        "SIGQUIT", "SIGSEGV", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGWINCH",
    ];

    /// The signal of this name, with or without `SIG`, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        let upper = name.trim().to_ascii_uppercase();
        let short = upper.strip_prefix("SIG").unwrap_or(&upper);
        let known = Self::NAMES.iter();
        known.copied().find(|known| known[3..] == *short).map(Self)
    }

    /// `SIGUSR1`.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// The part of the machine that a service is left with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// CPU time, in percent of one core: 50 is half a core, 200 two.
    pub cpu_percent: Option<u32>,
    /// Memory, in bytes. What asks for more is ended by the system.
    pub memory_bytes: Option<u64>,
}

impl ServiceFault {
    /// The word in the suite.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Restart => "restart",
            Self::Signal(_) => "signal",
            Self::Limit(_) => "limit",
            Self::Disconnect => "disconnect",
        }
    }

    /// In words, for reports: `signal SIGUSR1`.
    pub fn describe(&self) -> String {
        match self {
            Self::Signal(signal) => format!("signal {}", signal.name()),
            Self::Limit(limit) => {
                let cpu = limit
                    .cpu_percent
                    .map(|percent| format!("{percent}% of a core"));
                let memory = limit
                    .memory_bytes
                    .map(|bytes| format!("{} of memory", format_size(bytes)));
                let parts: Vec<String> = cpu.into_iter().chain(memory).collect();
                format!("limit to {}", parts.join(" and "))
            }
            other => other.word().to_owned(),
        }
    }
}

/// One probe of the hypothesis.
#[derive(Clone, Debug)]
pub struct ProbePlan {
    /// As shown in reports.
    pub name: String,
    /// What is asked.
    pub kind: ProbeKind,
    /// Whether it is asked every second as well, and when; a metric is judged from the record.
    pub continuously: Option<Continuously>,
    /// Its entry in the suite.
    pub span: Span,
}

/// When a probe is asked every second, beside before and after the faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuously {
    /// While nothing is broken.
    OutsideFaults,
    /// While something is broken too.
    Always,
}

/// What a probe asks.
#[derive(Clone, Debug)]
pub enum ProbeKind {
    /// A bound on a metric, held against the windows without a fault.
    Metric(Threshold),
    /// A call, and what its answer must be.
    Http {
        /// Whom.
        target: Target,
        /// What.
        call: HttpCall,
        /// All of these.
        expectations: Vec<Expectation>,
    },
    /// Whether a TCP connection is accepted, and not closed at once.
    Tcp(TcpTarget),
    /// A command, and how it must end.
    Command(CommandProbe),
    /// A query to a Postgres database, and what it must give.
    Sql(SqlProbe),
}

/// What a TCP probe connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpTarget {
    /// A service of the suite.
    Service(String),
    /// `host:port`.
    Address(String),
}

/// A command, and how it must end.
#[derive(Clone, Debug)]
pub struct CommandProbe {
    /// Program and arguments.
    pub words: Vec<Template>,
    /// Where it runs.
    pub cwd: PathBuf,
    /// Exit codes that hold; at least one.
    pub exit: Vec<i32>,
    /// What it prints on stdout, without white space at its ends.
    pub output: Option<ValueMatch>,
}

/// A query, and what it must give.
#[derive(Clone, Debug)]
pub struct SqlProbe {
    /// `postgres://user:password@host:port/database`.
    pub url: Template,
    /// The query.
    pub query: String,
    /// What its rows must be.
    pub expected: SqlExpectation,
}

/// What ends a drill, and the load with it, before its time.
#[derive(Clone, Debug, Default)]
pub struct GuardrailsPlan {
    /// Bounds on metrics that end it when they are met.
    pub abort_when: Vec<AbortPlan>,
    /// As many samples a bound needs before it can be met.
    pub min_samples: u64,
    /// Probes that end it when they fail twice in a row.
    pub probes: Vec<ProbePlan>,
    /// A file that ends it by being there.
    pub kill_switch: Option<KillSwitch>,
    /// Targets outside of this machine that may be put under load and faults.
    pub allowed: Vec<AllowedTarget>,
}

impl GuardrailsPlan {
    /// The name and the place of each, in the order in which records number them: bounds, probes,
    /// the kill switch.
    pub fn all(&self) -> impl Iterator<Item = (String, &Span)> {
        let bounds = self.abort_when.iter();
        let probes = self.probes.iter();
        let switch = self.kill_switch.iter();
        bounds
            .map(|bound| (bound.threshold.to_string(), &bound.span))
            .chain(probes.map(|probe| (format!("{} fails", probe.name), &probe.span)))
            .chain(switch.map(|it| (format!("{} is there", it.path.display()), &it.span)))
    }
}

/// A bound on a metric that ends a drill when it is met.
#[derive(Clone, Debug)]
pub struct AbortPlan {
    /// The bound: `http_req_failed rate>0.5`.
    pub threshold: Threshold,
    /// Its entry in the suite.
    pub span: Span,
}

/// A file that ends a drill by being there.
#[derive(Clone, Debug)]
pub struct KillSwitch {
    /// The file.
    pub path: PathBuf,
    /// Its entry in the suite.
    pub span: Span,
}

/// A target outside of this machine that may be put under load and faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedTarget {
    /// Its host, without a port.
    pub host: String,
    /// Why.
    pub reason: String,
}
