//! Programs over Node's library that make what they do from a number: for each number, what Node
//! writes is what is written here. `RANDOM_PROGRAMS=N` compares N numbers of each instead of 4.

#![allow(clippy::print_stderr)] // a comparison that cannot be made says so

mod node;

use std::path::Path;
use std::process::Command;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};

fn of_node(program: &Path, number: u64) -> Vec<u8> {
    let output = Command::new("node")
        .arg(program)
        .arg(number.to_string())
        .output()
        .expect("node starts");
    output.stdout
}

fn ours(program: &Path, number: u64) -> Vec<u8> {
    let options = ProgramOptions {
        args: vec![number.to_string()],
        ..ProgramOptions::new(Seed::new(number))
    };
    run_program(program, &options)
        .unwrap_or_else(|error| panic!("{error}"))
        .stdout
}

#[test]
fn random_programs_over_the_library_write_what_node_writes() {
    if !node::is_present("random_library") {
        return;
    }
    let numbers = std::env::var("RANDOM_PROGRAMS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(4);
    let programs = node::programs("generated");
    assert!(programs.len() >= 5, "{} programs", programs.len());
    let mut wrong = Vec::new();
    for program in &programs {
        for number in 1..=numbers {
            let theirs = of_node(program, number);
            let ours = ours(program, number);
            assert!(!theirs.is_empty(), "{} {number}", program.display());
            let lines = |bytes: &[u8]| -> Vec<String> {
                let text = String::from_utf8_lossy(bytes).into_owned();
                text.lines().map(str::to_owned).collect()
            };
            let (theirs, ours) = (lines(&theirs), lines(&ours));
            if theirs != ours {
                let differs = theirs.iter().zip(&ours).position(|(a, b)| a != b);
                let at = differs.unwrap_or(theirs.len().min(ours.len()));
                wrong.push(format!(
                    "{} {number}, line {}\n  node: {:?}\n  ours: {:?}",
                    program.display(),
                    at + 1,
                    theirs.get(at),
                    ours.get(at)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
