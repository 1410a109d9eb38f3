use std::fmt;
use std::time::Duration;

/// Where chance has a say: the points at which a real machine might do one thing or another, all
/// of them legal in Node.
///
/// Time passes where it can be seen, at reads of the clock and at the turns of the loop: a stall
/// anywhere else is one at the next of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChoicePoint {
    /// Where in its millisecond the program starts: the loop sees whole milliseconds only.
    Start,
    /// What lies between the program's last line and the first turn of the loop: enough for a
    /// timer of 1 ms to be due in it, or not.
    Startup,
    /// The program's first write, in which Node sets its streams up.
    FirstWrite,
    /// The program reads the clock: `Date.now`, `performance.now`, the start of a timer.
    Read,
    /// The loop brings its time up to date, once a turn.
    Turn,
    /// The loop wakes from sleep.
    Wake,
    /// The program asks `buggify()` of `rtest:sim`.
    Buggify,
    /// A task of the thread pool: an operation on files, a name to look up.
    Task,
    /// A packet on a link with jitter.
    Jitter,
    /// A packet on a link that loses some.
    Loss,
    /// A delay of a distribution that is not even, or of the disk.
    Delay,
    /// A system call on a disk that fails some.
    DiskError,
}

/// How long a stall is, by the choice made; all in microseconds.
const STALLS_US: [u64; 8] = [0, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000];
const FIRST_WRITES_US: [u64; 6] = [0, 1_000, 2_000, 5_000, 10_000, 20_000];
/// How much longer than on an idle machine a task of the thread pool takes.
const TASKS_US: [u64; 8] = [0, 50, 150, 400, 1_000, 3_000, 10_000, 100_000];
const JITTERS: [f64; 8] = [0.0, -1.0, -0.7, -0.4, 0.2, 0.5, 0.8, 1.0];
/// The percentiles of a distribution that delays are drawn at, the median first; how many of a
/// thousand delays lie nearest to each; and how many standard deviations from the mean that is
/// where the distribution is normal.
const PERCENTILES: [f64; 12] = [
    50.0, 1.0, 5.0, 10.0, 25.0, 40.0, 60.0, 75.0, 90.0, 95.0, 99.0, 99.9,
];
const PERCENTILE_WEIGHTS: [u32; 12] = [100, 30, 45, 100, 150, 125, 125, 150, 100, 45, 25, 5];
const DEVIATIONS: [f64; 12] = [
    0.0, -2.3263, -1.6449, -1.2816, -0.6745, -0.2533, 0.2533, 0.6745, 1.2816, 1.6449, 2.3263,
    3.0902,
];
const START_STEP_US: u64 = 125;
const STARTUP_STEP_US: u64 = 250;

impl ChoicePoint {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Start,
        Self::Startup,
        Self::FirstWrite,
        Self::Read,
        Self::Turn,
        Self::Wake,
        Self::Buggify,
        Self::Task,
        Self::Jitter,
        Self::Loss,
        Self::Delay,
        Self::DiskError,
    ];

    /// How many there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// Its letter in schedules.
    pub const fn letter(self) -> char {
        match self {
            Self::Start => 'p',
            Self::Startup => 's',
            Self::FirstWrite => 'o',
            Self::Read => 'r',
            Self::Turn => 't',
            Self::Wake => 'w',
            Self::Buggify => 'b',
            Self::Task => 'f',
            Self::Jitter => 'j',
            Self::Loss => 'l',
            Self::Delay => 'd',
            Self::DiskError => 'e',
        }
    }

    /// Its name where settings are printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Startup => "startup",
            Self::FirstWrite => "first write",
            Self::Read => "clock reads",
            Self::Turn => "turns",
            Self::Wake => "wake-ups",
            Self::Buggify => "buggify",
            Self::Task => "thread pool",
            Self::Jitter => "jitter",
            Self::Loss => "loss",
            Self::Delay => "delays",
            Self::DiskError => "disk errors",
        }
    }

    /// How many choices there are, the calm one included.
    pub const fn options(self) -> u8 {
        match self {
            Self::Start | Self::Startup => 8,
            Self::FirstWrite => FIRST_WRITES_US.len() as u8,
            Self::Read | Self::Turn | Self::Wake => STALLS_US.len() as u8,
            Self::Task => TASKS_US.len() as u8,
            Self::Jitter => JITTERS.len() as u8,
            Self::Delay => PERCENTILES.len() as u8,
            Self::Buggify | Self::Loss | Self::DiskError => 2,
        }
    }

    /// Whether every choice is as likely as the calm one; elsewhere calm is the rule.
    pub(crate) const fn is_even(self) -> bool {
        matches!(
            self,
            Self::Start | Self::Startup | Self::Task | Self::Jitter
        )
    }

    /// Whether how likely its choices are is said by the world that the program is in: a seed draws
    /// no settings for it, so that what it draws elsewhere is the same with such a world.
    pub(crate) const fn is_of_the_world(self) -> bool {
        matches!(self, Self::Delay | Self::DiskError)
    }

    /// How many times of a thousand each choice is made.
    pub(crate) const fn percentile_weights() -> &'static [u32] {
        &PERCENTILE_WEIGHTS
    }

    /// The percentile at which a delay lies, by the choice made.
    pub(crate) fn percentile(value: u8) -> f64 {
        PERCENTILES[usize::from(value).min(PERCENTILES.len() - 1)]
    }

    /// The same in standard deviations from the mean of a normal distribution.
    pub(crate) fn deviations(value: u8) -> f64 {
        DEVIATIONS[usize::from(value).min(DEVIATIONS.len() - 1)]
    }

    /// How much time a choice takes.
    pub(crate) const fn time_ns(self, value: u8) -> u64 {
        let index = value as usize;
        let us = match self {
            Self::Start => value as u64 * START_STEP_US,
            Self::Startup => value as u64 * STARTUP_STEP_US,
            Self::FirstWrite if index < FIRST_WRITES_US.len() => FIRST_WRITES_US[index],
            Self::Read | Self::Turn | Self::Wake if index < STALLS_US.len() => STALLS_US[index],
            Self::Task if index < TASKS_US.len() => TASKS_US[index],
            _ => 0,
        };
        us * 1_000
    }

    /// Where in −1..=1 of a link's jitter a packet's delay lies, by the choice made.
    pub(crate) fn jitter(value: u8) -> f64 {
        let index = usize::from(value).min(JITTERS.len() - 1);
        JITTERS[index]
    }

    /// The point of this letter.
    pub(crate) fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.letter() == letter)
    }
}

/// One choice of a run: at the `nth` time that the run came to `point`, this `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choice {
    /// Where.
    pub point: ChoicePoint,
    /// Which time, counted from 1.
    pub nth: u32,
    /// What; 0 is calm, and stands in no schedule. Below [`ChoicePoint::options`].
    pub value: u8,
}

/// What the machine does: `wakes 1 ms late`.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Duration::from_nanos(self.point.time_ns(self.value));
        let time = rtest_core::unit::format_duration(time);
        match self.point {
            ChoicePoint::Start => write!(f, "starts {time} into a millisecond"),
            ChoicePoint::Startup => write!(f, "takes {time} to start the loop"),
            ChoicePoint::FirstWrite => write!(f, "takes {time} for the first write"),
            ChoicePoint::Read => write!(f, "stalls {time} at a read of the clock"),
            ChoicePoint::Turn => write!(f, "stalls {time} at a turn of the loop"),
            ChoicePoint::Wake => write!(f, "wakes {time} late"),
            ChoicePoint::Buggify => f.write_str("buggify() is true"),
            ChoicePoint::Task => write!(f, "takes {time} longer for a task of the thread pool"),
            ChoicePoint::Jitter => write!(
                f,
                "delays a packet by {:+} of the jitter",
                ChoicePoint::jitter(self.value)
            ),
            ChoicePoint::Loss => f.write_str("loses a packet"),
            ChoicePoint::Delay => write!(
                f,
                "draws a delay at its percentile {}",
                ChoicePoint::percentile(self.value)
            ),
            ChoicePoint::DiskError => f.write_str("fails a system call on the disk"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_tell_points_apart_and_calm_takes_no_time() {
        for (number, point) in ChoicePoint::ALL.into_iter().enumerate() {
            assert_eq!(point as usize, number);
            assert_eq!(ChoicePoint::of_letter(point.letter()), Some(point));
            assert_eq!(point.time_ns(0), 0);
            assert!(point.options() > 1);
        }
    }

    #[test]
    fn each_percentile_is_as_likely_as_the_delays_that_lie_nearest_to_it() {
        assert_eq!(PERCENTILE_WEIGHTS.iter().sum::<u32>(), 1_000);
        let mut rising: Vec<usize> = (0..PERCENTILES.len()).collect();
        rising.sort_by(|a, b| PERCENTILES[*a].total_cmp(&PERCENTILES[*b]));
        let mut begins = 0.0;
        for (at, index) in rising.iter().enumerate() {
            let ends = rising.get(at + 1).map_or(100.0, |next| {
                f64::midpoint(PERCENTILES[*index], PERCENTILES[*next])
            });
            // The last two are rounded to whole numbers.
            let weight = f64::from(PERCENTILE_WEIGHTS[*index]);
            assert!((weight - (ends - begins) * 10.0).abs() <= 1.0, "{index}");
            begins = ends;
        }
    }
}
