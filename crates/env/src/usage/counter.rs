use std::time::Duration;

use rtest_core::RunTime;

/// A number that only grows, as it stood at the last look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counter {
    last: Option<(RunTime, u64)>,
}

impl Counter {
    /// What came on top since the last look, and in which time; nothing at the first one, and
    /// where it begins anew.
    pub(super) fn grown(&mut self, at: RunTime, now: u64) -> Option<(u64, Duration)> {
        let (since, before) = self.last.replace((at, now))?;
        let elapsed = at - since;
        let grown = now.checked_sub(before)?;
        (!elapsed.is_zero()).then_some((grown, elapsed))
    }

    /// Nanoseconds of CPU time as a share of one core.
    pub(super) fn cpu_share(&mut self, at: RunTime, nanos: u64) -> Option<f64> {
        let (spent, elapsed) = self.grown(at, nanos)?;
        Some(thousandths(spent as f64 / elapsed.as_nanos() as f64))
    }
}

/// As precise as it is known; more digits would only fill the record.
pub(super) fn thousandths(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_core_is_what_was_spent_in_the_time_that_passed() {
        let at = |millis: u64| RunTime::from_nanos(millis * 1_000_000);
        let mut cpu = Counter::default();
        assert_eq!(cpu.cpu_share(at(100), 5_000_000), None, "since when?");
        assert_eq!(cpu.cpu_share(at(200), 155_000_000), Some(1.5));
        assert_eq!(cpu.cpu_share(at(200), 155_000_000), None, "no time passed");
        assert_eq!(cpu.cpu_share(at(300), 1_000_000), None, "begun anew");
        assert_eq!(cpu.cpu_share(at(500), 1_000_000), Some(0.0));
    }
}
