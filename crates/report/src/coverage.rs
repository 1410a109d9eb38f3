use rtest_metrics::RunRecord;
use rtest_metrics::record::{AnswerEntry, CoverageEntry};

use crate::asked::Asking;
use crate::number::counted;

/// What is known of the operations of one contract.
#[derive(Clone, Debug)]
pub(crate) struct Covered<'a> {
    /// The contract's file.
    pub(crate) source: &'a str,
    pub(crate) provider: &'a str,
    /// In the order verified.
    pub(crate) operations: Vec<&'a CoverageEntry>,
    /// Who asks for them; absent where nobody else could.
    pub(crate) asking: Option<Asking<'a>>,
}

impl<'a> Covered<'a> {
    /// Every contract, in the order verified.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for entry in &record.coverage {
            let known = all
                .iter_mut()
                .find(|one| one.source == entry.source && one.provider == entry.provider);
            match known {
                Some(known) => known.operations.push(entry),
                None => all.push(Self {
                    source: &entry.source,
                    provider: &entry.provider,
                    operations: vec![entry],
                    asking: None,
                }),
            }
        }
        for covered in &mut all {
            covered.asking = Asking::of(record, &covered.operations);
        }
        all
    }

    /// `12 of 17 declared answers seen, 1 not declared`.
    pub(crate) fn counts(&self) -> String {
        let answers = || {
            self.operations
                .iter()
                .flat_map(|operation| &operation.answers)
        };
        let declared = answers().filter(|answer| answer.declared).count();
        let seen = answers().filter(|answer| answer.declared && answer.seen > 0);
        let undeclared = answers().filter(|answer| !answer.declared).count();
        let mut text = format!(
            "{} of {} seen",
            seen.count(),
            counted(declared as u64, "declared answer")
        );
        if undeclared > 0 {
            text.push_str(&format!(", {undeclared} not declared"));
        }
        if let Some(asking) = &self.asking {
            text.push_str(&format!("; {}", asking.counts()));
        }
        text
    }
}

/// Statuses that an operation declares and never answered.
pub(crate) fn unseen(operation: &CoverageEntry) -> Vec<&str> {
    statuses(operation, |answer| answer.declared && answer.seen == 0)
}

/// Statuses that an operation answered and does not declare.
pub(crate) fn undeclared(operation: &CoverageEntry) -> Vec<&str> {
    statuses(operation, |answer| !answer.declared)
}

fn statuses(operation: &CoverageEntry, wanted: impl Fn(&AnswerEntry) -> bool) -> Vec<&str> {
    let answers = operation.answers.iter().filter(|answer| wanted(answer));
    answers.map(|answer| answer.status.as_str()).collect()
}
