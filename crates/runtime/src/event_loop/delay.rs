//! `monitorEventLoopDelay`: how late the loop comes to a timer that is due every few milliseconds.

use crate::histograms::Histograms;

/// The watches of a program, by the number of the histogram that they fill. Node has a timer of
/// libuv's for each; here nothing is woken by them, and what such a timer would have seen is
/// reckoned from when the loop slept and when it was busy.
#[derive(Debug, Default)]
pub(crate) struct DelayWatches {
    all: Vec<DelayWatch>,
    /// When the loop slept last, in virtual nanoseconds.
    slept: (u64, u64),
}

#[derive(Debug)]
struct DelayWatch {
    histogram: u32,
    resolution_ns: u64,
    /// When its timer is due; none while it is off.
    due_ns: Option<u64>,
    /// When its timer fired last.
    fired_ns: Option<u64>,
}

impl DelayWatches {
    pub(crate) fn add(&mut self, histogram: u32, resolution_ns: u64) {
        self.all.push(DelayWatch {
            histogram,
            resolution_ns,
            due_ns: None,
            fired_ns: None,
        });
    }

    pub(crate) fn switch(&mut self, histogram: u32, on: bool, now_ns: u64) {
        let watches = self.all.iter_mut();
        for watch in watches.filter(|watch| watch.histogram == histogram) {
            watch.due_ns = on.then(|| now_ns.saturating_add(watch.resolution_ns));
            watch.fired_ns = None;
        }
    }

    /// The loop slept.
    pub(crate) fn slept(&mut self, from_ns: u64, to_ns: u64) {
        self.slept = (from_ns, to_ns);
    }

    /// The loop runs its timers: those of the watches that have come due since it did last.
    pub(crate) fn run(&mut self, now_ns: u64, histograms: &mut Histograms) {
        let (from_ns, to_ns) = self.slept;
        for watch in &mut self.all {
            watch.run_while_asleep(from_ns, to_ns, histograms);
            if watch.due_ns.is_some_and(|due_ns| due_ns <= now_ns) {
                watch.fire(now_ns, histograms);
            }
        }
    }
}

impl DelayWatch {
    fn fire(&mut self, now_ns: u64, histograms: &mut Histograms) {
        let before = self.fired_ns.replace(now_ns);
        self.due_ns = Some(now_ns.saturating_add(self.resolution_ns));
        if let (Some(before_ns), Some(histogram)) = (before, histograms.get_mut(self.histogram)) {
            histogram.record(now_ns - before_ns, 1);
        }
    }

    /// While the loop sleeps, the timer fires whenever it is due.
    fn run_while_asleep(&mut self, from_ns: u64, to_ns: u64, histograms: &mut Histograms) {
        let Some(due_ns) = self.due_ns.filter(|due_ns| *due_ns <= to_ns) else {
            return;
        };
        let first_ns = due_ns.max(from_ns);
        if first_ns > to_ns {
            return;
        }
        self.fire(first_ns, histograms);
        let more = (to_ns - first_ns) / self.resolution_ns;
        if let Some(histogram) = histograms.get_mut(self.histogram)
            && more > 0
        {
            histogram.record(self.resolution_ns, more);
            let last_ns = first_ns + more * self.resolution_ns;
            self.fired_ns = Some(last_ns);
            self.due_ns = Some(last_ns.saturating_add(self.resolution_ns));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn an_idle_loop_is_on_time_and_a_busy_one_as_late_as_it_was_busy() {
        let mut histograms = Histograms::default();
        let id = histograms.create(1, 3_600_000_000_000, 3).expect("bounds");
        let mut watches = DelayWatches::default();
        watches.add(id, 10 * MS);
        watches.switch(id, true, 0);
        // Asleep from 1 ms to 1 s: due at 10, 20, … 1,000 ms; the first has nothing before it.
        watches.slept(MS, 1_000 * MS);
        watches.run(1_000 * MS, &mut histograms);
        let histogram = histograms.get(id).expect("it is there");
        assert_eq!(histogram.count(), 99);
        assert!(histogram.max() < 11 * MS);
        // Busy for 300 ms, then asleep for 5.
        watches.run(1_300 * MS, &mut histograms);
        watches.slept(1_300 * MS, 1_305 * MS);
        watches.run(1_305 * MS, &mut histograms);
        let histogram = histograms.get(id).expect("it is there");
        assert_eq!(histogram.count(), 100);
        assert!((299 * MS..=301 * MS).contains(&histogram.max()));
        watches.switch(id, false, 1_305 * MS);
        watches.slept(1_305 * MS, 9_000 * MS);
        watches.run(9_000 * MS, &mut histograms);
        assert_eq!(histograms.get(id).expect("it is there").count(), 100);
    }
    #[test]
    fn a_watch_that_never_comes_due_is_none_to_worry_about() {
        let mut histograms = Histograms::default();
        let id = histograms.create(1, 3_600_000_000_000, 3).expect("bounds");
        let mut watches = DelayWatches::default();
        watches.add(id, u64::MAX);
        watches.switch(id, true, MS);
        watches.slept(MS, 1_000 * MS);
        watches.run(1_000 * MS, &mut histograms);
        assert_eq!(histograms.get(id).expect("it is there").count(), 0);
    }
}
