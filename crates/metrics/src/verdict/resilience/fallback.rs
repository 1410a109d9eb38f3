use super::Finding;
use super::scene::Scene;
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
    let served = scene
        .traffic(scene.from, scene.to)
        .ends
        .answered
        .min(all - failed);
    let unserved = all - served;
    if unserved == 0 {
        return Finding::judged(
            false,
            format!("the callee served all {} requests", count(all)),
        );
    }
    let fallbacks = all - failed - served;
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
        count(served),
        count(failed)
    ))
}

fn percent(share: f64) -> String {
    // Not rounded up to what it is not.
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}
