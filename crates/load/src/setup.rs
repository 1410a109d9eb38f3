//! What is done once around a load: before its first scenario and after its last. It leaves
//! nothing in the results.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::Clock;
use rtest_core::event::{EventKind, EventSink};
use rtest_core::plan::{LoadPlan, Step};
use tokio_util::sync::CancellationToken;

use crate::basis::Basis;
use crate::client::Client;
use crate::error::LoadError;
use crate::session::{Session, SessionPlan};
use crate::step::{Compiler, Scope, Steps, Values, widest};
use crate::virtual_user::{CleaningUp, Pass, Preparing, Unprepared, Walker};

/// How long a teardown may take, as k6 has it.
const TEARDOWN: Duration = Duration::from_secs(60);

/// Steps that are taken once, compiled.
#[derive(Debug)]
struct Once {
    steps: Steps,
    /// What they capture, by slots.
    names: Vec<String>,
    values: Values,
}

/// What came of a setup.
#[derive(Debug)]
pub(crate) struct SetUp {
    /// What it captured, by name.
    pub(crate) captured: BTreeMap<String, String>,
    /// Whether it went well; then everything that it captures is there.
    pub(crate) ended: Result<(), Unprepared>,
}

impl Once {
    fn setup(plan: &LoadPlan, basis: &Basis) -> Result<Self, LoadError> {
        Self::compile("setup", &[&plan.setup], &plan.setup, basis)
    }

    /// Holes that the setup fills are empty where it did not come so far.
    fn teardown(plan: &LoadPlan, basis: &Basis) -> Result<Self, LoadError> {
        let declared = [plan.setup.as_slice(), &plan.teardown];
        Self::compile("teardown", &declared, &plan.teardown, basis)
    }

    fn compile(
        label: &str,
        declared: &[&[Step]],
        steps: &[Step],
        basis: &Basis,
    ) -> Result<Self, LoadError> {
        let mut scope = Scope::new(&basis.variables, &[]);
        for steps in declared {
            scope.declare(steps);
        }
        let whose = format!("the {label}");
        Ok(Self {
            steps: Compiler::unrecorded(&whose, basis, &scope).steps(label, steps)?,
            names: scope.captured_names().map(str::to_owned).collect(),
            values: scope.values(0),
        })
    }
}

/// Compiles what is done around a load, and throws the result away. Returns the names that the
/// setup captures.
///
/// # Errors
/// A step that can never be taken, with its span.
pub(crate) fn refuse_impossible(plan: &LoadPlan, basis: &Basis) -> Result<Vec<String>, LoadError> {
    Once::teardown(plan, basis)?;
    Ok(Once::setup(plan, basis)?.names)
}

/// Takes the steps of the setup. To be called inside a local runtime.
///
/// # Errors
/// A step that can never be taken, with its span.
///
/// # Cancellation
/// `cancel` cuts it off.
pub(crate) async fn set_up<C: Client>(
    plan: &LoadPlan,
    basis: &Basis,
    clock: Arc<dyn Clock>,
    cancel: &CancellationToken,
    connect: impl Fn() -> C,
) -> Result<SetUp, LoadError> {
    let once = Once::setup(plan, basis)?;
    let mut pass = Pass::new(&once.steps, 0, clock.now(), None, Preparing);
    let width = widest(&plan.setup);
    let sessions = Rc::new(SessionPlan::new(basis, Arc::clone(&clock)));
    let session = Session::new(&sessions, "setup".to_owned());
    let mut walker = Walker::new(once.values, session, width, clock, cancel, connect);
    let ended = walker.walk(&mut pass).await;
    let captured = once.names.into_iter().enumerate();
    let captured = captured.filter_map(|(slot, name)| {
        let value = walker.values.captured(slot)?;
        Some((name, value.to_owned()))
    });
    Ok(SetUp {
        captured: captured.collect(),
        ended,
    })
}

/// Takes the steps of the teardown, for a minute at most. What of it does not go well is noted in
/// the record. To be called inside a local runtime.
///
/// # Errors
/// A step that can never be taken, with its span.
///
/// # Cancellation
/// `cancel` cuts it off.
pub(crate) async fn tear_down<C: Client>(
    plan: &LoadPlan,
    basis: &Basis,
    clock: Arc<dyn Clock>,
    events: &dyn EventSink,
    cancel: &CancellationToken,
    connect: impl Fn() -> C,
) -> Result<(), LoadError> {
    let once = Once::teardown(plan, basis)?;
    let mut pass = Pass::new(&once.steps, 0, clock.now(), None, CleaningUp::default());
    let width = widest(&plan.teardown);
    let sessions = Rc::new(SessionPlan::new(basis, Arc::clone(&clock)));
    let session = Session::new(&sessions, "teardown".to_owned());
    let mut walker = Walker::new(once.values, session, width, clock, cancel, connect);
    let ended = tokio::time::timeout(TEARDOWN, walker.walk(&mut pass)).await;
    let journal = pass.journal;
    if journal.failures > 0 {
        events.emit(EventKind::Note(format!("the teardown failed: {journal}")));
    }
    if !matches!(ended, Ok(Ok(()))) {
        let note = "the teardown was cut off before its end".to_owned();
        events.emit(EventKind::Note(note));
    }
    Ok(())
}
