use rtest_core::expectation::ValueMatch;
use rtest_core::plan::Condition as Plan;

use super::encoding::Encoding;
use super::scope::Scope;
use super::text::Text;
use super::values::Values;

/// A condition, compiled.
#[derive(Debug)]
pub(crate) struct Condition {
    value: Text,
    is: ValueMatch,
}

impl Condition {
    /// # Errors
    /// A hole that nothing ever fills.
    pub(crate) fn compile(plan: &Plan, scope: &Scope<'_>) -> Result<Self, String> {
        Ok(Self {
            value: Text::compile(&plan.value, Encoding::Plain, scope)?,
            is: plan.is.clone(),
        })
    }

    /// Whether it holds now. Where a hole has no value, there is no text to match.
    pub(crate) fn holds(&self, values: &Values) -> bool {
        self.is.fits_text(self.value.fill(values).ok().as_deref())
    }
}
