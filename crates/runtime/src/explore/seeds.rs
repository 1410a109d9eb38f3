use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rtest_core::Seed;
use rtest_core::event::SimFailure;

use super::search::MOST_FAILURES;
use crate::error::{RuntimeError, RuntimeErrorKind};
use crate::program::{ProgramOptions, ProgramOutcome, on_own_stacks, run_here};

/// What a program gave under its seeds; the contents of a `SimResult`.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeds {
    /// How many seeds were run; fewer than asked for only when cancelled.
    pub seeds_run: u32,
    /// How many of them failed.
    pub seeds_failed: u32,
    /// The first that failed, [`MOST_FAILURES`] at most.
    pub failures: Vec<SimFailure>,
    /// Whether the first seed, run twice, gave the same bytes.
    pub deterministic: bool,
    /// Hash of the first seed's trace, in hexadecimal.
    pub trace_hash: String,
    /// How much virtual time the first seed took.
    pub virtual_time: Duration,
}

/// Runs the program at `path` under `seeds` seeds, `first`, `first + 1`, …, and the first of them
/// twice, to see that nothing but the seed decides what it does. Seeds run side by side, one on
/// each core; what is reported does not depend on how many there are.
///
/// `options.seed` is not looked at.
///
/// # Errors
/// When the program cannot be read, is no JavaScript file or uses what the runtime does not have.
/// A limit that it runs into under some seed is a failure of that seed.
///
/// # Cancellation
/// `cancel` is asked before each seed; a seed under way ends by itself or at its limits.
pub fn run_seeds(
    path: &Path,
    first: Seed,
    seeds: u32,
    options: &ProgramOptions,
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Seeds, RuntimeError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let queue = Queue {
        path,
        first,
        seeds,
        options,
        cancel,
        next: AtomicU32::new(0),
    };
    let threads = cores.min(seeds.max(1) as usize);
    let parts = on_own_stacks(path, threads, || queue.work())?;
    let mut all: Vec<(u32, Result<Ended, RuntimeError>)> = parts.into_iter().flatten().collect();
    all.sort_by_key(|(index, _)| *index);
    let mut result = Seeds {
        seeds_run: 0,
        seeds_failed: 0,
        failures: Vec::new(),
        deterministic: true,
        trace_hash: String::new(),
        virtual_time: Duration::ZERO,
    };
    for (index, ended) in all {
        let ended = ended?;
        if index == 0 {
            result.deterministic = ended.repeated;
            result.trace_hash = ended.trace_hash;
            result.virtual_time = ended.virtual_time;
        }
        result.seeds_run += 1;
        if let Some(failure) = ended.failure {
            result.seeds_failed += 1;
            if result.failures.len() < MOST_FAILURES {
                result.failures.push(failure);
            }
        }
    }
    Ok(result)
}

/// The seeds that are still to run.
struct Queue<'a> {
    path: &'a Path,
    first: Seed,
    seeds: u32,
    options: &'a ProgramOptions,
    cancel: &'a (dyn Fn() -> bool + Sync),
    next: AtomicU32,
}

/// What is kept of one seed.
struct Ended {
    failure: Option<SimFailure>,
    trace_hash: String,
    virtual_time: Duration,
    /// Whether a second run gave the same bytes; only the first seed is run twice.
    repeated: bool,
}

impl Queue<'_> {
    /// Runs seeds until none is left, or one cannot be run at all.
    fn work(&self) -> Vec<(u32, Result<Ended, RuntimeError>)> {
        let mut done = Vec::new();
        while !(self.cancel)() {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.seeds {
                break;
            }
            let ended = self.run(index);
            if ended.is_err() {
                self.next.store(self.seeds, Ordering::Relaxed);
            }
            done.push((index, ended));
        }
        done
    }

    fn run(&self, index: u32) -> Result<Ended, RuntimeError> {
        let seed = Seed::new(self.first.value().wrapping_add(u64::from(index)));
        let options = ProgramOptions {
            seed,
            ..self.options.clone()
        };
        let run = SeedRun::of(run_here(self.path, &options))?;
        let repeated = index != 0 || SeedRun::of(run_here(self.path, &options))? == run;
        let failure = (run.outcome.exit_code != 0).then(|| SimFailure {
            seed: seed.value(),
            exit_code: run.outcome.exit_code,
            message: run.last_words(),
        });
        Ok(Ended {
            failure,
            trace_hash: run.outcome.trace_hash,
            virtual_time: run.outcome.virtual_time,
            repeated,
        })
    }
}

/// One run under a seed, ended by itself or at a limit.
#[derive(PartialEq, Eq)]
struct SeedRun {
    outcome: ProgramOutcome,
    limit: Option<String>,
}

/// Characters of a failure's message.
const MOST_LAST_WORDS: usize = 300;

/// What `rtest sim` exits with when a program ran into a limit.
const LIMIT_EXIT_CODE: i32 = 70;

impl SeedRun {
    fn of(result: Result<ProgramOutcome, RuntimeError>) -> Result<Self, RuntimeError> {
        match result {
            Ok(outcome) => Ok(Self {
                outcome,
                limit: None,
            }),
            Err(RuntimeError {
                kind: RuntimeErrorKind::Budget(budget),
                outcome: Some(outcome),
                ..
            }) => Ok(Self {
                outcome: ProgramOutcome {
                    exit_code: LIMIT_EXIT_CODE,
                    ..*outcome
                },
                limit: Some(budget.to_string()),
            }),
            Err(error) => Err(error),
        }
    }

    fn last_words(&self) -> String {
        if let Some(limit) = &self.limit {
            return limit.clone();
        }
        let stderr = String::from_utf8_lossy(&self.outcome.stderr);
        let stdout = String::from_utf8_lossy(&self.outcome.stdout);
        let is_error = |line: &&str| {
            let name = line.split(['(', '[', ':', ' ']).next().unwrap_or_default();
            line.starts_with("Uncaught ") || (name.ends_with("Error") && line.contains(':'))
        };
        // An error's message goes up to its stack.
        let error: Vec<&str> = stderr
            .lines()
            .skip_while(|line| !is_error(line))
            .take_while(|line| !line.starts_with("    at ") && !line.starts_with("Node.js "))
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let last_line = |text: &str| {
            let line = text.lines().rfind(|line| !line.trim().is_empty());
            line.map(|line| line.trim().to_owned())
        };
        let words = match error.as_slice() {
            [] => last_line(&stdout).unwrap_or_else(|| "it wrote nothing".to_owned()),
            lines => lines.join(" "),
        };
        words.chars().take(MOST_LAST_WORDS).collect()
    }
}
