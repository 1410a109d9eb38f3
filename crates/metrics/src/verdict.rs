//! The one judgement of a run: every gate with its status, its evidence and the line that asked
//! for it.

use rtest_core::RunTime;
use rtest_core::threshold::Threshold;
use rtest_core::window::WindowId;

use crate::record::{InteractionEntry, InteractionStatus, SpanRecord};
use crate::run_record::{Ending, RunRecord};
use crate::summary::{Summary, Value};
use crate::threshold::{evaluate, show_bound};

/// The generator's own lateness, above which its numbers are not valid: p99 of due → begun where
/// a virtual user was free.
pub const MAX_DISPATCH_LAG_MS: f64 = 100.0;

/// How a run came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// In one word.
    pub outcome: Outcome,
    /// Every gate, in the order: load, hypothesis, faults, contracts, programs, services,
    /// generator.
    pub gates: Vec<Gate>,
}

/// A run's outcome; each has its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every gate passed.
    Passed,
    /// At least one gate failed.
    Failed,
    /// No gate failed, and at least one rests on too little to say that it passed.
    Inconclusive,
    /// The generator was the bottleneck: load numbers are not valid, and nothing else failed.
    Invalid,
    /// The environment did not come up; nothing was judged.
    EnvironmentFailed,
    /// Stopped from outside, or killed: what is there is not the whole run.
    Interrupted,
}

impl Outcome {
    /// In one word, as reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Invalid => "invalid",
            Self::EnvironmentFailed => "environment failed",
            Self::Interrupted => "interrupted",
        }
    }
}

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
    /// A fault took effect and was taken back without a trace.
    Fault,
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
            Self::Fault => "fault",
            Self::Contract => "contract",
            Self::Sim => "sim",
            Self::Service => "service",
            Self::Generator => "generator",
        }
    }

    /// Whether it is read from load numbers, and so worth nothing when they are not valid.
    const fn rests_on_load(self) -> bool {
        matches!(self, Self::Traffic | Self::Threshold | Self::Check)
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
}

impl GateStatus {
    /// As reports show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl Verdict {
    /// Judges a run.
    pub fn of(record: &RunRecord) -> Self {
        let judge = Judge {
            record,
            summary: Summary::new(record),
        };
        let mut gates = Vec::new();
        judge.load(&mut gates);
        judge.hypothesis(&mut gates);
        judge.faults(&mut gates);
        judge.contracts(&mut gates);
        judge.sims(&mut gates);
        judge.services(&mut gates);
        judge.generator(&mut gates);
        Self {
            outcome: outcome(record, &gates),
            gates,
        }
    }

    /// The gates that did not pass.
    pub fn troubles(&self) -> impl Iterator<Item = &Gate> {
        self.gates
            .iter()
            .filter(|gate| gate.status != GateStatus::Passed)
    }
}

fn outcome(record: &RunRecord, gates: &[Gate]) -> Outcome {
    match &record.ending {
        Ending::EnvironmentFailed(_) => return Outcome::EnvironmentFailed,
        Ending::Interrupted | Ending::CutOff => return Outcome::Interrupted,
        Ending::Whole => {}
    }
    let failed = |of: &dyn Fn(GateKind) -> bool| {
        gates
            .iter()
            .any(|gate| gate.status == GateStatus::Failed && of(gate.kind))
    };
    if failed(&|kind| !kind.rests_on_load() && kind != GateKind::Generator) {
        Outcome::Failed
    } else if failed(&|kind| kind == GateKind::Generator) {
        Outcome::Invalid
    } else if failed(&|_| true) {
        Outcome::Failed
    } else if gates
        .iter()
        .any(|gate| gate.status == GateStatus::Inconclusive)
    {
        Outcome::Inconclusive
    } else {
        Outcome::Passed
    }
}

struct Judge<'a> {
    record: &'a RunRecord,
    summary: Summary<'a>,
}

impl Judge<'_> {
    fn load(&self, gates: &mut Vec<Gate>) {
        let Some(header) = &self.record.header.load else {
            return;
        };
        gates.push(self.traffic());
        let mut checks_are_judged = false;
        for gate in &header.thresholds {
            let Ok(threshold) = Threshold::parse_line(&gate.threshold) else {
                gates.push(unreadable(GateKind::Threshold, &gate.threshold, &gate.span));
                continue;
            };
            checks_are_judged |= threshold.metric.name == "checks";
            let value = self.summary.value(&threshold.metric);
            gates.push(threshold_gate(
                GateKind::Threshold,
                &gate.threshold,
                &threshold,
                value,
                &gate.span,
            ));
        }
        if !checks_are_judged {
            self.checks(gates);
        }
    }

    /// Even with no threshold at all, a run in which nothing was answered is not a success.
    fn traffic(&self) -> Gate {
        let (failed, total) = self.summary.failures(|_| true);
        let dropped: u64 = self
            .record
            .load
            .iter()
            .flat_map(|load| &load.scenarios)
            .map(|scenario| scenario.counters.dropped)
            .sum();
        let status = if total > failed {
            GateStatus::Passed
        } else {
            GateStatus::Failed
        };
        let mut observed = format!("{total} requests, {failed} failed");
        if dropped > 0 {
            observed.push_str(&format!(", {dropped} of them dropped arrivals"));
        }
        let evidence = match (status, total) {
            (GateStatus::Passed, _) => Vec::new(),
            (_, 0) => vec![plain("no request was sent")],
            _ => {
                let examples = self.record.load.iter().flat_map(|load| &load.examples);
                examples
                    .take(3)
                    .map(|example| plain(&format!("{}: {}", example.key.outcome, example.message)))
                    .collect()
            }
        };
        Gate {
            kind: GateKind::Traffic,
            name: "requests are answered".to_owned(),
            status,
            expected: "at least one request that does not fail".to_owned(),
            observed,
            evidence,
            span: None,
        }
    }

    fn checks(&self, gates: &mut Vec<Gate>) {
        let Some(header) = &self.record.header.load else {
            return;
        };
        for (scenario_index, scenario) in header.scenarios.iter().enumerate() {
            for (step_index, step) in scenario.steps.iter().enumerate() {
                for (check_index, check) in step.checks.iter().enumerate() {
                    let place = (scenario_index as u16, step_index as u16, check_index as u16);
                    let (passes, fails) = self.check_counts(place);
                    gates.push(Gate {
                        kind: GateKind::Check,
                        name: format!(
                            "{} / {} {} / {}",
                            scenario.name, step.method, step.endpoint, check.name
                        ),
                        status: if fails == 0 && passes > 0 {
                            GateStatus::Passed
                        } else {
                            GateStatus::Failed
                        },
                        expected: "holds every time".to_owned(),
                        observed: if passes + fails == 0 {
                            "never evaluated".to_owned()
                        } else {
                            format!("{passes} held, {fails} did not")
                        },
                        evidence: if fails > 0 {
                            vec![plain("a threshold on `checks` would say how many may fail")]
                        } else {
                            Vec::new()
                        },
                        span: Some(check.span.clone()),
                    });
                }
            }
        }
    }

    fn check_counts(&self, place: (u16, u16, u16)) -> (u64, u64) {
        let checks = self.record.load.iter().flat_map(|load| &load.checks);
        checks
            .filter(|((scenario, step, check, _), _)| (*scenario, *step, *check) == place)
            .fold((0, 0), |sum, (_, counts)| {
                (sum.0 + counts.0, sum.1 + counts.1)
            })
    }

    fn hypothesis(&self, gates: &mut Vec<Gate>) {
        let first_faulty = self
            .record
            .windows
            .iter()
            .position(|window| !window.active.is_empty());
        let last_faulty = self
            .record
            .windows
            .iter()
            .rposition(|window| !window.active.is_empty());
        for (index, probe) in self.record.header.hypothesis.iter().enumerate() {
            let gate_name = |side: &str| format!("{} ({side} the faults)", probe.name);
            if let Some(text) = &probe.threshold {
                let Ok(threshold) = Threshold::parse_line(text) else {
                    gates.push(unreadable(GateKind::Hypothesis, &probe.name, &probe.span));
                    continue;
                };
                let mut judge = |side: &str, in_window: &dyn Fn(WindowId) -> bool| {
                    let value = self.summary.value_where(&threshold.metric, in_window);
                    gates.push(threshold_gate(
                        GateKind::Hypothesis,
                        &gate_name(side),
                        &threshold,
                        value,
                        &probe.span,
                    ));
                };
                // Without any fault in the record there is one stretch, and it is "before".
                judge("before", &|window| {
                    first_faulty.is_none_or(|first| usize::from(window.0) < first)
                });
                if let Some(last) = last_faulty {
                    judge("after", &|window| usize::from(window.0) > last);
                }
                continue;
            }
            for side in ["before", "after"] {
                let asked = self
                    .record
                    .probes
                    .iter()
                    .rev()
                    .find(|asked| usize::from(asked.probe) == index && asked.side == side);
                gates.push(Gate {
                    kind: GateKind::Hypothesis,
                    name: gate_name(side),
                    status: match asked {
                        Some(asked) if asked.held => GateStatus::Passed,
                        _ => GateStatus::Failed,
                    },
                    expected: asked
                        .map_or_else(|| probe.name.clone(), |asked| asked.expected.clone()),
                    observed: asked
                        .map_or_else(|| "was not asked".to_owned(), |asked| asked.actual.clone()),
                    evidence: Vec::new(),
                    span: Some(probe.span.clone()),
                });
            }
        }
    }

    fn faults(&self, gates: &mut Vec<Gate>) {
        for (fault, header) in self.record.faults.iter().zip(&self.record.header.faults) {
            let (status, observed) = match (&fault.injected, &fault.rolled_back) {
                (None, _) => (GateStatus::Failed, "was never injected".to_owned()),
                (Some((at, _)), None) => (
                    GateStatus::Failed,
                    format!("injected at {at}, never rolled back"),
                ),
                (Some((from, _)), Some((to, _))) => {
                    let seen = format!(
                        "active {} to {}; then {}",
                        self.on_load_clock(*from),
                        self.on_load_clock(*to),
                        fault.seen
                    );
                    (
                        if fault.clean {
                            GateStatus::Passed
                        } else {
                            GateStatus::Failed
                        },
                        seen,
                    )
                }
            };
            gates.push(Gate {
                kind: GateKind::Fault,
                name: header.name.clone(),
                status,
                expected: "takes effect and leaves nothing behind".to_owned(),
                observed,
                evidence: Vec::new(),
                span: Some(header.span.clone()),
            });
        }
    }

    /// An instant as the suite's timeline counts: from the start of the load.
    fn on_load_clock(&self, at: RunTime) -> String {
        let start = self
            .record
            .load
            .as_ref()
            .map_or(RunTime::ZERO, |load| load.start);
        format!("{:.1}s", at.since(start).as_secs_f64())
    }

    fn contracts(&self, gates: &mut Vec<Gate>) {
        for failure in &self.record.contract_failures {
            gates.push(Gate {
                kind: GateKind::Contract,
                name: failure
                    .message
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                status: GateStatus::Failed,
                expected: "a contract that can be read and has interactions to verify".to_owned(),
                observed: failure.message.clone(),
                evidence: Vec::new(),
                span: Some(failure.span.clone()),
            });
        }
        gates.extend(self.record.interactions.iter().map(interaction_gate));
        let nothing =
            self.record.contract_failures.is_empty() && self.record.interactions.is_empty();
        if nothing {
            gates.extend(self.record.header.contracts.iter().map(|contract| Gate {
                kind: GateKind::Contract,
                name: contract.source.clone(),
                status: GateStatus::Failed,
                expected: "at least one interaction verified".to_owned(),
                observed: "none was".to_owned(),
                evidence: Vec::new(),
                span: Some(contract.span.clone()),
            }));
        }
    }

    fn sims(&self, gates: &mut Vec<Gate>) {
        for (index, header) in self.record.header.sims.iter().enumerate() {
            let result = self
                .record
                .sims
                .iter()
                .find(|result| usize::from(result.sim) == index);
            let mut evidence = Vec::new();
            let (status, observed) = match result {
                None => (GateStatus::Failed, "was not run".to_owned()),
                Some(result) => {
                    for failure in &result.failures {
                        evidence.push(plain(&format!(
                            "seed {} ended with exit code {}: {}\nreplay: rtest sim {} --seed {}",
                            failure.seed,
                            failure.exit_code,
                            failure.message,
                            result.program,
                            failure.seed
                        )));
                    }
                    if !result.deterministic {
                        evidence.push(plain("the same seed run twice gave different bytes"));
                    }
                    let clean =
                        result.seeds_failed == 0 && result.deterministic && result.seeds_run > 0;
                    (
                        if clean {
                            GateStatus::Passed
                        } else {
                            GateStatus::Failed
                        },
                        format!(
                            "{} seeds run, {} failed, trace {}",
                            result.seeds_run, result.seeds_failed, result.trace_hash
                        ),
                    )
                }
            };
            gates.push(Gate {
                kind: GateKind::Sim,
                name: header.program.clone(),
                status,
                expected: format!("exit code 0 under {} seeds, deterministic", header.seeds),
                observed,
                evidence,
                span: Some(header.span.clone()),
            });
        }
    }

    fn services(&self, gates: &mut Vec<Gate>) {
        for service in &self.record.services {
            let Some((status, tail)) = &service.exited else {
                continue;
            };
            let header = self
                .record
                .header
                .services
                .iter()
                .find(|header| header.name == service.name);
            gates.push(Gate {
                kind: GateKind::Service,
                name: service.name.clone(),
                status: GateStatus::Failed,
                expected: "stays up until it is stopped".to_owned(),
                observed: format!("ended by itself: {status}"),
                evidence: if tail.is_empty() {
                    Vec::new()
                } else {
                    vec![plain(&tail.join("\n"))]
                },
                span: header.map(|header| header.span.clone()),
            });
        }
    }

    fn generator(&self, gates: &mut Vec<Gate>) {
        let Some(load) = &self.record.load else {
            return;
        };
        let Some(header) = &self.record.header.load else {
            return;
        };
        if !header.scenarios.iter().any(|scenario| scenario.open) {
            return;
        }
        let mut lag = rtest_core::Histogram::default();
        for scenario in &load.scenarios {
            lag.merge(&scenario.dispatch_lag);
        }
        let kept_up = lag.quantile_ms(0.99) <= MAX_DISPATCH_LAG_MS;
        gates.push(Gate {
            kind: GateKind::Generator,
            name: "the generator keeps its schedule".to_owned(),
            status: if kept_up { GateStatus::Passed } else { GateStatus::Failed },
            expected: format!("p99 of its own lateness at most {MAX_DISPATCH_LAG_MS} ms"),
            observed: format!(
                "p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
                lag.quantile_ms(0.5),
                lag.quantile_ms(0.99),
                lag.max_ms()
            ),
            evidence: if kept_up {
                Vec::new()
            } else {
                vec![plain(
                    "the machine that sends could not keep up, so the numbers say nothing about the target: \
                     lower the rate, or run on a machine with more free cores",
                )]
            },
            span: None,
        });
    }
}

fn threshold_gate(
    kind: GateKind,
    name: &str,
    threshold: &Threshold,
    value: Option<Value>,
    span: &SpanRecord,
) -> Gate {
    let evaluation = evaluate(threshold, value.as_ref());
    Gate {
        kind,
        name: name.to_owned(),
        status: evaluation.status,
        expected: format!("{} {}", threshold.aggregation, show_bound(threshold)),
        observed: evaluation.observed,
        evidence: evaluation
            .reason
            .iter()
            .map(|reason| plain(reason))
            .collect(),
        span: Some(span.clone()),
    }
}

fn interaction_gate(interaction: &InteractionEntry) -> Gate {
    let evidence = interaction
        .mismatches
        .iter()
        .map(|mismatch| Evidence {
            text: format!(
                "{}: {}\nexpected: {}\n  actual: {}",
                mismatch.location, mismatch.message, mismatch.expected, mismatch.actual
            ),
            span: Some(mismatch.span.clone()),
        })
        .chain(interaction.error.iter().map(|error| plain(error)))
        .collect();
    let given = match interaction.states.as_slice() {
        [] => String::new(),
        states => format!(" given {}", states.join(" and ")),
    };
    Gate {
        kind: GateKind::Contract,
        name: format!(
            "{} -> {}: {}{given}",
            interaction.consumer, interaction.provider, interaction.description
        ),
        status: match interaction.status {
            InteractionStatus::Verified => GateStatus::Passed,
            InteractionStatus::Mismatched | InteractionStatus::Failed => GateStatus::Failed,
        },
        expected: format!("{} as in {}", interaction.request, interaction.source),
        observed: match interaction.status {
            InteractionStatus::Verified => "verified".to_owned(),
            InteractionStatus::Mismatched => match interaction.mismatches.len() {
                1 => "1 mismatch".to_owned(),
                count => format!("{count} mismatches"),
            },
            InteractionStatus::Failed => "could not be verified".to_owned(),
        },
        evidence,
        span: Some(interaction.span.clone()),
    }
}

fn unreadable(kind: GateKind, name: &str, span: &SpanRecord) -> Gate {
    Gate {
        kind,
        name: name.to_owned(),
        status: GateStatus::Failed,
        expected: "a threshold that this rtest can read".to_owned(),
        observed: "it cannot".to_owned(),
        evidence: Vec::new(),
        span: Some(span.clone()),
    }
}

fn plain(text: &str) -> Evidence {
    Evidence {
        text: text.to_owned(),
        span: None,
    }
}
