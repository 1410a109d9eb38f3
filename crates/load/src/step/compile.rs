use rand::Rng;
use rtest_core::plan::{Choice, Repeat, RequestStep as RequestPlan, Step, StepKind};
use rtest_core::{Seed, Span};

use super::condition::Condition;
use super::{Action, Block, RequestStep, Scope, Steps};
use crate::basis::Basis;
use crate::error::{LoadError, LoadErrorKind};

/// Makes steps of a plan's, in the order in which they are written: so requests and groups are
/// numbered as the plan numbers them.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    /// `scenario `browse``, for messages.
    whose: &'a str,
    basis: &'a Basis,
    scope: &'a Scope<'a>,
    /// The paths of all groups; nothing where they are not timed.
    groups: &'a [String],
    /// The path of the group that is being compiled.
    group: String,
    /// Whether what the steps do is in the results.
    recorded: bool,
    requests: usize,
}

impl<'a> Compiler<'a> {
    /// Of steps whose requests are in the results.
    pub(crate) fn new(
        whose: &'a str,
        basis: &'a Basis,
        scope: &'a Scope<'a>,
        groups: &'a [String],
    ) -> Self {
        Self {
            whose,
            basis,
            scope,
            groups,
            group: String::new(),
            recorded: true,
            requests: 0,
        }
    }

    /// Of steps that leave nothing in the results.
    pub(crate) fn unrecorded(whose: &'a str, basis: &'a Basis, scope: &'a Scope<'a>) -> Self {
        Self {
            recorded: false,
            ..Self::new(whose, basis, scope, &[])
        }
    }

    /// Compiles a list of steps. `label` tells what is left to chance in it from all else.
    ///
    /// # Errors
    /// A step that can never be taken, with its span.
    pub(crate) fn steps(mut self, label: &str, steps: &[Step]) -> Result<Steps, LoadError> {
        Ok(Steps {
            actions: self.actions(steps)?,
            seed: Seed::new(self.basis.seed.stream(label).next_u64()),
        })
    }

    fn actions(&mut self, steps: &[Step]) -> Result<Vec<Action>, LoadError> {
        steps.iter().map(|step| self.action(step)).collect()
    }

    fn action(&mut self, step: &Step) -> Result<Action, LoadError> {
        let block = match &step.kind {
            StepKind::Request(request) => {
                let request = self.request(request, &step.span)?;
                return Ok(Action::Request(Box::new(request)));
            }
            StepKind::Think(think) => return Ok(Action::Think(*think)),
            StepKind::Group { name, steps } => self.group(name, steps)?,
            StepKind::If {
                condition,
                then,
                otherwise,
            } => Block::If {
                condition: self.condition(condition, &step.span)?,
                then: self.actions(then)?,
                otherwise: self.actions(otherwise)?,
            },
            StepKind::Loop { repeat, steps } => {
                let (condition, times) = match repeat {
                    Repeat::Times(times) => (None, *times),
                    Repeat::While { condition, at_most } => {
                        (Some(self.condition(condition, &step.span)?), *at_most)
                    }
                };
                Block::Loop {
                    condition,
                    times,
                    steps: self.actions(steps)?,
                }
            }
            StepKind::Parallel(steps) => Block::Parallel(self.parallel(steps)?),
            StepKind::Choose(choices) => self.choose(choices, &step.span)?,
            StepKind::Contract(_) => {
                return Err(self.refuse(&step.span, "the contract was not read"));
            }
        };
        Ok(Action::Block(Box::new(block)))
    }

    fn request(&mut self, plan: &RequestPlan, span: &Span) -> Result<RequestStep, LoadError> {
        let index = self.requests;
        self.requests += 1;
        let index =
            u16::try_from(index).map_err(|_| "a flow has 65,536 requests at most".to_owned());
        let compiled = index.and_then(|index| {
            RequestStep::compile(index, plan, span, self.basis, self.scope, !self.recorded)
        });
        compiled.map_err(|reason| LoadError {
            span: Some(span.clone()),
            ..LoadErrorKind::Request {
                whose: self.whose.to_owned(),
                endpoint: plan.endpoint.clone(),
                reason,
            }
            .into()
        })
    }

    fn group(&mut self, name: &str, steps: &[Step]) -> Result<Block, LoadError> {
        let around = self.group.len();
        if around > 0 {
            self.group.push_str("::");
        }
        self.group.push_str(name);
        let index = self.groups.iter().position(|path| *path == self.group);
        let steps = self.actions(steps)?;
        self.group.truncate(around);
        Ok(Block::Group {
            index: index
                .and_then(|index| u16::try_from(index).ok())
                .unwrap_or(0),
            steps,
        })
    }

    fn parallel(&mut self, steps: &[Step]) -> Result<Vec<RequestStep>, LoadError> {
        let request = |step: &Step| match &step.kind {
            StepKind::Request(request) => self.request(request, &step.span),
            _ => Err(self.refuse(&step.span, "only requests can be sent at the same time")),
        };
        steps.iter().map(request).collect()
    }

    fn choose(&mut self, choices: &[Choice], span: &Span) -> Result<Block, LoadError> {
        let mut weights = Vec::with_capacity(choices.len());
        let mut sum = 0.0;
        for choice in choices {
            sum += choice.weight;
            if choice.weight <= 0.0 || !f64::is_finite(sum) {
                let reason = format!("{} is not a weight: one is above 0", choice.weight);
                return Err(self.refuse(span, reason));
            }
            weights.push(sum);
        }
        if choices.is_empty() {
            return Err(self.refuse(span, "there is nothing to choose from"));
        }
        let steps = choices.iter().map(|choice| self.actions(&choice.steps));
        Ok(Block::Choose {
            choices: steps.collect::<Result<_, _>>()?,
            weights,
        })
    }

    fn condition(
        &self,
        plan: &rtest_core::plan::Condition,
        span: &Span,
    ) -> Result<Condition, LoadError> {
        Condition::compile(plan, self.scope).map_err(|reason| self.refuse(span, reason))
    }

    fn refuse(&self, span: &Span, reason: impl Into<String>) -> LoadError {
        LoadError {
            span: Some(span.clone()),
            ..LoadErrorKind::Step {
                whose: self.whose.to_owned(),
                reason: reason.into(),
            }
            .into()
        }
    }
}
