//! Every program of `corpus/` writes to stdout, byte for byte, what Node writes, and exits with
//! its code. `NAME.out` holds both, so that the comparison works without Node; where Node is
//! installed, it is asked again. `UPDATE_CORPUS=1` writes the files anew from Node.

mod node;

use std::path::{Path, PathBuf};

use rtest_core::Seed;
use rtest_core::plan::UnhandledRejections;
use rtest_runtime::{ProgramOptions, ProgramOutcome, run_program};

fn run(program: &Path, seed: u64, trace: bool) -> ProgramOutcome {
    let options = ProgramOptions {
        trace,
        unhandled_rejections: unhandled_rejections(program),
        ..ProgramOptions::new(Seed::new(seed))
    };
    run_program(program, &options).unwrap_or_else(|error| panic!("{error}"))
}

/// The mode that the program's flags ask for.
fn unhandled_rejections(program: &Path) -> Option<UnhandledRejections> {
    let flags = node::flags(program);
    let mut names = flags
        .iter()
        .filter_map(|flag| flag.strip_prefix("--unhandled-rejections="));
    let name = names.next()?;
    UnhandledRejections::ALL
        .into_iter()
        .find(|mode| mode.name() == name)
}

/// Exit code and stdout as `.out` files hold them: without what differs from run to run (the folder's
/// own path, how long a test took) and without the frames of Node's own files in the stacks of
/// `node:test`.
fn transcript(program: &Path, stdout: &[u8], exit_code: i32) -> String {
    let folder = program
        .parent()
        .expect("a folder")
        .to_string_lossy()
        .into_owned();
    let stdout = String::from_utf8_lossy(stdout).replace(&folder, "{corpus}");
    let stdout = if stdout.starts_with("TAP version") || stdout.contains("\nTAP version") {
        stdout
            .split_inclusive('\n')
            .filter(|line| !is_frame_of_node(line))
            .map(without_duration)
            .collect()
    } else {
        stdout
    };
    format!("exit {exit_code}\n{stdout}")
}

fn is_frame_of_node(line: &str) -> bool {
    let line = line.trim_end();
    let is_place = |place: &str| {
        place.starts_with("node:")
            && place
                .trim_end_matches(')')
                .ends_with(|c: char| c.is_ascii_digit())
    };
    let last = line.rsplit([' ', '(']).next().unwrap_or_default();
    line.starts_with("    ") && (is_place(last) || line.ends_with("new Promise (<anonymous>)"))
}

fn without_duration(line: &str) -> String {
    match line.split_once("duration_ms") {
        Some((before, after)) if !after.contains('\'') => format!("{before}duration_ms *\n"),
        _ => line.to_owned(),
    }
}

fn expected_file(program: &Path) -> PathBuf {
    let mut name = program.as_os_str().to_owned();
    name.push(".out");
    PathBuf::from(name)
}

/// Has each core work on a part of the programs; what any of them returns, in order.
fn on_each_core<T: Send>(programs: &[PathBuf], work: impl Fn(&Path) -> Vec<T> + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let parts: Vec<_> = programs
            .chunks(programs.len().div_ceil(cores).max(1))
            .map(|part| scope.spawn(|| part.iter().flat_map(|program| work(program)).collect()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| -> Vec<T> { part.join().expect("it does not panic") })
            .collect()
    })
}

/// What is wrong about one program.
fn compare(program: &Path, with_node: bool, update: bool) -> Option<String> {
    let file = expected_file(program);
    let fresh = || {
        let (stdout, code) = node::run(program);
        transcript(program, &stdout, code)
    };
    if with_node && update {
        std::fs::write(&file, fresh()).expect("written");
    }
    let expected = std::fs::read_to_string(&file).expect("an .out file beside each program");
    // A busy machine can turn Node's timers round; it does not do so every time.
    if with_node && !(0..20).any(|_| fresh() == expected) {
        return Some(format!(
            "{}: Node writes something else now",
            file.display()
        ));
    }
    (1..=3).find_map(|seed| {
        let outcome = run(program, seed, false);
        let actual = transcript(program, &outcome.stdout, outcome.exit_code);
        (actual != expected).then(|| {
            format!(
                "{} under seed {seed}\n--- node\n{expected}\n--- ours\n{actual}\n--- stderr\n{}",
                program.display(),
                String::from_utf8_lossy(&outcome.stderr)
            )
        })
    })
}

#[test]
fn every_program_writes_what_node_writes() {
    let programs = node::programs("corpus");
    assert!(programs.len() >= 200, "{} programs", programs.len());
    let with_node = node::is_present("corpus");
    let update = std::env::var_os("UPDATE_CORPUS").is_some();
    let wrong = on_each_core(&programs, |program| {
        compare(program, with_node, update).into_iter().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn two_runs_under_one_seed_are_the_same_to_the_byte() {
    for program in node::programs("corpus") {
        for seed in [1, 99] {
            let first = run(&program, seed, true);
            let second = run(&program, seed, true);
            assert_eq!(first, second, "{} under seed {seed}", program.display());
            let mut texts = [Vec::new(), Vec::new()];
            for (run, text) in [&first, &second].into_iter().zip(&mut texts) {
                run.trace.write(text).expect("a vector takes bytes");
                run.trace
                    .write_json_lines(text)
                    .expect("a vector takes bytes");
            }
            assert_eq!(texts[0], texts[1]);
        }
    }
}

#[test]
fn keeping_a_trace_does_not_change_the_run() {
    for program in node::programs("corpus") {
        let with = run(&program, 5, true);
        let without = run(&program, 5, false);
        assert_eq!(with.trace_hash, without.trace_hash, "{}", program.display());
        assert_eq!(with.stdout, without.stdout);
    }
}
