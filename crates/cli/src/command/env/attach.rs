use rtest_core::plan::{Plan, Provider, Reset, Stage};

use super::keeper::{self, Answer, Question};
use super::state::{Place, configuration};
use crate::args::SuiteArgs;
use crate::exit::{Exit, Failure};

/// Has a plan use the services that are kept, and their data be what it was when they came up.
///
/// # Errors
/// None are kept, or others than the plan needs; a plan with faults needs services of its own.
pub(crate) fn attach(plan: &mut Plan, of: &SuiteArgs) -> Result<(), Failure> {
    let shown = of.suite.display();
    if plan.stages.contains(&Stage::Chaos) {
        return Err(Failure::usage(format!(
            "error: faults need services of their own\nhint: choose a stage of `{shown}` without chaos, or leave out --attach"
        )));
    }
    let state = Place::named(of, &plan.name).kept()?;
    if state.configuration != configuration(&plan.services) {
        return Err(Failure {
            exit: Exit::Environment,
            message: format!(
                "error: what is up is not the environment that `{shown}` describes now\nhint: rtest env down {shown} && rtest env up {shown} --detach"
            ),
        });
    }
    if plan
        .services
        .iter()
        .any(|service| service.data.reset.is_some())
    {
        keeper::ask(&state, &Question::Reset(None))?;
    }
    let Answer::Services(kept) = keeper::ask(&state, &Question::Services)? else {
        return Err(Failure::internal(
            "error: the keeper answers something else",
        ));
    };
    for service in &mut plan.services {
        let kept = kept.iter().find(|kept| kept.name == service.name);
        let kept = kept.ok_or_else(|| Failure::internal("error: the keeper lacks a service"))?;
        service.provider = Provider::External {
            address: kept.address.clone(),
        };
        service.depends_on.clear();
        service.env.clear();
        service.data.seed.clear();
        // It is its keeper's to start anew.
        let is_ours = |reset: &Reset| !matches!(reset, Reset::Restart | Reset::Container);
        service.data.reset = service.data.reset.filter(is_ours);
    }
    plan.links.clear();
    Ok(())
}
