//! The programs of `fixtures/sims`: each bug is found, and each fix holds.
//!
//! `RTEST_SIM_SEEDS=2000` runs the fixes under so many seeds; 200 unless set, since a debug build
//! takes its time.

mod node;

use std::path::{Path, PathBuf};

use rtest_core::Seed;
use rtest_runtime::{
    Chance, FindingKind, ProgramOptions, Search, SearchOptions, Strategy, run_program, search,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/sims")
        .join(name)
}

fn explore(path: &Path, runs: u32, shrink: bool) -> Search {
    let options = SearchOptions {
        program: ProgramOptions::new(Seed::new(1)),
        runs,
        strategy: Strategy::Random,
        shrink,
    };
    search(path, &options, &|| false).unwrap_or_else(|error| panic!("{error}"))
}

struct Scenario {
    bug: &'static str,
    kind: FindingKind,
    /// Part of what is said of it.
    says: &'static str,
    /// Seeds within which it is found.
    within: u32,
}

const SCENARIOS: [Scenario; 14] = [
    Scenario {
        bug: "breaker-race.mjs",
        kind: FindingKind::Always,
        says: "lets one probe through",
        within: 50,
    },
    Scenario {
        bug: "cache-stampede.mjs",
        kind: FindingKind::Always,
        says: "one request for a price at a time",
        within: 20,
    },
    Scenario {
        bug: "deadlock.mjs",
        kind: FindingKind::Deadlock,
        says: "a top-level await waits for it",
        within: 100,
    },
    Scenario {
        bug: "double-spend.mjs",
        kind: FindingKind::Uncaught,
        says: "the balance is 40 after one payment of 30",
        within: 100,
    },
    Scenario {
        bug: "forgotten-await.mjs",
        kind: FindingKind::Uncaught,
        says: "answered 201, saved: false",
        within: 20,
    },
    Scenario {
        bug: "forgotten-await.mjs",
        kind: FindingKind::UnhandledRejection,
        says: "the disk is full",
        within: 50,
    },
    Scenario {
        bug: "full-disk.mjs",
        kind: FindingKind::Uncaught,
        says: "was accepted and is lost",
        within: 100,
    },
    Scenario {
        bug: "graceful-shutdown.mjs",
        kind: FindingKind::Always,
        says: "every request that was accepted is answered",
        within: 30,
    },
    Scenario {
        bug: "limiter.mjs",
        kind: FindingKind::Always,
        says: "at most three at a time",
        within: 50,
    },
    Scenario {
        bug: "listener-leak.mjs",
        kind: FindingKind::Leak,
        says: "11 close listeners added",
        within: 2,
    },
    Scenario {
        bug: "lost-update.mjs",
        kind: FindingKind::Uncaught,
        says: "lost update: the balance is 120, not 130",
        within: 20,
    },
    Scenario {
        bug: "retry-storm.mjs",
        kind: FindingKind::Always,
        says: "no more than two requests a client wait",
        within: 20,
    },
    Scenario {
        bug: "timer-or-immediate.js",
        kind: FindingKind::Uncaught,
        says: "Cannot read properties of undefined",
        within: 20,
    },
    Scenario {
        bug: "unbounded-stream.mjs",
        kind: FindingKind::Always,
        says: "no more rows wait than the sink asks for",
        within: 20,
    },
];

#[test]
fn each_bug_is_found_and_its_schedule_shows_it_again() {
    for scenario in SCENARIOS {
        let path = fixture(scenario.bug);
        let search = explore(&path, scenario.within, true);
        assert!(search.deterministic, "{}", scenario.bug);
        let found = search
            .found
            .iter()
            .find(|found| found.finding.kind == scenario.kind)
            .unwrap_or_else(|| panic!("{} finds {:?}", scenario.bug, search.found));
        let message = &found.finding.message;
        assert!(
            message.contains(scenario.says),
            "{}: {message}",
            scenario.bug
        );
        assert!(found.finding.place.is_some(), "{}", scenario.bug);
        let first = found.first.as_ref().expect("a run that it showed in");
        let shrunk = found.shrunk.as_ref().expect("it was shrunk");
        assert!(shrunk.minimal, "{}", scenario.bug);
        assert!(shrunk.schedule.choices.len() <= first.schedule.choices.len());
        assert_eq!(shrunk.forced.len(), shrunk.schedule.choices.len());
        let outcome = run_program(
            &path,
            &ProgramOptions {
                chance: Chance::Forced(shrunk.schedule.choices.clone()),
                ..ProgramOptions::new(shrunk.schedule.seed)
            },
        )
        .expect("it ends by itself");
        let again = outcome
            .findings
            .iter()
            .any(|again| again.id() == found.finding.id());
        assert!(again, "{}: {:?}", scenario.bug, outcome.findings);
    }
}

#[test]
fn each_fix_holds() {
    let seeds =
        std::env::var("RTEST_SIM_SEEDS").map_or(200, |seeds| seeds.parse().expect("a number"));
    let folder = fixture("");
    let mut fixes: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.to_string_lossy().contains(".fixed."))
        .collect();
    fixes.sort();
    assert!(fixes.len() >= 12, "{fixes:?}");
    for path in fixes {
        // A service over HTTP is a few hundred times the work of the others.
        let is_service = path.to_string_lossy().contains("http-");
        let seeds = if is_service { seeds / 10 } else { seeds };
        let search = explore(&path, seeds, false);
        assert_eq!(search.runs, seeds);
        assert_eq!(search.found, [], "{}", path.display());
        assert!(search.deterministic, "{}", path.display());
    }
}

#[test]
fn a_race_of_a_few_stalls_is_shrunk_to_them() {
    let search = explore(&fixture("limiter.mjs"), 50, true);
    let found = &search.found[0];
    let shrunk = found.shrunk.as_ref().expect("it was shrunk");
    let first = found.first.as_ref().expect("a run that it showed in");
    assert!(!shrunk.forced.is_empty());
    assert!(shrunk.forced.len() < first.schedule.choices.len());
    // Without any one of them it does not show.
    for leave_out in 0..shrunk.schedule.choices.len() {
        let mut choices = shrunk.schedule.choices.clone();
        choices.remove(leave_out);
        let outcome = run_program(
            &fixture("limiter.mjs"),
            &ProgramOptions {
                chance: Chance::Forced(choices),
                ..ProgramOptions::new(shrunk.schedule.seed)
            },
        );
        assert_eq!(outcome.expect("it ends").findings, []);
    }
}

#[test]
fn retry_with_breaker_holds_under_every_seed() {
    let search = explore(&fixture("retry-with-breaker.mjs"), 100, false);
    assert_eq!((search.runs, search.failed), (100, 0));
}

#[test]
fn order_of_events_numbers_its_lines_in_order() {
    for seed in 0..50 {
        let outcome = run_program(
            &fixture("order-of-events.js"),
            &ProgramOptions::new(Seed::new(seed)),
        )
        .expect("it runs");
        let stdout = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let numbers: Vec<u32> = stdout
            .lines()
            .filter_map(|line| line.split('.').next()?.parse().ok())
            .collect();
        assert_eq!(
            numbers,
            (1..=9).collect::<Vec<_>>(),
            "seed {seed}:\n{stdout}"
        );
    }
}

#[test]
fn real_node_agrees_with_the_fixtures() {
    if !node::is_present("sims") {
        return;
    }
    for (name, codes) in [
        ("order-of-events.js", [0, 0]),
        ("lost-update.mjs", [0, 1]),
        ("lost-update.fixed.mjs", [0, 0]),
        ("timer-or-immediate.js", [0, 1]),
        ("timer-or-immediate.fixed.js", [0, 0]),
        ("listener-leak.mjs", [0, 0]),
    ] {
        let (_, code) = node::run(&fixture(name));
        assert!(codes.contains(&code), "{name}: {code}");
    }
}
