use rand::Rng;
use rtest_core::Seed;
use rtest_core::plan::{AtEnd, Pick};

/// Which row an iteration gets, by its number alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picker {
    pick: Pick,
    at_end: AtEnd,
    /// What rows are drawn from at random: one seed for each iteration is derived from it, so
    /// that whoever runs the iteration draws the same.
    seed: Seed,
}

/// How far the rows reach, where a scenario ends with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Iterations of this number and above have no row and are not to be started.
    pub(crate) iterations: Option<u64>,
    /// Virtual users of this number (from 0) and above have no row and are to start nothing.
    pub(crate) vus: Option<u64>,
}

impl Picker {
    /// Draws under `label`, where it draws.
    pub(super) fn new(pick: Pick, at_end: AtEnd, seed: Seed, label: &str) -> Self {
        let seed = Seed::new(seed.stream(&format!("feeder/{label}")).next_u64());
        Self { pick, at_end, seed }
    }

    /// The number of the row; as an error, the number that is wanted and beyond the last row.
    pub(super) fn pick(self, iteration: u64, vu: u64, rows: u64) -> Result<u64, u64> {
        let wanted = match self.pick {
            Pick::Sequential | Pick::UniquePerIteration => iteration,
            Pick::UniquePerVu => vu,
            Pick::Random => return Ok(below(rows, self.seed.derive(iteration).value())),
        };
        match self.at_end {
            AtEnd::Recycle => Ok(wanted % rows),
            AtEnd::Stop | AtEnd::Fail if wanted < rows => Ok(wanted),
            AtEnd::Stop | AtEnd::Fail => Err(wanted),
        }
    }

    /// How far `rows` rows reach.
    pub(super) const fn limits(self, rows: u64) -> Limits {
        let none = Limits {
            iterations: None,
            vus: None,
        };
        match (self.at_end, self.pick) {
            (AtEnd::Stop, Pick::Sequential | Pick::UniquePerIteration) => Limits {
                iterations: Some(rows),
                ..none
            },
            (AtEnd::Stop, Pick::UniquePerVu) => Limits {
                vus: Some(rows),
                ..none
            },
            (AtEnd::Recycle | AtEnd::Fail, _) | (_, Pick::Random) => none,
        }
    }
}

impl Limits {
    /// As far as both reach.
    pub(crate) fn and(self, other: Self) -> Self {
        let nearer = |a: Option<u64>, b: Option<u64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
        Self {
            iterations: nearer(self.iterations, other.iterations),
            vus: nearer(self.vus, other.vus),
        }
    }
}

/// A number below `bound` from 64 random bits, each as likely as the next: with any number of
/// rows that a file can have, the most likely is so by less than one in a million million.
fn below(bound: u64, bits: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn picker(pick: Pick, at_end: AtEnd) -> Picker {
        Picker::new(pick, at_end, Seed::new(7), "browse/0")
    }

    #[test]
    fn a_row_follows_from_the_number_of_the_iteration_or_of_its_virtual_user() {
        for pick in [Pick::Sequential, Pick::UniquePerIteration] {
            assert_eq!(picker(pick, AtEnd::Fail).pick(3, 9, 5), Ok(3));
        }
        let per_vu = picker(Pick::UniquePerVu, AtEnd::Fail);
        assert_eq!(per_vu.pick(9, 3, 5), Ok(3));
        assert_eq!(per_vu.pick(0, 5, 5), Err(5));
    }

    #[test]
    fn after_the_last_row_it_recycles_or_ends() {
        assert_eq!(
            picker(Pick::Sequential, AtEnd::Recycle).pick(12, 0, 5),
            Ok(2)
        );
        for at_end in [AtEnd::Stop, AtEnd::Fail] {
            assert_eq!(picker(Pick::Sequential, at_end).pick(12, 0, 5), Err(12));
        }
        let limits = |pick, at_end| picker(pick, at_end).limits(5);
        assert_eq!(limits(Pick::Sequential, AtEnd::Fail), Limits::default());
        assert_eq!(limits(Pick::Random, AtEnd::Stop), Limits::default());
        let by_iteration = limits(Pick::UniquePerIteration, AtEnd::Stop);
        assert_eq!(by_iteration.iterations, Some(5));
        let both = by_iteration.and(limits(Pick::UniquePerVu, AtEnd::Stop));
        assert_eq!((both.iterations, both.vus), (Some(5), Some(5)));
    }

    #[test]
    fn random_rows_are_the_same_for_the_same_seed_and_spread_evenly() {
        let random = picker(Pick::Random, AtEnd::Fail);
        let drawn: Vec<_> = (0..10_000)
            .map(|n| random.pick(n, 0, 10).expect("a row"))
            .collect();
        for row in 0..10 {
            let times = drawn.iter().filter(|drawn| **drawn == row).count();
            assert!((850..1150).contains(&times), "row {row}: {times} of 10,000");
        }
        let other = Picker::new(Pick::Random, AtEnd::Fail, Seed::new(7), "browse/1");
        let others: Vec<_> = (0..10_000)
            .map(|n| other.pick(n, 5, 10).expect("a row"))
            .collect();
        assert_ne!(drawn, others, "feeders draw independently");
        let first: BTreeSet<_> = (0..100).map(|n| random.pick(n, 3, u64::MAX)).collect();
        assert_eq!(first.len(), 100);
    }
}
