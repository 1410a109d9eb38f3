use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::traffic::{AttemptEnds, LinkTick, Pauses, Retries};
use serde::{Deserialize, Serialize};

/// A [`LinkTick`] as the record writes it; what is 0 is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTickEntry {
    /// Index into the header's links.
    pub link: u16,
    /// Its start, in nanoseconds of the run clock.
    pub from_ns: u64,
    /// Its end.
    pub to_ns: u64,
    /// Attempts that began.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub began: u64,
    /// Attempts that were answered below 500.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub answered: u64,
    /// Attempts that were answered with 500 or above.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub server_errors: u64,
    /// Attempts whose caller went away.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub given_up: u64,
    /// Attempts that broke.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub broken: u64,
    /// Attempts that met nobody.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u64,
    /// Statuses below 500, with how many were answered so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered_with: Vec<(u16, u32)>,
    /// Milliseconds waited, with how many of those that ended waited so long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waited_ms: Vec<(u32, u32)>,
    /// Of those that ended, so many ticks before they began, with how many of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<(u32, u32)>,
    /// Of those, the ones that are told of late: so many ticks before they began, so many they ended,
    /// with how many of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<(u32, u32, u32)>,
    /// Attempts that say which request they serve.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub correlated: u64,
    /// Of those, repeats.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: u64,
    /// Of those, repeats that may do harm.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsafe_repeats: u64,
    /// The most attempts for one request.
    #[serde(default, skip_serializing_if = "is_none")]
    pub most: u32,
    /// Attempts that ask anew for what was served.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub anew: u64,
    /// Pauses before a repeat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<PausesEntry>,
}

/// Pauses after so many attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PausesEntry {
    /// Attempts before.
    pub after: u32,
    /// How many.
    pub count: u64,
    /// All together, in nanoseconds.
    pub total_ns: u64,
    /// The shortest.
    pub shortest_ns: u64,
    /// The longest.
    pub longest_ns: u64,
    /// Tenths of a millisecond, with how many of them were so long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spread: Vec<(u32, u32)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

fn pairs<T: Copy>(counts: &BTreeMap<T, u32>) -> Vec<(T, u32)> {
    counts.iter().map(|(of, count)| (*of, *count)).collect()
}

impl From<&LinkTick> for LinkTickEntry {
    fn from(tick: &LinkTick) -> Self {
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let pauses = tick.retries.pauses.iter();
        Self {
            link: tick.link,
            from_ns: tick.from.as_nanos(),
            to_ns: tick.to.as_nanos(),
            began: tick.began,
            answered: tick.ends.answered,
            server_errors: tick.ends.server_errors,
            given_up: tick.ends.given_up,
            broken: tick.ends.broken,
            refused: tick.ends.refused,
            answered_with: pairs(&tick.answered_with),
            waited_ms: pairs(&tick.waited_ms),
            carried: pairs(&tick.carried),
            late: (tick.late.iter())
                .map(|((began, ended), count)| (*began, *ended, *count))
                .collect(),
            correlated: tick.retries.correlated,
            repeated: tick.retries.repeated,
            unsafe_repeats: tick.retries.unsafe_repeats,
            most: tick.retries.most,
            anew: tick.retries.anew,
            pauses: pauses
                .map(|(after, pauses)| PausesEntry {
                    after: *after,
                    count: pauses.count,
                    total_ns: nanos(pauses.total),
                    shortest_ns: nanos(pauses.shortest),
                    longest_ns: nanos(pauses.longest),
                    spread: pairs(&pauses.spread),
                })
                .collect(),
        }
    }
}

impl From<&LinkTickEntry> for LinkTick {
    fn from(entry: &LinkTickEntry) -> Self {
        let pauses = entry.pauses.iter().map(|pauses| {
            let found = Pauses {
                count: pauses.count,
                total: Duration::from_nanos(pauses.total_ns),
                shortest: Duration::from_nanos(pauses.shortest_ns),
                longest: Duration::from_nanos(pauses.longest_ns),
                spread: pauses.spread.iter().copied().collect(),
            };
            (pauses.after, found)
        });
        Self {
            link: entry.link,
            from: RunTime::from_nanos(entry.from_ns),
            to: RunTime::from_nanos(entry.to_ns),
            began: entry.began,
            ends: AttemptEnds {
                answered: entry.answered,
                server_errors: entry.server_errors,
                given_up: entry.given_up,
                broken: entry.broken,
                refused: entry.refused,
            },
            answered_with: entry.answered_with.iter().copied().collect(),
            waited_ms: entry.waited_ms.iter().copied().collect(),
            carried: entry.carried.iter().copied().collect(),
            late: (entry.late.iter())
                .map(|(began, ended, count)| ((*began, *ended), *count))
                .collect(),
            retries: Retries {
                correlated: entry.correlated,
                repeated: entry.repeated,
                unsafe_repeats: entry.unsafe_repeats,
                most: entry.most,
                anew: entry.anew,
                pauses: pauses.collect(),
            },
        }
    }
}
