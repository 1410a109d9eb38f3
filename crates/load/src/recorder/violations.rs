use std::collections::BTreeMap;

use rtest_core::Span;
use rtest_core::event::Mismatch;
use rtest_core::sample::ViolationTick;

/// Places in the answers of one step at which violations are told apart in one tick.
const MAX_PLACES: usize = 16;

/// How answers differed from their contracts in one tick, told apart by the place in the answer.
#[derive(Debug, Default)]
pub(super) struct Violations(BTreeMap<(u16, u16), BTreeMap<String, Differing>>);

#[derive(Debug)]
struct Differing {
    count: u64,
    first: Mismatch,
}

impl Violations {
    /// Counts the differences of one answer; of each place, the first is kept.
    pub(super) fn add(&mut self, scenario: u16, step: u16, mismatches: Vec<Mismatch>) {
        let places = self.0.entry((scenario, step)).or_default();
        for mismatch in mismatches {
            if let Some(known) = places.get_mut(&mismatch.location) {
                known.count += 1;
            } else if places.len() < MAX_PLACES {
                let location = mismatch.location.clone();
                let first = mismatch;
                places.insert(location, Differing { count: 1, first });
            }
        }
    }

    /// In the order of scenario, step, place.
    pub(super) fn into_ticks(self) -> Vec<ViolationTick> {
        let steps = self.0.into_iter();
        let ticks = steps.flat_map(|((scenario, step), places)| {
            places.into_values().map(move |differing| ViolationTick {
                scenario,
                step,
                count: differing.count,
                first: differing.first,
            })
        });
        ticks.collect()
    }
}

/// An answer that could not be held against the contract at `span` at all.
pub(super) fn incomparable(why: String, span: &Span) -> Mismatch {
    Mismatch {
        location: "answer".to_owned(),
        expected: "an answer that can be held against the contract".to_owned(),
        actual: "one that cannot".to_owned(),
        message: why,
        reproduce: None,
        span: span.clone(),
    }
}
