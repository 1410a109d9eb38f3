//! What crosses a link, folded into ticks: how often a caller tried, how each attempt ended, how
//! long it waited, and how it tried again.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::RunTime;

/// The attempts on one link in one stretch of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkTick {
    /// Index into `Plan::links`.
    pub link: u16,
    /// Its start.
    pub from: RunTime,
    /// Its end.
    pub to: RunTime,
    /// Attempts that began in it.
    pub began: u64,
    /// Attempts that ended in it, by how.
    pub ends: AttemptEnds,
    /// The statuses of those that were answered below 500, with how many of them had it.
    pub answered_with: BTreeMap<u16, u32>,
    /// How long the caller had waited for those, in whole milliseconds rounded up, with how many
    /// of them waited so long. What was refused did not wait.
    pub waited_ms: BTreeMap<u32, u32>,
    /// Of the attempts that ended in it, those that began in an earlier tick: so many ticks before,
    /// with how many of them.
    pub carried: BTreeMap<u32, u32>,
    /// Of those that are told of in it, the ones that had ended in an earlier tick, which a link that
    /// is slow hears of late: so many ticks before they began, and so many they ended, with how many of
    /// them.
    pub late: BTreeMap<(u32, u32), u32>,
    /// How the caller tried again, in attempts that began in it.
    pub retries: Retries,
}

/// Attempts by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttemptEnds {
    /// Answered below 500.
    pub answered: u64,
    /// Answered with 500 or above.
    pub server_errors: u64,
    /// The caller went away before it had the answer.
    pub given_up: u64,
    /// The connection broke before the answer was whole.
    pub broken: u64,
    /// Nobody was there.
    pub refused: u64,
}

/// Attempts that repeat one which had failed, or had not ended. Known only of requests that say by a
/// header which request of the system's own caller they serve.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// Attempts that say so.
    pub correlated: u64,
    /// Of those, the ones that repeat another.
    pub repeated: u64,
    /// Of those, the ones that may do harm when they are repeated.
    pub unsafe_repeats: u64,
    /// The most attempts for one request so far, the first included; of attempts in this tick.
    pub most: u32,
    /// Attempts that ask for what another was served: the same call, and not again.
    pub anew: u64,
    /// Pauses between the end of an attempt and the next, by the number of attempts before.
    pub pauses: BTreeMap<u32, Pauses>,
}

/// Pauses before a retry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// How many.
    pub count: u64,
    /// All together.
    pub total: Duration,
    /// The shortest.
    pub shortest: Duration,
    /// The longest.
    pub longest: Duration,
    /// In tenths of a millisecond, rounded down, with how many of them were so long.
    pub spread: BTreeMap<u32, u32>,
}

impl AttemptEnds {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.answered + self.server_errors + self.given_up + self.broken + self.refused
    }

    /// Those that were of no use to the caller.
    pub const fn failed(&self) -> u64 {
        self.total() - self.answered
    }

    /// Adds others.
    pub const fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.server_errors += other.server_errors;
        self.given_up += other.given_up;
        self.broken += other.broken;
        self.refused += other.refused;
    }
}

impl Retries {
    /// Adds those of another stretch.
    pub fn add(&mut self, other: &Self) {
        self.correlated += other.correlated;
        self.repeated += other.repeated;
        self.unsafe_repeats += other.unsafe_repeats;
        self.most = self.most.max(other.most);
        self.anew += other.anew;
        for (before, pauses) in &other.pauses {
            self.pauses.entry(*before).or_default().add(pauses);
        }
    }
}

impl Pauses {
    /// Adds one.
    pub fn record(&mut self, pause: Duration) {
        self.add(&Self {
            count: 1,
            total: pause,
            shortest: pause,
            longest: pause,
            spread: BTreeMap::from([(tenths_ms(pause), 1)]),
        });
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.shortest = match self.count {
            0 => other.shortest,
            _ => self.shortest.min(other.shortest),
        };
        self.longest = self.longest.max(other.longest);
        self.count += other.count;
        self.total += other.total;
        for (tenths, count) in &other.spread {
            *self.spread.entry(*tenths).or_default() += count;
        }
    }

    /// The mean; zero of none.
    pub fn mean(&self) -> Duration {
        u32::try_from(self.count.max(1)).map_or(Duration::ZERO, |count| self.total / count)
    }
}

fn tenths_ms(pause: Duration) -> u32 {
    u32::try_from(pause.as_micros() / 100).unwrap_or(u32::MAX)
}

impl LinkTick {
    /// How long a tick is; ticks begin at multiples of it.
    pub const LENGTH: Duration = Duration::from_millis(100);

    /// Attempts whose end is told of in it: how many ticks before they began, how many they ended,
    /// and how many they are.
    pub fn ended(&self) -> impl Iterator<Item = (u32, u32, u64)> {
        let carried = self.carried.iter();
        let carried = carried.map(|(began, count)| (*began, 0, u64::from(*count)));
        let late = self.late.iter();
        let late = late.map(|((began, ended), count)| (*began, *ended, u64::from(*count)));
        let earlier = carried.chain(late);
        let all: u64 = earlier.clone().map(|(_, _, count)| count).sum();
        std::iter::once((0, 0, self.ends.total().saturating_sub(all))).chain(earlier)
    }

    /// Whether nothing happened in it.
    pub const fn is_empty(&self) -> bool {
        self.began == 0 && self.ends.total() == 0
    }
}
