use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::explore::{ChoicePoint, Chooser};

/// The wall-clock instant at which every program starts: 2025-01-01T00:00:00Z, in milliseconds
/// since 1970.
pub const EPOCH_MS: u64 = 1_735_689_600_000;

const NANOS_PER_MS: u64 = 1_000_000;

/// What running a callback or reading the clock takes on an idle machine.
const STEP_NS: u64 = 1_000;

/// The only time a program sees. It stands still while nothing happens, jumps to the next timer
/// when nothing else can run, advances by a fixed small cost with each callback and each read,
/// and by what the [`Chooser`] says wherever a real machine might stall.
///
/// The stalls are what makes different seeds show different orders that are all legal: a timer of
/// 1 ms is due at the first turn of the loop or not, depending on what the code before it "took".
#[derive(Debug)]
pub(crate) struct VirtualClock {
    now_ns: u64,
    /// How much of it chance has added while something ran.
    stalled_ns: u64,
    /// Where in its millisecond the program starts: the loop sees whole milliseconds only.
    phase_ns: u64,
    /// How much of the time the loop slept.
    idle_ns: u64,
    loop_ms: u64,
    choices: Rc<RefCell<Chooser>>,
    /// Reads since the running callback began; see [`VirtualClock::read`].
    reads: u64,
    /// What the loop's clock showed each time that it was read, the start included; none where
    /// they are not kept.
    readings: Option<Vec<u64>>,
}

impl VirtualClock {
    /// A clock at zero.
    pub(crate) fn new(choices: Rc<RefCell<Chooser>>) -> Self {
        let phase_ns = choices.borrow_mut().stall_ns(ChoicePoint::Start, 0);
        let mut clock = Self {
            now_ns: 0,
            stalled_ns: 0,
            phase_ns,
            idle_ns: 0,
            loop_ms: 0,
            choices,
            reads: 0,
            readings: None,
        };
        clock.loop_ms = clock.now_ms();
        clock
    }

    /// Keeps from now on what the loop's clock shows, each time that it is read.
    pub(crate) fn keep_readings(&mut self) {
        self.readings = Some(vec![self.loop_ms]);
    }

    /// What was kept.
    pub(crate) fn take_readings(&mut self) -> Vec<u64> {
        self.readings.take().unwrap_or_default()
    }

    fn read_loop_clock(&mut self) {
        self.loop_ms = self.now_ms();
        if let Some(readings) = &mut self.readings {
            readings.push(self.loop_ms);
        }
    }

    /// Virtual time since the program started. Looking costs nothing; a program reads with
    /// [`Self::read`].
    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.now_ns)
    }

    /// How much of it the program itself took or slept: without the stalls.
    pub(crate) fn own_ns(&self) -> u64 {
        self.now_ns - self.stalled_ns
    }

    /// The program reads the clock, which takes time. The longer a callback keeps reading, the
    /// more a read takes: a loop that waits for an instant (`while (Date.now() < end);`) ends
    /// after thousands of turns, not millions.
    pub(crate) fn read(&mut self) -> Duration {
        self.reads += 1;
        self.charge_read(self.reads / 64 * STEP_NS);
        self.elapsed()
    }

    fn charge_read(&mut self, more_ns: u64) {
        self.advance(STEP_NS + more_ns);
        self.stall(ChoicePoint::Read);
    }

    /// Charges what running a callback takes.
    pub(crate) fn charge_callback(&mut self) {
        self.reads = 0;
        self.advance(STEP_NS);
    }

    /// Charges what lies between the program's last line and the first turn of the loop: enough
    /// for a timer of 1 ms to be due in it, or not.
    pub(crate) fn charge_startup(&mut self) {
        self.stall(ChoicePoint::Startup);
    }

    /// Charges the program's first write: Node sets its streams up in it, which takes from one
    /// to twenty milliseconds, so that timers set before and after it can change places.
    pub(crate) fn charge_first_write(&mut self) {
        self.stall(ChoicePoint::FirstWrite);
    }

    /// The loop's notion of now, in whole milliseconds, as of the last update.
    pub(crate) fn loop_ms(&self) -> u64 {
        self.loop_ms
    }

    /// Brings the loop's notion of now up to date, as libuv does at fixed points of a turn.
    pub(crate) fn update_loop_time(&mut self) -> u64 {
        self.stall(ChoicePoint::Turn);
        self.read_loop_clock();
        self.loop_ms
    }

    /// A program's read of the loop's clock (`setTimeout` notes when it was called). However many
    /// timers a callback sets, it is not waiting.
    pub(crate) fn read_loop_ms(&mut self) -> u64 {
        self.charge_read(0);
        self.read_loop_clock();
        self.loop_ms
    }

    /// The virtual time at which [`Self::loop_ms`] becomes `loop_ms`.
    pub(crate) fn instant_of(&self, loop_ms: u64) -> Duration {
        Duration::from_nanos(
            loop_ms
                .saturating_mul(NANOS_PER_MS)
                .saturating_sub(self.phase_ns),
        )
    }

    /// Sleeps until the loop's clock shows `loop_ms`, or a little longer, as a machine does.
    pub(crate) fn sleep_until(&mut self, loop_ms: u64) {
        let due = self.instant_of(loop_ms).as_nanos() as u64;
        self.sleep(due);
    }

    /// Sleeps until something arrives from outside, and wakes a little late.
    pub(crate) fn sleep_until_arrival(&mut self, at_ns: u64) {
        self.sleep(at_ns);
    }

    fn sleep(&mut self, until_ns: u64) {
        let from_ns = self.now_ns;
        self.now_ns = from_ns.max(until_ns);
        self.stall(ChoicePoint::Wake);
        self.idle_ns += self.now_ns - from_ns;
        self.read_loop_clock();
    }

    /// How much of the time the loop slept, in nanoseconds.
    pub(crate) fn idle_ns(&self) -> u64 {
        self.idle_ns
    }

    /// Virtual time since the program started, in nanoseconds.
    pub(crate) fn elapsed_ns(&self) -> u64 {
        self.now_ns
    }

    /// Advances by what the program itself asks to wait, without running anything else.
    pub(crate) fn block(&mut self, wait: Duration) {
        self.advance(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX));
    }

    fn now_ms(&self) -> u64 {
        (self.phase_ns + self.now_ns) / NANOS_PER_MS
    }

    fn stall(&mut self, point: ChoicePoint) {
        let stall_ns = self.choices.borrow_mut().stall_ns(point, self.now_ns);
        self.stalled_ns += stall_ns;
        self.advance(stall_ns);
    }

    fn advance(&mut self, nanos: u64) {
        self.now_ns = self.now_ns.saturating_add(nanos);
    }
}

#[cfg(test)]
mod tests {
    use rtest_core::Seed;

    use super::*;
    use crate::explore::Chance;

    fn clock(seed: u64, chance: &Chance) -> VirtualClock {
        let chooser = Chooser::new(Seed::new(seed), chance, 0);
        VirtualClock::new(Rc::new(RefCell::new(chooser)))
    }

    #[test]
    fn one_seed_always_shows_the_same_times() {
        let times = |seed| {
            let mut clock = clock(seed, &Chance::Seeded);
            let times = (0..1_000).map(|_| clock.update_loop_time());
            times.collect::<Vec<_>>()
        };
        assert_eq!(times(1), times(1));
        let all: std::collections::BTreeSet<Vec<u64>> = (0..20).map(times).collect();
        assert!(all.len() > 5, "{}", all.len());
    }

    #[test]
    fn time_never_stands_still_between_two_reads_and_never_goes_back() {
        for seed in 0..50 {
            let mut clock = clock(seed, &Chance::Seeded);
            let mut last = clock.elapsed();
            for _ in 0..1000 {
                let now = clock.read();
                assert!(now > last);
                last = now;
            }
        }
    }

    #[test]
    fn waiting_by_reading_ends_after_thousands_of_reads() {
        let mut clock = clock(7, &Chance::Forced(Vec::new()));
        let reads = (1..).find(|_| clock.read() >= Duration::from_secs(1));
        assert!(reads.is_some_and(|reads| reads < 20_000), "{reads:?}");
    }

    #[test]
    fn a_sleep_ends_at_its_millisecond_and_later_only_by_a_stall() {
        let mut late = 0;
        for seed in 0..200 {
            let mut clock = clock(seed, &Chance::Seeded);
            clock.sleep_until(500);
            assert!((500..=521).contains(&clock.loop_ms()), "seed {seed}");
            late += u32::from(clock.loop_ms() > 500);
            assert!(clock.own_ns() <= 500_000_000);
        }
        assert!(late > 0);
        let mut calm = clock(1, &Chance::Forced(Vec::new()));
        calm.sleep_until(500);
        assert_eq!(calm.loop_ms(), 500);
    }
}
