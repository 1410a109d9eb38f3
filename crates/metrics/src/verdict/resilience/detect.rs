use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::GaugeRef;

use super::scene::{Scene, shown};
use super::{Finding, breaker};

/// How long it took until something in the system showed that it knew of the fault: the first of a
/// breaker that opens, a probe of the hypothesis that no longer holds, and what the suite names.
pub(super) fn judge(scene: &Scene<'_>, within: Duration, by: Option<&GaugeRef>) -> Finding {
    let mut signs: Vec<(RunTime, String)> = Vec::new();
    if let Some(opened) = breaker::opened(scene) {
        signs.push((opened, "a breaker opened".to_owned()));
    }
    if let Some((at, name)) = scene.first_unheld() {
        signs.push((at, format!("`{name}` held no more")));
    }
    let told = by.map(|probe| told_by(scene, probe));
    if let Some(Ok(Some((at, name)))) = &told {
        signs.push((*at, format!("`{name}` held")));
    }
    let lasted = scene.to.since(scene.from);
    let first = signs.into_iter().min_by_key(|(at, _)| *at);
    let Some((at, sign)) = first else {
        if let Some(Err(unknown)) = told {
            return Finding::too_little(unknown);
        }
        let words = format!("not detected in the {} of the fault", shown(lasted));
        if lasted < within {
            return Finding::too_little(format!("{words}, and it has {}", shown(within)));
        }
        return Finding::judged(false, words);
    };
    let after = at.since(scene.from);
    Finding::judged(after <= within, format!("after {}: {sign}", shown(after)))
}

/// When what the suite names was so first, under the fault.
fn told_by<'a>(
    scene: &Scene<'_>,
    probe: &'a GaugeRef,
) -> Result<Option<(RunTime, &'a str)>, String> {
    let name = &probe.name;
    let before = scene.readings(probe, scene.before(), scene.from);
    let since = scene.readings(probe, scene.from, scene.to).values;
    match before.values.last() {
        Some((_, value)) if *value > 0.0 => Err(format!("`{name}` held before the fault")),
        Some(_) if !since.is_empty() => {
            let first = since.iter().find(|(_, value)| *value > 0.0);
            Ok(first.map(|(at, _)| (*at, name.as_str())))
        }
        _ => Err(format!("`{name}` was not asked before and under the fault")),
    }
}
