use rtest_core::metric::{MetricContents, MetricKind};
use rtest_core::threshold::Aggregation;

use super::row::{FURTHER_GATES, GATES, LABEL, Section};
use super::{Scene, Text};
use crate::live::board::LoadBoard;
use crate::live::gates::Gate;
use crate::live::number::{bytes, latency};
use crate::live::text::Ink;

/// Thresholds that are shown before the charts when there are few rows.
const FIRST: usize = 2;

/// Columns for a present value.
const VALUE: usize = 10;

/// Each threshold with its present value, those that would not hold now first.
pub(super) fn section(load: &LoadBoard, scene: Scene) -> Option<Section> {
    let gates = load.gates.worst_first();
    if gates.is_empty() {
        return None;
    }
    let room = scene.columns.saturating_sub(LABEL + 4 + VALUE);
    let names: Vec<String> = gates
        .iter()
        .map(|gate| gate.threshold.to_string())
        .collect();
    let widest = names.iter().map(|name| name.chars().count()).max();
    let widest = widest.unwrap_or(0).min(room);
    let mut section = Section::default();
    for (index, (gate, name)) in gates.iter().zip(&names).enumerate() {
        let label = if index == 0 { "thresholds" } else { "" };
        let rank = if index < FIRST { GATES } else { FURTHER_GATES };
        section = section.with(rank, line(label, gate, name, widest));
    }
    Some(section)
}

fn line(label: &str, gate: &Gate, name: &str, widest: usize) -> Text {
    let (mark, ink) = match gate.holds() {
        Some(true) => ("✓", Ink::Good),
        Some(false) => ("✗", Ink::Bad),
        None => ("·", Ink::Faint),
    };
    let present = gate
        .present
        .map_or_else(|| "no samples".to_owned(), |present| show(gate, present));
    let name = Text::plain(name).cut(widest).to(widest);
    Text::default()
        .with(Ink::Faint, label)
        .to(LABEL)
        .with(ink, mark)
        .with(Ink::Plain, " ")
        .and(name)
        .with(ink, &format!("  {present:>VALUE$}"))
}

/// A value with the unit of what the threshold reads.
fn show(gate: &Gate, value: f64) -> String {
    use MetricContents::{Data, Share, Time};
    match (gate.of, gate.threshold.aggregation) {
        (Some((MetricKind::Trend, Time)), aggregation) if aggregation != Aggregation::Count => {
            latency(value)
        }
        (Some((MetricKind::Rate, _)), Aggregation::Rate) => format!("{:.2} %", value * 100.0),
        (Some((MetricKind::Level, Share)), _) => format!("{:.1} %", value * 100.0),
        (Some((MetricKind::Level, Data)), _)
        | (Some((MetricKind::Counter, Data)), Aggregation::Count) => bytes(value as u64),
        (Some((MetricKind::Counter, _)), Aggregation::Rate) => format!("{value:.1}/s"),
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}
