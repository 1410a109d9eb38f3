use std::cmp::Reverse;
use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::sample::Outcome;
use rtest_metrics::record::outcome_name;

use super::row::{ERRORS, FLOW, LABEL, LATENCY, Section, row};
use super::{Scene, Text};
use crate::live::board::LoadBoard;
use crate::live::number::{count, latency, percent, rate};
use crate::live::text::Ink;
use crate::live::timeline::Recent;

/// What "now" is: the last whole ticks of this time.
const RECENTLY: Duration = Duration::from_secs(5);

/// How much, how fast, what went wrong.
pub(super) fn sections(load: &LoadBoard, scene: Scene) -> Vec<Section> {
    let recent = load.timeline.recent(scene.now, RECENTLY);
    let mut flow = Vec::new();
    if load.has_arrivals {
        flow.push(arrivals(load, &recent, scene));
    }
    flow.push(requests(load, &recent, scene));
    let mut numbers = Section::new(FLOW, flow);
    if !load.errors.is_empty() {
        numbers = numbers.with(ERRORS, errors(load, scene.columns));
    }
    vec![numbers, latencies(load, &recent, scene)]
}

/// Arrivals: wanted against done.
fn arrivals(load: &LoadBoard, recent: &Recent, scene: Scene) -> Text {
    let wanted = rate(recent.counts.offered, recent.seconds);
    let wanted = Text::default()
        .with(Ink::Strong, &format!("{wanted:>8}"))
        .with(Ink::Plain, " wanted");
    let done = Text::plain(&format!(
        "{:>8} done",
        rate(recent.counts.completed, recent.seconds)
    ));
    let pieces = [
        Some(wanted),
        Some(done),
        counted(load.totals.dropped, "dropped", Ink::Bad),
        counted(load.totals.late, "late", Ink::Doubtful),
        Some(vus(load)),
        scaled("rate", scene.wanted.rate_scale),
        scaled("VUs", scene.wanted.vus_scale),
    ];
    row("arrivals", pieces.into_iter().flatten(), scene.columns)
}

fn requests(load: &LoadBoard, recent: &Recent, scene: Scene) -> Text {
    let answered = rate(recent.counts.requests, recent.seconds);
    let answered = Text::default()
        .with(Ink::Strong, &format!("{answered:>8}"))
        .with(Ink::Plain, " answered");
    let totals = load.totals.counts;
    let ink = if totals.failed > 0 {
        Ink::Bad
    } else {
        Ink::Plain
    };
    let failed = format!("{} failed", percent(totals.failed, totals.requests));
    let mut pieces = vec![
        answered,
        Text::default().with(ink, &failed),
        Text::plain(&format!("{} in all", count(totals.requests))),
    ];
    if !load.has_arrivals {
        pieces.push(vus(load));
        pieces.extend(scaled("VUs", scene.wanted.vus_scale));
    }
    row("requests", pieces, scene.columns)
}

fn vus(load: &LoadBoard) -> Text {
    let (at_work, _) = load.vus();
    Text::plain(&format!(
        "{} of {} VUs",
        count(at_work),
        count(load.most_vus)
    ))
}

/// A number that should be zero, with its colour where it is not.
fn counted(number: u64, what: &str, ink: Ink) -> Option<Text> {
    (number > 0).then(|| Text::default().with(ink, &format!("{} {what}", count(number))))
}

/// A change from outside, where there is one.
fn scaled(what: &str, scale: f64) -> Option<Text> {
    (scale != 1.0).then(|| Text::default().with(Ink::Doubtful, &format!("{what} × {scale:.2}")))
}

fn errors(load: &LoadBoard, columns: usize) -> Text {
    let pieces = errors_by_number(load).into_iter().map(|(error, number)| {
        Text::default()
            .with(Ink::Bad, &error)
            .with(Ink::Plain, &format!(" {}", count(number)))
    });
    row("errors", pieces, columns)
}

/// How requests failed, the most frequent first.
pub(crate) fn errors_by_number(load: &LoadBoard) -> Vec<(String, u64)> {
    let mut errors: Vec<(Outcome, u64)> = load.errors.iter().map(|(it, n)| (*it, *n)).collect();
    errors.sort_by_key(|(outcome, number)| (Reverse(*number), *outcome));
    let named = errors
        .into_iter()
        .map(|(outcome, number)| (outcome_name(outcome), number));
    named.collect()
}

/// Percentiles: lately, and since the start.
fn latencies(load: &LoadBoard, recent: &Recent, scene: Scene) -> Section {
    let each = (scene.columns.saturating_sub(LABEL) / 4).clamp(7, 11);
    let mut head = Text::default().with(Ink::Faint, "latency").to(LABEL);
    for name in ["p50", "p95", "p99", "max"] {
        head = head.with(Ink::Faint, &format!("{name:>each$}"));
    }
    let seconds = format!("last {:.0} s", recent.seconds.max(1.0));
    Section::default()
        .with(LATENCY, head)
        .with(LATENCY, percentiles(&seconds, &recent.latency, each))
        .with(LATENCY, percentiles("whole run", &load.latency, each))
}

fn percentiles(label: &str, latencies: &Histogram, each: usize) -> Text {
    let mut line = Text::default().with(Ink::Faint, label).to(LABEL);
    for quantile in [0.5, 0.95, 0.99, 1.0] {
        let shown = if latencies.is_empty() {
            "–".to_owned()
        } else {
            latency(latencies.quantile_ms(quantile))
        };
        line = line.with(Ink::Plain, &format!("{shown:>each$}"));
    }
    line
}
