//! Programs whose order of output Node leaves to chance. `NAME.orders` lists the orders that are
//! legal, separated by blank lines: every one of them is reached under some seed, no seed shows
//! another, and neither does Node.

mod node;

use std::collections::BTreeSet;
use std::path::Path;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};

/// Seeds tried at most, to reach every order; and at least, to find an illegal one.
const MOST_SEEDS: u64 = 600;
const LEAST_SEEDS: u64 = 120;

fn legal_orders(program: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(program.with_extension("orders")).expect("an .orders file");
    text.trim()
        .split("\n\n")
        .map(|order| order.trim().to_owned())
        .collect()
}

#[test]
fn every_legal_order_is_reached_and_no_other() {
    for program in node::programs("orders") {
        let legal = legal_orders(&program);
        let mut shown = BTreeSet::new();
        for seed in 0..MOST_SEEDS {
            let outcome = run_program(&program, &ProgramOptions::new(Seed::new(seed)))
                .unwrap_or_else(|error| panic!("{error}"));
            let order = String::from_utf8_lossy(&outcome.stdout).trim().to_owned();
            assert!(
                legal.contains(&order),
                "{} shows an illegal order under seed {seed}:\n{order}",
                program.display()
            );
            shown.insert(order);
            if seed >= LEAST_SEEDS && shown == legal {
                break;
            }
        }
        let missed: Vec<&String> = legal.difference(&shown).collect();
        assert!(
            missed.is_empty(),
            "{} never shows {missed:?}",
            program.display()
        );
    }
}

#[test]
fn node_shows_only_orders_that_are_listed() {
    if !node::is_present("orders") {
        return;
    }
    for program in node::programs("orders") {
        let legal = legal_orders(&program);
        for _ in 0..8 {
            let (stdout, _) = node::run(&program);
            let order = String::from_utf8_lossy(&stdout).trim().to_owned();
            assert!(legal.contains(&order), "{}:\n{order}", program.display());
        }
    }
}
