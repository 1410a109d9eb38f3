//! What the record says about the machine and the moment.

use std::fs;
use std::time::SystemTime;

use rtest_metrics::record::Host;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// The machine.
pub(crate) fn host() -> Host {
    Host {
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        kernel: read_line("/proc/sys/kernel/osrelease"),
        cpu: cpu_model(),
        cores: cores(),
    }
}

/// Cores that the process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// An instant in RFC 3339, UTC, to the millisecond.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    let at = OffsetDateTime::from(at);
    let millis = at.replace_millisecond(at.millisecond()).unwrap_or(at);
    millis.format(&Rfc3339).unwrap_or_default()
}

/// A run's id, which is also its folder's name: sorts by time, says what ran, and does not collide
/// with a run that starts in the same second.
pub(crate) fn run_id(name: &str, at: SystemTime) -> String {
    let stamp = OffsetDateTime::from(at)
        .format(format_description!(
            "[year][month][day]-[hour][minute][second]"
        ))
        .unwrap_or_default();
    format!("{stamp}-{}-{}", slug(name), std::process::id())
}

/// A suite's name as a part of a folder's: at most 40 letters, digits and hyphens.
pub(crate) fn slug(name: &str) -> String {
    let slug: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(40)
        .collect();
    slug.trim_matches('-').to_owned()
}

fn cpu_model() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map(|(_, model)| model.trim().to_owned())
        .unwrap_or_default()
}

fn read_line(path: &str) -> String {
    fs::read_to_string(path)
        .unwrap_or_default()
        .trim()
        .to_owned()
}
