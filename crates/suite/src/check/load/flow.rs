//! Steps, and the steps within them.

use rtest_core::plan::{Choice, Repeat as RepeatPlan, Step as StepPlan, StepKind, Think as Pause};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::load::{Surroundings, condition};
use crate::check::tags::{self, is_selectable};
use crate::collection::List;
use crate::file::{Repeat, Step, StepKeys, Think, Weighted};
use crate::scalar::shown;
use crate::shape::{Entry, Field};
use crate::spanned::Spanned;

/// Steps within steps at most: what runs them goes as deep.
const MAX_NESTING: usize = 8;

/// Requests that are sent at the same time at most: each needs a connection of its own.
const MAX_PARALLEL: usize = 100;

/// A list of steps in a suite, by its key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Setup,
    Before,
    Flow,
    After,
    Teardown,
}

impl Section {
    /// Its name, where what it does is not in the results.
    pub(super) const fn outside_results(self) -> Option<&'static str> {
        match self {
            Self::Setup => Some("setup"),
            Self::Before => Some("before"),
            Self::Flow => None,
            Self::After => Some("after"),
            Self::Teardown => Some("teardown"),
        }
    }
}

/// The steps that could be read.
#[derive(Default)]
pub(super) struct Steps {
    /// Those.
    pub(super) steps: Vec<StepPlan>,
    /// Whether that is all of them, with all that is within them.
    pub(super) is_complete: bool,
}

/// A walk over the steps of a section in the order in which they are taken: what fills a hole
/// depends on what was captured before it.
pub(super) struct Walk<'a, 'c> {
    pub(super) section: Section,
    pub(super) around: &'a Surroundings<'a>,
    pub(super) cx: &'a mut Context<'c>,
    is_complete: bool,
}

impl<'a, 'c> Walk<'a, 'c> {
    /// At the beginning of a section.
    pub(super) fn new(
        section: Section,
        around: &'a Surroundings<'a>,
        cx: &'a mut Context<'c>,
    ) -> Self {
        Self {
            section,
            around,
            cx,
            is_complete: true,
        }
    }

    /// Checks the whole section.
    pub(super) fn section(mut self, steps: &Field<List<Step, 1>>) -> Steps {
        let steps = self.list(steps, 1);
        Steps {
            steps,
            is_complete: self.is_complete,
        }
    }

    /// Checks a list of steps; none where its key is not there.
    fn list(&mut self, field: &Field<List<Step, 1>>, depth: usize) -> Vec<StepPlan> {
        match field {
            Field::Absent => Vec::new(),
            Field::Faulty(_) => {
                self.misses_something();
                Vec::new()
            }
            Field::Given(entry) => self.steps(&entry.value.value, &entry.key, depth),
        }
    }

    fn steps(&mut self, list: &List<Step, 1>, key: &Span, depth: usize) -> Vec<StepPlan> {
        if depth > MAX_NESTING {
            let message = format!("steps stand within each other more than {MAX_NESTING} deep");
            self.cx
                .found
                .add(Diagnostic::new(Code::BudgetExceeded, message).at(key));
            self.misses_something();
            return Vec::new();
        }
        if !list.is_complete {
            self.misses_something();
        }
        let mut plans = Vec::new();
        for step in &list.items {
            match self.step(&step.value.0, depth) {
                Some(plan) => plans.push(plan),
                None => self.is_complete = false,
            }
        }
        plans
    }

    /// What could not be read may have captured something.
    fn misses_something(&mut self) {
        self.is_complete = false;
        self.cx.scope.open();
    }

    fn step(&mut self, step: &StepKeys, depth: usize) -> Option<StepPlan> {
        let (kind, span) = if let Some(entry) = step.think.entry() {
            (think(&entry.value.value, self.cx)?, &entry.whole)
        } else if let Some(entry) = step.group.entry() {
            let steps = self.list(&step.steps, depth + 1);
            let name = group_name(&entry.value, self.cx)?;
            (StepKind::Group { name, steps }, &entry.whole)
        } else if let Some(entry) = step.condition.entry() {
            (self.choice(step, entry, depth)?, &entry.key)
        } else if let Some(entry) = step.repeat.entry() {
            (self.repetition(step, entry, depth)?, &entry.whole)
        } else if let Some(entry) = step.parallel.entry() {
            (self.parallel(entry)?, &entry.key)
        } else if let Some(entry) = step.choose.entry() {
            (self.choose(&entry.value.value, depth)?, &entry.key)
        } else if let Some(entry) = step.contract.entry() {
            (self.contract(step, entry)?, &entry.whole)
        } else {
            let request = self.request(step);
            let (_, path) = step.request()?;
            (StepKind::Request(Box::new(request?)), &path.whole)
        };
        Some(StepPlan {
            kind,
            span: span.clone(),
        })
    }

    /// Checks one of several ways to go on. What is captured on one is not there on another.
    fn branch<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> (T, Vec<String>) {
        let mark = self.cx.scope.mark();
        let checked = check(self);
        (checked, self.cx.scope.leave(mark))
    }

    /// After the branches, any of them may have been taken.
    fn join(&mut self, branches: impl IntoIterator<Item = Vec<String>>) {
        for name in branches.into_iter().flatten() {
            self.cx.scope.add(&name);
        }
    }

    fn choice(
        &mut self,
        step: &StepKeys,
        entry: &Entry<crate::file::ConditionKeys>,
        depth: usize,
    ) -> Option<StepKind> {
        let condition = condition::check(&entry.value.value, &entry.key, self.cx);
        let (then, of_then) = self.branch(|walk| walk.list(&step.then, depth + 1));
        let (otherwise, of_else) = self.branch(|walk| walk.list(&step.otherwise, depth + 1));
        self.join([of_then, of_else]);
        Some(StepKind::If {
            condition: condition?,
            then,
            otherwise,
        })
    }

    fn repetition(
        &mut self,
        step: &StepKeys,
        entry: &Entry<Repeat>,
        depth: usize,
    ) -> Option<StepKind> {
        // From the second time on, everything within has been captured.
        for name in captured(step.steps.value()) {
            self.cx.scope.add(&name);
        }
        let repeat = match &entry.value.value {
            Repeat::Times(times) => Some(RepeatPlan::Times(times.small())),
            Repeat::Keys(keys) => match (keys.times.value(), keys.condition.entry()) {
                (Some(times), None) => Some(RepeatPlan::Times(times.small())),
                (_, Some(condition)) => {
                    condition::check(&condition.value.value, &condition.key, self.cx).and_then(
                        |condition| {
                            let at_most = keys.at_most.value()?.small();
                            Some(RepeatPlan::While { condition, at_most })
                        },
                    )
                }
                (None, None) => None,
            },
        };
        let steps = self.list(&step.steps, depth + 1);
        Some(StepKind::Loop {
            repeat: repeat?,
            steps,
        })
    }

    fn parallel(&mut self, entry: &Entry<List<Step, 1>>) -> Option<StepKind> {
        let list = &entry.value.value;
        if list.items.len() > MAX_PARALLEL {
            let message = format!("at most {MAX_PARALLEL} requests are sent at the same time");
            self.cx
                .found
                .add(Diagnostic::new(Code::OutOfRange, message).at(&entry.key));
        }
        if !list.is_complete {
            self.misses_something();
        }
        let mut requests = Vec::new();
        let mut branches = Vec::new();
        for step in &list.items {
            let keys = &step.value.0;
            if let Some(key) = other_than_request(keys) {
                self.cx.found.add(
                    Diagnostic::new(Code::OutOfRange, "only requests are sent at the same time")
                        .at(key)
                        .hint("put it before or after `parallel`"),
                );
                continue;
            }
            let (request, captured) = self.branch(|walk| walk.request(keys));
            branches.push(captured);
            if let (Some(request), Some((_, path))) = (request, keys.request()) {
                requests.push(StepPlan {
                    kind: StepKind::Request(Box::new(request)),
                    span: path.whole.clone(),
                });
            }
        }
        self.join(branches);
        (requests.len() == list.items.len()).then_some(StepKind::Parallel(requests))
    }

    fn choose(&mut self, list: &List<Weighted, 1>, depth: usize) -> Option<StepKind> {
        if !list.is_complete {
            self.misses_something();
        }
        let mut choices = Vec::new();
        let mut branches = Vec::new();
        for choice in &list.items {
            let choice = &choice.value;
            let (steps, captured) = self.branch(|walk| walk.list(&choice.steps, depth + 1));
            branches.push(captured);
            let weight = match &choice.weight {
                Field::Absent => Some(1.0),
                given => given.value().map(|weight| weight.0),
            };
            choices.extend(weight.map(|weight| Choice { weight, steps }));
        }
        self.join(branches);
        (choices.len() == list.items.len()).then_some(StepKind::Choose(choices))
    }
}

/// The key that makes a step something else than a request.
fn other_than_request(step: &StepKeys) -> Option<&Span> {
    [
        step.think.key(),
        step.group.key(),
        step.condition.key(),
        step.repeat.key(),
        step.parallel.key(),
        step.choose.key(),
        step.contract.key(),
    ]
    .into_iter()
    .find_map(|key| key)
}

/// Every name that steps capture, those within them included.
pub(super) fn captured(steps: Option<&List<Step, 1>>) -> Vec<String> {
    let mut names = Vec::new();
    for step in steps.into_iter().flat_map(|list| &list.items) {
        let step = &step.value.0;
        let captures = step.capture.value().map(|named| named.0.as_slice());
        let captures = captures.unwrap_or_default().iter();
        names.extend(captures.map(|entry| entry.name.value.clone()));
        for children in step.children() {
            names.extend(captured(Some(children)));
        }
    }
    names
}

fn think(think: &Think, cx: &mut Context<'_>) -> Option<StepKind> {
    let keys = match think {
        Think::Constant(duration) => return Some(StepKind::Think(Pause::Constant(*duration))),
        Think::Between(keys) => keys,
    };
    let (min, max) = (*keys.min.value()?, keys.max.spanned()?);
    if min > max.value {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!(
                    "nothing is both at least {} and at most {}",
                    shown(min),
                    shown(max.value)
                ),
            )
            .at(&max.span),
        );
        return None;
    }
    Some(StepKind::Think(Pause::Uniform {
        min,
        max: max.value,
    }))
}

/// A group's name stands in the tag `group`, in k6's form.
fn group_name(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let hint = if name.value.contains("::") {
        "`::` stands between the names of groups within each other"
    } else if !is_selectable(&name.value) {
        tags::SELECTABLE
    } else {
        return Some(name.value.clone());
    };
    cx.found.add(
        Diagnostic::new(
            Code::OutOfRange,
            format!("`{}` cannot be the name of a group", name.value),
        )
        .at(&name.span)
        .hint(hint),
    );
    None
}
