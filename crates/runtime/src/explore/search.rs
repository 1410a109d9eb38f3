use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rtest_core::Seed;

use super::chooser::{Chance, ChanceRecord};
use super::finding::{Finding, FindingId, FindingKind};
use super::run::run_once;
use super::schedule::Schedule;
use super::shrink::{Shrunk, shrink};
use super::strategy::{Coverage, LENGTHS, Node, Strategy, change_points};
use super::swarm::Swarm;
use super::team::side_by_side;
use crate::error::RuntimeError;
use crate::program::{ProgramOptions, ProgramOutcome, on_own_stacks};

/// How to search.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// How each run is made; its seed is the first one. Its chance, trace and points are not
    /// looked at.
    pub program: ProgramOptions,
    /// Runs at most; at least 1.
    pub runs: u32,
    /// How.
    pub strategy: Strategy,
    /// Whether the schedules of findings are shrunk.
    pub shrink: bool,
}

/// What a search gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// The seed that it began with.
    pub first_seed: Seed,
    /// How many runs were made; fewer than asked for when cancelled, or when there are no more.
    pub runs: u32,
    /// How many of them had a finding.
    pub failed: u32,
    /// The first of them, [`MOST_FAILURES`] at most.
    pub failures: Vec<FailedRun>,
    /// What was found, the same thing once, in the order in which it was.
    pub found: Vec<Found>,
    /// What can be said of the schedules that were not run.
    pub coverage: Coverage,
    /// Whether the first run, and the first of each finding, gave the same bytes a second time.
    pub deterministic: bool,
    /// Hash of the first run's trace, in hexadecimal.
    pub trace_hash: String,
    /// How much virtual time the first run took.
    pub virtual_time: Duration,
}

/// A run with a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRun {
    /// Its seed.
    pub seed: Seed,
    /// The program's exit code.
    pub exit_code: i32,
    /// The first thing that is wrong.
    pub finding: Finding,
}

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What, as it showed first.
    pub finding: Finding,
    /// How many runs it showed in.
    pub runs: u32,
    /// The first of them; none for what is a finding of all runs together.
    pub first: Option<FirstRun>,
    /// That run's schedule without what the finding does not need, where it was shrunk.
    pub shrunk: Option<Shrunk>,
}

/// The first run that something was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRun {
    /// Its schedule, as it was made.
    pub schedule: Schedule,
    /// The program's exit code.
    pub exit_code: i32,
    /// What its seed drew, under [`Strategy::Random`].
    pub swarm: Option<Swarm>,
}

/// Failed runs that are kept.
pub const MOST_FAILURES: usize = 5;

/// Findings that are kept, and those of them that are shrunk.
const MOST_FOUND: usize = 50;
const MOST_SHRUNK: usize = 5;

/// Points of a run that an exhaustive search forces choices at.
const HORIZON: usize = 10_000;

/// Who looks on while a search goes; asked and told from the threads that run programs.
pub trait Watcher: Sync {
    /// Whether the search is to end. Asked before each run.
    fn cancelled(&self) -> bool;
    /// One more run of the search was made; whether something was found in it.
    fn ran(&self, failed: bool);
}

/// One that only knows when to end.
struct Until<'a>(&'a (dyn Fn() -> bool + Sync));

impl Watcher for Until<'_> {
    fn cancelled(&self) -> bool {
        (self.0)()
    }

    fn ran(&self, _failed: bool) {}
}

/// [`search_watched`] with nobody who wants to know how far it is.
///
/// # Errors
/// Those of [`search_watched`].
///
/// # Cancellation
/// `cancel` is asked before each run; one under way ends by itself or at its limits.
pub fn search(
    path: &Path,
    options: &SearchOptions,
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Search, RuntimeError> {
    search_watched(path, options, &Until(cancel))
}

/// Runs the program at `path` many times, under schedules that the strategy gives, and tells what
/// is wrong with it. Runs are made side by side, one on each core; what is reported does not
/// depend on how many there are.
///
/// # Errors
/// When the program cannot be read, is no JavaScript file or uses what the runtime does not have.
/// A limit that it runs into is a finding.
///
/// # Cancellation
/// `watcher` is asked before each run; one under way ends by itself or at its limits. What was found
/// by then is reported.
pub fn search_watched(
    path: &Path,
    options: &SearchOptions,
    watcher: &dyn Watcher,
) -> Result<Search, RuntimeError> {
    let mut tally = Tally::default();
    let searcher = Searcher {
        path,
        options,
        watcher,
    };
    let coverage = match options.strategy {
        Strategy::Random => searcher.random(&mut tally)?,
        Strategy::Pct { depth } => searcher.pct(depth.max(1), &mut tally)?,
        Strategy::Exhaustive { forced } => searcher.exhaustive(forced, &mut tally)?,
    };
    searcher.report(tally, coverage)
}

struct Searcher<'a> {
    path: &'a Path,
    options: &'a SearchOptions,
    watcher: &'a dyn Watcher,
}

/// What is kept of one run.
struct Ended {
    seed: Seed,
    exit_code: i32,
    findings: Vec<Finding>,
    sometimes: BTreeMap<(String, String), bool>,
    chance: ChanceRecord,
    trace_hash: String,
    virtual_time: Duration,
}

/// Failing runs that are shrunk beside the first, at most.
const MOST_OTHERS: usize = 3;

/// What is kept of a finding.
struct Known {
    id: FindingId,
    found: Found,
    /// Hash of its first run's trace.
    trace_hash: String,
    /// The schedules of those of its runs that made the fewest choices, the fewest first.
    shortest: Vec<Schedule>,
}

impl Known {
    /// One more run has it.
    fn count(&mut self, ended: &Ended) {
        self.found.runs += 1;
        let choices = ended.chance.taken.len();
        let is_longer = |known: &Schedule| known.choices.len() > choices;
        let place = self.shortest.iter().position(is_longer);
        let place = place.unwrap_or(self.shortest.len());
        if place < MOST_OTHERS {
            let schedule = Schedule::new(ended.seed, ended.chance.choices());
            self.shortest.insert(place, schedule);
            self.shortest.truncate(MOST_OTHERS);
        }
    }
}

/// What is kept of all of them.
#[derive(Default)]
struct Tally {
    runs: u32,
    failed: u32,
    failures: Vec<FailedRun>,
    found: Vec<Known>,
    sometimes: BTreeMap<(String, String), bool>,
    first: Option<Ended>,
}

impl Tally {
    /// Counts a run; they come in their order.
    fn count(&mut self, ended: Ended) {
        self.runs += 1;
        for (what, held) in &ended.sometimes {
            *self.sometimes.entry(what.clone()).or_default() |= held;
        }
        if let Some(finding) = ended.findings.first() {
            self.failed += 1;
            if self.failures.len() < MOST_FAILURES {
                self.failures.push(FailedRun {
                    seed: ended.seed,
                    exit_code: ended.exit_code,
                    finding: finding.clone(),
                });
            }
        }
        for finding in &ended.findings {
            let id = finding.id();
            let room = self.found.len() < MOST_FOUND;
            match self.found.iter_mut().find(|known| known.id == id) {
                Some(known) => known.count(&ended),
                None if room => {
                    let found = Found {
                        finding: finding.clone(),
                        runs: 1,
                        first: Some(FirstRun {
                            schedule: Schedule::new(ended.seed, ended.chance.choices()),
                            exit_code: ended.exit_code,
                            swarm: ended.chance.swarm,
                        }),
                        shrunk: None,
                    };
                    self.found.push(Known {
                        id,
                        found,
                        trace_hash: ended.trace_hash.clone(),
                        shortest: Vec::new(),
                    });
                }
                None => {}
            }
        }
        if self.first.is_none() {
            self.first = Some(ended);
        }
    }
}

impl Searcher<'_> {
    fn seed(&self, index: u32) -> Seed {
        let first = self.options.program.seed.value();
        Seed::new(first.wrapping_add(u64::from(index)))
    }

    /// One run, on a thread of `on_own_stacks`.
    fn run(&self, seed: Seed, chance: Chance, keep_points: usize) -> Result<Ended, RuntimeError> {
        let options = ProgramOptions {
            trace: false,
            keep_points,
            ..self.options.program.clone()
        };
        let mut outcome = run_once(self.path, &options, seed, chance)?;
        // Only a run that is made again needs its choices; the first one of a search always is.
        if outcome.findings.is_empty() && seed != self.options.program.seed {
            outcome.chance.taken = Vec::new();
        }
        Ok(Ended::of(seed, outcome))
    }

    /// Tells of a run of the search.
    fn count(&self, ran: Result<Ended, RuntimeError>) -> Result<Ended, RuntimeError> {
        if let Ok(ended) = &ran {
            self.watcher.ran(!ended.findings.is_empty());
        }
        ran
    }

    fn random(&self, tally: &mut Tally) -> Result<Coverage, RuntimeError> {
        let cancel = || self.watcher.cancelled();
        let runs = side_by_side(self.path, self.options.runs, &cancel, |index| {
            self.count(self.run(self.seed(index), Chance::Seeded, 0))
        })?;
        runs.into_iter().for_each(|ended| tally.count(ended));
        Ok(Coverage::Drawn)
    }

    /// The calm run of the first seed is the first run: its points are those that are drawn from.
    fn pct(&self, depth: u32, tally: &mut Tally) -> Result<Coverage, RuntimeError> {
        let cancel = || self.watcher.cancelled();
        let calm = side_by_side(self.path, 1, &cancel, |_| {
            self.count(self.run(self.seed(0), Chance::Forced(Vec::new()), 0))
        })?;
        let chance = calm.first().map(|ended| ended.chance.clone());
        let chance = chance.unwrap_or_default();
        calm.into_iter().for_each(|ended| tally.count(ended));
        let runs = side_by_side(self.path, self.options.runs - 1, &cancel, |index| {
            let seed = self.seed(index + 1);
            let choices = change_points(seed, depth, &chance);
            self.count(self.run(seed, Chance::Forced(choices), 0))
        })?;
        runs.into_iter().for_each(|ended| tally.count(ended));
        Ok(Coverage::Bounded {
            depth,
            lengths: u32::from(LENGTHS),
            points: chance.points(),
        })
    }

    /// Schedules of no forced choice, then of one, and so on.
    fn exhaustive(&self, forced: u32, tally: &mut Tally) -> Result<Coverage, RuntimeError> {
        let cancel = || self.watcher.cancelled();
        let seed = self.seed(0);
        let mut level = vec![Node::default()];
        let mut complete = None;
        let mut within = 0;
        let mut cut = false;
        for depth in 0..=forced {
            let room = (self.options.runs - tally.runs) as usize;
            cut |= level.len() > room;
            level.truncate(room);
            let count = u32::try_from(level.len()).unwrap_or(u32::MAX);
            let runs = side_by_side(self.path, count, &cancel, |index| {
                let node = &level[index as usize];
                self.count(self.run(seed, Chance::Forced(node.choices.clone()), HORIZON))
            })?;
            cut |= runs.len() < level.len();
            let room = (self.options.runs - tally.runs) as usize - runs.len();
            let mut next = Vec::new();
            for (node, ended) in level.iter().zip(runs) {
                if depth < forced {
                    cut |= ended.chance.points() > HORIZON as u64;
                    // One more than there is room for tells that there are more.
                    let room = (room + 1).saturating_sub(next.len());
                    next.extend(node.children(&ended.chance.order).take(room));
                }
                tally.count(ended);
            }
            if !cut {
                complete = Some(depth);
                within = tally.runs;
            }
            if next.is_empty() || self.watcher.cancelled() {
                break;
            }
            level = next;
        }
        // Where no run came to a point that was not forced, there is nothing deeper.
        Ok(Coverage::Complete {
            forced: complete,
            beyond: tally.runs - within,
            all: !cut && !self.watcher.cancelled(),
        })
    }

    fn report(&self, tally: Tally, coverage: Coverage) -> Result<Search, RuntimeError> {
        let mut search = Search {
            first_seed: self.options.program.seed,
            runs: tally.runs,
            failed: tally.failed,
            failures: tally.failures,
            found: Vec::new(),
            coverage,
            deterministic: true,
            trace_hash: String::new(),
            virtual_time: Duration::ZERO,
        };
        if let Some(first) = &tally.first {
            let again = self.alone(|| self.run(first.seed, first.chance(), 0))?;
            search.deterministic = again.trace_hash == first.trace_hash;
            search.trace_hash.clone_from(&first.trace_hash);
            search.virtual_time = first.virtual_time;
        }
        for (index, known) in tally.found.into_iter().enumerate() {
            let mut found = known.found;
            if let Some(first) = &found.first {
                let schedule = &first.schedule;
                let chance = Chance::Forced(schedule.choices.clone());
                let again = self.alone(|| self.run(schedule.seed, chance.clone(), 0))?;
                search.deterministic &= again.trace_hash == known.trace_hash;
                if self.options.shrink && index < MOST_SHRUNK {
                    let shorter = known.shortest.iter().filter(|other| *other != schedule);
                    found.shrunk = self.shrunk(schedule, shorter, &known.id)?;
                }
            }
            search.found.push(found);
        }
        for ((place, message), held) in tally.sometimes {
            if !held && !self.watcher.cancelled() {
                search.found.push(Found {
                    finding: Finding {
                        kind: FindingKind::Sometimes,
                        message: format!("never in {} runs: {message}", search.runs),
                        place: (!place.is_empty()).then_some(place),
                    },
                    runs: search.runs,
                    first: None,
                    shrunk: None,
                });
            }
        }
        Ok(search)
    }

    /// The least of what the first run and, where that needs several choices, the shortest of the
    /// others come down to; nothing where the search is cancelled.
    fn shrunk<'a>(
        &self,
        first: &'a Schedule,
        others: impl Iterator<Item = &'a Schedule>,
        id: &FindingId,
    ) -> Result<Option<Shrunk>, RuntimeError> {
        let (options, cancel) = (&self.options.program, || self.watcher.cancelled());
        let mut least: Option<Shrunk> = None;
        for schedule in std::iter::once(first).chain(others) {
            let is_least = |shrunk: &Shrunk| shrunk.forced.len() <= 1;
            if cancel() || least.as_ref().is_some_and(is_least) {
                break;
            }
            let shrunk = self.alone(|| shrink(self.path, options, schedule, id, &cancel))?;
            let fewer = |known: &Shrunk| shrunk.forced.len() < known.forced.len();
            if least.as_ref().is_none_or(fewer) {
                least = Some(shrunk);
            }
        }
        Ok(least)
    }

    /// Does `work` on a thread made for running programs.
    fn alone<T: Send>(
        &self,
        work: impl Fn() -> Result<T, RuntimeError> + Sync,
    ) -> Result<T, RuntimeError> {
        on_own_stacks(self.path, 1, work)?
            .pop()
            .expect("one thread gives one result")
    }
}

impl Ended {
    fn of(seed: Seed, outcome: ProgramOutcome) -> Self {
        Self {
            seed,
            exit_code: outcome.exit_code,
            findings: outcome.findings,
            sometimes: outcome.sometimes,
            chance: outcome.chance,
            trace_hash: outcome.trace_hash,
            virtual_time: outcome.virtual_time,
        }
    }

    /// What made its choices, as they are forced again.
    fn chance(&self) -> Chance {
        Chance::Forced(self.chance.choices())
    }
}
