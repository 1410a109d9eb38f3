use std::time::Duration;

use rtest_core::RunTime;

use super::Finding;
use super::scene::{Scene, shown};

/// How closely it is known when a breaker opened: the length of a link's ticks.
const STEP: Duration = Duration::from_millis(100);

/// For how long attempts must stay away for a breaker to be open; half as long, where the fault
/// ends before.
const AWAY: Duration = Duration::from_secs(1);

/// Of the attempts that there would be, so many may be left while it is open: it looks now and
/// then.
const LEFT: f64 = 0.2;

/// For how long attempts must be back for it to be closed.
const BACK: Duration = Duration::from_millis(500);

/// Of the attempts that there were before, so many must be back.
const CLOSED: f64 = 0.5;

/// Attempts a second below which their absence says nothing.
const ENOUGH: f64 = 5.0;

/// Whether callers all but stopped trying, and tried as before when it helped again.
pub(super) fn judge(
    scene: &Scene<'_>,
    opens_within: Duration,
    closes_within: Option<Duration>,
) -> Finding {
    let rate = rate_before(scene);
    if rate < ENOUGH {
        return Finding::too_little(format!(
            "{rate:.1} attempts a second before the fault: too few to miss them"
        ));
    }
    let during = scene.traffic(scene.from, scene.to);
    if during.began == 0 {
        return Finding::judged(
            false,
            "no attempt was made under the fault: nothing could open it",
        );
    }
    let Some(opened) = opened(scene) else {
        let length = scene.to.since(scene.from).as_secs_f64();
        return Finding::judged(
            false,
            format!(
                "it never opened: {:.1} attempts a second to the end, {rate:.1} before the fault",
                during.began as f64 / length
            ),
        );
    };
    let after = opened.since(scene.from);
    let probes = scene.traffic(opened, scene.to).began;
    let opened_in_time = after <= opens_within;
    let found =
        Finding::judged(opened_in_time, format!("opened after {}", shown(after))).with(format!(
            "{rate:.1} attempts a second before the fault, {} until it opened, {probes} after that",
            scene.traffic(scene.from, opened).began
        ));
    match closes_within {
        None => found,
        Some(within) => closed(scene, rate, within, found),
    }
}

/// When callers all but stopped trying; nothing where they did not, or are too few to be missed.
pub(super) fn opened(scene: &Scene<'_>) -> Option<RunTime> {
    let rate = rate_before(scene);
    if rate < ENOUGH || scene.traffic(scene.from, scene.to).began == 0 {
        return None;
    }
    // As many as there would be at the load of that time.
    let load = |from: RunTime, to: RunTime| scene.requests(from, to) / to.since(from).as_secs_f64();
    let expected = match load(scene.before(), scene.from) {
        usual if usual > 0.0 => rate * load(scene.from, scene.to) / usual,
        _ => rate,
    };
    opened_at(scene, expected)
}

/// Attempts a second before the fault.
fn rate_before(scene: &Scene<'_>) -> f64 {
    let before = scene.before();
    let calm = scene.from.since(before).as_secs_f64();
    if calm > 0.0 {
        scene.traffic(before, scene.from).began as f64 / calm
    } else {
        0.0
    }
}

fn closed(scene: &Scene<'_>, rate: f64, within: Duration, opened: Finding) -> Finding {
    let closed = steps(scene.to, scene.after(), BACK).find(|(from, to)| {
        let is_back = |from: RunTime, to: RunTime| {
            let back = scene.traffic(from, to).began as f64;
            back >= CLOSED * rate * to.since(from).as_secs_f64()
        };
        is_back(*from, *to) && is_back(*from, *from + STEP)
    });
    let seen_for = scene.after().since(scene.to);
    let finding = match closed {
        Some((at, _)) => {
            let after = at.since(scene.to);
            let words = format!(
                "{}, closed {} after the fault",
                opened.observed,
                shown(after)
            );
            (Some(after <= within), words)
        }
        None if seen_for < within => (
            None,
            format!(
                "{}, and not closed in the {} seen",
                opened.observed,
                shown(seen_for)
            ),
        ),
        None => (
            Some(false),
            format!("{}, and never closed again", opened.observed),
        ),
    };
    let (met, observed) = finding;
    match met {
        Some(true) => Finding { observed, ..opened },
        Some(false) => Finding {
            evidence: opened.evidence,
            ..Finding::judged(false, observed)
        },
        None => Finding {
            evidence: opened.evidence,
            ..Finding::too_little(observed)
        },
    }
}

/// When attempts began to stay away.
fn opened_at(scene: &Scene<'_>, expected: f64) -> Option<RunTime> {
    steps(scene.from, scene.to, AWAY / 2)
        .map(|(from, _)| (from, (from + AWAY).min(scene.to)))
        .find(|(from, to)| {
            let left = scene.traffic(*from, *to).began as f64;
            left <= LEFT * expected * to.since(*from).as_secs_f64()
        })
        .map(|(from, _)| {
            // A stretch that is empty enough as a whole may begin with steps that are not.
            let is_full = |at: &RunTime| {
                let count = scene.traffic(*at, *at + STEP).began as f64;
                count > 1.0 && count > LEFT * expected * STEP.as_secs_f64()
            };
            let mut starts = (0..).map(|step| from + STEP * step);
            starts.find(|at| !is_full(at)).unwrap_or(from)
        })
}

/// Stretches of a length, one step apart, between two instants.
fn steps(from: RunTime, to: RunTime, length: Duration) -> impl Iterator<Item = (RunTime, RunTime)> {
    (0..)
        .map(move |step| from + STEP * step)
        .map(move |start| (start, start + length))
        .take_while(move |(_, end)| *end <= to)
}
