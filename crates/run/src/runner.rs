use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use rtest_core::plan::Plan;
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, Diagnostic};
use rtest_load::LoadControl;
use rtest_metrics::record::{EntryKind, Header, Origin, RecordError, RecordWriter};
use rtest_metrics::{RunRecord, Verdict};
use tokio_util::sync::CancellationToken;

use crate::dispatcher::{Dispatcher, Observer};
use crate::guardrail::GuardrailWatch;
use crate::replay::contracts_as_load;
use crate::stage::{self, StageContext};
use crate::system::{System, SystemOptions};
use crate::watch::ThresholdWatch;

/// What a run needs beyond its plan.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The run's folder; the record goes into `record/`, service logs into `logs/`.
    pub folder: PathBuf,
    /// Who runs, where, since when.
    pub origin: Origin,
    /// The rtest executable: built-in samples and the reaper are children of it.
    pub program: PathBuf,
    /// A hold on the load, for whoever changes it while it runs.
    pub load_control: LoadControl,
}

/// Runs one plan.
pub struct Runner {
    plan: Plan,
    options: RunOptions,
    clock: Arc<dyn Clock>,
}

/// A run that came to its end, one way or another.
#[derive(Debug)]
pub struct Finished {
    /// Everything that is known of it.
    pub record: RunRecord,
    /// How it came out.
    pub verdict: Verdict,
    /// Why nothing could be judged, if so; the record holds the same as text.
    pub failure: Option<Diagnostic>,
}

/// A run that could not keep its record.
#[derive(Debug, thiserror::Error)]
#[error("the run's record could not be written")]
pub struct RunError(#[from] RecordError);

impl Runner {
    /// A run of this plan on this clock.
    pub fn new(plan: Plan, options: RunOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            plan,
            options,
            clock,
        }
    }

    /// Runs the plan to its end and judges it.
    ///
    /// # Errors
    /// When the record cannot be written. Everything else that goes wrong is in the result.
    ///
    /// # Cancellation
    /// `cancel` ends the stages early; faults are rolled back, services stopped, and the record
    /// says that the run was interrupted. Dropping the future instead leaves the teardown to the
    /// reaper.
    pub async fn run(
        mut self,
        observer: Box<dyn Observer>,
        cancel: CancellationToken,
    ) -> Result<Finished, RunError> {
        let read = contracts_as_load(&mut self.plan).await;
        let header = Header::new(&self.plan, self.options.origin.clone());
        let writer = RecordWriter::create(
            &self.options.folder.join("record"),
            header,
            self.plan.secrets.clone(),
        )?;
        // What ends the load, and the faults beside it, leaves the rest of the run alone.
        let drive = cancel.child_token();
        let dispatcher = Dispatcher::start(
            writer,
            observer,
            ThresholdWatch::new(self.plan.load.as_ref(), drive.clone()),
            GuardrailWatch::new(self.plan.chaos.as_ref(), drive.clone()),
            Arc::clone(&self.clock),
            cancel.clone(),
        );
        let outcome = match read {
            Ok(notes) => {
                for note in notes {
                    dispatcher.sink().emit(note);
                }
                self.stages(&dispatcher, &cancel, drive).await
            }
            Err(diagnostic) => Err(diagnostic),
        };
        let ending = match &outcome {
            _ if cancel.is_cancelled() => Some(EntryKind::Interrupted),
            Err(diagnostic) => Some(EntryKind::EnvironmentFailed {
                message: diagnostic.to_string(),
            }),
            Ok(()) => None,
        };
        let record = dispatcher.finish(ending).await?;
        let verdict = Verdict::of(&record);
        let failure = outcome.err().filter(|_| !cancel.is_cancelled());
        Ok(Finished {
            record,
            verdict,
            failure,
        })
    }

    async fn stages(
        &self,
        dispatcher: &Dispatcher,
        cancel: &CancellationToken,
        drive: CancellationToken,
    ) -> Result<(), Diagnostic> {
        let events = dispatcher.sink();
        let means = SystemOptions {
            run_id: self.options.origin.run_id.clone(),
            log_dir: self.options.folder.join("logs"),
            program: self.options.program.clone(),
            settle: false,
        };
        let clock = Arc::clone(&self.clock);
        let system = System::up(&self.plan, means, clock, Arc::clone(&events), cancel).await?;
        let halt = cancel.child_token();
        let context = StageContext {
            plan: &self.plan,
            run_id: &self.options.origin.run_id,
            record_folder: &self.options.folder.join("record"),
            environment: system.environment(),
            links: system.links(),
            clock: Arc::clone(&self.clock),
            events,
            windows: Arc::new(WindowBoard::default()),
            load_control: self.options.load_control.clone(),
            cancel: halt.clone(),
            drive: drive.clone(),
        };
        let stages = async { stage::run_all(&context).await };
        let lost = async {
            let lost = system.environment().lost().await;
            halt.cancel();
            drive.cancel();
            lost
        };
        let outcome = unless(stages, lost).await;
        drop(context);
        system.down().await;
        outcome
    }
}

/// Comes to the end of `stages` in any case; where `lost` comes first, that is how they have ended.
async fn unless(
    stages: impl Future<Output = Result<(), Diagnostic>>,
    lost: impl Future<Output = Diagnostic>,
) -> Result<(), Diagnostic> {
    let mut stages = pin!(stages);
    tokio::select! {
        biased;
        lost = lost => {
            let _ = stages.await;
            Err(lost)
        }
        outcome = &mut stages => outcome,
    }
}
