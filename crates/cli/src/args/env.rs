use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};

use super::value::duration;

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    pub(crate) action: EnvAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvAction {
    /// Bring the services of a suite up, and keep them until Ctrl-C or `rtest env down`
    Up(UpArgs),
    /// Take them down again
    Down(SuiteArgs),
    /// List them: state, address, what they are
    Ps(SuiteArgs),
    /// Print what they have printed
    Logs(LogsArgs),
    /// Run a command in a service's container, with this terminal
    Exec(ExecArgs),
    /// Bring the data of stores back to what it was after the seed
    Reset(ResetArgs),
    /// Remove from the Docker engine what runs that are gone have left, and images that were built
    Prune,
}

/// Which environment.
#[derive(Debug, Args)]
pub(crate) struct SuiteArgs {
    /// The suite file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) suite: PathBuf,
    /// Folder in which its folder is
    #[arg(long, value_name = "DIR", env = "RTEST_OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) of: SuiteArgs,
    /// Come back when all are ready; they are kept in the background
    #[arg(long, short)]
    pub(crate) detach: bool,
    /// Take them down after so long, `8h`, whoever has forgotten them
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) ttl: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    #[command(flatten)]
    pub(crate) of: SuiteArgs,
    /// One service; all where absent, each line with its name
    pub(crate) service: Option<String>,
    /// Go on with what is printed from now on
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    #[command(flatten)]
    pub(crate) of: SuiteArgs,
    /// The service
    pub(crate) service: String,
    /// Program and arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    pub(crate) of: SuiteArgs,
    /// One service; all that have a reset where absent
    pub(crate) service: Option<String>,
}
