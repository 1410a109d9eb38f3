//! Charts as SVG, drawn in Rust.
//!
//! ```text
//! plot (HTML, has the margins)
//! └ svg  100 % wide, fixed height: axes, grid and words in percent, so that letters never stretch
//!   └ svg  1000 × 1000, stretched to the plot: lines and areas, with strokes that do not scale
//! ```

mod frame;
mod gantt;
mod heatmap;
mod scale;
mod spectrum;
mod time_axis;
mod time_chart;

pub(crate) use gantt::{Bar, Gantt, Mark, Row};
pub(crate) use heatmap::heatmap;
pub(crate) use scale::Scale;
pub(crate) use spectrum::{Curve, spectrum};
pub(crate) use time_axis::TimeAxis;
pub(crate) use time_chart::{Layer, Shape, TimeChart};
