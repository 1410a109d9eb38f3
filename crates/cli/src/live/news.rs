use rtest_core::CaseStatus;
use rtest_core::event::{Event, EventKind, InteractionOutcome, LoadControlled, ServiceState};
use rtest_core::plan::{FaultPlan, Plan};

use super::text::{Ink, Text};

/// The line that an event leaves behind, if it is worth one.
pub(crate) fn line(event: &Event, plan: &PlanWords) -> Option<Text> {
    let news = |ink: Ink, word: &str, rest: String| {
        Some(
            Text::default()
                .with(ink, &format!("{word:<8}"))
                .with(Ink::Plain, &format!(" {rest}")),
        )
    };
    match &event.kind {
        EventKind::Service { name, state } => match state {
            ServiceState::Ready { address, after } => news(
                Ink::Good,
                "ready",
                format!("{name}  {address}  after {} ms", after.as_millis()),
            ),
            ServiceState::Exited { status, .. } => {
                news(Ink::Bad, "exited", format!("{name}  {status}"))
            }
            ServiceState::OutOfMemory => news(
                Ink::Bad,
                "killed",
                format!("{name}  by the system, for want of memory"),
            ),
            ServiceState::Preparing | ServiceState::Starting | ServiceState::Stopped => None,
        },
        EventKind::FaultInjected { fault, .. } => news(Ink::Fault, "fault", plan.fault(*fault)),
        EventKind::FaultRolledBack { fault, proof, .. } => {
            let (ink, word) = if proof.clean {
                (Ink::Good, "rolled back")
            } else {
                (Ink::Bad, "NOT rolled back")
            };
            news(ink, word, format!("{}  {}", plan.fault(*fault), proof.seen))
        }
        EventKind::Case(result) => {
            let (ink, word) = match result.status {
                CaseStatus::Passed => (Ink::Good, "passed"),
                CaseStatus::Flaky => (Ink::Doubtful, "FLAKY"),
                CaseStatus::Failed => (Ink::Bad, "FAILED"),
            };
            let took = result.took.as_millis();
            news(ink, word, format!("{}  {took} ms", result.name))
        }
        EventKind::Interaction(result) => {
            let (ink, word) = match &result.outcome {
                InteractionOutcome::Verified => (Ink::Good, "verified"),
                InteractionOutcome::Degraded(_) => (Ink::Doubtful, "degrades"),
                InteractionOutcome::Mismatched(_) => (Ink::Bad, "MISMATCH"),
                InteractionOutcome::Failed(_) => (Ink::Bad, "FAILED"),
                InteractionOutcome::Unsupported(_) => (Ink::Bad, "unsupported"),
                InteractionOutcome::Skipped(_) => (Ink::Faint, "skipped"),
            };
            let parties = format!("{} -> {}", result.consumer, result.provider);
            let under = result.under.as_ref();
            let under = under.map_or_else(String::new, |fault| format!("  under {fault}"));
            news(
                ink,
                word,
                format!("{parties}  {}{under}", result.description),
            )
        }
        EventKind::Sim(result) => {
            let ink = if result.seeds_failed == 0 && result.failures.is_empty() {
                Ink::Good
            } else {
                Ink::Bad
            };
            news(
                ink,
                "sim",
                format!(
                    "{}  {} seeds, {} failed, {} ms",
                    result.program,
                    result.seeds_run,
                    result.seeds_failed,
                    result.took.as_millis()
                ),
            )
        }
        EventKind::LoadControlled(change) => {
            let change = match change {
                LoadControlled::Paused => "paused".to_owned(),
                LoadControlled::Resumed => "resumed".to_owned(),
                LoadControlled::RateScaled(scale) => format!("rate × {scale:.2}"),
                LoadControlled::VusScaled(scale) => format!("VUs × {scale:.2}"),
                LoadControlled::Stopped => "stopped".to_owned(),
            };
            news(Ink::Accent, "load", change)
        }
        EventKind::LoadAborted { threshold, .. } => news(
            Ink::Bad,
            "aborted",
            format!("{} is breached", plan.threshold(*threshold)),
        ),
        EventKind::DrillAborted {
            guardrail,
            observed,
        } => news(
            Ink::Bad,
            "aborted",
            format!("{}: {observed}", plan.guardrail(*guardrail)),
        ),
        EventKind::Note(text) => news(Ink::Faint, "note", text.clone()),
        EventKind::StageStarted(_)
        | EventKind::StageFinished(_)
        | EventKind::ServiceImage { .. }
        | EventKind::LinkOpened { .. }
        | EventKind::LinkTick(_)
        | EventKind::Coverage(_)
        | EventKind::ProbeEvaluated { .. }
        | EventKind::GaugeRead { .. }
        | EventKind::LoadTick(_)
        | EventKind::GeneratorHealth(_)
        | EventKind::Usage(_)
        | EventKind::ContractFailed { .. } => None,
    }
}

/// What events say by index.
#[derive(Debug, Default)]
pub(crate) struct PlanWords {
    faults: Vec<FaultPlan>,
    thresholds: Vec<String>,
    guardrails: Vec<String>,
}

impl PlanWords {
    /// Of this plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        let chaos = plan.chaos.iter();
        let guardrails = chaos.clone().flat_map(|chaos| chaos.guardrails.all());
        let thresholds = plan.load.iter().flat_map(|load| &load.thresholds);
        Self {
            faults: chaos.flat_map(|chaos| chaos.timeline.clone()).collect(),
            guardrails: guardrails.map(|(name, _)| name).collect(),
            thresholds: thresholds.map(|gate| gate.threshold.to_string()).collect(),
        }
    }

    /// Every planned fault.
    pub(crate) fn faults(&self) -> &[FaultPlan] {
        &self.faults
    }

    /// `storefront -> catalog  latency 400ms`.
    pub(crate) fn fault(&self, index: u16) -> String {
        let fault = self.faults.get(usize::from(index));
        fault.map_or_else(String::new, |fault| {
            format!("{}  {}", fault.on(), fault.describe())
        })
    }

    fn guardrail(&self, index: u16) -> &str {
        let guardrail = self.guardrails.get(usize::from(index));
        guardrail.map_or("a guardrail", String::as_str)
    }

    fn threshold(&self, index: u16) -> &str {
        let threshold = self.thresholds.get(usize::from(index));
        threshold.map_or("a threshold", String::as_str)
    }
}
