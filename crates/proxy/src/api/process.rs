use std::fmt::Write as _;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeValLike;

/// What this process uses, under the names that Prometheus's own clients give it. What the system
/// does not tell is left out.
pub(super) fn write_metrics(text: &mut String) {
    let mut metric = |name: &str, kind: &str, help: &str, value: f64| {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "# HELP process_{name} {help}\n# TYPE process_{name} {kind}\nprocess_{name} {value}\n"
        );
    };
    if let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) {
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        let help = "Total user and system CPU time spent in seconds.";
        metric("cpu_seconds_total", "counter", help, micros as f64 / 1e6);
    }
    if let Ok((limit, _)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let help = "Maximum number of open file descriptors.";
        metric("max_fds", "gauge", help, limit as f64);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        let help = "Number of open file descriptors.";
        // Without the one that reads the folder.
        let count = open.count().saturating_sub(1);
        metric("open_fds", "gauge", help, count as f64);
    }
    for (field, name, help) in [
        (
            "VmRSS:",
            "resident_memory_bytes",
            "Resident memory size in bytes.",
        ),
        (
            "VmSize:",
            "virtual_memory_bytes",
            "Virtual memory size in bytes.",
        ),
    ] {
        if let Some(bytes) = status_bytes(field) {
            metric(name, "gauge", help, bytes as f64);
        }
    }
}

fn status_bytes(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_type_and_a_number() {
        let mut text = String::new();
        write_metrics(&mut text);
        assert!(text.contains("# TYPE process_cpu_seconds_total counter\n"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.split_once(' ').unwrap();
            assert!(name.starts_with("process_"), "{line}");
            assert!(value.parse::<f64>().unwrap() >= 0.0, "{line}");
        }
    }
}
