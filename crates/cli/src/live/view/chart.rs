use rtest_core::RunTime;
use rtest_core::threshold::{Aggregation, Comparison};

use super::row::{CHART, LABEL, Section};
use super::{Scene, Text};
use crate::live::board::{Board, LoadBoard};
use crate::live::number::{latency, rate};
use crate::live::text::Ink;
use crate::live::timeline::Column;

const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Columns at most, and those that are left for the largest value on the right.
const WIDEST: usize = 120;
const SCALE: usize = 14;

/// The share of failed requests from which a column is shown as bad; the gate that a run without
/// thresholds has.
const BAD_SHARE: f64 = 0.01;

/// Rate and p95 over time, with the faults below.
pub(super) fn sections(board: &Board, load: &LoadBoard, scene: Scene) -> Option<Section> {
    let room = scene.columns.saturating_sub(LABEL + SCALE).min(WIDEST);
    let columns = load.timeline.columns(room, load.extent.length());
    if columns.is_empty() {
        return None;
    }
    let rates = sparkline(
        "rate",
        &columns,
        |column| {
            let counts = column.counts?;
            let seconds = column.to.since(column.from).as_secs_f64();
            Some(counts.requests as f64 / seconds.max(1e-9))
        },
        |column, _| {
            let counts = column.counts.unwrap_or_default();
            counts.failed as f64 > BAD_SHARE * counts.requests as f64
        },
        |most| rate(most.round() as u64, 1.0),
        scene.now,
    );
    let bound = p95_bound(load);
    let p95s = sparkline(
        "p95",
        &columns,
        |column| column.counts.map(|_| column.p95_ms),
        |_, value| bound.is_some_and(|bound| value >= bound),
        latency,
        scene.now,
    );
    let mut section = Section::new(CHART, vec![rates, p95s]);
    if !board.words.faults().is_empty() {
        section = section.with(CHART, faults(board, load, &columns));
    }
    Some(section)
}

/// What p95 must stay below, if a threshold on all requests says so.
fn p95_bound(load: &LoadBoard) -> Option<f64> {
    let gates = load.gates.all().iter().map(|gate| &gate.threshold);
    let mut bounds = gates.filter(|threshold| {
        threshold.metric.name == "http_req_duration"
            && threshold.metric.tags.is_empty()
            && threshold.aggregation == Aggregation::Percentile(95.0)
            && matches!(
                threshold.comparison,
                Comparison::Less | Comparison::LessOrEqual
            )
    });
    bounds.next().map(|threshold| threshold.bound)
}

/// One value a column, from the bottom up to the largest of them.
fn sparkline(
    label: &str,
    columns: &[Column],
    value: impl Fn(&Column) -> Option<f64>,
    is_bad: impl Fn(&Column, f64) -> bool,
    shown: impl Fn(f64) -> String,
    now: RunTime,
) -> Text {
    // A column that is not over yet would look like a drop.
    let value = |column: &Column| value(column).filter(|_| column.to <= now);
    let most = columns.iter().filter_map(&value).fold(0.0, f64::max);
    let mut line = Text::default().with(Ink::Faint, label).to(LABEL);
    for column in columns {
        line = match value(column) {
            Some(value) if value > 0.0 => {
                let level = (value / most * LEVELS.len() as f64).ceil() as usize;
                let ink = if is_bad(column, value) {
                    Ink::Bad
                } else {
                    Ink::Accent
                };
                line.with(ink, LEVELS[level.clamp(1, LEVELS.len()) - 1])
            }
            _ => line.with(Ink::Plain, " "),
        };
    }
    line.with(Ink::Faint, &format!(" ≤ {}", shown(most)))
}

/// Where faults were, are and are planned.
fn faults(board: &Board, load: &LoadBoard, columns: &[Column]) -> Text {
    let start = load.start.unwrap_or_default();
    let mut line = Text::default().with(Ink::Faint, "faults").to(LABEL);
    for column in columns {
        let overlaps = |from: RunTime, to: RunTime| from < column.to && to > column.from;
        let is_there = load.faults.iter().any(|window| {
            let to = window.to.unwrap_or(RunTime::from_nanos(u64::MAX));
            column.counts.is_some() && overlaps(window.from, to)
        });
        let planned = board.words.faults().iter();
        let is_planned = planned
            .clone()
            .any(|fault| overlaps(start + fault.at, start + fault.at + fault.lasting));
        line = match (is_there, column.counts) {
            (true, _) => line.with(Ink::Fault, "━"),
            (false, None) if is_planned => line.with(Ink::Faint, "╌"),
            _ => line.with(Ink::Plain, " "),
        };
    }
    let active: Vec<String> = load
        .active_faults()
        .map(|it| board.words.fault(it))
        .collect();
    line.with(Ink::Fault, &format!(" {}", active.join(", ")))
}
