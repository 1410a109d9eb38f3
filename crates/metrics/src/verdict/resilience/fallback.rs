use super::scene::Scene;
use super::{Finding, NO_ATTEMPTS};
use crate::number::{count, counted};

/// How many of the requests that the callee did not serve were answered all the same.
pub(super) fn judge(scene: &Scene<'_>, rate: f64, check: Option<&str>) -> Finding {
    match check {
        Some(check) => by_check(scene, rate, check),
        None => by_success(scene, rate),
    }
}

fn by_check(scene: &Scene<'_>, rate: f64, check: &str) -> Finding {
    let (held, made) = scene.checks(check);
    if made == 0 {
        return Finding::judged(false, "the check was made on no request under the fault");
    }
    let share = held as f64 / made as f64;
    Finding::judged(
        share >= rate,
        format!(
            "held for {} of {}, {}",
            count(held),
            count(made),
            percent(share)
        ),
    )
}

fn by_success(scene: &Scene<'_>, rate: f64) -> Finding {
    if !scene.shows_attempts() {
        return Finding::too_little(NO_ATTEMPTS);
    }
    let Some(calls) = scene.calls_per_request() else {
        return Finding::too_little(scene.nothing_before());
    };
    if calls == 0.0 {
        return Finding::too_little("the load did not call it before the fault");
    }
    let (mut all, mut failed) = (0, 0);
    for series in scene.touched() {
        let count = series.response_time.len();
        all += count;
        failed += if series.key.outcome.failed() {
            count
        } else {
            0
        };
    }
    let unserved = unserved(scene, calls, all);
    if unserved == 0 {
        return Finding::judged(
            false,
            format!("the callee served all {} requests", count(all)),
        );
    }
    let fallbacks = unserved.saturating_sub(failed);
    let share = fallbacks as f64 / unserved as f64;
    let observed = format!(
        "{} of {}, {}",
        count(fallbacks),
        count(unserved),
        percent(share)
    );
    Finding::judged(share >= rate, observed).with(format!(
        "{}, {} served by the callee, {} failed",
        counted(all, "request"),
        count(all - unserved),
        count(failed)
    ))
}

/// Of so many requests, those that the callee did not serve where each makes so many calls: it did
/// not answer as many, and as many attempts failed or were not made.
fn unserved(scene: &Scene<'_>, calls: f64, requests: u64) -> u64 {
    let traffic = scene.traffic(scene.from, scene.to);
    // What the fault answers itself the callee does not serve.
    let struck = scene
        .answers()
        .and_then(|it| traffic.answered_with.get(&it));
    let struck = struck.copied().unwrap_or_default();
    let wanted = calls * requests as f64;
    let unanswered = wanted - (traffic.ends.answered - struck) as f64;
    let not_made = (wanted - traffic.began as f64).max(0.0);
    let unserved = unanswered.min((traffic.ends.failed() + struck) as f64 + not_made);
    // Of several calls for a request each is a part of it; not every request makes one.
    let unserved = (unserved / calls.max(1.0)).round().max(0.0);
    requests.min(unserved as u64)
}

fn percent(share: f64) -> String {
    // Not rounded up to what it is not.
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}
