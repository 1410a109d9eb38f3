use rtest_core::RunTime;

use crate::client::Exchange;
use crate::patience::GaveUp;
use crate::step::{RequestStep, Values};

/// A request that ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'a> {
    /// When it was wanted.
    pub(crate) wanted_at: RunTime,
    /// What became of it.
    pub(crate) exchange: &'a Exchange,
    /// Whether its answer is held against the contract of its step.
    pub(crate) is_sampled: bool,
}

/// What is made of what steps do: results, or only whether it went well.
pub(crate) trait Journal {
    /// Why the steps that follow are not taken.
    type Stop: From<GaveUp>;

    /// A request ended. Looks at the answer, and takes what is captured from it.
    ///
    /// # Errors
    /// The steps that follow are not to be taken.
    fn request(
        &mut self,
        step: &RequestStep,
        ended: Ended<'_>,
        values: &mut Values,
    ) -> Result<(), Self::Stop>;

    /// An answer to a request that was wanted at `wanted_at` leads on to another one.
    fn hop(&mut self, step: &RequestStep, wanted_at: RunTime, exchange: &Exchange);

    /// A group was left by its end.
    fn group(&mut self, group: u16, from: RunTime, to: RunTime);
}
