//! Numbers as people read them. All of it is fixed: no locale, no rounding that turns "almost
//! all" into "all".

use std::time::Duration;

/// Milliseconds without their unit, for a column whose heading has it: `0.012 0.43 2.13 41.2 1,204`.
pub fn ms(value: f64) -> String {
    if value >= 100.0 {
        count(value.round() as u64)
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else if value >= 0.1 {
        format!("{value:.2}")
    } else if value > 0.0 {
        format!("{value:.3}")
    } else {
        "0".to_owned()
    }
}

/// Milliseconds with the unit that suits them: `430 µs`, `41.2 ms`, `1.2 s`.
pub fn latency(value: f64) -> String {
    if value >= 1000.0 {
        format!("{} s", ms(value / 1000.0))
    } else if value >= 1.0 || value == 0.0 {
        format!("{} ms", ms(value))
    } else {
        format!("{} µs", (value * 1000.0).round())
    }
}

/// As [`latency`], without trailing zeros: for the round values at an axis.
pub fn tick(value: f64) -> String {
    let text = latency(value);
    let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    };
    format!("{number} {unit}")
}

/// With a comma every three digits: `12,034`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `count` of a noun in English: `1 gate`, `1,204 gates`.
pub fn counted(value: u64, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value))
}

/// A share: `0 %`, `0.08 %`, `12.3 %`, `100 %`. Neither a few are shown as none, nor almost all
/// as all.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = part as f64 / whole as f64 * 100.0;
    if part == 0 {
        "0 %".to_owned()
    } else if part == whole {
        "100 %".to_owned()
    } else if share < 0.01 {
        "<0.01 %".to_owned()
    } else if share > 99.99 {
        ">99.99 %".to_owned()
    } else if (10.0..=99.9).contains(&share) {
        format!("{share:.1} %")
    } else {
        format!("{share:.2} %")
    }
}

/// A number without a unit, negative ones too: `0.042 1.5 3 41.2 -12,034`.
pub fn plain(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let size = value.abs();
    if size.fract() == 0.0 {
        return format!("{sign}{}", count(size as u64));
    }
    let text = ms(size);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{sign}{text}")
}

/// Per second: `200/s`, `12.5/s`.
pub fn rate(count_in_all: f64, seconds: f64) -> String {
    if seconds <= 0.0 {
        return "–".to_owned();
    }
    let rate = count_in_all / seconds;
    if rate >= 100.0 {
        format!("{}/s", count(rate.round() as u64))
    } else {
        format!("{rate:.1}/s")
    }
}

/// A share in percent, of a core for example, which may be more than a whole: `7.5 %`, `142 %`.
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    if percent.abs() >= 10.0 || percent == 0.0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// Decimal units, as k6 shows them: `512 B`, `1.2 MB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if value < 1000 {
        return format!("{value} B");
    }
    let mut scaled = value as f64 / 1000.0;
    let mut unit = 0;
    while scaled >= 999.95 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    format!("{scaled:.1} {}", UNITS[unit])
}

/// Seconds since some start, one decimal: `12.0`.
pub fn seconds(value: f64) -> String {
    // Minus zero would be shown as -0.0.
    format!("{:.1}", if value.abs() < 0.05 { 0.0 } else { value })
}

/// From one instant to another, in seconds since some start: `0.0–12.0`, with as many decimals, up to
/// three, as it takes to tell them apart: `13.00–13.04`.
pub fn span_seconds(from: f64, to: f64) -> String {
    let with = |decimals: usize| {
        let shown = |value: f64| match format!("{value:.decimals$}") {
            // Minus zero would be shown as -0.0.
            text if text
                .trim_start_matches('-')
                .chars()
                .all(|c| "0.".contains(c)) =>
            {
                text.trim_start_matches('-').to_owned()
            }
            text => text,
        };
        (shown(from), shown(to))
    };
    let differs = |decimals: &usize| {
        let (from, to) = with(*decimals);
        from != to
    };
    let decimals = (1..=3).find(differs).unwrap_or(1);
    let (from, to) = with(decimals);
    format!("{from}–{to}")
}

/// How long something took: `18 ms`, `2.41 s`, `3 m 20 s`.
pub fn took(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole >= 120 {
        format!("{} m {} s", whole / 60, whole % 60)
    } else {
        latency(duration.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_never_shown_as_none_nor_almost_all_as_all() {
        assert_eq!(percent(0, 10), "0 %");
        assert_eq!(percent(1, 1_000_000), "<0.01 %");
        assert_eq!(percent(999_999, 1_000_000), ">99.99 %");
        assert_eq!(percent(9_995, 10_000), "99.95 %");
        assert_eq!(percent(10, 10), "100 %");
        assert_eq!(percent(1, 8), "12.5 %");
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn numbers_keep_about_three_digits() {
        let shown: Vec<String> = [0.0, 0.012, 0.434, 2.126, 41.23, 412.4, 1204.0]
            .map(ms)
            .into();
        assert_eq!(
            shown,
            ["0", "0.012", "0.43", "2.13", "41.2", "412", "1,204"]
        );
        assert_eq!(latency(0.43), "430 µs");
        assert_eq!(latency(1204.0), "1.20 s");
        let ticks = [0.0, 0.05, 1.0, 10.0, 20.0, 500.0, 2000.0].map(tick);
        assert_eq!(
            ticks,
            ["0 ms", "50 µs", "1 ms", "10 ms", "20 ms", "500 ms", "2 s"]
        );
        assert_eq!(count(1_234_567), "1,234,567");
        let plains = [0.0, 0.0421, 1.5, 3.0, -41.23, 412.4, 12034.0].map(plain);
        assert_eq!(plains, ["0", "0.042", "1.5", "3", "-41.2", "412", "12,034"]);
        assert_eq!(bytes(999_960), "1.0 MB");
        assert_eq!(seconds(-0.01), "0.0");
        let spans = [
            (0.0, 12.0),
            (-0.001, 0.071),
            (13.0, 13.041),
            (2.0, 2.0),
            (1.0, 1.0004),
        ];
        let spans = spans.map(|(from, to)| span_seconds(from, to));
        assert_eq!(
            spans,
            ["0.0–12.0", "0.0–0.1", "13.00–13.04", "2.0–2.0", "1.0–1.0"]
        );
        assert_eq!(took(Duration::from_secs(200)), "3 m 20 s");
    }
}
