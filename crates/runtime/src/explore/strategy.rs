use std::fmt;

use rand::RngExt;
use rtest_core::Seed;

use super::choice::{Choice, ChoicePoint};
use super::chooser::ChanceRecord;

/// How a search goes about the choices of chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Each run has a seed of its own, which draws a [`Swarm`](super::Swarm) and then each choice.
    Random,
    /// Each run has a seed of its own, which draws one length of stall and `depth - 1` points of
    /// the run where it strikes; everything else is calm. After PCT (Burckhardt et al.: A
    /// randomized scheduler with probabilistic guarantees of finding bugs, 2010), with stalls in
    /// the place of its priority changes.
    Pct {
        /// One more than there are stalls; at least 1.
        depth: u32,
    },
    /// One seed; every schedule of at most `forced` choices that are not calm, those of fewest
    /// choices first. After delay bounding (Emmi et al.: Delay-bounded scheduling, 2011).
    Exhaustive {
        /// Forced choices of a schedule at most.
        forced: u32,
    },
}

impl Strategy {
    /// Its name, as `--strategy` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Pct { .. } => "pct",
            Self::Exhaustive { .. } => "exhaustive",
        }
    }
}

/// What a search can say of the schedules that it has not run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coverage {
    /// Nothing: every run was drawn.
    Drawn,
    /// Each run finds a failure that takes `depth - 1` stalls of one length at certain points of
    /// the calm run with a probability of at least 1/(n·k^(depth-1)).
    Bounded {
        /// d.
        depth: u32,
        /// n: lengths of a stall.
        lengths: u32,
        /// k: choice points of the calm run.
        points: u64,
    },
    /// Every schedule of at most this many forced choices was run; none where not even the calm
    /// one was.
    Complete {
        /// How many.
        forced: Option<u32>,
        /// How many of more forced choices were run as well.
        beyond: u32,
        /// Whether that is what was asked for.
        all: bool,
    },
}

impl Coverage {
    /// The probability that one run finds such a failure, at least.
    pub fn bound(self) -> Option<f64> {
        match self {
            Self::Bounded {
                depth,
                lengths,
                points,
            } => {
                let others = i32::try_from(depth.saturating_sub(1)).unwrap_or(i32::MAX);
                Some(1.0 / (f64::from(lengths) * (points.max(1) as f64).powi(others)))
            }
            _ => None,
        }
    }
}

/// `at least 1/(n·k^(d-1)) = 1/(7·120^2) a run for a failure of depth 3`
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drawn => f.write_str(
                "drawn at random, which says nothing of the schedules that were not run",
            ),
            Self::Bounded {
                depth,
                lengths,
                points,
            } => write!(
                f,
                "a failure of depth {depth} is found by a run with probability 1/(n·k^(d-1)) = \
                 1/({lengths}·{points}^{}) = {:.1e} at least",
                depth.saturating_sub(1),
                self.bound().unwrap_or_default()
            ),
            Self::Complete {
                forced,
                beyond,
                all,
            } => {
                match forced {
                    None => f.write_str("not complete")?,
                    Some(0) => f.write_str("the schedule of no forced choice was run")?,
                    Some(1) => f.write_str("every schedule of at most 1 forced choice was run")?,
                    Some(forced) => write!(
                        f,
                        "every schedule of at most {forced} forced choices was run"
                    )?,
                }
                if *beyond > 0 {
                    write!(f, ", and {beyond} with more")?;
                }
                f.write_str(if *all { ": complete" } else { ": not complete" })
            }
        }
    }
}

/// Lengths of a stall, n of the bound.
pub(crate) const LENGTHS: u8 = ChoicePoint::Read.options() - 1;

/// The change points of a seed, out of those that the calm run came to.
pub(crate) fn change_points(seed: Seed, depth: u32, calm: &ChanceRecord) -> Vec<Choice> {
    let mut stream = seed.stream("runtime/pct");
    let length = stream.random_range(1..=LENGTHS);
    let points = calm.points();
    let mut choices = Vec::new();
    for _ in 1..depth {
        let mut left = stream.random_range(0..points.max(1));
        for (point, passed) in ChoicePoint::ALL.into_iter().zip(calm.passed) {
            if left < u64::from(passed) {
                choices.push(Choice {
                    point,
                    nth: left as u32 + 1,
                    value: length.min(point.options() - 1),
                });
                break;
            }
            left -= u64::from(passed);
        }
    }
    choices
}

/// A schedule of an exhaustive search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its choices.
    pub(crate) choices: Vec<Choice>,
    /// How many points of the run come up to its last choice: what it forces next comes later, so
    /// that each schedule is met once.
    pub(crate) settled: usize,
}

impl Node {
    /// The schedules with one more choice than this, whose run came to the points of `order`.
    pub(crate) fn children(&self, order: &[ChoicePoint]) -> impl Iterator<Item = Self> {
        let mut passed = [0_u32; ChoicePoint::COUNT];
        let numbered = order.iter().enumerate().map(move |(index, point)| {
            passed[*point as usize] += 1;
            (index, *point, passed[*point as usize])
        });
        let later = numbered.skip(self.settled);
        later.flat_map(move |(index, point, nth)| {
            (1..point.options()).map(move |value| {
                let mut choices = self.choices.clone();
                choices.push(Choice { point, nth, value });
                Self {
                    choices,
                    settled: index + 1,
                }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_pct() {
        let coverage = Coverage::Bounded {
            depth: 3,
            lengths: 7,
            points: 100,
        };
        let bound = coverage.bound().expect("it has one");
        assert!((bound - 1.0 / 70_000.0).abs() < 1e-12, "{bound}");
        assert!(coverage.to_string().contains("1/(7·100^2) = 1.4e-5"));
    }

    #[test]
    fn change_points_lie_within_the_calm_run_and_reach_all_of_it() {
        let mut calm = ChanceRecord::default();
        calm.passed[ChoicePoint::Read as usize] = 5;
        calm.passed[ChoicePoint::Wake as usize] = 3;
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..400 {
            let choices = change_points(Seed::new(seed), 2, &calm);
            assert_eq!(choices.len(), 1);
            assert!(choices[0].nth >= 1 && choices[0].nth <= 5);
            seen.insert((choices[0].point, choices[0].nth));
        }
        assert_eq!(seen.len(), 8);
        assert_eq!(change_points(Seed::new(1), 1, &calm), []);
    }

    #[test]
    fn every_schedule_is_met_once() {
        let order = [ChoicePoint::Buggify; 4];
        let first: Vec<Node> = Node::default().children(&order).collect();
        assert_eq!(first.len(), 4);
        let second: Vec<Vec<Choice>> = first
            .iter()
            .flat_map(|node| node.children(&order).map(|child| child.choices))
            .collect();
        let distinct: std::collections::BTreeSet<&Vec<Choice>> = second.iter().collect();
        assert_eq!((second.len(), distinct.len()), (6, 6));
    }
}
