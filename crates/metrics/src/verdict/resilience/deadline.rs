use crate::number::{count, counted};
use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::traffic::{AttemptEnds, LinkTick};
use rtest_core::unit::format_duration;

use super::scene::Scene;
use super::{Finding, NO_ATTEMPTS};

/// On top of a tenth: timers, and a busy machine.
const TO_SPARE: Duration = Duration::from_millis(10);

/// Of so many attempts one may be later, and one in any case from so many on.
const LATE: u64 = 100;
const ONE_LATE: u64 = 20;

/// Fewer attempts show no deadline, and so does a smaller part of those that began.
const ENOUGH: u64 = 10;
const PART: u64 = 10;

/// How long callers waited for the attempts that began under the fault: those that ended under it,
/// and those that had waited too long when it ended.
pub(super) fn judge(scene: &Scene<'_>, within: Duration) -> Finding {
    if !scene.shows_attempts() {
        return Finding::too_little(NO_ATTEMPTS);
    }
    let bound = within + within / 10 + TO_SPARE;
    let (mut began, mut ended, mut over) = (0, 0, 0);
    let mut longest = Duration::ZERO;
    let mut ends = AttemptEnds::default();
    for tick in scene.ticks() {
        began += tick.began;
        ends.add(&tick.ends);
        for (millis, count) in &tick.waited_ms {
            let waited = Duration::from_millis(u64::from(*millis));
            // What was under way for longer began before the fault.
            if tick.to.since(scene.from) > waited {
                ended += u64::from(*count);
                over += if waited > bound { u64::from(*count) } else { 0 };
                longest = longest.max(waited);
            }
        }
    }
    let hanging = hanging(scene, bound);
    let (judged, late) = (ended + hanging, over + hanging);
    let found = if judged == 0 {
        unjudged(scene, began, &ends)
    } else {
        let may_be = if judged < ONE_LATE {
            0
        } else {
            (judged / LATE).max(1)
        };
        let mut observed = match late {
            0 => format!(
                "the longest of {} took {}",
                counted(judged, "attempt"),
                format_duration(longest)
            ),
            _ if over == 0 => format!(
                "{} of {} took longer",
                count(late),
                counted(judged, "attempt")
            ),
            _ => format!(
                "{} of {} took longer, the longest {}",
                count(late),
                counted(judged, "attempt"),
                format_duration(longest)
            ),
        };
        if hanging > 0 {
            let still = count(hanging);
            observed.push_str(&format!(
                "; {still} were still under way when the fault ended"
            ));
        }
        if late > may_be {
            Finding::judged(false, observed)
        } else if judged < ENOUGH || judged * PART < began {
            Finding::too_little(format!(
                "{observed}: too few, of {} that began",
                count(began)
            ))
        } else {
            Finding::judged(true, observed)
        }
    };
    found.with(format!(
        "{} answered, {} given up by the caller, {} broken, {} refused",
        ends.answered + ends.server_errors,
        ends.given_up,
        ends.broken,
        ends.refused
    ))
}

/// Attempts that had waited for longer than `bound` when the fault ended.
fn hanging(scene: &Scene<'_>, bound: Duration) -> u64 {
    let length = LinkTick::LENGTH.as_nanos() as u64;
    let last = RunTime::from_nanos(scene.to.as_nanos() / length * length);
    let latest = last.since(RunTime::ZERO + bound);
    scene.under_way(scene.from, RunTime::ZERO + latest, last)
}

fn unjudged(scene: &Scene<'_>, began: u64, ends: &AttemptEnds) -> Finding {
    if began + ends.refused == 0 {
        return Finding::judged(false, "no attempt was seen under the fault");
    }
    let open = scene.under_way(scene.from, scene.to, scene.to);
    if open == 0 && began > ends.refused {
        let all = counted(began, "attempt");
        return Finding::too_little(format!("how {all} ended was heard of after the fault only"));
    }
    if open == 0 {
        // Whoever is refused at once waits for nothing.
        let refused = count(ends.refused);
        return Finding::too_little(format!("all {refused} attempts were refused at once"));
    }
    Finding::too_little(format!(
        "{} of {} were still under way when the fault ended, in time so far",
        count(open),
        counted(began, "attempt")
    ))
}
