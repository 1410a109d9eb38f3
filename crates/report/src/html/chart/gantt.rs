use std::fmt::Write as _;

use super::{TimeAxis, frame};
use crate::html::markup::esc;

/// Height of a row: its name, and the bar below it.
const ROW: f64 = 44.0;

/// Bars on a time axis, one row a thing.
pub(crate) struct Gantt<'a> {
    /// Unique on the page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: String,
    pub(crate) axis: TimeAxis,
    pub(crate) rows: Vec<Row>,
    /// Whether the axis is that of the charts over time, and the cursor is shown.
    pub(crate) shares_cursor: bool,
}

/// A row.
pub(crate) struct Row {
    pub(crate) label: String,
    /// Beside the label, fainter.
    pub(crate) detail: String,
    pub(crate) bars: Vec<Bar>,
    pub(crate) marks: Vec<Mark>,
}

/// A stretch of time.
pub(crate) struct Bar {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// CSS class that colours it.
    pub(crate) class: &'static str,
    /// Shown when pointed at.
    pub(crate) title: String,
}

/// An instant.
pub(crate) struct Mark {
    pub(crate) at: f64,
    /// CSS class that colours it.
    pub(crate) class: &'static str,
    /// One character: `✓`.
    pub(crate) sign: &'static str,
    /// Shown when pointed at.
    pub(crate) title: String,
}

impl Gantt<'_> {
    /// The figure.
    pub(crate) fn render(&self) -> String {
        let height = self.rows.len() as f64 * ROW + 6.0;
        let mut out = if self.shares_cursor {
            "<figure class=\"time\" data-series=\"\">\n".to_owned()
        } else {
            "<figure>\n".to_owned()
        };
        out.push_str(&frame::open(self.id, self.title, &self.description, height));
        for (at, _) in self.axis.ticks() {
            let x = self.axis.percent(at);
            let _ = write!(
                out,
                "<line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/>"
            );
        }
        frame::times(&mut out, self.axis, height);
        for (index, row) in self.rows.iter().enumerate() {
            self.row(&mut out, row, index as f64 * ROW);
        }
        out.push_str(frame::close(self.shares_cursor));
        out.push_str("</figure>\n");
        out
    }

    fn row(&self, out: &mut String, row: &Row, top: f64) {
        let _ = writeln!(
            out,
            "<text x=\"0\" y=\"{:.1}\" class=\"row\">{}<tspan class=\"detail\">  {}</tspan></text>\
             <rect x=\"0\" y=\"{:.1}\" width=\"100%\" height=\"16\" rx=\"4\" class=\"track\"/>",
            top + 15.0,
            esc(&row.label),
            esc(&row.detail),
            top + 22.0
        );
        for bar in &row.bars {
            let x = self.axis.percent(bar.from);
            let width = (self.axis.percent(bar.to) - x).max(0.4);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.2}%\" y=\"{:.1}\" width=\"{width:.2}%\" height=\"16\" rx=\"4\" class=\"bar {}\"><title>{}</title></rect>",
                top + 22.0,
                bar.class,
                esc(&bar.title)
            );
        }
        for mark in &row.marks {
            let x = self.axis.percent(mark.at);
            let _ = writeln!(
                out,
                "<g class=\"mark {}\"><title>{}</title><circle cx=\"{x:.2}%\" cy=\"{:.1}\" r=\"9\"/>\
                 <text x=\"{x:.2}%\" y=\"{:.1}\">{}</text></g>",
                mark.class,
                esc(&mark.title),
                top + 30.0,
                top + 34.0,
                mark.sign
            );
        }
    }
}
