use rtest_metrics::{RunRecord, Verdict};

use crate::html::Html;
use crate::json::Json;
use crate::junit::Junit;
use crate::terminal::Text;

/// Renders a run in one format.
pub trait Reporter: Send + Sync {
    /// The word after `--report`: `html`.
    fn format(&self) -> &'static str;

    /// The file that a run writes into its folder: `report.html`.
    fn file_name(&self) -> &'static str;

    /// The whole report.
    ///
    /// # Errors
    /// When the format's writer refuses what it is given.
    fn render(&self, record: &RunRecord, verdict: &Verdict) -> Result<Vec<u8>, ReportError>;
}

/// A report that could not be rendered.
#[derive(Debug, thiserror::Error)]
#[error("the {format} report could not be rendered: {kind}")]
pub struct ReportError {
    /// Of which format.
    pub format: &'static str,
    /// Why.
    #[source]
    pub kind: ReportErrorKind,
}

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum ReportErrorKind {
    /// The JSON writer refused.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The JUnit writer refused.
    #[error(transparent)]
    Junit(#[from] quick_junit::SerializeError),
}

/// Every reporter, in the order in which help lists them.
const REPORTERS: &[&dyn Reporter] = &[&Html, &Json, &Junit, &Text];

/// The reporter of a format.
pub fn reporter(format: &str) -> Option<&'static dyn Reporter> {
    REPORTERS
        .iter()
        .copied()
        .find(|reporter| reporter.format() == format)
}

/// Every format, in the order in which help lists them.
pub fn formats() -> impl Iterator<Item = &'static str> {
    REPORTERS.iter().map(|reporter| reporter.format())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_leads_to_its_reporter_and_to_a_file_of_its_own() {
        let mut files = std::collections::BTreeSet::new();
        for format in formats() {
            let found = reporter(format).expect(format);
            assert_eq!(found.format(), format);
            assert!(files.insert(found.file_name()), "{format}");
        }
        assert!(reporter("pdf").is_none());
    }
}
