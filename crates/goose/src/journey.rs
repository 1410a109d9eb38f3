use std::collections::BTreeMap;

use rand::Rng as _;
use rtest_core::expectation::ValueMatch;
use rtest_core::plan::{
    Choice, Condition as ConditionPlan, Repeat, ScenarioPlan, Step, StepKind, Think,
};
use rtest_core::{Seed, Span, Template};
use rtest_load::{Dice, Encoding, LoadError, LoadErrorKind, ResolvedTarget};

use crate::request::RequestStep;
use crate::values::Values;

/// What an iteration does, compiled.
#[derive(Debug)]
pub(crate) struct Journey {
    /// In order.
    pub(crate) steps: Vec<Action>,
    /// Values for holes that are the same in every iteration.
    variables: BTreeMap<String, String>,
    seed: Seed,
}

/// One thing that is done.
#[derive(Debug)]
pub(crate) enum Action {
    /// Sends a request and waits for the whole answer.
    Request(Box<RequestStep>),
    /// Waits, as a person would between two clicks.
    Think(Think),
    /// Steps that are timed together.
    Group {
        /// Index into `ScenarioPlan::groups`.
        index: u16,
        /// In order.
        steps: Vec<Action>,
    },
    /// Steps that are taken on a condition.
    If {
        /// The condition.
        condition: Condition,
        /// Where it holds.
        then: Vec<Action>,
        /// Where it does not.
        otherwise: Vec<Action>,
    },
    /// Steps that are taken again and again.
    Loop {
        /// Before each time: whether there is one more.
        condition: Option<Condition>,
        /// So often at most.
        times: u32,
        /// In order.
        steps: Vec<Action>,
    },
    /// One of several.
    Choose {
        /// The sums of the choices' weights, up to and including each.
        weights: Vec<f64>,
        /// Each in order.
        choices: Vec<Vec<Action>>,
    },
}

/// Holds where a text meets a match.
#[derive(Debug)]
pub(crate) struct Condition {
    value: Template,
    is: ValueMatch,
}

impl Condition {
    fn new(plan: &ConditionPlan) -> Self {
        Self {
            value: plan.value.clone(),
            is: plan.is.clone(),
        }
    }

    /// Where a hole has no value, there is no text to match.
    pub(crate) fn holds(&self, values: &Values<'_>) -> bool {
        let text = values.fill(&self.value, Encoding::Plain).ok();
        self.is.fits_text(text.as_deref())
    }
}

impl Journey {
    /// Compiles the flow of a scenario.
    ///
    /// # Errors
    /// A step that can never be taken, with its span.
    pub(crate) fn compile(
        plan: &ScenarioPlan,
        target: &ResolvedTarget,
        variables: BTreeMap<String, String>,
        seed: Seed,
    ) -> Result<Self, LoadError> {
        let mut compiler = Compiler {
            whose: format!("scenario `{}`", plan.name),
            groups: plan.groups(),
            group: String::new(),
            requests: 0,
            target,
        };
        let journey = Self {
            steps: compiler.actions(&plan.flow)?,
            variables,
            seed: Seed::new(seed.stream(&format!("flow/{}", plan.name)).next_u64()),
        };
        journey.refuse_impossible(&compiler.whose)?;
        Ok(journey)
    }

    /// What fills the holes of an iteration, from 0, of a user, from 0.
    pub(crate) fn values(&self, iteration: u64, user: usize) -> Values<'_> {
        Values::new(&self.variables, iteration, user as u64 + 1)
    }

    /// What is left to chance in an iteration.
    pub(crate) fn dice(&self, iteration: u64) -> Dice {
        Dice::new(self.seed, iteration)
    }

    /// The requests, in the order in which they are written.
    pub(crate) fn requests(&self) -> Vec<&RequestStep> {
        let mut found = Vec::new();
        collect(&self.steps, &mut found);
        found
    }

    /// Fills every request as a first iteration could: what is wrong in each is found now.
    fn refuse_impossible(&self, whose: &str) -> Result<(), LoadError> {
        let requests = self.requests();
        let mut sample = self.values(0, 0);
        for capture in requests.iter().flat_map(|request| &request.captures) {
            sample.capture(&capture.name, Some("0".to_owned()));
        }
        for request in requests {
            let possible = request.goose_method().and(request.fill(&sample));
            if let Err(reason) = possible {
                return Err(impossible(whose, &request.endpoint, reason, &request.span));
            }
        }
        Ok(())
    }
}

fn collect<'a>(steps: &'a [Action], found: &mut Vec<&'a RequestStep>) {
    for action in steps {
        match action {
            Action::Request(request) => found.push(request),
            Action::Think(_) => {}
            Action::Group { steps, .. } | Action::Loop { steps, .. } => collect(steps, found),
            Action::If {
                then, otherwise, ..
            } => {
                collect(then, found);
                collect(otherwise, found);
            }
            Action::Choose { choices, .. } => {
                for steps in choices {
                    collect(steps, found);
                }
            }
        }
    }
}

fn impossible(whose: &str, endpoint: &str, reason: String, span: &Span) -> LoadError {
    LoadError {
        span: Some(span.clone()),
        ..LoadErrorKind::Request {
            whose: whose.to_owned(),
            endpoint: endpoint.to_owned(),
            reason,
        }
        .into()
    }
}

/// Goes through the steps in the order in which they are written: requests are numbered in it.
struct Compiler<'a> {
    whose: String,
    groups: Vec<String>,
    /// The path of the group that it stands in.
    group: String,
    requests: usize,
    target: &'a ResolvedTarget,
}

impl Compiler<'_> {
    fn actions(&mut self, steps: &[Step]) -> Result<Vec<Action>, LoadError> {
        steps.iter().map(|step| self.action(step)).collect()
    }

    fn action(&mut self, step: &Step) -> Result<Action, LoadError> {
        Ok(match &step.kind {
            StepKind::Request(request) => {
                let number = self.requests;
                self.requests += 1;
                let index = u16::try_from(number)
                    .map_err(|_| "a flow has 65,536 requests at most".to_owned());
                let compiled = index.and_then(|index| {
                    RequestStep::compile(index, request, &step.span, self.target)
                });
                Action::Request(Box::new(compiled.map_err(|reason| {
                    impossible(&self.whose, &request.endpoint, reason, &step.span)
                })?))
            }
            StepKind::Think(think) => Action::Think(*think),
            StepKind::Group { name, steps } => self.group(name, steps)?,
            StepKind::If {
                condition,
                then,
                otherwise,
            } => Action::If {
                condition: Condition::new(condition),
                then: self.actions(then)?,
                otherwise: self.actions(otherwise)?,
            },
            StepKind::Loop { repeat, steps } => {
                let (condition, times) = match repeat {
                    Repeat::Times(times) => (None, *times),
                    Repeat::While { condition, at_most } => {
                        (Some(Condition::new(condition)), *at_most)
                    }
                };
                Action::Loop {
                    condition,
                    times,
                    steps: self.actions(steps)?,
                }
            }
            StepKind::Choose(choices) => self.choose(choices)?,
            StepKind::Parallel(_) | StepKind::Contract(_) => {
                let reason = match &step.kind {
                    StepKind::Parallel(_) => "goose sends one request of a user at a time",
                    _ => "goose holds no answers against contracts",
                };
                let reason = reason.to_owned();
                let whose = self.whose.clone();
                return Err(LoadError {
                    span: Some(step.span.clone()),
                    ..LoadErrorKind::Step { whose, reason }.into()
                });
            }
        })
    }

    fn group(&mut self, name: &str, steps: &[Step]) -> Result<Action, LoadError> {
        let around = self.group.len();
        if around > 0 {
            self.group.push_str("::");
        }
        self.group.push_str(name);
        let index = self.groups.iter().position(|path| *path == self.group);
        let steps = self.actions(steps)?;
        self.group.truncate(around);
        Ok(Action::Group {
            index: index
                .and_then(|index| u16::try_from(index).ok())
                .unwrap_or(0),
            steps,
        })
    }

    fn choose(&mut self, choices: &[Choice]) -> Result<Action, LoadError> {
        let mut sum = 0.0;
        let mut weights = Vec::with_capacity(choices.len());
        for choice in choices {
            sum += choice.weight;
            weights.push(sum);
        }
        let steps = choices.iter().map(|choice| self.actions(&choice.steps));
        Ok(Action::Choose {
            choices: steps.collect::<Result<_, _>>()?,
            weights,
        })
    }
}
