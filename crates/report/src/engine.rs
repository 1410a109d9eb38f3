use rtest_metrics::record::ScenarioHeader;

/// What every report says of a scenario that rtest's own engine has not run: what its times mean.
pub(crate) fn mark(scenario: &ScenarioHeader) -> Option<String> {
    let engine = scenario.engine.as_ref()?;
    Some(format!("{engine}: closed loop, service time only"))
}
