//! The programs of `fixtures/sims`.

mod node;

use std::path::{Path, PathBuf};

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program, run_seeds};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/sims")
        .join(name)
}

#[test]
fn retry_with_breaker_holds_under_every_seed() {
    let options = ProgramOptions::new(Seed::new(0));
    let path = fixture("retry-with-breaker.mjs");
    let seeds = run_seeds(&path, Seed::new(0), 200, &options, &|| false).expect("it runs");
    assert_eq!(seeds.seeds_run, 200);
    assert!(seeds.deterministic);
    assert_eq!(seeds.failures, []);
}

#[test]
fn lost_update_fails_under_some_seeds_and_not_under_others() {
    let options = ProgramOptions::new(Seed::new(0));
    let path = fixture("lost-update.mjs");
    let seeds = run_seeds(&path, Seed::new(0), 100, &options, &|| false).expect("it runs");
    assert!(
        (5..95).contains(&seeds.seeds_failed),
        "{}",
        seeds.seeds_failed
    );
    assert!(seeds.failures[0].message.starts_with("Error: lost update"));
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
    let (_, code) = node::run(&fixture("order-of-events.js"));
    assert_eq!(code, 0);
    let (_, code) = node::run(&fixture("lost-update.mjs"));
    assert!(code == 0 || code == 1);
}
