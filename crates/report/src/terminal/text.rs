use rtest_metrics::{RunRecord, Verdict};

use super::{Style, render};
use crate::reporter::{ReportError, Reporter};

/// The terminal's page without colour and without an edge at which lines would be cut.
#[derive(Debug)]
pub(crate) struct Text;

impl Reporter for Text {
    fn format(&self) -> &'static str {
        "text"
    }

    fn file_name(&self) -> &'static str {
        "report.txt"
    }

    fn render(&self, record: &RunRecord, verdict: &Verdict) -> Result<Vec<u8>, ReportError> {
        Ok(render(record, verdict, Style::default()).into_bytes())
    }
}
