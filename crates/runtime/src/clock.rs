use std::time::Duration;

use rand::RngExt;
use rtest_core::{Seed, Stream};

/// The wall-clock instant at which every program starts: 2025-01-01T00:00:00Z, in milliseconds
/// since 1970.
pub const EPOCH_MS: u64 = 1_735_689_600_000;

const NANOS_PER_MS: u64 = 1_000_000;

/// The only time a program sees. It stands still while nothing happens, jumps to the next timer
/// when nothing else can run, and advances a little, from the seed, wherever a real machine might
/// have taken a little time: at each read and with each callback.
///
/// The small costs are what makes different seeds show different orders that are all legal: a
/// timer of 1 ms is due at the first turn of the loop or not, depending on what the code before
/// it "took".
#[derive(Debug)]
pub struct VirtualClock {
    now_ns: u64,
    /// Where in its millisecond the program starts: the loop sees whole milliseconds only.
    phase_ns: u64,
    loop_ms: u64,
    stalls: Stalls,
    stream: Stream,
    /// Reads since the running callback began; see [`VirtualClock::read`].
    reads: u64,
}

/// How long small things take under one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stalls {
    /// An idle machine.
    Calm,
    /// A busy one.
    Jitter,
    /// A busy one that now and then loses the CPU for a millisecond or two.
    HeavyTail,
}

impl VirtualClock {
    /// A clock at zero.
    pub fn new(seed: Seed) -> Self {
        let mut stream = seed.stream("runtime/clock");
        let stalls = match stream.random_range(0..20_u32) {
            0..10 => Stalls::Calm,
            10..17 => Stalls::Jitter,
            _ => Stalls::HeavyTail,
        };
        let phase_ns = stream.random_range(0..NANOS_PER_MS);
        let mut clock = Self {
            now_ns: 0,
            phase_ns,
            loop_ms: 0,
            stalls,
            stream,
            reads: 0,
        };
        clock.update_loop_time();
        clock
    }

    /// Virtual time since the program started. Looking costs nothing; a program reads with
    /// [`Self::read`].
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.now_ns)
    }

    /// The program reads the clock, which takes time. The longer a callback keeps reading, the
    /// more a read takes: a loop that waits for an instant (`while (Date.now() < end);`) ends
    /// after thousands of turns, not millions.
    pub fn read(&mut self) -> Duration {
        self.reads += 1;
        let stall = self.stall(2_000, 20_000);
        self.advance(1_000 + stall + self.reads / 64 * 1_000);
        self.elapsed()
    }

    /// Charges what running a callback takes.
    pub(crate) fn charge_callback(&mut self) {
        self.reads = 0;
        let cost = self.stall(20_000, 200_000);
        self.advance(1_000 + cost);
    }

    /// Charges what lies between the program's last line and the first turn of the loop: enough
    /// for a timer of 1 ms to be due in it, or not.
    pub(crate) fn charge_startup(&mut self) {
        let cost = self.stream.random_range(0..2 * NANOS_PER_MS);
        self.advance(cost);
    }

    /// Charges the program's first write: Node sets its streams up in it, which takes from one
    /// to twenty milliseconds, so that timers set before and after it can change places.
    pub(crate) fn charge_first_write(&mut self) {
        let most_ms = match self.stalls {
            Stalls::Calm => return,
            Stalls::Jitter => 5,
            Stalls::HeavyTail => 20,
        };
        let cost = self.stream.random_range(0..most_ms * NANOS_PER_MS);
        self.advance(cost);
    }

    /// The loop's notion of now, in whole milliseconds, as of the last update.
    pub(crate) fn loop_ms(&self) -> u64 {
        self.loop_ms
    }

    /// Brings the loop's notion of now up to date, as libuv does at fixed points of a turn.
    pub(crate) fn update_loop_time(&mut self) -> u64 {
        self.loop_ms = (self.phase_ns + self.now_ns) / NANOS_PER_MS;
        self.loop_ms
    }

    /// A program's read of the loop's clock (`setTimeout` notes when it was called).
    pub(crate) fn read_loop_ms(&mut self) -> u64 {
        self.read();
        self.update_loop_time()
    }

    /// The virtual time at which [`Self::loop_ms`] becomes `loop_ms`.
    pub(crate) fn instant_of(&self, loop_ms: u64) -> Duration {
        Duration::from_nanos(
            loop_ms
                .saturating_mul(NANOS_PER_MS)
                .saturating_sub(self.phase_ns),
        )
    }

    /// Sleeps until the loop's clock shows `loop_ms`, and oversleeps a little, as a machine does.
    pub(crate) fn sleep_until(&mut self, loop_ms: u64) {
        let due = self.instant_of(loop_ms).as_nanos() as u64;
        self.now_ns = self.now_ns.max(due);
        let late = self.stall(50_000, 300_000);
        self.advance(late);
        self.update_loop_time();
    }

    /// Sleeps until something arrives from outside, and wakes a little late.
    pub(crate) fn sleep_until_arrival(&mut self, at_ns: u64) {
        self.now_ns = self.now_ns.max(at_ns);
        let late = self.stall(20_000, 100_000);
        self.advance(late);
        self.update_loop_time();
    }

    /// Virtual time since the program started, in nanoseconds.
    pub(crate) fn elapsed_ns(&self) -> u64 {
        self.now_ns
    }

    /// Advances by what the program itself asks to wait, without running anything else.
    pub(crate) fn block(&mut self, wait: Duration) {
        self.advance(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX));
    }

    fn stall(&mut self, calm_ns: u64, jitter_ns: u64) -> u64 {
        match self.stalls {
            Stalls::Calm => self.stream.random_range(0..calm_ns),
            Stalls::Jitter => self.stream.random_range(0..jitter_ns),
            Stalls::HeavyTail if self.stream.random_range(0..64_u32) == 0 => {
                self.stream.random_range(200_000..2 * NANOS_PER_MS)
            }
            Stalls::HeavyTail => self.stream.random_range(0..jitter_ns),
        }
    }

    fn advance(&mut self, nanos: u64) {
        self.now_ns = self.now_ns.saturating_add(nanos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_always_shows_the_same_times() {
        let times = |seed| {
            let mut clock = VirtualClock::new(Seed::new(seed));
            (0..100).map(|_| clock.read()).collect::<Vec<_>>()
        };
        assert_eq!(times(1), times(1));
        assert_ne!(times(1), times(2));
    }

    #[test]
    fn time_never_stands_still_between_two_reads_and_never_goes_back() {
        for seed in 0..50 {
            let mut clock = VirtualClock::new(Seed::new(seed));
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
        let mut clock = VirtualClock::new(Seed::new(7));
        let reads = (1..).find(|_| clock.read() >= Duration::from_secs(1));
        assert!(reads.is_some_and(|reads| reads < 20_000), "{reads:?}");
    }

    #[test]
    fn a_sleep_ends_at_its_millisecond_or_a_little_later() {
        for seed in 0..200 {
            let mut clock = VirtualClock::new(Seed::new(seed));
            clock.sleep_until(500);
            assert!((500..503).contains(&clock.loop_ms()), "seed {seed}");
        }
    }
}
