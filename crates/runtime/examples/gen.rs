//! Prints a program that nobody has seen, to run on Node and here:
//! `cargo run -p rtest-runtime --example gen -- --seed N [--kind timer-free|timers|contexts] [--depth D]`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../tests/generator/mod.rs"]
mod generator;

use std::process::ExitCode;

use generator::Kind;

fn main() -> ExitCode {
    let (mut seed, mut kind, mut depth) = (0, Kind::TimerFree, 2);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match (name.as_str(), value.as_str(), value.parse::<u64>()) {
            ("--seed", _, Ok(number)) => seed = number,
            ("--depth", _, Ok(number)) => depth = number.min(6) as u32,
            ("--kind", "timer-free", _) => kind = Kind::TimerFree,
            ("--kind", "timers", _) => kind = Kind::Timers,
            ("--kind", "contexts", _) => kind = Kind::Contexts,
            _ => {
                eprintln!(
                    "not understood: {name} {value}; --seed NUMBER, --kind timer-free|timers|contexts, --depth 0..6"
                );
                return ExitCode::from(2);
            }
        }
    }
    print!("{}", generator::program(seed, kind, depth));
    ExitCode::SUCCESS
}
