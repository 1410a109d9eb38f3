use super::{Evidence, Gate, GateKind, GateStatus};
use crate::record::{InteractionEntry, InteractionStatus, MismatchEntry};
use crate::run_record::RunRecord;

/// Each interaction is a gate; so is an entry that verified nothing, which is a failure.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    for failure in &record.contract_failures {
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
            rests_on_load: false,
        });
    }
    gates.extend(record.interactions.iter().map(interaction_gate));
    let nothing = record.contract_failures.is_empty() && record.interactions.is_empty();
    if nothing {
        gates.extend(record.header.contracts.iter().map(|contract| Gate {
            kind: GateKind::Contract,
            name: contract.source.clone(),
            status: record.unseen(),
            expected: "at least one interaction verified".to_owned(),
            observed: "none was".to_owned(),
            evidence: Vec::new(),
            span: Some(contract.span.clone()),
            rests_on_load: false,
        }));
    }
    gates
}

fn interaction_gate(interaction: &InteractionEntry) -> Gate {
    let evidence = interaction
        .mismatches
        .iter()
        .map(difference)
        .chain(
            interaction
                .error
                .iter()
                .filter(|_| interaction.status != InteractionStatus::Degraded)
                .map(Evidence::plain),
        )
        .collect();
    let given = match interaction.states.as_slice() {
        [] => String::new(),
        states => format!(" given {}", states.join(" and ")),
    };
    let under = interaction.under.as_ref();
    let under = under.map_or_else(String::new, |fault| format!(" under {fault}"));
    Gate {
        kind: GateKind::Contract,
        name: format!(
            "{} -> {}: {}{given}{under}",
            interaction.consumer, interaction.provider, interaction.description
        ),
        status: match interaction.status {
            InteractionStatus::Verified | InteractionStatus::Degraded => GateStatus::Passed,
            InteractionStatus::Skipped => GateStatus::Skipped,
            // Whatever came of it, its consumer does not rely on it yet.
            _ if interaction.pending => GateStatus::Skipped,
            InteractionStatus::Mismatched
            | InteractionStatus::Failed
            | InteractionStatus::Unsupported => GateStatus::Failed,
        },
        expected: format!("{} as in {}", interaction.request, interaction.source),
        observed: observed(interaction),
        evidence,
        span: Some(interaction.span.clone()),
        rests_on_load: false,
    }
}

/// One place where an answer differs, with its place in the contract.
pub(super) fn difference(mismatch: &MismatchEntry) -> Evidence {
    let mut text = format!(
        "{}: {}\nexpected: {}\n  actual: {}",
        mismatch.location, mismatch.message, mismatch.expected, mismatch.actual
    );
    if let Some(command) = &mismatch.reproduce {
        text.push_str(&format!("\n{command}"));
    }
    Evidence {
        text,
        span: Some(mismatch.span.clone()),
    }
}

fn observed(interaction: &InteractionEntry) -> String {
    let observed = match interaction.status {
        InteractionStatus::Verified if interaction.under.is_some() => return "holds".to_owned(),
        InteractionStatus::Verified => return "verified".to_owned(),
        InteractionStatus::Degraded => {
            let to = interaction.error.as_deref().unwrap_or_default();
            return format!("degrades: {to}");
        }
        InteractionStatus::Mismatched => match interaction.mismatches.len() {
            1 => "1 mismatch".to_owned(),
            count => format!("{count} mismatches"),
        },
        InteractionStatus::Failed => "could not be verified".to_owned(),
        InteractionStatus::Unsupported => "is of a kind that cannot be verified".to_owned(),
        InteractionStatus::Skipped => return "skipped".to_owned(),
    };
    if interaction.pending {
        format!("{observed}, and pending: its consumer does not rely on it yet")
    } else {
        observed
    }
}
