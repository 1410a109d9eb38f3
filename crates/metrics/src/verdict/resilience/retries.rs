use crate::number::{self, latency};
use std::time::Duration;

use rtest_core::traffic::{Pauses, Retries};

use super::Finding;
use super::scene::{Scene, Traffic};

/// Pauses of one kind below this are too few to say how they are spread.
const ENOUGH: u64 = 10;

/// How much longer the last pauses are than the first, at least. A busy machine adds as much to each.
const GROWTH: f64 = 1.1;

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
    let during = scene.traffic(scene.from, scene.to);
    if during.began == 0 {
        return Finding::judged(false, "no attempt was seen under the fault");
    }
    let storm = storm(scene, &during);
    let found = if during.retries.correlated == 0 {
        uncorrelated(wanted, storm)
    } else {
        correlated(wanted, &during.retries)
    };
    match storm {
        Some(Storm { before, during }) => found.with(format!(
            "{during:.2} attempts for each request of the load, {before:.2} before the fault"
        )),
        None => found,
    }
}

fn correlated(wanted: Wanted, retries: &Retries) -> Finding {
    let most = retries.most.saturating_sub(1);
    let mut wrong = Vec::new();
    if most > wanted.max_per_request {
        wrong.push(format!("a request was tried again {most} times"));
    }
    if !wanted.unsafe_too && retries.unsafe_repeats > 0 {
        let unsafe_repeats = retries.unsafe_repeats;
        wrong.push(format!(
            "{unsafe_repeats} attempts repeat what is not idempotent"
        ));
    }
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
    let Some(Storm { before, during }) = storm else {
        return Finding::too_little("too few attempts before the fault to compare with");
    };
    let factor = during / before;
    let met = factor <= f64::from(wanted.max_per_request) + 1.0;
    Finding::judged(met, format!("{factor:.2} times as many attempts as before")).with(HOW)
}

/// Attempts for each request of the load.
#[derive(Clone, Copy)]
struct Storm {
    before: f64,
    during: f64,
}

fn storm(scene: &Scene<'_>, during: &Traffic) -> Option<Storm> {
    let calm = scene.traffic(scene.before(), scene.from);
    let requests = scene.requests(scene.before(), scene.from);
    let requests_during = scene.requests(scene.from, scene.to);
    (calm.began >= ENOUGH && requests > 0.0 && requests_during > 0.0).then(|| Storm {
        before: calm.began as f64 / requests,
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
    let grows = means.windows(2).all(|pair| pair[1] >= pair[0])
        && means[means.len() - 1] > GROWTH * means[0];
    let shown: Vec<String> = means.iter().map(|mean| latency(*mean)).collect();
    Some(match grows {
        true => Ok(()),
        false => Err(format!("pauses do not grow: {}", shown.join(", "))),
    })
}

/// Whether pauses are spread by at least a tenth of their mean; nothing where there are too few.
fn jitter(retries: &Retries) -> Option<Result<(), String>> {
    let pauses = enough(retries).next()?;
    let (shortest, longest) = (millis(pauses.shortest), millis(pauses.longest));
    let spread = longest - shortest >= 0.1 * millis(pauses.mean()) && longest > 1.0;
    Some(match spread {
        true => Ok(()),
        false => Err(format!(
            "pauses are all alike: {} to {}",
            latency(shortest),
            latency(longest)
        )),
    })
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
