use crate::number::count;
use std::time::Duration;

use rtest_core::unit::format_duration;

use super::Finding;
use super::scene::Scene;

/// On top of a tenth: timers, and a busy machine.
const TO_SPARE: Duration = Duration::from_millis(10);

/// Of so many attempts one may be later, and one in any case.
const LATE: u64 = 100;

/// How long callers waited for the attempts that ended under the fault.
pub(super) fn judge(scene: &Scene<'_>, within: Duration) -> Finding {
    let traffic = scene.traffic(scene.from, scene.to);
    let waited: u64 = traffic.waited_ms.values().sum();
    if waited == 0 {
        return match traffic.ends.refused {
            0 => Finding::judged(false, "no attempt was seen under the fault"),
            // Whoever is refused at once waits for nothing.
            refused => Finding::too_little(format!(
                "all {} attempts were refused at once",
                count(refused)
            )),
        };
    }
    let bound = within + within / 10 + TO_SPARE;
    let is_late = |millis: u32| Duration::from_millis(u64::from(millis)) > bound;
    let late: u64 = traffic
        .waited_ms
        .iter()
        .filter(|(millis, _)| is_late(**millis))
        .map(|(_, count)| count)
        .sum();
    let longest = traffic.waited_ms.keys().max().copied().unwrap_or_default();
    let longest = format_duration(Duration::from_millis(u64::from(longest)));
    let met = late <= (waited / LATE).max(1) && late < waited;
    let observed = match late {
        0 => format!("the longest of {} attempts took {longest}", count(waited)),
        _ => format!(
            "{} of {} attempts took longer, the longest {longest}",
            count(late),
            count(waited)
        ),
    };
    Finding::judged(met, observed).with(format!(
        "{} answered, {} given up by the caller, {} broken, {} refused",
        traffic.ends.answered + traffic.ends.server_errors,
        traffic.ends.given_up,
        traffic.ends.broken,
        traffic.ends.refused
    ))
}
