use std::fmt::Write as _;
use std::time::Duration;

use super::{Scale, frame, time_chart};
use crate::html::context::Context;
use crate::number::{latency, tick};
use crate::timeline::{Point, Timeline};

const HEIGHT: f64 = 220.0;
/// Cells from bottom to top.
const ROWS: u32 = 28;
/// Shades, from few requests to many.
const LEVELS: usize = 6;
/// Columns at most; more would only be a blur.
const COLUMNS: usize = 120;

/// Where the requests of each moment lie: time from left to right, latency (log) from bottom to
/// top, the darker the more of them. Shows two populations where percentiles show one number.
pub(crate) fn heatmap(context: &Context<'_>, timeline: &Timeline) -> String {
    let axis = context.axis();
    let filled = || {
        let points = timeline.points.iter().map(|point| &point.response_time);
        points.filter(|histogram| !histogram.is_empty())
    };
    // Recorded in whole microseconds; zero has no logarithm.
    let low = filled()
        .map(|histogram| histogram.min_ms().max(0.01))
        .fold(f64::INFINITY, f64::min);
    let high = filled()
        .map(|histogram| histogram.max_ms())
        .fold(0.0, f64::max);
    if !low.is_finite() {
        return String::new();
    }
    let scale = match Scale::latency([low, high]) {
        log @ Scale::Log { .. } => log,
        Scale::Linear { .. } => Scale::Log {
            low: low * 0.8,
            high: (high * 1.25).max(low),
        },
    };

    let mut out = String::from(
        "<figure class=\"time\" data-series=\"\">\n<figcaption><h3>Latency heatmap</h3>\
         <p>Every request, log scale. Darker means more requests; two bands mean two populations.</p></figcaption>\n\
         <ul class=\"legend\"><li class=\"when\"></li></ul>\n",
    );
    out.push_str(&frame::open(
        "heatmap",
        "Latency heatmap",
        &format!(
            "Response times of all requests over time, between {} and {}.",
            latency(low),
            latency(high)
        ),
        HEIGHT,
    ));
    let shades = time_chart::shades(context, timeline);
    let top = frame::shades(&mut out, &shades, axis, HEIGHT);
    frame::field(&mut out, top, HEIGHT);
    for (level, cells) in levels(timeline, scale).into_iter().enumerate() {
        let mut path = String::new();
        for cell in cells {
            let x = axis.percent(cell.from) * 10.0;
            let width = axis.percent(cell.to) * 10.0 - x;
            let height = 1000.0 / f64::from(ROWS);
            let y = 1000.0 - f64::from(cell.row + 1) * height;
            let _ = write!(path, "M{x:.1} {y:.0}h{width:.1}v{height:.0}h-{width:.1}z");
        }
        let _ = writeln!(out, "<path class=\"heat heat{level}\" d=\"{path}\"/>");
    }
    out.push_str("</svg>");
    frame::values(&mut out, scale, top, HEIGHT, tick);
    frame::times(&mut out, axis, HEIGHT);
    out.push_str(frame::close(true));
    out.push_str("</figure>\n");
    out
}

struct Cell {
    from: f64,
    to: f64,
    row: u32,
}

/// Cells by the share of its column's requests that they hold.
fn levels(timeline: &Timeline, scale: Scale) -> [Vec<Cell>; LEVELS] {
    let mut levels: [Vec<Cell>; LEVELS] = Default::default();
    let merged = timeline.points.len().div_ceil(COLUMNS).max(1);
    for column in timeline.points.chunks(merged) {
        let counts = column_counts(column, scale);
        let total: u64 = counts.iter().sum();
        let (Some(first), Some(last)) = (column.first(), column.last()) else {
            continue;
        };
        for (row, count) in (0..ROWS).zip(counts) {
            if count == 0 {
                continue;
            }
            // By magnitude: one slow request in thousands must still be seen.
            let share = count as f64 / total as f64;
            let level = (LEVELS as f64 + share.log10() * 2.0).floor();
            levels[(level.max(0.0) as usize).min(LEVELS - 1)].push(Cell {
                from: first.from,
                to: last.to,
                row,
            });
        }
    }
    levels
}

fn column_counts(column: &[Point], scale: Scale) -> Vec<u64> {
    let mut counts = vec![0; ROWS as usize];
    for point in column {
        for step in point.response_time.as_hdr().iter_recorded() {
            let value = Duration::from_micros(step.value_iterated_to());
            let height = scale.height(value.as_secs_f64() * 1e3);
            let row = (height * f64::from(ROWS)).min(f64::from(ROWS) - 1.0) as usize;
            counts[row] += step.count_since_last_iteration();
        }
    }
    counts
}
