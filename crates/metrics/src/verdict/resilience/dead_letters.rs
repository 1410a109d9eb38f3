use rtest_core::plan::GaugeRef;

use super::Finding;
use super::scene::Scene;

/// How many messages were put aside since the fault began.
pub(super) fn judge(
    scene: &Scene<'_>,
    count: &GaugeRef,
    min: Option<f64>,
    max: Option<f64>,
) -> Finding {
    let before = scene.readings(count, scene.before(), scene.from);
    let since = scene.readings(count, scene.from, scene.after());
    let (Some((_, before)), Some((_, last))) = (before.last(), since.last()) else {
        let when = if since.is_empty() { "since" } else { "before" };
        return Finding::too_little(format!("{} was not read {when} the fault", count.name));
    };
    let more = last - before;
    let met = min.is_none_or(|min| more >= min) && max.is_none_or(|max| more <= max);
    Finding::judged(met, format!("{more} more")).with(format!("{before} before, {last} at the end"))
}
