//! Durations as they were measured elsewhere, read from an HDR histogram log.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

use crate::histogram::MAX_MICROS;

/// Different durations that a distribution may hold; three digits from a microsecond to an hour
/// need half of that.
pub const MOST_RECORDED_VALUES: usize = 50_000;

/// Bytes that a histogram log may have.
pub const MOST_LOG_BYTES: u64 = 16 << 20;

/// Durations and how often each was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// In microseconds, rising; each with how many are at most that long.
    cumulative: Vec<(u64, u64)>,
}

/// What a number of a histogram log counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordedUnit {
    /// Nanoseconds.
    Nanoseconds,
    /// Microseconds, which rtest writes itself.
    #[default]
    Microseconds,
    /// Milliseconds.
    Milliseconds,
}

impl RecordedUnit {
    /// Each with its word.
    pub const ALL: [(&str, Self); 3] = [
        ("ns", Self::Nanoseconds),
        ("us", Self::Microseconds),
        ("ms", Self::Milliseconds),
    ];

    /// In whole microseconds.
    fn micros(self, value: u64) -> u64 {
        match self {
            Self::Nanoseconds => value / 1000,
            Self::Microseconds => value,
            Self::Milliseconds => value.saturating_mul(1000),
        }
    }
}

/// Why a distribution is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct RecordedError {
    /// The line of the log, from 1, where it is one line's fault.
    pub line: Option<usize>,
    /// In words.
    pub why: String,
}

impl Recorded {
    /// Of microseconds, in any order, with how often each was measured.
    ///
    /// # Errors
    /// Nothing was measured, too many different values, or one of more than an hour.
    pub fn of_counts(counts: impl IntoIterator<Item = (u64, u64)>) -> Result<Self, RecordedError> {
        let mut sums: BTreeMap<u64, u64> = BTreeMap::new();
        for (micros, count) in counts {
            let sum = sums.entry(micros).or_default();
            *sum = sum.saturating_add(count);
        }
        sums.retain(|_, count| *count > 0);
        let Some((longest, _)) = sums.last_key_value() else {
            return Err(refused("no value was measured"));
        };
        if *longest > MAX_MICROS {
            return Err(refused(
                "the longest value is more than an hour: see what unit its numbers have",
            ));
        }
        if sums.len() > MOST_RECORDED_VALUES {
            return Err(refused(format!(
                "it holds more than {MOST_RECORDED_VALUES} different values; three significant digits are enough"
            )));
        }
        let mut total: u64 = 0;
        let cumulative = sums.into_iter().map(|(micros, count)| {
            total = total.saturating_add(count);
            (micros, total)
        });
        Ok(Self {
            cumulative: cumulative.collect(),
        })
    }

    /// Of an interval log (versions 1.0 to 1.3), all its intervals together: those without a tag,
    /// or those whose tag is like `tag`, in which `*` stands for anything.
    ///
    /// # Errors
    /// A line is none of such a log, no interval is chosen, or as for
    /// [`of_counts`](Self::of_counts).
    pub fn of_log(log: &str, unit: RecordedUnit, tag: Option<&str>) -> Result<Self, RecordedError> {
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        let mut others = BTreeSet::new();
        let mut deserializer = Deserializer::new();
        for (number, line) in (1..).zip(log.lines()) {
            let at_line = |why: &str| RecordedError {
                line: Some(number),
                why: why.to_owned(),
            };
            let line = line.trim();
            let is_legend = line.starts_with("\"StartTimestamp\"");
            if line.is_empty() || line.starts_with('#') || is_legend {
                continue;
            }
            let ended = format!("{line}\n");
            let Some(Ok(LogEntry::Interval(interval))) =
                IntervalLogIterator::new(ended.as_bytes()).next()
            else {
                return Err(at_line("this is no line of an HDR histogram log"));
            };
            let own = interval.tag().map(|tag| tag.as_str().to_owned());
            if !is_chosen(own.as_deref(), tag) {
                others.extend(own);
                continue;
            }
            let bytes = STANDARD.decode(interval.encoded_histogram());
            let bytes = bytes.map_err(|_| at_line("its histogram is not base64"))?;
            let histogram: Result<Histogram<u64>, _> = deserializer.deserialize(&mut &bytes[..]);
            let histogram = histogram.map_err(|_| at_line("its histogram cannot be read"))?;
            for value in histogram.iter_recorded() {
                let micros = unit.micros(value.value_iterated_to());
                let sum = counts.entry(micros).or_default();
                *sum = sum.saturating_add(value.count_at_value());
            }
        }
        if counts.is_empty() && (tag.is_some() || !others.is_empty()) {
            return Err(refused(none_chosen(tag, &others)));
        }
        Self::of_counts(counts)
    }

    /// The duration of which this share, 0 to 1, are at most as long: the inverse of the
    /// cumulative counts.
    pub fn at_share(&self, share: f64) -> Duration {
        let total = self.cumulative.last().map_or(0, |(_, total)| *total);
        // At least one is at most so long: HDR's own reading of a percentile.
        let rank = ((share * total as f64).ceil() as u64).clamp(1, total.max(1));
        let index = self.cumulative.partition_point(|(_, up_to)| *up_to < rank);
        let found = self.cumulative.get(index).or(self.cumulative.last());
        Duration::from_micros(found.map_or(0, |(micros, _)| *micros))
    }

    /// Microseconds, rising, with how often each was measured.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        let before = [0]
            .into_iter()
            .chain(self.cumulative.iter().map(|(_, up_to)| *up_to));
        let each = self.cumulative.iter().zip(before);
        each.map(|((micros, up_to), before)| (*micros, up_to - before))
    }
}

fn refused(why: impl Into<String>) -> RecordedError {
    RecordedError {
        line: None,
        why: why.into(),
    }
}

fn is_chosen(own: Option<&str>, wanted: Option<&str>) -> bool {
    match (own, wanted) {
        (None, None) => true,
        (Some(own), Some(wanted)) => is_like(own, wanted),
        _ => false,
    }
}

/// Whether a text is like a pattern, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    let mut tails = text.char_indices().map(|(at, _)| &text[at..]);
    tails.any(|tail| is_like(tail, rest)) || is_like("", rest)
}

fn none_chosen(tag: Option<&str>, others: &BTreeSet<String>) -> String {
    const SHOWN: usize = 6;
    let shown: Vec<String> = others
        .iter()
        .take(SHOWN)
        .map(|it| format!("`{it}`"))
        .collect();
    let more = if others.len() > SHOWN { ", …" } else { "" };
    let there = format!("there are {}{more}", shown.join(", "));
    match tag {
        Some(tag) if others.is_empty() => {
            format!("no interval has a tag like `{tag}`, nor any other")
        }
        Some(tag) => format!("no interval has a tag like `{tag}`; {there}"),
        None => format!("every interval has a tag, say which with `tag`; {there}"),
    }
}

#[cfg(test)]
mod tests {
    use hdrhistogram::serialization::V2DeflateSerializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
    use proptest::prelude::*;

    use super::*;

    /// A log as the crate itself writes it, an interval each.
    fn log(intervals: &[(Option<&str>, &[u64])]) -> String {
        let mut out = Vec::new();
        let mut serializer = V2DeflateSerializer::new();
        let mut builder = IntervalLogWriterBuilder::new();
        let mut writer = builder
            .add_comment("a comment")
            .begin_log_with(&mut out, &mut serializer)
            .expect("begun");
        for (tag, values) in intervals {
            let tag = tag.map(|tag| Tag::new(tag).expect("a tag"));
            let second = Duration::from_secs(1);
            writer
                .write_histogram(&histogram(values), second, second, tag)
                .expect("written");
        }
        drop(writer);
        String::from_utf8(out).expect("text")
    }

    fn histogram(values: &[u64]) -> Histogram<u64> {
        let mut histogram = Histogram::new(3).expect("three digits");
        for value in values {
            histogram.record(*value).expect("it grows");
        }
        histogram
    }

    proptest! {
        #[test]
        fn what_is_drawn_has_the_percentiles_of_what_was_recorded(
            values in prop::collection::vec(1_u64..50_000_000, 1..300),
            percentile in 0.0_f64..100.0,
        ) {
            let text = log(&[(None, &values[..values.len() / 2]), (None, &values[values.len() / 2..])]);
            let recorded = Recorded::of_log(&text, RecordedUnit::Microseconds, None).expect("a log");
            let drawn = recorded.at_share(percentile / 100.0).as_micros() as u64;
            let whole = histogram(&values);
            prop_assert_eq!(drawn, whole.value_at_quantile(percentile / 100.0));
        }
    }

    /// Written by HdrHistogram for Python, which read these percentiles from its own histogram.
    #[test]
    fn a_log_of_another_implementation_has_its_percentiles() {
        let log = include_str!("../../../fixtures/data/orders.hlog");
        let recorded = Recorded::of_log(log, RecordedUnit::Nanoseconds, None).expect("a log");
        for (percentile, nanos) in [
            (1.0, 1_283_071),
            (25.0, 3_020_799),
            (50.0, 4_272_127),
            (90.0, 206_831_615),
            (95.0, 298_582_015),
            (99.0, 377_749_503),
            (99.9, 395_313_151),
            (100.0, 399_507_455),
        ] {
            let drawn = recorded.at_share(percentile / 100.0).as_micros();
            assert_eq!(drawn, nanos / 1000, "p{percentile}");
        }
    }

    #[test]
    fn two_humps_have_nothing_in_between() {
        let recorded = Recorded::of_counts([(100_000, 1), (1000, 1)]).expect("two values");
        for share in 0..=100 {
            let drawn = recorded.at_share(f64::from(share) / 100.0).as_millis();
            assert_eq!(drawn, if share <= 50 { 1 } else { 100 });
        }
        let counts: Vec<(u64, u64)> = recorded.counts().collect();
        assert_eq!(counts, [(1000, 1), (100_000, 1)]);
    }

    #[test]
    fn numbers_are_in_the_unit_that_is_said() {
        let text = log(&[(None, &[2000])]);
        for (unit, micros) in [
            (RecordedUnit::Nanoseconds, 2),
            (RecordedUnit::Microseconds, 2000),
            (RecordedUnit::Milliseconds, 2_000_000),
        ] {
            let recorded = Recorded::of_log(&text, unit, None).expect("a log");
            let drawn = recorded.at_share(0.5).as_micros();
            // A value is known to three digits.
            assert!(drawn.abs_diff(micros) * 1000 <= micros, "{drawn}");
        }
    }

    #[test]
    fn tags_choose_intervals() {
        let text = log(&[
            (Some("a.wait"), &[10]),
            (Some("b.wait"), &[20]),
            (None, &[30]),
        ]);
        let longest = |tag: Option<&str>| {
            let recorded = Recorded::of_log(&text, RecordedUnit::Microseconds, tag);
            recorded.map(|it| it.at_share(1.0).as_micros())
        };
        assert_eq!(longest(None), Ok(30));
        assert_eq!(longest(Some("a.wait")), Ok(10));
        assert_eq!(longest(Some("*.wait")), Ok(20));
        assert_eq!(longest(Some("a*")), Ok(10));
        let none = longest(Some("*.read")).expect_err("there is none");
        assert_eq!(
            none.why,
            "no interval has a tag like `*.read`; there are `a.wait`, `b.wait`"
        );
        let tagged = log(&[(Some("a"), &[10])]);
        let none = Recorded::of_log(&tagged, RecordedUnit::Microseconds, None);
        let none = none.expect_err("all are tagged").why;
        assert!(none.contains("say which with `tag`"), "{none}");
    }

    #[test]
    fn what_is_no_log_is_said_with_its_line() {
        let whole = log(&[(None, &[10])]);
        let lines = whole.lines().count();
        let refused = |text: &str| {
            let read = Recorded::of_log(text, RecordedUnit::Microseconds, None);
            read.expect_err("it is none")
        };
        assert_eq!(
            refused(&format!("{whole}latency: 3\n")).line,
            Some(lines + 1)
        );
        let broken = whole.replace("HIST", "HISX");
        assert_eq!(refused(&broken).line, Some(lines));
        let cut = &whole[..whole.len() - 9];
        assert_eq!(refused(cut).line, Some(lines));
        assert_eq!(refused("# nothing\n").why, "no value was measured");
        let long = log(&[(None, &[3_700_000_000])]);
        assert!(refused(&long).why.contains("more than an hour"));
    }
}
