//! The command line: arguments become a call of the crates below, results become output and an
//! exit code.
//!
//! stdout is data (verdicts, schemas, a program's own output), stderr is progress and errors.

mod args;
mod command;
mod control;
mod exit;
mod host;
mod live;
mod output;
mod reproduce;
mod shell;
mod signals;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use crate::args::{Cli, Command};
use crate::exit::{Exit, Failure};

fn main() -> ExitCode {
    // reqwest is built without a default provider; the second call would be the error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let given = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&given).unwrap_or_else(|error| error.exit());
    let exit = match dispatch(cli.command, &given) {
        Ok(exit) => exit,
        Err(failure) => {
            let text = output::paint_diagnostics(
                &failure.message,
                output::colour(std::io::stderr().is_terminal()),
            );
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(std::io::stderr(), "{text}");
            failure.exit
        }
    };
    ExitCode::from(exit.code())
}

/// `given` is the command line as it was typed.
fn dispatch(command: Command, given: &ArgMatches) -> Result<Exit, Failure> {
    match command {
        Command::Run(args) => command::run::execute(&args),
        Command::Load(args) => {
            let given = given.subcommand_matches("load");
            command::load::execute(&args, given.expect("`rtest load` was typed"))
        }
        Command::Chaos(args) => command::chaos::execute(&args),
        Command::Env(args) => command::env::execute(&args),
        Command::Contract(args) => {
            let given = given.subcommand_matches("contract");
            command::contract::execute(&args, given.expect("`rtest contract` was typed"))
        }
        Command::Validate(args) => command::validate::execute(&args),
        Command::Schema => command::schema::execute(),
        Command::Explain(args) => command::explain::execute(&args),
        Command::Ctl(args) => command::ctl::execute(&args),
        Command::Merge(args) => command::merge::execute(&args),
        Command::Report(args) => command::report::execute(&args),
        Command::Sim(args) => command::sim::execute(&args),
        Command::Proxy(args) => command::proxy::execute(&args),
        Command::Sample(args) => command::sample::execute(&args),
        Command::Init(args) => command::init::execute(&args),
        Command::Doctor => command::doctor::execute(),
        Command::Completions(args) => command::completions::execute(&args),
        Command::Reaper(args) => command::reaper::execute(&args),
    }
}
