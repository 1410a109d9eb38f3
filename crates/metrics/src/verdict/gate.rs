use crate::record::SpanRecord;

/// One thing that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What sort of thing.
    pub kind: GateKind,
    /// Unique within its kind.
    pub name: String,
    /// How it came out.
    pub status: GateStatus,
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub observed: String,
    /// Further evidence, each piece possibly with a place of its own.
    pub evidence: Vec<Evidence>,
    /// The line that asked for it.
    pub span: Option<SpanRecord>,
    /// Whether it is read from load numbers, and so worth nothing when those are not valid.
    pub rests_on_load: bool,
}

/// Why a gate came out as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// In one or a few lines.
    pub text: String,
    /// Where, if a text is at fault.
    pub span: Option<SpanRecord>,
}

/// What sort of thing was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GateKind {
    /// Load was offered, and at least one request was answered.
    Traffic,
    /// A threshold on a metric.
    Threshold,
    /// A check of a step; judged where no threshold on `checks` says how many may fail.
    Check,
    /// A probe of the steady-state hypothesis, before or after the faults.
    Hypothesis,
    /// What would have ended the drill before its time did not.
    Guardrail,
    /// A fault was injected and taken back without a trace.
    Fault,
    /// What the system did about a fault.
    Resilience,
    /// An integration case.
    Case,
    /// An interaction of a contract, or a contract entry as a whole.
    Contract,
    /// A program in the reference runtime.
    Sim,
    /// A service stayed up.
    Service,
    /// The generator kept up with its schedule.
    Generator,
}

impl GateKind {
    /// As reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Threshold => "threshold",
            Self::Check => "check",
            Self::Hypothesis => "hypothesis",
            Self::Guardrail => "guardrail",
            Self::Fault => "fault",
            Self::Resilience => "resilience",
            Self::Case => "case",
            Self::Contract => "contract",
            Self::Sim => "sim",
            Self::Service => "service",
            Self::Generator => "generator",
        }
    }
}

/// How a gate came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateStatus {
    /// Met.
    Passed,
    /// Not met.
    Failed,
    /// Met on too little to say so.
    Inconclusive,
    /// Not to be judged: whoever asked says so.
    Skipped,
}

impl GateStatus {
    /// Whether somebody has to look at it.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Failed | Self::Inconclusive)
    }

    /// As reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
        }
    }
}

impl Evidence {
    /// Evidence without a place.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            span: None,
        }
    }
}
