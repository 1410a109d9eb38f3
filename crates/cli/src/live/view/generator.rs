use rtest_metrics::verdict::MAX_DISPATCH_LAG_MS;

use super::row::{GENERATOR, Section, row};
use super::{Scene, Text};
use crate::live::board::LoadBoard;
use crate::live::number::latency;
use crate::live::text::Ink;

/// Shares of CPU, files and ports from which they are worth a word, and from which numbers are
/// likely to be not valid.
const MUCH: f64 = 0.75;
const TOO_MUCH: f64 = 0.9;

/// The generator's condition, where it bears on the numbers.
pub(super) fn section(load: &LoadBoard, scene: Scene) -> Option<Section> {
    let health = load.health.unwrap_or_default();
    let share = |part: u64, whole: u64| match whole {
        0 => 0.0,
        whole => part as f64 / whole as f64,
    };
    let shares = [
        ("CPU", health.cpu_share),
        ("busiest worker", health.busiest_worker),
        (
            "open files",
            share(health.open_files, health.open_files_limit),
        ),
        (
            "local ports",
            share(health.local_ports, health.local_ports_limit),
        ),
    ];
    let mut words = Vec::new();
    for (what, share) in shares {
        if share >= MUCH {
            words.push((share >= TOO_MUCH, format!("{what} {:.0} %", share * 100.0)));
        }
    }
    let lag = load.lag.quantile_ms(0.99);
    if lag >= MAX_DISPATCH_LAG_MS / 10.0 {
        words.push((
            lag >= MAX_DISPATCH_LAG_MS,
            format!("late by itself p99 {}", latency(lag)),
        ));
    }
    if words.is_empty() {
        return None;
    }
    let pieces = words.into_iter().map(|(is_too_much, word)| {
        let ink = if is_too_much { Ink::Bad } else { Ink::Doubtful };
        Text::default().with(ink, &word)
    });
    let line = row("generator", pieces, scene.columns);
    Some(Section::new(GENERATOR, vec![line]))
}
