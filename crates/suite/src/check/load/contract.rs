use rtest_core::plan::{ContractStep, StepKind};
use rtest_core::{Code, Diagnostic};

use crate::check::load::flow::Walk;
use crate::check::reference::{Existing, path};
use crate::file::StepKeys;
use crate::shape::{Entry, Field};

impl Walk<'_, '_> {
    /// Checks the interactions of contracts as steps.
    pub(super) fn contract(&mut self, step: &StepKeys, entry: &Entry<String>) -> Option<StepKind> {
        if let Some(section) = self.section.outside_results() {
            let message = format!("`contract` has no effect in `{section}`");
            let diagnostic = Diagnostic::new(Code::UnknownKey, message)
                .at(&entry.key)
                .label("what it does is not in the results");
            let hint = "put it into a `flow`";
            self.cx.found.add(diagnostic.hint(hint));
        }
        let source = path(&entry.value, Existing::Either, self.cx);
        let sample = match &step.sample {
            Field::Absent => 1.0,
            given => given.value()?.0,
        };
        let states_as_they_are = match &step.states {
            Field::Absent => false,
            given => given.value().map(|_| true)?,
        };
        Some(StepKind::Contract(Box::new(ContractStep {
            source: source?,
            provider: step.provider.value()?.clone(),
            states_as_they_are,
            sample,
            timeout: self.around.timeout,
        })))
    }
}
