use std::fmt;

use rand::RngExt;
use rtest_core::Stream;

use super::choice::ChoicePoint;

/// The settings that a seed draws before its run: which points are disturbed at all, how often
/// and how much. Seeds that leave most things alone and overdo a few find what a blend of
/// everything hides (Groce et al.: Swarm testing, 2012).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swarm {
    /// How bad the stalls are.
    pub machine: Machine,
    /// Each point is disturbed once in so many times on average; 0 for never.
    one_in: [u32; ChoicePoint::COUNT],
}

/// How bad the stalls of a seed are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Nothing stalls.
    Idle,
    /// Stalls of up to 1 ms.
    Busy,
    /// Stalls of up to 2 ms.
    Loaded,
    /// Rare stalls of up to 20 ms, as of a garbage collector or a neighbour.
    Pausing,
}

impl Machine {
    /// The largest choice that it makes at a point.
    const fn most(self, point: ChoicePoint) -> u8 {
        match (point, self) {
            (
                ChoicePoint::Start
                | ChoicePoint::Startup
                | ChoicePoint::Buggify
                | ChoicePoint::Jitter
                | ChoicePoint::Loss
                | ChoicePoint::Delay
                | ChoicePoint::DiskError,
                _,
            ) => point.options() - 1,
            // Files in the page cache, on a disk of their own, on one that is shared.
            (ChoicePoint::Task, Self::Idle) => 3,
            (ChoicePoint::Task, Self::Busy) => 5,
            (ChoicePoint::Task, Self::Loaded) => 6,
            (ChoicePoint::Task, Self::Pausing) => 7,
            (_, Self::Idle) => 0,
            (_, Self::Busy) => 3,
            (ChoicePoint::FirstWrite, _) => point.options() - 1,
            (_, Self::Loaded) => 4,
            (_, Self::Pausing) => point.options() - 1,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Loaded => "loaded",
            Self::Pausing => "pausing",
        }
    }
}

/// How often a disturbed point is disturbed: once in so many times.
const RATES: [u32; 4] = [2, 8, 32, 128];

impl Swarm {
    /// Draws the settings of a seed.
    pub(crate) fn draw(stream: &mut Stream) -> Self {
        let machine = match stream.random_range(0..20_u32) {
            0..6 => Machine::Idle,
            6..12 => Machine::Busy,
            12..17 => Machine::Loaded,
            _ => Machine::Pausing,
        };
        let one_in = ChoicePoint::ALL.map(|point| {
            if point.is_of_the_world() {
                return 0;
            }
            let rate = RATES[stream.random_range(0..RATES.len())];
            let is_off = stream.random_range(0..3_u32) == 0;
            match (point, machine) {
                _ if point.is_even() => 1,
                _ if is_off || machine.most(point) == 0 => 0,
                (ChoicePoint::FirstWrite, _) => 1,
                // So long a stall is rare on any machine.
                (_, Machine::Pausing) if point != ChoicePoint::Buggify => rate * 8,
                _ => rate,
            }
        });
        Self { machine, one_in }
    }

    /// How many times a point is passed until it is disturbed, at least 1; none where it never is.
    pub(crate) fn gap(&self, point: ChoicePoint, stream: &mut Stream) -> Option<u32> {
        match self.one_in[point as usize] {
            0 => None,
            1 => Some(1),
            // Uniform around the mean: cheap, and no run of luck leaves a point alone for long.
            mean => Some(stream.random_range(1..2 * mean)),
        }
    }

    /// What is chosen where a point is disturbed.
    pub(crate) fn value(&self, point: ChoicePoint, stream: &mut Stream) -> u8 {
        let least = u8::from(!point.is_even());
        stream.random_range(least..=self.machine.most(point).max(least))
    }
}

/// `busy machine: start even, clock reads 1 in 8, turns off`.
impl fmt::Display for Swarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} machine:", self.machine.name())?;
        let drawn = |point: &ChoicePoint| !point.is_of_the_world();
        for (index, point) in ChoicePoint::ALL.into_iter().filter(drawn).enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(f, "{separator} {} ", point.name())?;
            match self.one_in[point as usize] {
                0 => f.write_str("off")?,
                _ if point.is_even() => f.write_str("even")?,
                1 => f.write_str("on")?,
                mean => write!(f, "1 in {mean}")?,
            }
            let longest = point.time_ns(self.machine.most(point));
            if self.one_in[point as usize] != 0 && longest > 0 && !point.is_even() {
                let longest = std::time::Duration::from_nanos(longest);
                write!(f, " up to {}", rtest_core::unit::format_duration(longest))?;
            }
        }
        Ok(())
    }
}
