use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::{OfLoadArgs, OutputArgs};

#[derive(Debug, Args)]
pub(crate) struct ChaosArgs {
    #[command(subcommand)]
    pub(crate) action: ChaosAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChaosAction {
    /// Run a suite's drill, its environment, load and faults alone, or a Chaos Toolkit experiment
    Run(ChaosRunArgs),
    /// Mend what a run that was killed has left broken, and show that nothing is left
    Undo(UndoArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ChaosRunArgs {
    /// The suite file, or an experiment of the Chaos Toolkit (.json)
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) suite: PathBuf,
    /// Of an experiment: where its journal goes; into the run's folder where absent
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) journal_path: Option<PathBuf>,
    /// Of an experiment: a host beyond this machine that its calls may reach; repeatable
    #[arg(long, value_name = "HOST")]
    pub(crate) allow: Vec<String>,
    /// Bring the environment up and ask the probes, without load and without any fault
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) of_load: OfLoadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// The run's folder, reports/out/RUN-ID, or its id; the newest that broke anything where absent
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) run: Option<PathBuf>,
    /// Folder in which runs' folders are
    #[arg(long, value_name = "DIR", env = "RTEST_OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}
