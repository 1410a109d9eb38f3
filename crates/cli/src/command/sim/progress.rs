use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rtest_core::{Clock as _, MonotonicClock, RunTime};
use rtest_report::number::{count, rate};
use rtest_runtime::Watcher;
use tokio_util::sync::CancellationToken;

use crate::live::Mode;
use crate::output;

/// How often the line on a terminal is written again, and one where there is no terminal.
const REDRAW: Duration = Duration::from_millis(125);
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Back to the line's beginning, and nothing on it.
const CLEAR: &str = "\r\x1b[K";

/// How far a search is, told on stderr while it goes.
pub(super) struct Progress {
    cancel: CancellationToken,
    asked_for: u32,
    ran: AtomicU32,
    failed: AtomicU32,
    clock: MonotonicClock,
}

impl Progress {
    /// Of a search of so many runs, which ends early when `cancel` is cancelled.
    pub(super) fn new(asked_for: u32, cancel: CancellationToken) -> Self {
        Self {
            cancel,
            asked_for,
            ran: AtomicU32::new(0),
            failed: AtomicU32::new(0),
            clock: MonotonicClock::start(),
        }
    }

    /// Tells until `over`, and leaves nothing on a terminal.
    pub(super) async fn tell(&self, over: CancellationToken) {
        let mode = Mode::detect(false);
        let every = match mode {
            Mode::Live => REDRAW,
            Mode::Plain => LINE_EVERY,
            Mode::Silent => return,
        };
        let mut due = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        loop {
            tokio::select! {
                () = over.cancelled() => break,
                _ = due.tick() => {}
            }
            match mode {
                Mode::Live => write(&format!("{CLEAR}{}", self.line())),
                _ => output::say(&self.line()),
            }
        }
        if mode == Mode::Live {
            write(CLEAR);
        }
    }

    fn line(&self) -> String {
        let ran = self.ran.load(Ordering::Relaxed);
        if self.cancel.is_cancelled() {
            return "rtest: interrupted; the runs under way come to their end".to_owned();
        }
        if ran >= self.asked_for {
            return "rtest: shrinking what was found".to_owned();
        }
        line(
            ran,
            self.asked_for,
            self.failed.load(Ordering::Relaxed),
            self.clock.now() - RunTime::ZERO,
        )
    }
}

/// `rtest: 2,310 of 100,000 runs, 400 failed, 1,155/s`
fn line(ran: u32, asked_for: u32, failed: u32, took: Duration) -> String {
    format!(
        "rtest: {} of {} runs, {} failed, {}",
        count(ran.into()),
        count(asked_for.into()),
        count(failed.into()),
        rate(f64::from(ran), took.as_secs_f64().max(0.001))
    )
}

/// Nobody is left to tell when stderr is closed.
fn write(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

impl Watcher for Progress {
    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn ran(&self, failed: bool) {
        self.ran.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u32::from(failed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_many_of_how_many_and_how_fast() {
        assert_eq!(
            line(2_310, 100_000, 400, Duration::from_secs(2)),
            "rtest: 2,310 of 100,000 runs, 400 failed, 1,155/s"
        );
    }
}
