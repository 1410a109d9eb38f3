use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::event::{Event, EventKind};

use super::board::{Board, Extent, LoadBoard};
use super::number::{count, latency, percent, rate};
use super::text::Text;
use super::view::errors_by_number;

/// Between two lines about the load.
const EVERY: Duration = Duration::from_secs(10);

/// The load in one line every ten seconds, for logs.
#[derive(Debug, Default)]
pub(super) struct Plain {
    last: Option<RunTime>,
}

impl Plain {
    /// The line, if it is time for one.
    pub(super) fn line(&mut self, event: &Event, board: &Board) -> Option<Text> {
        if !matches!(event.kind, EventKind::LoadTick(_)) {
            return None;
        }
        let load = board.running_load()?;
        let since = self.last.or(load.start)?;
        if event.at.since(since) < EVERY {
            return None;
        }
        self.last = Some(event.at);
        Some(Text::plain(&describe(load, board, event.at)))
    }
}

/// `load     10s/60s  200/s wanted  199/s  p50 2.1 ms  p95 8.3 ms  p99 20.1 ms  failed 0 %  9 VUs`
fn describe(load: &LoadBoard, board: &Board, now: RunTime) -> String {
    let recent = load.timeline.recent(now, EVERY);
    let elapsed = load.elapsed(now).as_secs_f64();
    let mut words = vec![match load.extent {
        Extent::Time(length) => format!("{elapsed:.0}s/{:.0}s", length.as_secs_f64()),
        Extent::Iterations(all) => {
            let done = count(load.totals.counts.completed);
            format!("{elapsed:.0}s  {done} of {} iterations", count(all))
        }
    }];
    if load.has_arrivals {
        words.push(format!(
            "{} wanted",
            rate(recent.counts.offered, recent.seconds)
        ));
    }
    words.push(format!(
        "{} answered",
        rate(recent.counts.requests, recent.seconds)
    ));
    if !recent.latency.is_empty() {
        for (name, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
            let value = latency(recent.latency.quantile_ms(quantile));
            words.push(format!("{name} {value}"));
        }
    }
    words.push(format!(
        "failed {}",
        percent(recent.counts.failed, recent.counts.requests)
    ));
    words.push(format!("{} VUs", count(load.vus().0)));
    if load.totals.dropped > 0 {
        words.push(format!("{} dropped", count(load.totals.dropped)));
    }
    let errors: Vec<String> = errors_by_number(load)
        .into_iter()
        .take(3)
        .map(|(error, number)| format!("{error} {}", count(number)))
        .collect();
    if !errors.is_empty() {
        words.push(format!("errors so far: {}", errors.join(", ")));
    }
    let faults: Vec<String> = load
        .active_faults()
        .map(|it| board.words.fault(it))
        .collect();
    if !faults.is_empty() {
        words.push(format!("⚡ {}", faults.join(", ")));
    }
    format!("load     {}", words.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::rehearsal::{START, iterations, under_faults};

    #[test]
    fn the_load_is_one_line_with_rates_percentiles_errors_and_faults() {
        let run = under_faults();
        let load = run.board.running_load().expect("it runs");
        let now = RunTime::from(START + Duration::from_millis(7600));
        assert_eq!(
            describe(load, &run.board, now),
            "load     8s/20s  200/s wanted  200/s answered  p50 13.8 ms  p95 672 ms  p99 722 ms  \
             failed 8.00 %  50 VUs  errors so far: 503 80, timeout 40  \
             ⚡ shop -> db  latency 400ms ± 50ms"
        );
        let run = iterations();
        let load = run.board.running_load().expect("it runs");
        let now = RunTime::from(START + Duration::from_millis(12_600));
        assert_eq!(
            describe(load, &run.board, now),
            "load     13s  2,500 of 5,000 iterations  200/s answered  p50 4.44 ms  p95 5.76 ms  \
             p99 5.88 ms  failed 0 %  8 VUs"
        );
    }

    #[test]
    fn a_line_comes_every_ten_seconds_and_not_more_often() {
        let run = iterations();
        let mut plain = Plain::default();
        let mut lines = Vec::new();
        for quarter in 0..100 {
            let at = RunTime::from(START + Duration::from_millis(250) * quarter);
            let kind = EventKind::LoadTick(Box::default());
            if plain.line(&Event { at, kind }, &run.board).is_some() {
                lines.push(quarter);
            }
        }
        assert_eq!(lines, [40, 80]);
    }
}
