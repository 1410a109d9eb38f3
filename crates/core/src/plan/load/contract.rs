use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::event::Mismatch;
use crate::expectation::Answer;
use crate::span::Span;

/// The interactions of contracts as steps of a flow: their requests are sent one after the other,
/// in the order of the files and within a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ContractStep {
    /// A pact, or a folder of them.
    pub source: PathBuf,
    /// The provider, as the contracts call it; those of others are passed over.
    pub provider: String,
    /// Whether interactions with provider states are sent, too: the load finds the provider in
    /// whatever states it is in.
    pub states_as_they_are: bool,
    /// The share of the answers that is held against the contract: above 0, at most 1.
    pub sample: f64,
    /// Of each request ([`RequestStep::timeout`](super::RequestStep::timeout)).
    pub timeout: Duration,
}

/// An interaction of a contract: what a request stands for, and its answer is held against.
#[derive(Clone, Debug)]
pub struct InteractionPlan {
    /// The contract's file, as shown.
    pub contract: String,
    /// The consumer.
    pub consumer: String,
    /// The interaction's description.
    pub description: String,
    /// The share of the answers that is held against it: 0 to 1, drawn from the run's seed.
    pub sample: f64,
    /// Holds an answer against it.
    pub judge: Arc<dyn AnswerJudge>,
    /// The interaction in the contract's file.
    pub span: Span,
}

/// Holds answers against what a contract says. Made once, asked by every thread that sends.
pub trait AnswerJudge: Debug + Send + Sync {
    /// Where an answer differs from the contract; nowhere where it keeps it. Works on the calling
    /// thread, and never panics.
    ///
    /// # Errors
    /// In plain words, why the two cannot be compared: that is a violation, too.
    fn judge(&self, answer: &Answer<'_>) -> Result<Vec<Mismatch>, String>;

    /// Whether answers of this status are what the contract says. Cheap: it is asked of every
    /// answer of 400 and above, also of those that are not held against the contract.
    fn expects(&self, status: u16) -> bool;
}
