use std::sync::Arc;
use std::time::Duration;

use rtest_core::unit::parse_duration;
use rtest_core::{Code, Diagnostic};
use serde_json::Value;

use crate::check::Context;
use crate::check::content::{self, unusable};
use crate::spanned::Spanned;

/// The latest instant.
const LATEST: Duration = Duration::from_secs(365 * 86_400);

/// Reads the instants of a replay: one a line, or a JSON array of them.
pub(super) fn check(
    file: &Spanned<String>,
    speed: f64,
    cx: &mut Context<'_>,
) -> Option<Arc<[Duration]>> {
    let bytes = content::bytes(file, cx)?;
    match instants(&bytes, speed) {
        Ok(schedule) => Some(schedule.into()),
        Err(Fault::Unreadable(why)) => {
            unusable(file, &why, cx);
            None
        }
        Err(Fault::TooLate(instant)) => {
            cx.found.add(
                Diagnostic::new(
                    Code::UnusableFile,
                    format!(
                        "`{}` cannot be used: `{instant}` is more than a year after the start",
                        file.value
                    ),
                )
                .at(&file.span)
                .hint("instants are counted from the start of the scenario, not from 1970"),
            );
            None
        }
    }
}

enum Fault {
    Unreadable(String),
    TooLate(String),
}

fn instants(bytes: &[u8], speed: f64) -> Result<Vec<Duration>, Fault> {
    let unreadable = |why: String| Fault::Unreadable(why);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| unreadable("it is not text in UTF-8".to_owned()))?
        .trim_start_matches('\u{feff}');
    let mut schedule = Vec::new();
    if text.trim_start().starts_with('[') {
        let items: Vec<Value> = serde_json::from_str(text)
            .map_err(|error| unreadable(format!("it is not a JSON array: {error}")))?;
        for (index, item) in items.iter().enumerate() {
            let spelled = match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let place = format!("item {}", index + 1);
            schedule.push(instant(&spelled, speed, &place)?);
        }
    } else {
        for (index, line) in text.lines().enumerate() {
            if !line.trim().is_empty() {
                schedule.push(instant(line, speed, &format!("line {}", index + 1))?);
            }
        }
    }
    if schedule.is_empty() {
        return Err(unreadable("it holds no instant".to_owned()));
    }
    schedule.sort_unstable();
    Ok(schedule)
}

/// Seconds, or a duration.
fn instant(text: &str, speed: f64, place: &str) -> Result<Duration, Fault> {
    let text = text.trim();
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => parse_duration(text).ok().map(|it| it.as_secs_f64()),
    };
    match seconds {
        Some(seconds) if (0.0..=LATEST.as_secs_f64()).contains(&(seconds / speed)) => {
            // To whole nanoseconds: `0.3` is 300 ms.
            Ok(Duration::from_nanos((seconds / speed * 1e9).round() as u64))
        }
        Some(seconds) if seconds > 0.0 => Err(Fault::TooLate(text.to_owned())),
        _ => Err(Fault::Unreadable(format!(
            "{place} is no instant: `{}`",
            text.chars().take(40).collect::<String>()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str, speed: f64) -> Result<Vec<u128>, String> {
        match instants(text.as_bytes(), speed) {
            Ok(schedule) => Ok(schedule.iter().map(Duration::as_millis).collect()),
            Err(Fault::Unreadable(why) | Fault::TooLate(why)) => Err(why),
        }
    }

    #[test]
    fn lines_and_arrays_of_seconds_and_durations_are_read_in_order_of_time() {
        for text in [
            "0.3\n 1.25 \r\n\n0\n2s\n500ms",
            "[0.3, 1.25, 0, \"2s\", \"500ms\"]",
            "\u{feff}2\n1.25\n0.5\n0.3\n0",
        ] {
            assert_eq!(
                millis(text, 1.0),
                Ok(vec![0, 300, 500, 1250, 2000]),
                "{text}"
            );
            assert_eq!(
                millis(text, 2.0),
                Ok(vec![0, 150, 250, 625, 1000]),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_instant_is_named_with_its_place() {
        for (text, why) in [
            ("0\nx", "line 2 is no instant: `x`"),
            ("[1, -1]", "item 2 is no instant: `-1`"),
            ("[1, [2]]", "item 2 is no instant: `[2]`"),
            ("NaN", "line 1 is no instant: `NaN`"),
            ("\n \n", "it holds no instant"),
            ("1700000000.25", "1700000000.25"),
            ("inf", "inf"),
        ] {
            assert_eq!(millis(text, 1.0), Err(why.to_owned()), "{text}");
        }
        assert!(millis("[1", 1.0).is_err());
    }
}
