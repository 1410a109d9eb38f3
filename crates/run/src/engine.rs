use std::sync::Arc;

use rtest_core::plan::{Engine as Named, LoadPlan};
use rtest_core::{Diagnostic, RunTime};
use rtest_load::{Load, LoadContext};

use crate::target;

/// What sends the requests of a load, ready to begin.
pub(crate) enum Engine {
    /// rtest's own.
    Rtest(Load),
    /// goose.
    #[cfg(feature = "goose")]
    Goose(rtest_goose::Attack),
}

/// Whether this build has the engine goose.
pub const HAS_GOOSE: bool = cfg!(feature = "goose");

/// Takes hold of what the engine of the load would else take from the process: Ctrl-C, the logger.
/// To be called before anything handles Ctrl-C.
pub fn hold_process(load: Option<&LoadPlan>) {
    #[cfg(feature = "goose")]
    if load.is_some_and(wants_goose) {
        rtest_goose::hold_process();
    }
    #[cfg(not(feature = "goose"))]
    let _ = load;
}

fn wants_goose(plan: &LoadPlan) -> bool {
    let mut scenarios = plan.scenarios.iter();
    scenarios.any(|scenario| scenario.engine == Named::Goose)
}

impl Engine {
    /// Prepares the engine that the load's scenario names, with all that comes before the load.
    ///
    /// # Errors
    /// The load cannot be run.
    pub(crate) async fn prepare(
        plan: Arc<LoadPlan>,
        context: LoadContext,
    ) -> Result<Self, Diagnostic> {
        if wants_goose(&plan) {
            return Self::goose(plan, context);
        }
        let load = Load::prepare(plan, context).await;
        load.map(Self::Rtest).map_err(target::diagnostic)
    }

    #[cfg(feature = "goose")]
    fn goose(plan: Arc<LoadPlan>, context: LoadContext) -> Result<Self, Diagnostic> {
        let attack = rtest_goose::Attack::prepare(plan, context);
        attack.map(Self::Goose).map_err(target::diagnostic)
    }

    /// The suite has refused it; a plan that was made by hand has not been asked.
    #[cfg(not(feature = "goose"))]
    fn goose(_: Arc<LoadPlan>, _: LoadContext) -> Result<Self, Diagnostic> {
        Err(Diagnostic::new(
            rtest_core::Code::NoGoose,
            "this build of rtest has no goose",
        ))
    }

    /// Runs the load to its end.
    ///
    /// # Errors
    /// Nothing, or no more than a part, could be run.
    ///
    /// # Cancellation
    /// The context's token ends it at any instant; what ran until then is recorded.
    pub(crate) async fn run(self, start: RunTime) -> Result<(), Diagnostic> {
        let ran = match self {
            Self::Rtest(load) => load.run(start).await,
            #[cfg(feature = "goose")]
            Self::Goose(attack) => attack.run(start).await,
        };
        ran.map_err(target::diagnostic)
    }
}
