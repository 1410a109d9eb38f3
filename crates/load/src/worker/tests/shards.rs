//! All shards and workers together are the plan.

use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::plan::{Arrivals, ExecutorPlan, Shard};

use super::executors::{jump, ramping_rate, ramping_vus, replay};
use super::plan::{closed, load, open, scenario};
use super::{MS, Played, SECOND, Sent, nothing, numbered, play};

fn sharded(executor: &ExecutorPlan, shard: Shard, workers: u16) -> Played {
    let mut plan = load(vec![scenario(executor.clone(), numbered())]);
    plan.shard = shard;
    let played = play(&plan, workers, |_| 70 * MS, nothing);
    played.assert_nothing_lost(0);
    played
}

/// What all parts together send.
fn together(executor: &ExecutorPlan, of: u32) -> Vec<Sent> {
    (0..of)
        .flat_map(|index| {
            // Shards may run on machines of different size.
            let workers = 1 + u16::try_from(index % 3).expect("small");
            sharded(executor, Shard { index, of }, workers).sent
        })
        .collect()
}

/// What must be the same however the plan is cut.
fn sorted<T: Ord>(sent: &[Sent], what: impl Fn(&Sent) -> T) -> Vec<T> {
    let mut all: Vec<T> = sent.iter().map(what).collect();
    all.sort_unstable();
    all
}

#[test]
fn arrivals_of_all_shards_are_those_of_the_plan() {
    let mut poisson = open("120/s", 2 * SECOND, 200);
    if let ExecutorPlan::ConstantArrivalRate { arrivals, .. } = &mut poisson {
        *arrivals = Arrivals::Poisson;
    }
    let mut random_ramp = ramping_rate(0.0, &[(1000, 200.0), (1000, 10.0)], 200);
    if let ExecutorPlan::RampingArrivalRate { arrivals, .. } = &mut random_ramp {
        *arrivals = Arrivals::Poisson;
    }
    for executor in [
        open("120/s", 2 * SECOND, 200),
        poisson,
        ramping_rate(50.0, &[(1000, 200.0), (0, 20.0), (1000, 0.0)], 200),
        random_ramp,
        replay((0..150).map(|n| n * n / 10), 200),
    ] {
        let whole = sharded(&executor, Shard::default(), 1).sent;
        for of in [2, 3, 5] {
            let parts = together(&executor, of);
            let arrival = |sent: &Sent| (sent.iteration, sent.at);
            let what = format!("{} in {of}", executor.name());
            assert_eq!(sorted(&parts, arrival), sorted(&whole, arrival), "{what}");
        }
    }
}

#[test]
fn virtual_users_of_all_shards_are_those_of_the_plan() {
    for executor in [
        closed(7, SECOND),
        ramping_vus(1, &[(1000, 9), jump(4), (500, 4), (500, 0)], 10 * MS),
        ExecutorPlan::PerVuIterations {
            vus: 7,
            iterations: 5,
            max_duration: 10 * SECOND,
        },
        // More shards than virtual users: those that are too many have nothing to do.
        closed(2, SECOND),
    ] {
        let whole = sharded(&executor, Shard::default(), 1).sent;
        for of in [2, 3, 5] {
            let parts = together(&executor, of);
            let work = |sent: &Sent| (sent.vu, sent.at, sent.done_at);
            let what = format!("{} in {of}", executor.name());
            assert_eq!(sorted(&parts, work), sorted(&whole, work), "{what}");
            let mut numbers = sorted(&parts, |sent| sent.iteration);
            numbers.dedup();
            assert_eq!(numbers.len(), whole.len(), "each number once: {what}");
        }
    }
}

#[test]
fn shared_iterations_of_all_shards_are_those_of_the_plan() {
    for (vus, iterations) in [(7, 100), (3, 10), (2, 1)] {
        let executor = ExecutorPlan::SharedIterations {
            vus,
            iterations,
            max_duration: 60 * SECOND,
        };
        for of in [1, 2, 3, 5] {
            let parts = together(&executor, of);
            let numbers = sorted(&parts, |sent| sent.iteration);
            assert_eq!(
                numbers,
                (0..iterations).collect::<Vec<_>>(),
                "{vus} in {of}"
            );
            // As fast as one process would be.
            let rounds = iterations.div_ceil(u64::from(vus));
            let end = parts.iter().map(|sent| sent.done_at).max();
            let expected = RunTime::ZERO + Duration::from_millis(70 * rounds);
            assert_eq!(end, Some(expected), "{vus} in {of}");
        }
    }
}
