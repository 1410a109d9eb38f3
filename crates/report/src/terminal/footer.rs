use rtest_core::SIGNIFICANT_DIGITS;
use rtest_metrics::RunRecord;

use super::style::{Ink, Style};
use super::table::wrap;
use crate::visible::one_line;

/// Notes shown at most.
const NOTES: usize = 8;

/// Notes, how exact the numbers are, and how to make the run again.
pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    if !record.notes.is_empty() {
        out.push_str(&style.heading("NOTES"));
        for (at, note) in record.notes.iter().take(NOTES) {
            out.push_str(&format!(
                "  {} {}\n",
                style.paint(Ink::Faint, &at.to_string()),
                one_line(note)
            ));
        }
        if record.notes.len() > NOTES {
            out.push_str(&format!("  … {} more\n", record.notes.len() - NOTES));
        }
    }
    out.push('\n');
    if record.load.is_some() {
        let bound = format!(
            "Response time runs from the instant a request was due, service time from its sending. \
             Values ±0.1 % (HDR, {SIGNIFICANT_DIGITS} digits)."
        );
        for line in wrap(&bound, 0, style) {
            out.push_str(&format!("{}\n", style.paint(Ink::Faint, &line)));
        }
    }
    out.push_str(&format!(
        "{} {}\n",
        style.paint(Ink::Faint, "replay:"),
        one_line(&record.header.command)
    ));
}
