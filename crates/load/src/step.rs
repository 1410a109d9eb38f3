//! Steps, compiled: what a plan's flow says, with everything that can be known before the run
//! already worked out.

mod request;
mod text;

pub(crate) use request::{Request, RequestStep};
pub(crate) use text::Holes;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use rtest_core::plan::{ScenarioPlan, Step, StepKind};

use crate::context::ResolvedTarget;
use crate::error::{LoadError, LoadErrorKind};

/// What one iteration of a scenario does.
#[derive(Debug)]
pub(crate) struct Flow {
    /// In order.
    pub(crate) actions: Vec<Action>,
    /// Values for the holes that are the same in every iteration.
    pub(crate) variables: Rc<BTreeMap<String, String>>,
}

/// One thing that an iteration does.
#[derive(Debug)]
pub(crate) enum Action {
    /// Sends a request and waits for the whole answer.
    Request(Box<RequestStep>),
    /// Waits, as a person would between two clicks.
    Think(Duration),
}

impl Flow {
    /// Compiles a scenario's flow.
    ///
    /// # Errors
    /// A request that can never be built, with the step's span.
    pub(crate) fn compile(
        plan: &ScenarioPlan,
        target: &ResolvedTarget,
        variables: &Rc<BTreeMap<String, String>>,
    ) -> Result<Self, LoadError> {
        let compile = |(index, step): (usize, &Step)| match &step.kind {
            StepKind::Think(think) => Ok(Action::Think(think.longest())),
            StepKind::Request(request) => u16::try_from(index)
                .map_err(|_| "a flow has 65,536 steps at most".to_owned())
                .and_then(|index| RequestStep::compile(index, request, target, variables))
                .map(|compiled| Action::Request(Box::new(compiled)))
                .map_err(|reason| LoadError {
                    span: Some(step.span.clone()),
                    ..LoadErrorKind::Request {
                        scenario: plan.name.clone(),
                        endpoint: request.endpoint.clone(),
                        reason,
                    }
                    .into()
                }),
            _ => unreachable!("no suite can ask for it yet"),
        };
        let actions = plan.flow.iter().enumerate().map(compile);
        Ok(Self {
            actions: actions.collect::<Result<_, LoadError>>()?,
            variables: Rc::clone(variables),
        })
    }

    /// The step of the first request, if the flow has one.
    pub(crate) fn first_request(&self) -> Option<u16> {
        self.actions.iter().find_map(|action| match action {
            Action::Request(request) => Some(request.index),
            Action::Think(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use rtest_core::plan::RequestStep as Plan;
    use rtest_core::{Scheme, Template};

    use super::*;

    fn step(path: &str, variables: &BTreeMap<String, String>) -> Result<RequestStep, String> {
        let path = Template::parse(path).expect(path);
        let plan = Plan::new("GET", path, Duration::from_secs(1));
        RequestStep::compile(0, &plan, &target(), variables)
    }

    fn target() -> ResolvedTarget {
        ResolvedTarget {
            scheme: Scheme::Http,
            address: ([127, 0, 0, 1], 80).into(),
            authority: "target".to_owned(),
            base_path: "/v1".to_owned(),
        }
    }

    fn fill(step: &RequestStep, variables: &BTreeMap<String, String>) -> Result<String, String> {
        let holes = Holes {
            iteration: 7,
            vu: 3,
            variables,
        };
        let request = step.fill(&target(), holes)?;
        Ok(request.http.uri().to_string())
    }

    fn variable(value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("x".to_owned(), value.to_owned())])
    }

    #[test]
    fn what_is_the_same_in_every_iteration_is_worked_out_once() {
        let fixed = step("/{{ x }}", &variable("a")).expect("a path");
        let later = variable("b");
        assert_eq!(fill(&fixed, &later), Ok("/v1/a".to_owned()));
        let varying = step("/{{ x }}/{{ vu }}/{{ iteration }}", &variable("a")).expect("a path");
        assert_eq!(fill(&varying, &later), Ok("/v1/b/3/7".to_owned()));
    }

    #[test]
    fn what_cannot_be_sent_this_time_is_said_in_plain_words() {
        let varying = step("/{{ x }}/{{ vu }}", &variable("a")).expect("a path");
        let error = fill(&varying, &variable("a b")).expect_err("a space");
        assert!(error.starts_with("`/v1/a b/3` is not a path"), "{error}");
    }
}
