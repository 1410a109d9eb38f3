//! Runs a program: `cargo run --example sim -- FILE [SEED]`.

#![allow(clippy::print_stderr)]

use std::io::Write;
use std::path::PathBuf;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().unwrap_or_default());
    let seed = arguments.next().and_then(|seed| seed.parse().ok());
    let trace = arguments.next().is_some();
    let options = ProgramOptions {
        trace,
        ..ProgramOptions::new(seed.unwrap_or(Seed::new(0)))
    };
    let (outcome, error) = match run_program(&path, &options) {
        Ok(outcome) => (Some(outcome), None),
        Err(error) => (error.outcome.as_deref().cloned(), Some(error.to_string())),
    };
    let mut code = 70;
    if let Some(outcome) = outcome {
        let _ = std::io::stdout().write_all(&outcome.stdout);
        let _ = std::io::stderr().write_all(&outcome.stderr);
        if trace {
            let _ = outcome.trace.write(&mut std::io::stderr());
        }
        if error.is_none() {
            code = outcome.exit_code;
        }
    }
    if let Some(error) = error {
        eprintln!("{error}");
    }
    std::process::exit(code);
}
