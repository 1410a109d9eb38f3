use rtest_core::{CaseResult, CaseStatus, Difference, StepResult};
use serde::{Deserialize, Serialize};

use super::SpanRecord;
use super::entry::nanos;

/// A case's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseEntry {
    /// Index into the header's cases.
    pub case: u32,
    /// Its name.
    pub name: String,
    /// What it is selected by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How it came out.
    pub status: CaseVerdict,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it could not be begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Its steps, as far as it came; of a flaky case those of the attempt that failed first.
    pub steps: Vec<StepEntry>,
    /// What services printed meanwhile, of a case that did not simply pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<LogEntry>,
    /// The cases that ran at the same time, of a case that did not simply pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// How long it took, in nanoseconds.
    pub took_ns: u64,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// Names of cases that are told.
const MOST_BESIDE: usize = 5;

impl CaseEntry {
    /// Who ran beside it, in a sentence; nothing where it ran alone, or passed.
    pub fn told_beside(&self) -> Option<String> {
        let shown = self.beside.iter().take(MOST_BESIDE);
        let shown: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
        let more = match self.beside.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let told = || {
            format!(
                "ran beside {}{more}: what services printed may be of theirs",
                shown.join(", ")
            )
        };
        (!shown.is_empty()).then(told)
    }
}

/// How a case came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseVerdict {
    /// Every step held.
    Passed,
    /// It failed, was tried again, and passed.
    Flaky,
    /// A step did not hold, or could not be taken.
    Failed,
}

/// A step's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepEntry {
    /// In a few words: `POST /users`.
    pub what: String,
    /// Whether all that was expected was there.
    pub held: bool,
    /// What was not as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<DifferenceEntry>,
    /// What was sent and what came back, where it did not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// How long it took, in nanoseconds.
    pub took_ns: u64,
    /// Its entry in the suite.
    pub span: SpanRecord,
}

/// Something that was not as expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferenceEntry {
    /// What was expected.
    pub expected: String,
    /// What was there.
    pub actual: String,
    /// Who expects it.
    pub span: SpanRecord,
}

/// What a service printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The service.
    pub service: String,
    /// The last lines.
    pub lines: Vec<String>,
}

impl From<&CaseResult> for CaseEntry {
    fn from(result: &CaseResult) -> Self {
        Self {
            case: result.case,
            name: result.name.clone(),
            tags: result.tags.clone(),
            status: match result.status {
                CaseStatus::Passed => CaseVerdict::Passed,
                CaseStatus::Flaky => CaseVerdict::Flaky,
                CaseStatus::Failed => CaseVerdict::Failed,
            },
            attempts: result.attempts,
            trouble: result.trouble.clone(),
            steps: result.steps.iter().map(StepEntry::from).collect(),
            logs: result
                .logs
                .iter()
                .map(|(service, lines)| LogEntry {
                    service: service.clone(),
                    lines: lines.clone(),
                })
                .collect(),
            beside: result.beside.clone(),
            took_ns: nanos(result.took),
            span: (&result.span).into(),
        }
    }
}

impl From<&StepResult> for StepEntry {
    fn from(result: &StepResult) -> Self {
        Self {
            what: result.what.clone(),
            held: result.held,
            differences: result.differences.iter().map(Into::into).collect(),
            exchange: result.exchange.clone(),
            took_ns: nanos(result.took),
            span: (&result.span).into(),
        }
    }
}

impl From<&Difference> for DifferenceEntry {
    fn from(difference: &Difference) -> Self {
        Self {
            expected: difference.expected.clone(),
            actual: difference.actual.clone(),
            span: (&difference.span).into(),
        }
    }
}
