use rtest_core::Span;
use rtest_core::plan::CapturePlan as Plan;

use super::extract::{self, Extract};
use super::reading::Reading;
use super::scope::Scope;
use super::values::Values;

/// A value that is taken from an answer, compiled.
#[derive(Debug)]
pub(crate) struct Capture {
    /// The hole that it fills.
    name: String,
    slot: usize,
    /// Where it is looked for.
    pub(crate) from: Box<dyn Extract>,
    default: Option<Box<str>>,
    /// Its entry in the suite.
    pub(crate) span: Span,
}

impl Capture {
    /// # Errors
    /// In plain words, why it can find nothing ever.
    pub(crate) fn compile(plan: &Plan, scope: &Scope<'_>) -> Result<Self, String> {
        Ok(Self {
            name: plan.name.clone(),
            slot: scope
                .slot(&plan.name)
                .expect("every capture is declared before any step is compiled"),
            from: extract::compile(&plan.from)?,
            default: plan.default.as_deref().map(Into::into),
            span: plan.span.clone(),
        })
    }

    /// Takes the value from an answer. Returns whether there was one, or a default.
    pub(crate) fn take(&self, answer: &Reading<'_>, values: &mut Values) -> bool {
        let found = self.from.find(answer).or_else(|| self.default.clone());
        let has = found.is_some();
        values.capture(self.slot, found);
        has
    }

    /// There is no answer to take it from.
    pub(crate) fn miss(&self, values: &mut Values) {
        values.capture(self.slot, self.default.clone());
    }

    /// As messages name it.
    pub(crate) fn describe(&self) -> String {
        format!("capture `{}`", self.name)
    }
}
