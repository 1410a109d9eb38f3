//! The trap that load tools fall into, and that percentiles are those of the very samples.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use rtest_core::RunTime;

use super::plan::{get, load, open, scenario, sends};
use super::recorded::{assert_close, exact_quantile};
use super::{MS, SECOND, at, nothing, numbered, play};

/// Answers in 5 ms, but for one stall of two seconds from second 4 on.
fn stalling(sent_at: RunTime) -> Duration {
    let stall_over = at(6000);
    if (at(4000)..stall_over).contains(&sent_at) {
        stall_over - sent_at + 5 * MS
    } else {
        5 * MS
    }
}

/// Response times of first-in-first-out arrivals, 200 a second for 10 s, at `servers` servers.
fn true_response_times(servers: usize) -> Vec<Duration> {
    let mut free: BinaryHeap<Reverse<RunTime>> =
        (0..servers).map(|_| Reverse(RunTime::ZERO)).collect();
    (0..2000)
        .map(|n| {
            let due = at(5 * n);
            let Reverse(free_at) = free.pop().expect("a server");
            let sent_at = due.max(free_at);
            let done_at = sent_at + stalling(sent_at);
            free.push(Reverse(done_at));
            done_at - due
        })
        .collect()
}

/// Every load tool that measures from the sending reports a p95 of 5 ms here.
#[test]
fn a_stall_is_seen_as_it_was_with_many_virtual_users_and_with_few() {
    for (max_vus, workers) in [(1000, 1), (1000, 2), (10, 1), (10, 2)] {
        let plan = load(vec![scenario(
            open("200/s", 10 * SECOND, max_vus),
            vec![sends(get("/"))],
        )]);
        let played = play(&plan, workers, stalling, nothing);
        let mut truth = true_response_times(max_vus as usize);
        let read = played.response_time();
        assert_eq!(read.len(), 2000);
        for q in [0.5, 0.95, 0.99] {
            let what = format!("q {q} with {max_vus} virtual users on {workers} workers");
            let truth = exact_quantile(&mut truth, q);
            assert_close(&what, read.quantile_ms(q), truth, 0.01);
        }
        // The stall is hit by a fifth of the arrivals, those that are due in it: the twentieth and
        // the hundredth part that waited longest waited for more than 1.5 s and 1.9 s.
        assert_close("p95", read.quantile_ms(0.95), 1500 * MS, 0.05);
        assert_close("p99", read.quantile_ms(0.99), 1900 * MS, 0.05);
        played.assert_nothing_lost(0);
        let sum = played.scenario(0);
        assert_eq!(sum.dropped, 0);
        assert_eq!(sum.late > 0, max_vus == 10, "{} late", sum.late);
    }
}

/// A server too slow for the load: what is dropped at the end is in the percentiles, as old as it
/// was then.
#[test]
fn a_stall_until_the_end_is_seen_in_what_was_dropped() {
    let mut plan = load(vec![scenario(
        open("200/s", 10 * SECOND, 10),
        vec![sends(get("/"))],
    )]);
    plan.scenarios[0].graceful_stop = SECOND;
    let played = play(
        &plan,
        1,
        |sent_at| {
            if sent_at < at(8000) {
                5 * MS
            } else {
                100 * SECOND
            }
        },
        nothing,
    );
    played.assert_nothing_lost(0);
    let sum = played.scenario(0);
    assert_eq!((sum.offered, sum.dropped, sum.interrupted), (2000, 390, 10));
    // Due at 8 s + n · 5 ms, over at 11 s.
    let response = played.response_time();
    assert_close("p95", response.quantile_ms(0.95), 2500 * MS, 0.01);
    assert_close("p99", response.quantile_ms(0.99), 2900 * MS, 0.01);
}

#[test]
fn percentiles_are_those_of_the_very_samples_within_a_thousandth() {
    // A period of no whole milliseconds, and service times over three decades.
    let rate = 777;
    let duration = 20 * SECOND;
    let plan = load(vec![scenario(open("777/s", duration, 4000), numbered())]);
    let service_time = |sent_at: RunTime| {
        let mixed = sent_at.as_nanos().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let exponent = mixed as f64 / f64::from(1 << 24) * 3.5;
        Duration::from_millis(10_f64.powf(exponent) as u64 + 1)
    };
    let played = play(&plan, 2, service_time, nothing);
    let mut samples: Vec<Duration> = played
        .sent
        .iter()
        .map(|sent| {
            let due = Duration::from_nanos((sent.iteration * 1_000_000_000 + rate / 2) / rate);
            sent.done_at - (RunTime::ZERO + due)
        })
        .collect();
    let read = played.response_time();
    assert_eq!(read.len(), samples.len() as u64);
    for q in [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0] {
        let truth = exact_quantile(&mut samples, q);
        assert_close(&format!("q {q}"), read.quantile_ms(q), truth, 0.001);
    }
}
