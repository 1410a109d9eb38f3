//! Generated programs, here and on Node: where Node fixes the order wholly, ours is the same;
//! where it does not, every order that Node shows is shown here under some seed, and what ours
//! shows is what Node's own timers do at the instants at which ours ran.

mod generator;
mod node;
mod scripted_node;

use std::collections::BTreeSet;
use std::path::Path;

use generator::Kind;
use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, ProgramOutcome, run_program};

const BATCHES: u64 = 4;
const PROGRAMS_PER_BATCH: u32 = 40;

fn run(program: &Path, seed: u64) -> ProgramOutcome {
    let mut options = ProgramOptions::new(Seed::new(seed));
    options.trace = true;
    run_program(program, &options).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn programs_without_timers_run_in_nodes_order() {
    if !node::is_present("random programs") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for seed in 0..BATCHES {
        let program = folder.path().join(format!("batch-{seed}.js"));
        let text = generator::batch(seed, PROGRAMS_PER_BATCH);
        std::fs::write(&program, &text).expect("written");
        let (expected, _) = node::run(&program);
        assert!(expected.len() > 1000, "the batch does something");
        for under in [seed, 1000 + seed] {
            let outcome = run(&program, under);
            let (ours, theirs) = (
                String::from_utf8_lossy(&outcome.stdout),
                String::from_utf8_lossy(&expected),
            );
            let line = ours.lines().zip(theirs.lines()).position(|(a, b)| a != b);
            assert!(
                ours == theirs,
                "batch {seed} under seed {under} differs at output line {line:?}:\n{text}"
            );
        }
    }
}

/// Programs over async contexts, and how far their callbacks nest.
const CONTEXT_PROGRAMS: u64 = 25;
const CONTEXT_DEPTH: u32 = 3;

#[test]
fn programs_over_async_contexts_have_nodes_stores() {
    if !node::is_present("random programs over async contexts") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut lines = 0;
    for seed in 0..CONTEXT_PROGRAMS {
        let program = folder.path().join(format!("contexts-{seed}.js"));
        let text = generator::program(seed, Kind::Contexts, CONTEXT_DEPTH);
        std::fs::write(&program, &text).expect("written");
        let (expected, _) = node::run(&program);
        let outcome = run(&program, seed);
        let (ours, theirs) = (
            String::from_utf8_lossy(&outcome.stdout),
            String::from_utf8_lossy(&expected),
        );
        lines += theirs.lines().count();
        let line = ours.lines().zip(theirs.lines()).position(|(a, b)| a != b);
        assert!(
            ours == theirs,
            "program {seed} differs at output line {line:?}:\n{text}"
        );
    }
    assert!(lines > 3000, "the programs do something: {lines} lines");
}

/// Programs with timers; Node's runs of each; seeds tried at most to show what Node showed.
const PROGRAMS: u64 = 25;
const NODE_RUNS: usize = 6;
const MOST_SEEDS: u64 = 2000;

#[test]
fn every_order_of_timers_that_node_shows_is_reached() {
    if !node::is_present("random programs with timers") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for seed in 0..PROGRAMS {
        let program = folder.path().join(format!("timers-{seed}.js"));
        let text = generator::program(seed, Kind::Timers, 1);
        std::fs::write(&program, &text).expect("written");
        let mut missing: BTreeSet<Vec<u8>> =
            (0..NODE_RUNS).map(|_| node::run(&program).0).collect();
        for under in 0..MOST_SEEDS {
            if missing.is_empty() {
                break;
            }
            missing.remove(&run(&program, under).stdout);
        }
        let missing: Vec<_> = missing
            .iter()
            .map(|order| String::from_utf8_lossy(order).replace('\n', " "))
            .collect();
        assert!(
            missing.is_empty(),
            "program {seed} never shows {missing:#?}:\n{text}"
        );
    }
}

#[test]
fn nodes_own_timers_show_our_orders_at_our_instants() {
    if !node::is_present("scripted clock") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut orders = 0;
    for seed in 0..40 {
        let program = folder.path().join(format!("scripted-{seed}.js"));
        std::fs::write(&program, generator::program(seed, Kind::Timers, 3)).expect("written");
        let runs: Vec<ProgramOutcome> = (0..8).map(|under| run(&program, under)).collect();
        let distinct: BTreeSet<&[u8]> = runs.iter().map(|run| run.stdout.as_slice()).collect();
        orders += distinct.len();
        scripted_node::check(&program, &runs);
    }
    assert!(orders > 60, "seeds show different orders: {orders}");
}
