//! What every plot has: grid, ticks, fault bands, and a stretched field to draw in.

use std::fmt::Write as _;

use super::{Scale, TimeAxis};
use crate::html::markup::esc;

/// Height of one line of fault names above the field, in pixels.
const LANE: f64 = 18.0;

/// A stretch of time that is shaded and named.
#[derive(Clone, Debug)]
pub(crate) struct Shade {
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// `F1`.
    pub(crate) sign: String,
    /// `latency 400ms ± 50ms`.
    pub(crate) words: String,
}

/// Opens a plot: the SVG with its name and description for those who cannot see it.
pub(super) fn open(id: &str, title: &str, description: &str, height: f64) -> String {
    format!(
        "<div class=\"plot\"><svg width=\"100%\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\">\n<title id=\"{id}-t\">{}</title>\
         <desc id=\"{id}-d\">{}</desc>\n",
        esc(title),
        esc(description)
    )
}

/// Closes what [`open`] opened. The cursor is HTML: it lies above every chart alike.
pub(super) const fn close(with_cursor: bool) -> &'static str {
    if with_cursor {
        "</svg><div class=\"cursor\"></div></div>\n"
    } else {
        "</svg></div>\n"
    }
}

/// Horizontal grid with its labels. `top` is the field's upper edge in pixels.
pub(super) fn values(
    out: &mut String,
    scale: Scale,
    top: f64,
    height: f64,
    label: fn(f64) -> String,
) {
    for tick in scale.ticks() {
        let y = top + (1.0 - scale.height(tick)) * (height - top);
        let _ = writeln!(
            out,
            "<line x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"-8\" y=\"{:.1}\" class=\"y\">{}</text>",
            y + 4.0,
            esc(&label(tick))
        );
    }
    let _ = writeln!(
        out,
        "<line x1=\"0\" x2=\"100%\" y1=\"{height}\" y2=\"{height}\" class=\"base\"/>"
    );
}

/// Ticks of the time axis below the plot.
pub(super) fn times(out: &mut String, axis: TimeAxis, height: f64) {
    for (at, label) in axis.ticks() {
        let x = axis.percent(at);
        let _ = writeln!(
            out,
            "<line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{height}\" y2=\"{}\" class=\"base\"/>\
             <text x=\"{x:.2}%\" y=\"{}\" class=\"x\">{label}</text>",
            height + 5.0,
            height + 19.0
        );
    }
}

/// Fault windows: shaded over the whole height, named above the field. Names of faults that
/// overlap stand below each other. Returns the field's upper edge in pixels.
pub(super) fn shades(out: &mut String, shades: &[Shade], axis: TimeAxis, height: f64) -> f64 {
    let mut lane_ends: Vec<f64> = Vec::new();
    for shade in shades {
        let free = lane_ends.iter().position(|end| *end <= shade.from);
        let lane = free.unwrap_or(lane_ends.len());
        match lane_ends.get_mut(lane) {
            Some(end) => *end = shade.to,
            None => lane_ends.push(shade.to),
        }
        let x = axis.percent(shade.from);
        let width = (axis.percent(shade.to) - x).max(0.2);
        let y = lane as f64 * LANE;
        // The inner SVG cuts a name that is longer than its window.
        let _ = writeln!(
            out,
            "<rect x=\"{x:.2}%\" y=\"0\" width=\"{width:.2}%\" height=\"{height}\" class=\"shade\"/>\
             <line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\" class=\"edge\"/>\
             <line x1=\"{0:.2}%\" x2=\"{0:.2}%\" y1=\"0\" y2=\"{height}\" class=\"edge\"/>\
             <svg x=\"{x:.2}%\" y=\"{y}\" width=\"{width:.2}%\" height=\"{LANE}\" class=\"cut\">\
             <title>{1} {2}</title><text x=\"5\" y=\"13\" class=\"fault\">{1}<tspan class=\"words\"> {2}</tspan></text></svg>",
            x + width,
            esc(&shade.sign),
            esc(&shade.words),
        );
    }
    if lane_ends.is_empty() {
        8.0
    } else {
        lane_ends.len() as f64 * LANE + 6.0
    }
}

/// Opens the stretched field, 1000 units wide and high, below `top`.
pub(super) fn field(out: &mut String, top: f64, height: f64) {
    let _ = writeln!(
        out,
        "<svg y=\"{top}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\">",
        height - top
    );
}

/// A path through points in the field; a gap where there is no value, a dot where a value stands
/// alone.
pub(super) fn line(points: impl IntoIterator<Item = (f64, Option<f64>)>) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    let mut alone = false;
    for (x, height) in points {
        let Some(height) = height else {
            if alone {
                path.push_str("h0");
            }
            (pen_down, alone) = (false, false);
            continue;
        };
        let y = (1.0 - height) * 1000.0;
        let command = if pen_down { 'L' } else { 'M' };
        let _ = write!(path, "{command}{x:.1} {y:.0}");
        alone = !pen_down;
        pen_down = true;
    }
    if alone {
        path.push_str("h0");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_where_nothing_was_measured_and_marks_a_lone_value() {
        let points = [
            (0.0, Some(0.0)),
            (10.0, Some(1.0)),
            (20.0, None),
            (30.0, Some(0.5)),
            (40.0, None),
        ];
        assert_eq!(line(points), "M0.0 1000L10.0 0M30.0 500h0");
    }
}
