//! What became of an integration case.

use std::time::Duration;

use crate::span::Span;

/// What became of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// Its place among the cases of the run.
    pub case: u32,
    /// Its name.
    pub name: String,
    /// What it is selected by.
    pub tags: Vec<String>,
    /// How it came out.
    pub status: CaseStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it could not be begun: data that was not brought back.
    pub trouble: Option<String>,
    /// The steps of the attempt that is told about: the last one, or of a flaky case the first
    /// that failed.
    pub steps: Vec<StepResult>,
    /// What services printed meanwhile, of a case that failed: service and lines.
    pub logs: Vec<(String, Vec<String>)>,
    /// The cases that ran at the same time, of a case that failed: what services printed may be
    /// of theirs.
    pub beside: Vec<String>,
    /// How long all attempts took, with what was brought back before them.
    pub took: Duration,
    /// Its entry in the suite.
    pub span: Span,
}

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseStatus {
    /// Every step held.
    Passed,
    /// It failed, was tried again, and passed.
    Flaky,
    /// A step did not hold, or could not be taken.
    Failed,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepResult {
    /// In a few words: `POST /users`.
    pub what: String,
    /// Whether all that was expected was there.
    pub held: bool,
    /// What was not as expected.
    pub differences: Vec<Difference>,
    /// What was sent and what came back, of a step that did not hold.
    pub exchange: Option<String>,
    /// How long it took.
    pub took: Duration,
    /// Its entry in the suite.
    pub span: Span,
}

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What was expected: `status 201`, `$.name = "Surya"`.
    pub expected: String,
    /// What was there.
    pub actual: String,
    /// Who expects it.
    pub span: Span,
}
