use std::time::Duration;

/// A whole number of milliseconds of the API as a time; anything below 0 is none.
pub(super) fn from_api(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// A time as the API has it, rounded down.
pub(super) fn to_api(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
