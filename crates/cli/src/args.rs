mod chaos;
mod contract;
mod env;
mod load;
mod sim;
mod value;

pub(crate) use chaos::{ChaosAction, ChaosArgs, ChaosRunArgs, UndoArgs};
pub(crate) use contract::{
    BrokerArgs, ContractAction, ContractArgs, OpenApiArgs, ReachArgs, StubArgs, VerifyArgs,
};
pub(crate) use env::{EnvAction, EnvArgs, ExecArgs, LogsArgs, ResetArgs, SuiteArgs, UpArgs};
pub(crate) use load::{ConnectionArgs, GateArgs, LoadArgs, RequestArgs, ScheduleArgs};
pub(crate) use sim::{SimArgs, SimStrategy};
pub(crate) use value::ReportRequest;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use rtest_core::Seed;
use rtest_core::plan::Shard;

use value::{loopback, report_request, scale, shard};

/// Where the control API of a running load is looked for; k6's port.
const CONTROL: &str = "127.0.0.1:6565";

/// Load, chaos and contract testing: one binary, one suite file, one verdict.
#[derive(Debug, Parser)]
#[command(
    name = "rtest",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 passed · 1 a gate failed · 2 usage or suite invalid · \
    3 environment failed · 4 inconclusive (when asked) · 5 numbers not valid · 70 bug · 130 interrupted"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a suite: environment, contracts, programs, load and faults, one verdict
    Run(RunArgs),
    /// Load one URL, without a file
    Load(Box<LoadArgs>),
    /// Drills: break things under load, and mend what a killed run has left
    Chaos(ChaosArgs),
    /// Contracts: verify what consumers rely on against a provider
    Contract(ContractArgs),
    /// Services without a run: bring a suite's environment up, look into it, take it down
    Env(EnvArgs),
    /// Check a suite and say everything that is wrong with it
    Validate(ValidateArgs),
    /// Print the suite language as JSON Schema
    Schema,
    /// Explain a diagnostic's code, or list the metrics
    Explain(ExplainArgs),
    /// Look at a running load and change it: pause, resume, scale, stop
    Ctl(CtlArgs),
    /// Make one run of the parts of a load (--shard), and judge it
    Merge(MergeArgs),
    /// Render reports from a run's folder
    Report(ReportArgs),
    /// Run a program in the reference runtime, Node's event loop on virtual time, or search it for races
    Sim(SimArgs),
    /// Serve a proxy that any Toxiproxy client can drive
    Proxy(ProxyArgs),
    /// Serve a sample service: a small system to try things on
    Sample(SampleArgs),
    /// Write a suite that passes as it is, and a CI workflow for it
    Init(InitArgs),
    /// Look at this machine: what a run needs, and how to mend what is missing
    Doctor,
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Wait for the parent to die, then end everything it started
    #[command(hide = true)]
    Reaper(ReaperArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The suite file
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) suite: PathBuf,
    /// Run only what the suite's `stages.NAME` lists
    #[arg(long, value_name = "NAME")]
    pub(crate) stage: Option<String>,
    /// Of the cases, run those whose name fits, `*` being anything; repeatable
    #[arg(long = "case", value_name = "GLOB")]
    pub(crate) cases: Vec<String>,
    /// Of the cases, run those with this tag; repeatable
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Of the cases that may run beside each other, run N at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) jobs: Option<u32>,
    /// Write the cases' snapshots instead of comparing with them
    #[arg(long)]
    pub(crate) update_snapshots: bool,
    /// Use the services that `rtest env up` keeps, their data reset, instead of starting others
    #[arg(long)]
    pub(crate) attach: bool,
    /// Print what would be run (phases, requests, faults) and start nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Run one part of N, 0/4 to 3/4: of the load, which `rtest merge` makes one run of, or of the cases
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) of_load: OfLoadArgs,
}

/// What every judged run takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run and reports")]
pub(crate) struct OutputArgs {
    /// Seed of every random decision; printed when absent, so that a run can be repeated
    #[arg(long, value_name = "N", env = "RTEST_SEED")]
    pub(crate) seed: Option<Seed>,
    /// Write a report: html, json, junit or text; repeatable
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_request)]
    pub(crate) reports: Vec<ReportRequest>,
    /// Folder in which the run's own folder is made
    #[arg(long, value_name = "DIR", env = "RTEST_OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// No progress on stderr
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What a run takes beyond that in which there may be load: contracts alone rest on no samples, and
/// have nothing to steer.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Run and reports")]
pub(crate) struct OfLoadArgs {
    /// Exit with 4 when a gate rests on too few samples to decide
    #[arg(long)]
    pub(crate) fail_on_inconclusive: bool,
    /// Serve k6's control API while it runs, on loopback: 127.0.0.1:6565
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub(crate) control: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct CtlArgs {
    #[command(subcommand)]
    pub(crate) action: CtlAction,
    /// The address that the run was given with --control
    #[arg(long, global = true, value_name = "ADDRESS", default_value = CONTROL, value_parser = loopback)]
    pub(crate) control: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CtlAction {
    /// Print what the load is at
    Status,
    /// Let nothing fall due any more; what runs ends
    Pause,
    /// Go on where it was paused
    Resume,
    /// Change arrival rates or virtual users, as multiples of what the plan says
    Scale(ScaleArgs),
    /// End the load; what runs has its graceful stop to end
    Stop,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct ScaleArgs {
    /// Arrival rates, as a multiple of the plan's: 1.5
    #[arg(long, value_name = "FACTOR", value_parser = scale)]
    pub(crate) rate: Option<f64>,
    /// Virtual users of closed models, as a multiple of the plan's: 2
    #[arg(long, value_name = "FACTOR", value_parser = scale)]
    pub(crate) vus_scale: Option<f64>,
    /// Virtual users of closed models, all together
    #[arg(long, value_name = "N", conflicts_with = "vus_scale")]
    pub(crate) vus: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Suite files
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub(crate) suites: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A code (RT0101), a metric, or `metrics`; without it every code is listed
    pub(crate) topic: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The folders of all parts, in any order
    #[arg(required = true, value_hint = ValueHint::DirPath)]
    pub(crate) parts: Vec<PathBuf>,
    /// Folder in which the merged run's own folder is made
    #[arg(long, value_name = "DIR", env = "RTEST_OUT", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// Write a report: html, json, junit or text; repeatable
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_request)]
    pub(crate) reports: Vec<ReportRequest>,
    /// Exit with 4 when a gate rests on too few samples to decide
    #[arg(long)]
    pub(crate) fail_on_inconclusive: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// A run's folder: reports/out/RUN-ID
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) run: PathBuf,
    /// Write a report: html, json, junit or text; repeatable
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_request)]
    pub(crate) reports: Vec<ReportRequest>,
}

#[derive(Debug, Args)]
pub(crate) struct ProxyArgs {
    /// Address of the control API
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8474")]
    pub(crate) listen: SocketAddr,
    /// Proxies to make at start, in Toxiproxy's JSON
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Seed of toxicity and jitter
    #[arg(long, value_name = "N", env = "RTEST_SEED")]
    pub(crate) seed: Option<Seed>,
    /// Count the bytes of each proxy at /metrics
    #[arg(long)]
    pub(crate) proxy_metrics: bool,
    /// Show what this process uses at /metrics
    #[arg(long)]
    pub(crate) runtime_metrics: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SampleArgs {
    /// catalog or storefront
    pub(crate) sample: String,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// The catalog's URL, for the storefront
    #[arg(long, value_name = "URL", env = "CATALOG_URL")]
    pub(crate) catalog: Option<String>,
    /// A behaviour to break, to see it caught; repeatable
    #[arg(long = "break", value_name = "BEHAVIOUR")]
    pub(crate) breaks: Vec<String>,
    /// Seed of its backoff jitter
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: Seed,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Where to write
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// bash, elvish, fish, powershell or zsh
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ReaperArgs {
    /// The run whose processes are ended
    #[arg(long)]
    pub(crate) run_id: String,
}
