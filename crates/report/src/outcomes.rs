use std::collections::BTreeMap;

use rtest_core::sample::Outcome;
use rtest_metrics::record::{ExampleEntry, outcome_name};
use rtest_metrics::{RunRecord, Summary};

/// How many requests ended in one way.
#[derive(Clone, Debug)]
pub(crate) struct OutcomeRow<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) requests: u64,
    /// The first example in the record.
    pub(crate) example: Option<&'a str>,
}

impl<'a> OutcomeRow<'a> {
    /// Every way in which requests ended: answers by status, then errors.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
        for (key, series) in record.load.iter().flat_map(|load| &load.series) {
            *counts.entry(key.outcome).or_default() += series.response_time.len();
        }
        counts
            .into_iter()
            .map(|(outcome, requests)| Self {
                outcome,
                requests,
                example: example(record, |example| {
                    example.key.outcome == outcome_name(outcome)
                }),
            })
            .collect()
    }

    /// `200`, `timeout`.
    pub(crate) fn name(&self) -> String {
        outcome_name(self.outcome)
    }
}

/// Failed requests of one endpoint that ended alike.
#[derive(Clone, Debug)]
pub(crate) struct ErrorGroup<'a> {
    pub(crate) method: &'a str,
    pub(crate) endpoint: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) requests: u64,
    pub(crate) example: Option<&'a str>,
}

impl<'a> ErrorGroup<'a> {
    /// Every group, the largest first.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let summary = Summary::new(record);
        let mut groups: Vec<Self> = Vec::new();
        for (key, series) in record.load.iter().flat_map(|load| &load.series) {
            let Some((_, step)) = summary.names(*key).filter(|_| key.outcome.failed()) else {
                continue;
            };
            let requests = series.response_time.len();
            let known = groups.iter_mut().find(|group| {
                group.outcome == key.outcome
                    && group.method == step.method
                    && group.endpoint == step.endpoint
            });
            if let Some(group) = known {
                group.requests += requests;
                continue;
            }
            groups.push(Self {
                method: &step.method,
                endpoint: &step.endpoint,
                outcome: key.outcome,
                requests,
                example: example(record, |example| {
                    example.key.outcome == outcome_name(key.outcome)
                        && example
                            .key
                            .key()
                            .and_then(|key| summary.names(key))
                            .is_some_and(|(_, other)| {
                                other.method == step.method && other.endpoint == step.endpoint
                            })
                }),
            });
        }
        groups.sort_by_key(|group| (std::cmp::Reverse(group.requests), group.outcome));
        groups
    }
}

fn example(record: &RunRecord, wanted: impl Fn(&ExampleEntry) -> bool) -> Option<&str> {
    let mut examples = record.load.iter().flat_map(|load| &load.examples);
    examples
        .find(|example| wanted(example))
        .map(|example| example.message.as_str())
}
