use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};
use rtest_core::Seed;
use rtest_core::plan::{SimPlan, UnhandledRejections};
use rtest_core::unit::{format_size, parse_size};

#[derive(Debug, Args)]
pub(crate) struct SimArgs {
    /// A program: .js, .mjs, .cjs, or TypeScript: .ts, .mts, .cts
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) program: PathBuf,
    /// The machine's stalls, Math.random and all else of chance; without it the machine is idle and
    /// the seed 1
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<Seed>,
    /// Write what the event loop did: .html draws it, .json has a line for each event
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) trace: Option<PathBuf>,
    /// Timers and intervals that the program leaves behind are a finding
    #[arg(long)]
    pub(crate) leaks: bool,
    /// What becomes of promises that are rejected and that nobody handles, as of node's option:
    /// throw (its default), strict, warn, none or warn-with-error-code
    #[arg(long, value_name = "MODE", value_parser = rejections(), hide_possible_values = true)]
    pub(crate) unhandled_rejections: Option<UnhandledRejections>,
    /// Show the program what is in this folder of the machine (nothing is ever written to it);
    /// may be given more than once
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) allow_read: Vec<PathBuf>,
    /// Threads for files and names to look up: UV_THREADPOOL_SIZE
    #[arg(long, value_name = "N", default_value_t = SimArgs::THREAD_POOL,
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) thread_pool: u16,
    /// How much memory the program may use; reaching it is a finding
    #[arg(long, value_name = "SIZE", value_parser = memory, default_value = "2GiB")]
    pub(crate) memory: u64,
    /// The world that the program runs in: a file of it, or the line of a suite on which the
    /// program's sim entry begins
    #[arg(long, value_name = "FILE[:LINE]", value_hint = ValueHint::FilePath)]
    pub(crate) world: Option<String>,
    /// Do not run a second time to see that it gives the same bytes
    #[arg(long, conflicts_with = "seeds")]
    pub(crate) once: bool,
    /// Run one schedule, as a finding prints it, or the file that holds it
    #[arg(long, value_name = "SCHEDULE", conflicts_with_all = ["seed", "seeds"])]
    pub(crate) replay: Option<String>,
    #[command(flatten)]
    pub(crate) search: SimSearchArgs,
    /// The program's own arguments
    #[arg(last = true)]
    pub(crate) args: Vec<String>,
}

impl SimArgs {
    /// Threads of the pool where nothing is said, as in Node.
    pub(crate) const THREAD_POOL: u16 = 4;
}

/// `512MB`, as much as a program can be granted.
fn memory(text: &str) -> Result<u64, String> {
    let range = SimPlan::MEMORY_BYTES;
    let bytes = parse_size(text).map_err(|error| format!("{}; {}", error.message, error.hint))?;
    if range.contains(&bytes) {
        return Ok(bytes);
    }
    let [least, most] = [range.start(), range.end()].map(|bytes| format_size(*bytes));
    Err(format!("a program can be granted {least} to {most}"))
}

/// One of Node's modes, by its name.
fn rejections() -> impl TypedValueParser<Value = UnhandledRejections> {
    PossibleValuesParser::new(UnhandledRejections::ALL.map(UnhandledRejections::name)).map(|name| {
        UnhandledRejections::ALL
            .into_iter()
            .find(|mode| mode.name() == name)
            .expect("the parser takes no other names")
    })
}

/// What makes it a search.
#[derive(Debug, Args)]
#[command(next_help_heading = "Search")]
pub(crate) struct SimSearchArgs {
    /// Run under so many schedules (seeds N, N + 1, …), and show what is wrong with the program
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seeds: Option<u32>,
    /// How schedules are chosen
    #[arg(long, value_enum, default_value = "random", requires = "seeds")]
    pub(crate) strategy: SimStrategy,
    /// pct: stalls of a run, and one
    #[arg(long, value_name = "D", default_value = "3", requires = "seeds",
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) depth: u32,
    /// exhaustive: choices of a schedule that are not calm, at most
    #[arg(long, value_name = "N", default_value = "2", requires = "seeds",
          value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) forced: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimStrategy {
    /// Each seed disturbs some things, often or seldom
    Random,
    /// Each seed stalls at a few points: finds a failure with a known probability
    Pct,
    /// Every schedule of a few stalls, under one seed
    Exhaustive,
}
