//! Numbers for a view that changes eight times a second: short, and of a steady width.

pub(super) use rtest_report::number::{bytes, count, latency, percent};

/// Per second: `200/s`, `12.5/s`, `0/s`.
pub(super) fn rate(count_in_all: u64, seconds: f64) -> String {
    if count_in_all == 0 || seconds <= 0.0 {
        "0/s".to_owned()
    } else {
        rtest_report::number::rate(count_in_all as f64, seconds)
    }
}

/// Whole seconds as a clock shows them: `0:07`, `12:30`, `1:02:03`.
pub(super) fn clock(duration: std::time::Duration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}
