use rand::RngExt;
use rtest_core::{Seed, Stream};

use super::choice::{Choice, ChoicePoint};
use super::swarm::Swarm;

/// Who makes the choices of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Chance {
    /// The seed: it draws a [`Swarm`], and then each choice.
    #[default]
    Seeded,
    /// These choices, in any order; everything else is calm.
    Forced(Vec<Choice>),
}

/// A choice that was not the calm one, and when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The choice.
    pub choice: Choice,
    /// Virtual time, in nanoseconds since the program started.
    pub at_ns: u64,
}

/// What chance decided in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChanceRecord {
    /// The settings that the seed drew, where it made the choices.
    pub swarm: Option<Swarm>,
    /// The choices that were not calm, in the order in which they were made.
    pub taken: Vec<Taken>,
    /// How often the run came to each point, in the order of [`ChoicePoint::ALL`].
    pub passed: [u32; ChoicePoint::ALL.len()],
    /// The first points that the run came to, as many as were asked for.
    pub order: Vec<ChoicePoint>,
}

impl ChanceRecord {
    /// How many choices there were, the calm ones included.
    pub fn points(&self) -> u64 {
        self.passed.iter().map(|passed| u64::from(*passed)).sum()
    }

    /// The choices as they are forced again.
    pub fn choices(&self) -> Vec<Choice> {
        self.taken.iter().map(|taken| taken.choice).collect()
    }
}

/// Makes the choices of one run and remembers those that are not calm.
///
/// Coming to a point where nothing is chosen costs two counters, whoever makes the choices: a
/// draw is made only for the next time that a point is disturbed.
#[derive(Debug)]
pub(crate) struct Chooser {
    /// How often the run came to each point.
    passed: [u32; ChoicePoint::COUNT],
    /// The next time at which each point is looked at.
    next: [u32; ChoicePoint::COUNT],
    source: Source,
    taken: Vec<Taken>,
    /// The points in the order in which the run came to them, as many as asked for.
    order: Vec<ChoicePoint>,
    keep: usize,
}

#[derive(Debug)]
enum Source {
    Swarm {
        swarm: Swarm,
        stream: Box<Stream>,
    },
    /// Choices by point and then by number, the next one of each point last.
    Forced(Box<[Vec<Choice>; ChoicePoint::COUNT]>),
}

/// Never reached: limits stop a program before.
const NEVER: u32 = u32::MAX;

impl Chooser {
    /// The chooser of a run; the order of its first `keep` points is kept.
    pub(crate) fn new(seed: Seed, chance: &Chance, keep: usize) -> Self {
        let mut chooser = Self {
            passed: [0; ChoicePoint::COUNT],
            next: [NEVER; ChoicePoint::COUNT],
            source: match chance {
                Chance::Seeded => {
                    let mut stream = seed.stream("runtime/choices");
                    Source::Swarm {
                        swarm: Swarm::draw(&mut stream),
                        stream: Box::new(stream),
                    }
                }
                Chance::Forced(choices) => {
                    let mut sorted = choices.clone();
                    sorted.sort_unstable_by(|a, b| b.cmp(a));
                    let mut queues: [Vec<Choice>; ChoicePoint::COUNT] = Default::default();
                    for choice in sorted {
                        queues[choice.point as usize].push(choice);
                    }
                    Source::Forced(Box::new(queues))
                }
            },
            taken: Vec::new(),
            order: Vec::new(),
            keep,
        };
        for point in ChoicePoint::ALL {
            chooser.look_ahead(point);
        }
        chooser
    }

    /// What was decided so far.
    pub(crate) fn record(&self) -> ChanceRecord {
        ChanceRecord {
            swarm: match &self.source {
                Source::Swarm { swarm, .. } => Some(*swarm),
                Source::Forced(_) => None,
            },
            taken: self.taken.clone(),
            passed: self.passed,
            order: self.order.clone(),
        }
    }

    /// The choice at `point`, where the run comes at `at_ns`.
    #[inline]
    pub(crate) fn choose(&mut self, point: ChoicePoint, at_ns: u64) -> u8 {
        let nth = self.passed[point as usize] + 1;
        self.passed[point as usize] = nth;
        if self.order.len() < self.keep {
            self.order.push(point);
        }
        if nth < self.next[point as usize] {
            return 0;
        }
        self.decide(point, nth, at_ns)
    }

    /// The time that passes at `point`, in nanoseconds.
    #[inline]
    pub(crate) fn stall_ns(&mut self, point: ChoicePoint, at_ns: u64) -> u64 {
        point.time_ns(self.choose(point, at_ns))
    }

    /// Whether something of this `probability` happens at `point`, whose choices are two. Where the
    /// choices are forced, it does when they say so.
    pub(crate) fn happens(&mut self, point: ChoicePoint, probability: f64, at_ns: u64) -> bool {
        let Source::Swarm { stream, .. } = &mut self.source else {
            return self.choose(point, at_ns) != 0;
        };
        let happens = stream.random_bool(probability.clamp(0.0, 1.0));
        self.take(point, u8::from(happens), at_ns);
        happens
    }

    /// A choice at `point` that is made as many times of all as `weights` says. Where the choices
    /// are forced, it is the one that they say.
    pub(crate) fn weigh(&mut self, point: ChoicePoint, weights: &[u32], at_ns: u64) -> u8 {
        let Source::Swarm { stream, .. } = &mut self.source else {
            return self.choose(point, at_ns);
        };
        let mut drawn = stream.random_range(0..weights.iter().sum::<u32>().max(1));
        let is_below = |weight: &u32| {
            let is_below = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            is_below
        };
        let value = weights.iter().position(is_below).unwrap_or_default() as u8;
        self.take(point, value, at_ns);
        value
    }

    /// Counts and remembers what was decided at `point`.
    fn take(&mut self, point: ChoicePoint, value: u8, at_ns: u64) {
        let nth = self.passed[point as usize] + 1;
        self.passed[point as usize] = nth;
        if self.order.len() < self.keep {
            self.order.push(point);
        }
        if value != 0 {
            let choice = Choice { point, nth, value };
            self.taken.push(Taken { choice, at_ns });
        }
    }

    #[cold]
    fn decide(&mut self, point: ChoicePoint, nth: u32, at_ns: u64) -> u8 {
        let value = match &mut self.source {
            Source::Swarm { swarm, stream } => swarm.value(point, stream),
            Source::Forced(queues) => queues[point as usize]
                .pop()
                .map_or(0, |choice| choice.value.min(point.options() - 1)),
        };
        self.look_ahead(point);
        if value != 0 {
            let choice = Choice { point, nth, value };
            self.taken.push(Taken { choice, at_ns });
        }
        value
    }

    /// Finds out when `point` is next looked at.
    fn look_ahead(&mut self, point: ChoicePoint) {
        let passed = self.passed[point as usize];
        self.next[point as usize] = match &mut self.source {
            Source::Swarm { swarm, stream } => swarm
                .gap(point, stream)
                .map_or(NEVER, |gap| passed.saturating_add(gap)),
            Source::Forced(queues) => {
                let queue = &mut queues[point as usize];
                while queue.last().is_some_and(|choice| choice.nth <= passed) {
                    queue.pop();
                }
                queue.last().map_or(NEVER, |choice| choice.nth)
            }
        };
    }

    /// The choices that were not calm, in the order in which they were made.
    pub(crate) fn taken(&self) -> &[Taken] {
        &self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(chooser: &mut Chooser, times: u32) -> Vec<u8> {
        (0..times)
            .map(|at| chooser.choose(ChoicePoint::ALL[at as usize % 7], u64::from(at)))
            .collect()
    }

    #[test]
    fn what_a_seed_chose_can_be_forced_again() {
        let mut disturbed = 0;
        for seed in 0..50 {
            let mut seeded = Chooser::new(Seed::new(seed), &Chance::Seeded, 0);
            let chosen = walk(&mut seeded, 2_000);
            let choices = seeded.record().choices();
            disturbed += usize::from(choices.len() > 10);
            let mut reversed = choices;
            reversed.reverse();
            let mut forced = Chooser::new(Seed::new(99), &Chance::Forced(reversed), 0);
            assert_eq!(walk(&mut forced, 2_000), chosen, "seed {seed}");
            assert_eq!(forced.taken(), seeded.taken());
        }
        assert!(disturbed > 25, "{disturbed}");
    }

    #[test]
    fn nothing_forced_is_calm_and_what_is_out_of_range_is_the_largest_choice() {
        let mut calm = Chooser::new(Seed::new(1), &Chance::Forced(Vec::new()), 10);
        assert!(walk(&mut calm, 500).iter().all(|value| *value == 0));
        assert_eq!(calm.record().order.len(), 10);
        assert_eq!(calm.record().points(), 500);
        let choice = Choice {
            point: ChoicePoint::Buggify,
            nth: 1,
            value: 200,
        };
        let mut forced = Chooser::new(Seed::new(1), &Chance::Forced(vec![choice]), 0);
        assert_eq!(forced.choose(ChoicePoint::Buggify, 0), 1);
        assert_eq!(forced.choose(ChoicePoint::Buggify, 0), 0);
    }
}
