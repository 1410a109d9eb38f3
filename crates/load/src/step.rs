//! Steps, compiled: what a plan's flow says, with everything that can be known before the run
//! already worked out.
//!
//! ```text
//! Template ──► Text            holes by place (slot, column, number), fixed parts encoded once
//! RequestStep ──► Request      filled for each iteration; borrowed where nothing varies
//! answer ──► Reading           JSON, text, HTML: each made when first asked for, and once
//!               ├─► checks     held, or not
//!               ├─► Capture ──► Extract (json, header, regex, css) ──► Values
//!               └─► Measure ──► a number for one of the suite's own metrics
//! ```

mod body;
mod capture;
mod compile;
mod condition;
mod dice;
mod encoding;
mod extract;
mod json;
mod measure;
mod reading;
mod request;
mod scope;
mod text;
mod values;

pub(crate) use compile::Compiler;
pub use dice::Dice;
pub use encoding::Encoding;
pub(crate) use reading::Reading;
pub(crate) use request::{Request, RequestStep};
pub(crate) use scope::Scope;
pub(crate) use values::Values;

use rtest_core::Seed;
use rtest_core::plan::{ScenarioPlan, Step, StepKind, Think};

use crate::basis::Basis;
use crate::error::LoadError;
use condition::Condition;
use values::Captured;

/// What the virtual users of a scenario do.
#[derive(Debug)]
pub(crate) struct Flow {
    /// Before the first iteration.
    pub(crate) before: Steps,
    /// In each iteration.
    pub(crate) iteration: Steps,
    /// After the last iteration.
    pub(crate) after: Steps,
    /// How many requests they send at the same time, at most; at least 1.
    pub(crate) width: usize,
    /// What is known of each capture before anything is captured.
    known: Box<[Captured]>,
    has_request: bool,
}

/// Steps that are taken one after the other.
#[derive(Debug)]
pub(crate) struct Steps {
    /// In order.
    pub(crate) actions: Vec<Action>,
    /// What its dice are thrown from.
    seed: Seed,
}

/// One thing that is done.
#[derive(Debug)]
pub(crate) enum Action {
    /// Sends a request and waits for the whole answer.
    Request(Box<RequestStep>),
    /// Waits, as a person would between two clicks.
    Think(Think),
    /// Steps within a step.
    Block(Box<Block>),
}

/// Steps within a step.
#[derive(Debug)]
pub(crate) enum Block {
    /// Timed together.
    Group {
        /// Index into `ScenarioPlan::groups`.
        index: u16,
        /// In order.
        steps: Vec<Action>,
    },
    /// Taken on a condition.
    If {
        /// The condition.
        condition: Condition,
        /// Where it holds.
        then: Vec<Action>,
        /// Where it does not.
        otherwise: Vec<Action>,
    },
    /// Taken again and again.
    Loop {
        /// Before each time: whether there is one more.
        condition: Option<Condition>,
        /// So often at most.
        times: u32,
        /// In order.
        steps: Vec<Action>,
    },
    /// Sent at the same time.
    Parallel(Vec<RequestStep>),
    /// One of several.
    Choose {
        /// The sums of the choices' weights, up to and including each.
        weights: Vec<f64>,
        /// Each in order.
        choices: Vec<Vec<Action>>,
    },
}

impl Flow {
    /// Compiles what a scenario does.
    ///
    /// # Errors
    /// A step that can never be taken, with its span.
    pub(crate) fn compile(plan: &ScenarioPlan, basis: &Basis) -> Result<Self, LoadError> {
        let whose = format!("scenario `{}`", plan.name);
        let groups = plan.groups();
        let mut scope = Scope::new(&basis.variables, &plan.feeders);
        // What comes before sees no capture of what follows; all of it has the same slots.
        scope.declare(&plan.before);
        let unrecorded = |scope: &Scope<'_>, label: &str, steps: &[Step]| {
            let label = format!("{label}/{}", plan.name);
            Compiler::unrecorded(&whose, basis, scope).steps(&label, steps)
        };
        let before = unrecorded(&scope, "before", &plan.before)?;
        scope.declare(&plan.flow);
        let iteration = Compiler::new(&whose, basis, &scope, &groups)
            .steps(&format!("flow/{}", plan.name), &plan.flow)?;
        scope.declare(&plan.after);
        let after = unrecorded(&scope, "after", &plan.after)?;
        Ok(Self {
            before,
            iteration,
            after,
            width: width_of(plan),
            known: scope.known(),
            has_request: !plan.requests().is_empty(),
        })
    }

    /// The step of the first request, if the flow has one.
    pub(crate) fn first_request(&self) -> Option<u16> {
        self.has_request.then_some(0)
    }

    /// The values of virtual user number `vu`, which has captured nothing yet.
    pub(crate) fn values(&self, vu: u64) -> Values {
        Values::new(vu, self.known.clone())
    }
}

impl Steps {
    /// What is left to chance in pass number `pass` through them.
    pub(crate) fn dice(&self, pass: u64) -> Dice {
        Dice::new(self.seed, pass)
    }
}

/// How many requests a virtual user of the scenario sends at the same time, at most; at least 1.
pub(crate) fn width_of(plan: &ScenarioPlan) -> usize {
    let all = [&plan.before, &plan.flow, &plan.after];
    let widest = all.into_iter().map(|steps| widest(steps)).max();
    widest.unwrap_or(0).max(1)
}

/// The widest of the steps that send at the same time.
pub(crate) fn widest(steps: &[Step]) -> usize {
    let widths = steps.iter().map(|step| match &step.kind {
        StepKind::Parallel(requests) => requests.len(),
        kind => kind.children().into_iter().map(widest).max().unwrap_or(0),
    });
    widths.max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
