//! The packages that programs know time and tests by: what Jest 29, Vitest 2 and
//! `@sinonjs/fake-timers` 13 made of the programs in `peers/` is in the `.out` beside each, and is what
//! comes of them here.
//!
//! A `.out` of Jest and Vitest holds a line for each test (`ok suite > test`; `not ok`, `skipped`,
//! `todo`), and the program's own lines that begin with `message: `; of sinon's clock, all that the
//! program wrote. With `RTEST_PEERS`, a folder with a `node_modules`, sinon's are compared with the
//! package anew.

mod node;

use std::path::Path;
use std::process::Command;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};

fn run(program: &Path, seed: u64) -> String {
    let options = ProgramOptions::new(Seed::new(seed));
    let outcome = run_program(program, &options).unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(outcome.stdout).expect("text")
}

fn expected(program: &Path) -> String {
    let file = format!("{}.out", program.display());
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn programs(prefixes: &[&str]) -> Vec<std::path::PathBuf> {
    let mut programs = node::programs("peers");
    programs.retain(|program| {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    });
    assert!(programs.len() >= 3, "{} programs", programs.len());
    programs
}

/// What became of each test by its full name, from TAP; suites are left out.
fn results(tap: &str) -> Vec<String> {
    let mut messages = Vec::new();
    let mut path: Vec<&str> = Vec::new();
    let mut tests: Vec<(String, &str)> = Vec::new();
    for line in tap.lines() {
        if line.starts_with("message: ") {
            messages.push(line.to_owned());
            continue;
        }
        let text = line.trim_start();
        let depth = (line.len() - text.len()) / 4;
        if let Some(name) = text.strip_prefix("# Subtest: ") {
            path.truncate(depth);
            path.push(name);
            continue;
        }
        let (verdict, rest) = match (text.strip_prefix("ok "), text.strip_prefix("not ok ")) {
            (Some(rest), _) => ("ok", rest),
            (_, Some(rest)) => ("not ok", rest),
            _ => continue,
        };
        let Some((_, name)) = rest.split_once(" - ") else {
            continue;
        };
        let (name, verdict) = match (name.split_once(" # SKIP"), name.split_once(" # TODO")) {
            (Some((name, _)), _) => (name, "skipped"),
            (_, Some((name, _))) => (name, "todo"),
            _ => (name, verdict),
        };
        path.truncate(depth);
        let full = [&path[..], &[name]]
            .concat()
            .join(" > ")
            .replace("\\#", "#");
        path.push(name);
        tests.push((full, verdict));
    }
    let is_suite = |name: &str| {
        tests
            .iter()
            .any(|(other, _)| other.starts_with(&format!("{name} > ")))
    };
    let of_tests = tests
        .iter()
        .filter(|(name, _)| !is_suite(name))
        .map(|(name, verdict)| format!("{verdict} {name}"));
    let mut lines: Vec<String> = messages.into_iter().chain(of_tests).collect();
    lines.sort();
    lines
}

#[test]
fn tests_in_the_style_of_jest_and_vitest_end_as_theirs() {
    for program in programs(&["jest-", "vitest-"]) {
        let mut theirs: Vec<String> = expected(&program).lines().map(str::to_owned).collect();
        theirs.sort();
        for seed in 1..=3 {
            let ours = results(&run(&program, seed));
            assert_eq!(ours, theirs, "{} under seed {seed}", program.display());
        }
    }
}

#[test]
fn the_clock_of_a_program_does_what_sinons_does() {
    let peers = std::env::var_os("RTEST_PEERS");
    for program in programs(&["sinon-"]) {
        let theirs = match &peers {
            Some(folder) => {
                let output = Command::new("node")
                    .arg(&program)
                    .env("NODE_PATH", Path::new(folder).join("node_modules"))
                    .output()
                    .expect("node starts");
                String::from_utf8(output.stdout).expect("text")
            }
            None => expected(&program),
        };
        assert_eq!(expected(&program), theirs, "{}", program.display());
        for seed in 1..=3 {
            assert_eq!(run(&program, seed), theirs, "{}", program.display());
        }
    }
}
