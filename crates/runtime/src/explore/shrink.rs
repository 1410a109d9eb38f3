use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::choice::Choice;
use super::chooser::Chance;
use super::finding::{Finding, FindingId};
use super::run::run_once;
use super::schedule::Schedule;
use crate::error::RuntimeError;
use crate::program::{ProgramOptions, ProgramOutcome};
use crate::trace::Action;

/// A schedule with nothing in it that its finding does not need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// It.
    pub schedule: Schedule,
    /// How many choices the run made that it was shrunk from.
    pub from: usize,
    /// Its choices in the order in which they are made.
    pub forced: Vec<ForcedChoice>,
    /// The finding as it shows under it.
    pub finding: Finding,
    /// How many runs that took.
    pub runs: u32,
    /// Whether no choice can be left out; else the runs for it were used up.
    pub minimal: bool,
}

/// A choice that a finding needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForcedChoice {
    /// The choice.
    pub choice: Choice,
    /// When it is made, in virtual time.
    pub at: Duration,
    /// `file:line` of the callback during or after which it is made, where that is known.
    pub place: Option<String>,
}

/// `at 12ms: stalls 1ms at a turn of the loop  (limiter.mjs:23)`
impl fmt::Display for ForcedChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = rtest_core::unit::format_duration(self.at);
        write!(f, "at {at}: {}", self.choice)?;
        match &self.place {
            Some(place) => write!(f, "  ({place})"),
            None => Ok(()),
        }
    }
}

/// Runs that shrinking may take, and the callbacks of all of them together.
const MOST_RUNS: u32 = 500;
const MOST_CALLBACKS: u64 = 20_000_000;

/// Looks for the fewest choices that still show the finding `id`, by delta debugging (Zeller,
/// Hildebrandt: Simplifying and isolating failure-inducing input, 2002), then for one longer stall in
/// the place of several, then for the smallest choice at each point.
pub(crate) fn shrink(
    path: &Path,
    options: &ProgramOptions,
    failing: &Schedule,
    id: &FindingId,
    cancel: &(dyn Fn() -> bool + Sync),
) -> Result<Shrunk, RuntimeError> {
    let mut attempts = Attempts {
        path,
        options,
        failing,
        id,
        cancel,
        runs: 0,
        callbacks: 0,
    };
    let mut choices = failing.choices.clone();
    let minimal = attempts.fewer(&mut choices)?
        && attempts.longer(&mut choices)?
        && attempts.smaller(&mut choices)?;
    let traced = ProgramOptions {
        trace: true,
        ..options.clone()
    };
    let seed = failing.seed;
    let outcome = run_once(path, &traced, seed, Chance::Forced(choices.clone()))?;
    let kind_of = |finding: &&Finding| id.kind() == finding.kind;
    let finding = (outcome.findings.iter())
        .find(|finding| finding.id() == *id)
        .or_else(|| outcome.findings.iter().find(kind_of))
        .cloned()
        .unwrap_or_else(|| id.as_finding());
    Ok(Shrunk {
        from: failing.choices.len(),
        forced: forced(&outcome),
        schedule: Schedule::new(seed, choices),
        finding,
        runs: attempts.runs,
        minimal,
    })
}

/// The choices of a traced run.
fn forced(outcome: &ProgramOutcome) -> Vec<ForcedChoice> {
    let events = outcome.trace.events().iter();
    let choices = events.filter_map(|event| match event.action {
        Action::Chose(choice) => Some(ForcedChoice {
            choice,
            at: event.at,
            place: event.place.clone(),
        }),
        _ => None,
    });
    choices.collect()
}

struct Attempts<'a> {
    path: &'a Path,
    options: &'a ProgramOptions,
    failing: &'a Schedule,
    id: &'a FindingId,
    cancel: &'a (dyn Fn() -> bool + Sync),
    runs: u32,
    callbacks: u64,
}

impl Attempts<'_> {
    fn spent(&self) -> bool {
        self.runs >= MOST_RUNS || self.callbacks >= MOST_CALLBACKS || (self.cancel)()
    }

    /// Whether the finding shows under these choices alone.
    fn shows(&mut self, choices: &[Choice]) -> Result<bool, RuntimeError> {
        self.runs += 1;
        let chance = Chance::Forced(choices.to_vec());
        let outcome = run_once(self.path, self.options, self.failing.seed, chance)?;
        self.callbacks += outcome.callbacks;
        Ok((outcome.findings.iter()).any(|finding| finding.id() == *self.id))
    }

    /// Leaves choices out, many at a time and then fewer. Returns whether it came to the end.
    fn fewer(&mut self, choices: &mut Vec<Choice>) -> Result<bool, RuntimeError> {
        if !choices.is_empty() && self.shows(&[])? {
            choices.clear();
        }
        let mut parts = 2;
        while !choices.is_empty() {
            let size = choices.len().div_ceil(parts);
            let mut reduced = false;
            let mut start = 0;
            while start < choices.len() {
                if self.spent() {
                    return Ok(false);
                }
                let end = (start + size).min(choices.len());
                let rest: Vec<Choice> = [&choices[..start], &choices[end..]].concat();
                // Nothing at all was tried first.
                if !rest.is_empty() && self.shows(&rest)? {
                    *choices = rest;
                    reduced = true;
                } else {
                    start = end;
                }
            }
            if reduced {
                parts = 2.max(parts - 1);
            } else if size == 1 {
                break;
            } else {
                parts = (parts * 2).min(choices.len());
            }
        }
        Ok(true)
    }

    /// Puts one longer stall in the place of all of them, or else of two: leaving choices out alone
    /// stops where each of several short ones is needed. Returns whether it came to the end.
    fn longer(&mut self, choices: &mut Vec<Choice>) -> Result<bool, RuntimeError> {
        while choices.len() > 1 {
            let all: Vec<usize> = (0..choices.len()).collect();
            let pairs = all.iter().flat_map(|first| {
                let others = all.iter().filter(move |second| *second != first);
                others.map(move |second| (*first, vec![*second]))
            });
            let without_others = all.iter().map(|kept| {
                let others = all.iter().copied().filter(|other| other != kept);
                (*kept, others.collect())
            });
            let mut shorter = None;
            'merges: for (kept, left_out) in without_others.chain(pairs) {
                let choice = choices[kept];
                for value in choice.value + 1..choice.point.options() {
                    if self.spent() {
                        return Ok(false);
                    }
                    let rest = choices.iter().enumerate();
                    let rest = rest.filter(|(index, _)| !left_out.contains(index));
                    let merged: Vec<Choice> = rest
                        .map(|(index, choice)| match index == kept {
                            true => Choice { value, ..*choice },
                            false => *choice,
                        })
                        .collect();
                    if self.shows(&merged)? {
                        shorter = Some(merged);
                        break 'merges;
                    }
                }
            }
            match shorter {
                Some(merged) => *choices = merged,
                None => break,
            }
        }
        Ok(true)
    }

    /// Makes each choice as small as it may be.
    fn smaller(&mut self, choices: &mut [Choice]) -> Result<bool, RuntimeError> {
        for index in 0..choices.len() {
            let value = choices[index].value;
            for less in 1..value {
                if self.spent() {
                    return Ok(false);
                }
                choices[index].value = less;
                if self.shows(choices)? {
                    break;
                }
                choices[index].value = value;
            }
        }
        Ok(true)
    }
}
