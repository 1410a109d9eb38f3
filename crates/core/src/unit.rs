//! Values with units, as suites and flags write them: `250ms`, `200/s`, `64KB`, `1%`.
//!
//! A bare number where a unit is meant is an error with a hint, never a guess.

use std::fmt;
use std::time::Duration;

/// A value with a unit that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnitError {
    /// What is wrong, in plain words.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl UnitError {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// Arrivals per unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Arrivals in one `per`; finite and above 0, or 0 where a ramp begins or ends there.
    pub count: f64,
    /// The unit of time; above zero.
    pub per: Duration,
}

impl Rate {
    /// Arrivals per second.
    pub fn per_second(self) -> f64 {
        self.count / self.per.as_secs_f64()
    }

    /// Time from one arrival to the next.
    pub fn period(self) -> Duration {
        Duration::from_secs_f64(self.per.as_secs_f64() / self.count)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = match self.per.as_secs() {
            1 => "s".to_owned(),
            60 => "m".to_owned(),
            3600 => "h".to_owned(),
            _ => format_duration(self.per),
        };
        write!(f, "{}/{per}", self.count)
    }
}

/// `250ms`, `1.5s`, `1m30s`, `2h`; units `us ms s m h d`. `0` needs a unit too.
///
/// # Errors
/// A bare number, an unknown unit, an empty text, or a value above 365 days.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    const HINT: &str = "write a number with a unit: `250ms`, `20s`, `1m30s`";
    let text = text.trim();
    if text.is_empty() {
        return Err(UnitError::new("a duration is missing", HINT));
    }
    if text.parse::<f64>().is_ok() {
        return Err(UnitError::new(
            format!("`{text}` has no unit"),
            format!("did you mean `{text}s` or `{text}ms`?"),
        ));
    }
    let mut total = 0.0_f64;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, after) = split_number(rest)
            .ok_or_else(|| UnitError::new(format!("`{text}` is not a duration"), HINT))?;
        let after = after.trim_start();
        let unit_end = after
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let seconds = match unit {
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => {
                return Err(UnitError::new(
                    format!("`{unit}` is not a unit of time in `{text}`"),
                    "units are `us`, `ms`, `s`, `m`, `h`, `d`",
                ));
            }
        };
        total += number * seconds;
        rest = next.trim_start();
    }
    if total > 365.0 * 86_400.0 {
        return Err(UnitError::new(
            format!("`{text}` is more than a year"),
            HINT,
        ));
    }
    // To whole nanoseconds: `0.3s` is 300 ms, not 299.999999 ms.
    Ok(Duration::from_nanos((total * 1e9).round() as u64))
}

/// `20%`, `0.5%`: a share of `things`, in percent, above 0 and up to 100.
///
/// # Errors
/// A number without its `%`, or one outside of that.
pub fn parse_percentage(text: &str, things: &str) -> Result<f64, UnitError> {
    let number = text.trim().strip_suffix('%').map(str::trim);
    let number = number.and_then(|number| number.parse::<f64>().ok());
    number
        .filter(|number| *number > 0.0 && *number <= 100.0)
        .ok_or_else(|| {
            UnitError::new(
                format!("`{}` is not a share of {things}", text.trim()),
                "write it in percent, above 0 and up to 100: `20%`, `0.5%`",
            )
        })
}

/// `200/s`, `30/m`, `1000/h`, `5/10s`.
///
/// # Errors
/// A bare number, an unknown unit of time, or a rate that is not above 0.
pub fn parse_rate(text: &str) -> Result<Rate, UnitError> {
    let rate = parse_rate_from_zero(text)?;
    if rate.count > 0.0 {
        return Ok(rate);
    }
    Err(UnitError::new(
        format!("a rate is above 0, `{}` is not", text.trim()),
        RATE_HINT,
    ))
}

const RATE_HINT: &str = "write arrivals per unit of time: `200/s`, `30/m`";

/// As [`parse_rate`], and also `0/s`: where a ramp begins or ends.
///
/// # Errors
/// A bare number, an unknown unit of time, or a rate below 0.
pub fn parse_rate_from_zero(text: &str) -> Result<Rate, UnitError> {
    const HINT: &str = RATE_HINT;
    let text = text.trim();
    let Some((count, per)) = text.split_once('/') else {
        return Err(if text.parse::<f64>().is_ok() {
            UnitError::new(
                format!("`{text}` has no unit"),
                format!("did you mean `{text}/s`?"),
            )
        } else {
            UnitError::new(format!("`{text}` is not a rate"), HINT)
        });
    };
    let count: f64 = count
        .trim()
        .parse()
        .map_err(|_| UnitError::new(format!("`{text}` is not a rate"), HINT))?;
    if !(count.is_finite() && count >= 0.0) {
        return Err(UnitError::new(
            format!("a rate is above 0, `{text}` is not"),
            HINT,
        ));
    }
    let per = per.trim();
    let per = if per.starts_with(|c: char| c.is_ascii_digit()) {
        parse_duration(per)?
    } else {
        parse_duration(&format!("1{per}")).map_err(|_| {
            UnitError::new(format!("`{per}` is not a unit of time in `{text}`"), HINT)
        })?
    };
    if per.is_zero() {
        return Err(UnitError::new(
            format!("`{text}` is a rate per no time at all"),
            HINT,
        ));
    }
    Ok(Rate { count, per })
}

/// Shortest form with one unit that loses nothing of interest: `250ms`, `1.5s`, `90s`, `5m`.
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if duration.is_zero() {
        "0s".to_owned()
    } else if seconds < 1e-3 {
        format!("{}us", trim_number(seconds * 1e6))
    } else if seconds < 1.0 {
        format!("{}ms", trim_number(seconds * 1e3))
    } else if seconds < 120.0 || duration.subsec_nanos() != 0 {
        format!("{}s", trim_number(seconds))
    } else if duration.as_secs().is_multiple_of(3600) {
        format!("{}h", duration.as_secs() / 3600)
    } else if duration.as_secs().is_multiple_of(60) {
        format!("{}m", duration.as_secs() / 60)
    } else {
        format!("{}s", duration.as_secs())
    }
}

/// Bytes in one of each unit, the largest first where two hold as much.
const SIZES: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1000),
    ("B", 1),
];

/// `64KB`, `1.5MB`, `512MiB`; units `B KB MB GB` of a thousand and `KiB MiB GiB` of 1024, in any
/// case.
///
/// # Errors
/// A bare number, an unknown unit, or a size that is not a whole number of bytes.
pub fn parse_size(text: &str) -> Result<u64, UnitError> {
    const HINT: &str = "write a number with a unit: `64KB`, `512MiB`";
    let text = text.trim();
    if text.parse::<f64>().is_ok() {
        return Err(UnitError::new(
            format!("`{text}` has no unit"),
            format!("did you mean `{text}MB` or `{text}KB`?"),
        ));
    }
    let not_one = || UnitError::new(format!("`{text}` is not a size"), HINT);
    let (number, unit) = split_number(text).ok_or_else(not_one)?;
    let unit = unit.trim();
    let known = SIZES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let (_, bytes) = known.ok_or_else(|| {
        UnitError::new(
            format!("`{unit}` is not a unit of size in `{text}`"),
            "units are `B`, `KB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`",
        )
    })?;
    let total = number * *bytes as f64;
    // Beyond it an f64 skips whole numbers.
    if total.fract() != 0.0 || total > (1_u64 << 53) as f64 {
        return Err(not_one());
    }
    Ok(total as u64)
}

/// The shortest form that loses nothing: `64MB`, `512MiB`, `1500B`.
pub fn format_size(bytes: u64) -> String {
    let fitting = SIZES
        .iter()
        .find(|(_, unit)| bytes != 0 && bytes.is_multiple_of(*unit));
    let (name, unit) = fitting.unwrap_or(&("B", 1));
    format!("{}{name}", bytes / unit)
}

/// At most three decimals, no trailing zeros.
fn trim_number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn split_number(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_with_units_are_read() {
        for (text, millis) in [
            ("250ms", 250),
            ("1.5s", 1500),
            ("1m30s", 90_000),
            ("2h", 7_200_000),
            ("0s", 0),
            ("0.3s", 300),
            ("5 s", 5000),
        ] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_millis(millis)),
                "{text}"
            );
        }
        assert_eq!(parse_duration("80us"), Ok(Duration::from_micros(80)));
    }

    #[test]
    fn a_bare_number_is_an_error_that_shows_both_likely_units() {
        let error = parse_duration("250").expect_err("no unit");
        assert_eq!(error.message, "`250` has no unit");
        assert_eq!(error.hint, "did you mean `250s` or `250ms`?");
        assert_eq!(
            parse_rate("200").expect_err("no unit").hint,
            "did you mean `200/s`?"
        );
    }

    #[test]
    fn sizes_are_read_and_shown_alike() {
        for (text, bytes, shown) in [
            ("64MB", 64_000_000, "64MB"),
            ("512mib", 512 << 20, "512MiB"),
            ("1.5 KB", 1500, "1500B"),
            ("0B", 0, "0B"),
            ("2GiB", 2 << 30, "2GiB"),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
            assert_eq!(format_size(bytes), shown);
        }
        let error = parse_size("64").expect_err("no unit");
        assert_eq!(error.hint, "did you mean `64MB` or `64KB`?");
        for text in ["", "MB", "-1MB", "1XB", "0.1B", "1e3MB", "99999999GB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "ms", "5x", "-3s", "1e3s", "s5", "9999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        for text in ["", "/s", "0/s", "-1/s", "inf/s", "5/", "5/x", "5/0s"] {
            assert!(parse_rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_with_units_are_read() {
        assert_eq!(parse_rate("200/s").map(Rate::per_second), Ok(200.0));
        assert_eq!(parse_rate("30/m").map(Rate::per_second), Ok(0.5));
        assert_eq!(parse_rate("5/10s").map(Rate::per_second), Ok(0.5));
        assert_eq!(
            parse_rate("200/s").map(|rate| rate.to_string()),
            Ok("200/s".to_owned())
        );
    }

    #[test]
    fn durations_are_shown_in_their_shortest_form() {
        for (text, shown) in [
            ("250ms", "250ms"),
            ("1500ms", "1.5s"),
            ("90s", "90s"),
            ("300s", "5m"),
            ("2h", "2h"),
            ("80us", "80us"),
        ] {
            assert_eq!(
                parse_duration(text).map(format_duration),
                Ok(shown.to_owned())
            );
        }
    }
}
