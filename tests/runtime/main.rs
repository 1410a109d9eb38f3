//! `rtest sim`: a program's own output and exit code, nothing else on stdout.
#![allow(clippy::print_stderr)] // says loudly what could not be compared

#[path = "../binary/mod.rs"]
mod binary;

use std::path::{Path, PathBuf};
use std::process::Command;

use binary::{command, rtest};

fn program(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// What `node` gives, or `None` where there is no node.
fn node(file: &str) -> Option<(Vec<u8>, i32)> {
    let Ok(output) = Command::new("node").arg(file).output() else {
        eprintln!("NOT COMPARED: there is no `node` here to compare with");
        return None;
    };
    Some((output.stdout, output.status.code().unwrap_or(-1)))
}

const ORDER: &str = "
setTimeout(() => console.log('timeout 0'), 0);
setTimeout(() => console.log('timeout 10'), 10);
Promise.resolve().then(() => console.log('microtask'));
process.nextTick(() => console.log('tick'));
queueMicrotask(() => { console.log('microtask 2'); process.nextTick(() => console.log('tick 2')); });
console.log('main', { a: [1, 2, { b: null }], s: 'it\\'s' }, [undefined, -0, 1n], new Map([[1, 'x']]));
";

#[test]
fn output_and_exit_code_are_nodes_byte_for_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text, code) in [
        ("order.js", ORDER, 0),
        ("order.mjs", ORDER, 0),
        ("code.js", "console.log('bye'); process.exitCode = 7;", 7),
        (
            "exit.js",
            "setTimeout(() => console.log('never'), 5); process.exit(3);",
            3,
        ),
        (
            "throw.js",
            "console.log('before'); throw new Error('boom');",
            1,
        ),
        (
            "reject.js",
            "Promise.reject(new Error('nobody listens'));",
            1,
        ),
    ] {
        let file = program(folder.path(), name, text);
        let ours = command(&["sim", &file]).output().expect("rtest starts");
        assert_eq!(ours.status.code(), Some(code), "{name}");
        if let Some((stdout, exit)) = node(&file) {
            assert_eq!(
                String::from_utf8_lossy(&ours.stdout),
                String::from_utf8_lossy(&stdout),
                "{name}"
            );
            assert_eq!(exit, code, "{name}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_may_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = program(
        folder.path(),
        "random.mjs",
        "for (let i = 0; i < 5; i++) console.log(Math.random(), Date.now());",
    );
    let trace = |name: &str| folder.path().join(name).display().to_string();
    let run = |seed: &str, name: &str| {
        let ran = rtest(&["sim", &file, "--seed", seed, "--trace", &trace(name)]).exits(0);
        (ran.stdout, std::fs::read(trace(name)).expect("a trace"))
    };
    assert_eq!(run("7", "a"), run("7", "b"));
    assert_ne!(run("7", "a").0, run("8", "c").0);
}

#[test]
fn an_hour_of_timers_takes_no_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = program(
        folder.path(),
        "hour.js",
        "const t = Date.now(); setTimeout(() => console.log(Math.round((Date.now() - t) / 60000)), 3600000);",
    );
    assert_eq!(rtest(&["sim", &file]).exits(0).stdout, "60\n");
}

#[test]
fn files_of_the_machine_are_there_once_they_are_granted() {
    let folder = tempfile::tempdir().expect("a folder");
    let granted = folder.path().canonicalize().expect("it exists");
    std::fs::write(granted.join("config.json"), "{}").expect("written");
    let text = "console.log(require('fs').readFileSync(process.argv[2] + '/config.json', 'utf8'))";
    let file = program(folder.path(), "read.js", text);
    let granted = granted.to_string_lossy().into_owned();
    let ran = rtest(&["sim", &file, "--", &granted]);
    assert_eq!(ran.code, 1);
    ran.shows("ENOENT")
        .shows(&format!("--allow-read {granted}` shows"));
    let ran = rtest(&["sim", &file, "--allow-read", &granted, "--", &granted]);
    assert_eq!(ran.exits(0).stdout, "{}\n");
    let nowhere = rtest(&["sim", &file, "--", "/nonexistent"]);
    assert_eq!(nowhere.code, 1);
    assert!(
        !nowhere.text().contains("--allow-read"),
        "{}",
        nowhere.text()
    );
    rtest(&["sim", &file, "--allow-read", "/nonexistent"])
        .exits(2)
        .shows("--allow-read");
}

#[test]
fn a_world_of_a_file_or_of_a_suite_is_in_the_command_that_replays() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "const fs = require('fs');
        fs.writeFileSync('a', 'x');
        setTimeout(() => fs.writeFileSync('a', 'y'), 30);";
    let file = program(folder.path(), "shop.js", text);
    rtest(&["sim", &file]).exits(0);
    let faults = "{ at: 20ms, for: 20ms, disk: { full: true } }";
    let world = program(folder.path(), "world.yaml", &format!("faults: [{faults}]"));
    rtest(&["sim", &file, "--world", "nowhere.yaml"])
        .exits(2)
        .shows("the world `nowhere.yaml` cannot be read");
    rtest(&["sim", &file, "--world", &world])
        .exits(1)
        .shows("ENOSPC");
    let suite =
        format!("name: shop\nsim:\n  - program: shop.js\n    world: {{ faults: [{faults}] }}\n");
    let suite = program(folder.path(), "suite.yaml", &suite);
    let entry = format!("{suite}:3");
    rtest(&["sim", &file, "--world", &entry, "--seeds", "3"])
        .exits(1)
        .shows(&format!("--replay v1:1: --world {entry}"));
    rtest(&["run", &suite, "--seed", "1"])
        .exits(1)
        .shows(&format!("--replay v1:1: --world {entry}"));
    rtest(&["sim", &file, "--world", &format!("{suite}:1")])
        .exits(2)
        .shows("they are on 3");
    let bad = program(folder.path(), "bad.yaml", "disk: { ful: true }");
    rtest(&["sim", &file, "--world", &bad])
        .exits(2)
        .shows("bad.yaml:1:9")
        .shows("did you mean `full`?");
}

#[test]
fn memory_is_granted_by_a_flag_that_the_error_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "const all = []; for (let i = 0; i < 300_000; i++) all.push({ i });";
    let file = program(folder.path(), "much.js", text);
    rtest(&["sim", &file]).exits(0);
    rtest(&["sim", &file, "--memory", "32MiB"])
        .exits(1)
        .shows("the memory limit of 32MiB")
        .shows("--memory")
        .shows("--replay v1:1: --memory 32MiB");
    rtest(&["sim", &file, "--memory", "1MB"])
        .exits(2)
        .shows("16MiB to 64GiB");
}

#[test]
fn what_the_runtime_does_not_have_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = program(
        folder.path(),
        "spawn.js",
        "require('child_process').spawnSync('cat', ['/etc/passwd']);",
    );
    let ran = rtest(&["sim", &file]);
    assert_ne!(ran.code, 0);
    ran.shows("child_process");
    rtest(&["sim", "/nonexistent.js"])
        .exits(2)
        .shows("/nonexistent.js");
}

#[test]
fn an_endless_loop_is_stopped_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("loop.js", "for (;;) {}"),
        (
            "ticks.js",
            "const again = () => process.nextTick(again); again();",
        ),
    ] {
        let file = program(folder.path(), name, text);
        let ran = rtest(&["sim", &file]);
        assert_ne!(ran.code, 0, "{name}");
        assert!(!ran.stderr.is_empty(), "{name}: {}", ran.text());
    }
}

#[test]
fn a_race_is_found_by_seeds_and_replayed_by_its_seed() {
    let race: PathBuf = binary::root().join("fixtures/sims/lost-update.mjs");
    let race = race.display().to_string();
    let failing =
        (1..200).find(|seed| rtest(&["sim", &race, "--seed", &seed.to_string()]).code != 0);
    let failing = failing
        .expect("one of 200 seeds shows the lost update")
        .to_string();
    let first = rtest(&["sim", &race, "--seed", &failing]);
    let again = rtest(&["sim", &race, "--seed", &failing]);
    assert_eq!((first.code, &first.stdout), (again.code, &again.stdout));
    assert_eq!(first.code, 1, "{}", first.text());
}

fn fixture(name: &str) -> String {
    binary::root()
        .join("fixtures/sims")
        .join(name)
        .display()
        .to_string()
}

/// What follows `label` on its line of a search's output.
fn line<'a>(text: &'a str, label: &str) -> &'a str {
    text.lines()
        .find_map(|line| line.trim_start().strip_prefix(label))
        .unwrap_or_else(|| panic!("no `{label}` in\n{text}"))
        .trim()
}

#[test]
fn a_search_shows_what_it_found_and_a_command_that_shows_it_again() {
    let race = fixture("limiter.mjs");
    let search = rtest(&["sim", &race, "--seeds", "60"])
        .exits(1)
        .shows("1. always")
        .shows("at most three at a time")
        .shows("at limiter.mjs:16:3")
        .shows("configuration: seed ")
        .shows(" choices of chance:");
    // Progress, where a search takes long.
    let is_progress = |line: &str| line.starts_with("rtest: ");
    assert!(search.stderr.lines().all(is_progress), "{}", search.text());
    let again = rtest(&["sim", &race, "--seeds", "60"]).exits(1);
    assert_eq!(
        search.stdout, again.stdout,
        "a search is as deterministic as its runs"
    );

    let replay = line(&search.stdout, "replay: ").to_owned();
    let schedule = replay.rsplit(' ').next().expect("a schedule").to_owned();
    assert!(schedule.starts_with("v1:"), "{replay}");
    let shown = rtest(&["sim", &race, "--replay", &schedule])
        .exits(1)
        .shows("rtest: always: at most three at a time (limiter.mjs:16:3)");
    let folder = tempfile::tempdir().expect("a folder");
    let file = program(folder.path(), "schedule.txt", &format!("{schedule}\n"));
    assert_eq!(
        rtest(&["sim", &race, "--replay", &file]).stderr,
        shown.stderr
    );
    // Without its choices the run is calm.
    let calm = format!("{}:", schedule.rsplit_once(':').expect("its choices").0);
    rtest(&["sim", &race, "--replay", &calm]).exits(0);
}

/// The blocks of a page that show a finding.
fn shown_findings(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(binary::root().join(page)).expect("a page");
    let blocks = text.split("```\n").filter(|block| block.starts_with("1. "));
    blocks.map(ToOwned::to_owned).collect()
}

#[test]
fn the_pages_show_what_is_printed() {
    let found = rtest(&["sim", "fixtures/sims/limiter.mjs", "--seeds", "300"]).exits(1);
    for page in ["README.md", "docs/RUNTIME.md"] {
        let blocks = shown_findings(page);
        assert!(!blocks.is_empty(), "{page} shows a finding");
        for line in blocks.iter().flat_map(|block| block.lines()) {
            let line = line.trim_end_matches('…').trim_end();
            let is_printed = found
                .stdout
                .lines()
                .any(|printed| printed.starts_with(line));
            assert!(is_printed, "{page}: `{line}` is not in\n{}", found.stdout);
        }
    }
}

#[test]
fn a_search_says_which_test_failed_and_how() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "import { describe, expect, test } from 'vitest';\n\
                describe('sum', () => { test('of two', () => expect(1).toBe(2)); });";
    let file = program(folder.path(), "sum.test.mjs", text);
    let words = "1. test failed\n   sum > of two: expect(received).toBe(expected) // Object.is equality\n   \
                 Expected: 2\n   Received: 1\n   at sum.test.mjs:2:56\n   in 5 of 5 runs";
    let ran = rtest(&["sim", &file, "--seeds", "5"]).exits(1).shows(words);
    assert!(!ran.stdout.contains("configuration:"), "{}", ran.text());
}

#[test]
fn what_is_used_and_not_there_ends_the_run_where_it_is_caught_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "const price = async () => { try { await fetch('https://a.internal/'); } catch { return 0; } };\n\
                await price();";
    let file = program(folder.path(), "price.mjs", text);
    rtest(&["sim", &file])
        .exits(1)
        .shows("is not available in the reference runtime (asked for at ");
    rtest(&["sim", &file, "--seeds", "5"]).exits(1);
}

#[test]
fn an_interrupted_search_shows_what_it_found() {
    use std::process::Stdio;
    let race = fixture("lost-update.mjs");
    let mut command = command(&["sim", &race, "--seeds", "4000000000"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut search = command.spawn().expect("rtest starts");
    // The first line of progress tells that it is under way, and hears signals.
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(search.stderr.take().expect("it is piped"));
    std::io::BufRead::read_line(&mut stderr, &mut said).expect("a line of progress");
    assert!(said.contains(" of 4,000,000,000 runs, "), "{said}");
    let interrupted = Command::new("kill")
        .args(["-INT", &search.id().to_string()])
        .status();
    assert!(interrupted.expect("kill is a command").success());
    let ran = search.wait_with_output().expect("it ends");
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(130), "{stdout}");
    assert!(stdout.contains(": interrupted after "), "{stdout}");
    assert!(
        stdout.contains(" of 4,000,000,000 runs (random, "),
        "{stdout}"
    );
    assert!(
        stdout.contains("\n1. ") && stdout.contains("replay: rtest sim "),
        "{stdout}"
    );
}

#[test]
fn a_trace_that_cannot_be_written_is_told_before_anything_runs() {
    let trace = "/nonexistent/trace.html";
    for more in [&[][..], &["--seeds", "5"]] {
        let limiter = fixture("limiter.mjs");
        let words = [&["sim", &limiter, "--trace", trace], more].concat();
        let ran = rtest(&words)
            .exits(2)
            .shows("--trace: /nonexistent/trace.html: ");
        assert_eq!(ran.stdout, "", "{}", ran.text());
    }
}

#[test]
fn a_search_that_finds_nothing_passes_and_says_what_that_is_worth() {
    let fixed = fixture("limiter.fixed.mjs");
    rtest(&["sim", &fixed, "--seeds", "40"])
        .exits(0)
        .shows("40 runs (random, seeds 1 to 40), 0 failed, nothing found");
    rtest(&[
        "sim",
        &fixed,
        "--seeds",
        "20",
        "--strategy",
        "pct",
        "--depth",
        "2",
    ])
    .exits(0)
    .shows("1/(n·k^(d-1))");
    rtest(&[
        "sim",
        &fixed,
        "--seeds",
        "2000",
        "--strategy",
        "exhaustive",
        "--forced",
        "1",
    ])
    .exits(0)
    .shows("every schedule of at most 1 forced choice was run: complete");
}

#[test]
fn without_a_seed_the_machine_is_idle() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "console.log(Math.random()); setTimeout(() => console.log(Date.now()), 10);";
    let file = program(folder.path(), "a.js", text);
    let idle = rtest(&["sim", &file]).exits(0).stdout;
    assert_eq!(
        rtest(&["sim", &file, "--replay", "v1:1:"]).exits(0).stdout,
        idle
    );
    assert_eq!(rtest(&["sim", &file, "--once"]).exits(0).stdout, idle);
}

#[test]
fn a_trace_is_text_json_lines_or_a_page_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let race = fixture("limiter.mjs");
    let write = |name: &str| {
        let path = folder.path().join(name);
        rtest(&[
            "sim",
            &race,
            "--seeds",
            "60",
            "--trace",
            &path.display().to_string(),
        ])
        .exits(1);
        std::fs::read_to_string(path).expect("a trace")
    };
    // It is that of the finding, shrunk.
    let text = write("trace.txt");
    assert!(text.contains("found: always  (limiter.mjs:16:3)"), "{text}");
    for line in write("trace.json").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(event["at_us"].is_number() && event["what"].is_string());
    }
    let page = write("trace.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg"));
    assert!(!page.contains("http"), "it needs nothing else");
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    let file = fixture("limiter.mjs");
    for (more, word) in [
        (&["--strategy", "pct"][..], "--seeds"),
        (&["--seed", "1", "--replay", "v1:1:"], "--replay"),
        (&["--seeds", "0"], "--seeds"),
        (&["--replay", "v1:x:"], "`x` is no seed"),
        (&["--replay", "/nonexistent"], "begins with `v1:`"),
    ] {
        let arguments = [&["sim", &file][..], more].concat();
        rtest(&arguments).exits(2).shows(word);
    }
}

#[test]
fn what_is_left_behind_fails_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = program(
        folder.path(),
        "a.js",
        "setInterval(() => {}, 1000).unref();",
    );
    rtest(&["sim", &file]).exits(0);
    rtest(&["sim", &file, "--leaks"])
        .exits(1)
        .shows("rtest: leak: left behind: interval of 1000 ms (a.js:1)");
}
