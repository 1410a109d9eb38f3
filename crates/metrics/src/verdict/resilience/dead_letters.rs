use rtest_core::plan::GaugeRef;

use super::Finding;
use super::scene::Scene;
use crate::number::plain;

/// How many messages were put aside since the fault began.
pub(super) fn judge(
    scene: &Scene<'_>,
    count: &GaugeRef,
    min: Option<f64>,
    max: Option<f64>,
) -> Finding {
    let name = &count.name;
    let before = scene.readings(count, scene.before(), scene.from);
    let since = scene.readings(count, scene.from, scene.after());
    let (Some((_, first)), Some((_, last))) = (before.values.last(), since.values.last()) else {
        let when = if since.values.is_empty() {
            "since"
        } else {
            "before"
        };
        return Finding::too_little(format!("{name} was not read {when} the fault"));
    };
    let values = std::iter::once(first).chain(since.values.iter().map(|(_, value)| value));
    let fall = values
        .clone()
        .zip(values.skip(1))
        .find(|(one, next)| next < one);
    let more = last - first;
    let found = if let Some((one, next)) = fall {
        // It was counted anew, or emptied.
        Finding::too_little(format!(
            "{name} fell from {} to {}",
            plain(*one),
            plain(*next)
        ))
    } else {
        let enough = min.is_none_or(|min| more >= min);
        let too_many = max.is_some_and(|max| more > max);
        let words = format!("{} more", plain(more));
        // Whether there are more still, where that is not known yet.
        let is_open = !too_many && (max.is_some() || !enough);
        match scene.gap_at_the_end(count, &since).filter(|_| is_open) {
            Some(gap) => Finding::too_little(format!("{words}, and {gap}")),
            None => Finding::judged(enough && !too_many, words),
        }
    };
    let found = found.with(format!(
        "{} before, {} at the end",
        plain(*first),
        plain(*last)
    ));
    since.failures().into_iter().fold(found, Finding::with)
}
