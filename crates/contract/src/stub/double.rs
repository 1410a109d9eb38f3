use std::fmt;

use rtest_core::Stream;

use super::{Asked, StubAnswer};

/// What a stub needs of an interaction to stand in for its provider.
pub(crate) trait Double: fmt::Debug + Send + Sync {
    /// How a request differs from the one that is expected; in nothing where it matches. Computes:
    /// it belongs on a thread that may block.
    ///
    /// # Errors
    /// In plain words, why the two cannot be compared.
    fn differences(&self, asked: &Asked) -> Result<Vec<Difference>, String>;

    /// The answer. Values that the contract wants generated are drawn from `rng`.
    fn answer(&self, rng: &mut Stream) -> StubAnswer;

    /// Which of several interactions that match is taken: the lowest.
    fn priority(&self) -> u64 {
        u64::MAX
    }
}

/// One thing in which a request differs from the one that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where: `method`, `path`, `query page`, `header Accept`, `cookie session`, `body $.email`.
    pub(crate) location: String,
    /// In one sentence.
    pub(crate) message: String,
}

impl Difference {
    pub(crate) fn new(location: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            message: message.into(),
        }
    }

    /// How far it takes a request away from the one expected: whoever asks for another path means
    /// something else.
    pub(super) fn distance(&self) -> usize {
        match self.location.as_str() {
            "path" => 1000,
            "method" => 100,
            _ => 1,
        }
    }
}
