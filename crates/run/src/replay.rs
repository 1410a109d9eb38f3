use rtest_contract::replay;
use rtest_core::plan::{Plan, Stage, Step, StepKind};
use rtest_core::{Diagnostic, EventKind, Seed};

/// Puts the requests of contracts in the places of the steps that name them, before anything of
/// the run is made: the record's header lists the requests. What is left out of the contracts comes
/// back as notes for the record.
///
/// # Errors
/// A contract that cannot be read, or of which nothing can be sent.
pub(crate) async fn contracts_as_load(plan: &mut Plan) -> Result<Vec<EventKind>, Diagnostic> {
    let mut left_out = Vec::new();
    if plan.stages.contains(&Stage::Load) {
        let scenarios = plan.load.iter_mut().flat_map(|load| &mut load.scenarios);
        for scenario in scenarios {
            replace(&mut scenario.flow, plan.seed, &mut left_out).await?;
        }
    }
    Ok(left_out.into_iter().map(EventKind::Note).collect())
}

async fn replace(
    steps: &mut Vec<Step>,
    seed: Seed,
    left_out: &mut Vec<String>,
) -> Result<(), Diagnostic> {
    let mut replaced = Vec::with_capacity(steps.len());
    for mut step in steps.drain(..) {
        if let StepKind::Contract(contract) = &step.kind {
            let replay = replay(contract, &step.span, seed).await?;
            replaced.extend(replay.steps);
            left_out.extend(replay.left_out);
            continue;
        }
        for within in step.kind.children_mut() {
            Box::pin(replace(within, seed, left_out)).await?;
        }
        replaced.push(step);
    }
    *steps = replaced;
    Ok(())
}
