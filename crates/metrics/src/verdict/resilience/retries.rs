use crate::number::{self, latency};
use std::time::Duration;

use rtest_core::traffic::{Pauses, Retries};

use super::scene::{Scene, Traffic};
use super::{Finding, GateStatus, NO_ATTEMPTS};

/// Pauses of one kind below this are too few to say how they are spread.
const ENOUGH: u64 = 10;

/// How much longer the last pauses are than the first, at least. A busy machine adds as much to each.
const GROWTH: f64 = 1.1;

/// How much shorter than the one before a pause may be that is to grow: they are spread.
const ALIKE: f64 = 0.9;

/// One of so many pauses at either end tells nothing of the others.
const OUTLIERS: u64 = 20;

/// What attempts may be more: load is not spread evenly.
const TO_SPARE: f64 = 1.1;

/// Why there may be more attempts without a retry.
const FIRST_CALLS: &str = ": retries, or calls that a cache saved before";

/// So large a share of repeated calls is how a caller goes about it.
const USUAL: f64 = 0.01;

/// What is wanted of retries.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) max_per_request: u32,
    pub(super) backoff: bool,
    pub(super) jitter: bool,
    pub(super) unsafe_too: bool,
}

/// How often callers tried again under the fault.
pub(super) fn judge(scene: &Scene<'_>, wanted: Wanted) -> Finding {
    if !scene.shows_attempts() {
        return Finding::too_little(NO_ATTEMPTS);
    }
    if scene.ticks().all(|tick| tick.began == 0) {
        return Finding::judged(false, "no attempt was seen under the fault");
    }
    let during = scene.traffic(scene.from, scene.to);
    let before = scene.traffic(scene.before(), scene.from);
    let storm = storm(scene, &before, &during);
    let retries = &during.retries;
    let found = if retries.correlated == 0 {
        uncorrelated(wanted, storm)
    } else {
        let found = correlated(wanted, retries, &before.retries, storm);
        // The few that say which they serve do not speak for the others.
        match retries.correlated < during.began / 2 && found.status == GateStatus::Passed {
            true => uncorrelated(wanted, storm),
            false => found,
        }
    };
    match storm {
        Some(Storm { before, during }) => found.with(format!(
            "{during:.2} attempts for each request of the load, {before:.2} before the fault"
        )),
        None => found,
    }
}

fn correlated(
    wanted: Wanted,
    retries: &Retries,
    before: &Retries,
    storm: Option<Storm>,
) -> Finding {
    let most = retries.most.saturating_sub(1);
    let mut repeats = Vec::new();
    if most > wanted.max_per_request {
        repeats.push(format!("a request was tried again {most} times"));
    }
    if !wanted.unsafe_too && retries.unsafe_repeats > 0 {
        let unsafe_repeats = retries.unsafe_repeats;
        repeats.push(format!(
            "{unsafe_repeats} attempts repeat what is not idempotent"
        ));
    }
    // What the same call for the same request is before the fault, a retry may be too.
    let is_usual = (before.anew + before.repeated) as f64 > USUAL * before.correlated as f64;
    let rose = storm.is_none_or(|storm| storm.factor() > GROWTH);
    if !repeats.is_empty() && is_usual && !rose {
        return Finding::too_little(format!(
            "{}, but a request makes the same call more than once before the fault too",
            repeats.join("; ")
        ));
    }
    let mut wrong = repeats;
    let beyond = storm.filter(|storm| storm.is_beyond(wanted));
    let (unclear, storms) = match beyond {
        Some(storm) if storm.may_be_first_calls(wanted) => (Some(storm.words()), None),
        storm => (None, storm),
    };
    wrong.extend(storms.map(Storm::words));
    let mut too_few = false;
    for (is_wanted, look) in [
        (
            wanted.backoff,
            backoff as fn(&Retries) -> Option<Result<(), String>>,
        ),
        (wanted.jitter, jitter),
    ] {
        match is_wanted.then(|| look(retries)) {
            Some(Some(Err(reason))) => wrong.push(reason),
            Some(None) => too_few = true,
            Some(Some(Ok(()))) | None => {}
        }
    }
    let repeated = retries.repeated;
    let retries_word = if repeated == 1 { "retry" } else { "retries" };
    let seen = format!("{repeated} {retries_word}, at most {most} for one request");
    let found = if !wrong.is_empty() {
        Finding::judged(false, wrong.join("; "))
    } else if let Some(more) = unclear {
        Finding::too_little(format!("{seen}, but {more}{FIRST_CALLS}"))
    } else if too_few {
        Finding::too_little(format!("{seen}: too few to say how they are spread"))
    } else {
        Finding::judged(true, seen)
    };
    retries.pauses.iter().fold(found, |found, (after, pauses)| {
        let mean = millis(pauses.mean());
        let (shortest, longest) = (millis(pauses.shortest), millis(pauses.longest));
        let count = pauses.count;
        found.with(format!(
            "pause after attempt {after}: {} on average, {} to {} ({} of them)",
            latency(mean),
            latency(shortest),
            latency(longest),
            number::count(count)
        ))
    })
}

/// Without knowing which attempts belong together, by how many more of them there are.
fn uncorrelated(wanted: Wanted, storm: Option<Storm>) -> Finding {
    const HOW: &str = "attempts do not say which request they serve: pass on `traceparent` or \
                       `x-request-id`";
    if wanted.backoff || wanted.jitter {
        return Finding::too_little(HOW);
    }
    let Some(storm) = storm else {
        return Finding::too_little("too few attempts before the fault to compare with");
    };
    let words = storm.words();
    let found = match storm.is_beyond(wanted) {
        true if storm.may_be_first_calls(wanted) => {
            Finding::too_little(format!("{words}{FIRST_CALLS}"))
        }
        is_beyond => Finding::judged(!is_beyond, words),
    };
    found.with(HOW)
}

/// Attempts for each request of the load.
#[derive(Clone, Copy)]
struct Storm {
    before: f64,
    during: f64,
}

impl Storm {
    fn factor(self) -> f64 {
        self.during / self.before
    }

    /// There are more than there would be if each call was tried again as often as it may be.
    fn is_beyond(self, wanted: Wanted) -> bool {
        self.factor() > TO_SPARE * (f64::from(wanted.max_per_request) + 1.0)
    }

    /// They would be no more if each request made a call, which some did not before: a cache answers
    /// none for a callee that fails.
    fn may_be_first_calls(self, wanted: Wanted) -> bool {
        self.during <= TO_SPARE * (f64::from(wanted.max_per_request) + 1.0)
    }

    fn words(self) -> String {
        format!(
            "{:.2} times as many attempts for each request as before",
            self.factor()
        )
    }
}

fn storm(scene: &Scene<'_>, before: &Traffic, during: &Traffic) -> Option<Storm> {
    let requests = scene.requests(scene.before(), scene.from);
    // Requests that hang end after the fault.
    let touched = scene.touched_requests() as f64;
    let requests_during = touched.max(scene.requests(scene.from, scene.to));
    (before.began >= ENOUGH && requests > 0.0 && requests_during > 0.0).then(|| Storm {
        before: before.began as f64 / requests,
        during: during.began as f64 / requests_during,
    })
}

/// Whether pauses grow; nothing where there are too few.
fn backoff(retries: &Retries) -> Option<Result<(), String>> {
    let means: Vec<f64> = enough(retries)
        .map(|pauses| millis(pauses.mean()))
        .collect();
    if means.len() < 2 {
        return None;
    }
    // At a cap they are alike.
    let grows = means.windows(2).all(|pair| pair[1] >= ALIKE * pair[0])
        && means[means.len() - 1] > GROWTH * means[0];
    let shown: Vec<String> = means.iter().map(|mean| latency(*mean)).collect();
    Some(match grows {
        true => Ok(()),
        false => Err(format!("pauses do not grow: {}", shown.join(", "))),
    })
}

/// Whether pauses are spread by at least a tenth of their mean, but for the shortest and the longest;
/// nothing where there are too few.
fn jitter(retries: &Retries) -> Option<Result<(), String>> {
    let pauses = enough(retries).next()?;
    let (short, long) = middle(pauses);
    let spread = long - short >= 0.1 * millis(pauses.mean()) && millis(pauses.longest) > 1.0;
    Some(match spread {
        true => Ok(()),
        false => Err(format!(
            "pauses are all alike: {} to {}",
            latency(short),
            latency(long)
        )),
    })
}

/// The shortest and the longest of pauses in milliseconds, without those at either end: a late timer is
/// no jitter.
fn middle(pauses: &Pauses) -> (f64, f64) {
    if pauses.spread.is_empty() {
        // A record from before ticks told more.
        return (millis(pauses.shortest), millis(pauses.longest));
    }
    let leave_out = (pauses.count / OUTLIERS).max(1);
    let spread = || pauses.spread.iter();
    let short = place(spread(), leave_out);
    let long = place(spread().rev(), leave_out);
    (short, long)
}

/// The pause before which so many come.
fn place<'a>(spread: impl Iterator<Item = (&'a u32, &'a u32)>, place: u64) -> f64 {
    let mut seen = 0;
    let mut beyond = spread.skip_while(|(_, count)| {
        seen += u64::from(**count);
        seen <= place
    });
    beyond
        .next()
        .map_or(0.0, |(tenths, _)| f64::from(*tenths) / 10.0)
}

fn enough(retries: &Retries) -> impl Iterator<Item = &Pauses> {
    retries
        .pauses
        .values()
        .filter(|pauses| pauses.count >= ENOUGH)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
