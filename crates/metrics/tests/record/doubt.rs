//! What looks well under a fault and is not, what looks broken and is not, and where neither can be
//! said.

use rtest_core::event::{EventKind, ProbeResult, ProbeSide};
use rtest_core::sample::Outcome;
use rtest_core::traffic::{AttemptEnds, LinkTick};
use rtest_core::window::WindowId;
use rtest_metrics::GateStatus::{Failed, Inconclusive, Passed};
use rtest_metrics::record::{ExpectEntry, FaultHeader, GuardrailHeader};
use rtest_metrics::{GateKind, Verdict};

use crate::recording::{header, series, span, tick, write};
use crate::resilience::{FROM, Run, TO, gauge, given_up, is, is_before, is_during};

const OK: Outcome = Outcome::Status(200);

/// Nothing that begins under the fault ends.
fn hangs(tenth: u64, tick: &mut LinkTick) {
    if is_during(tenth) {
        tick.ends = AttemptEnds::default();
    }
}

const fn deadline(within_ms: f64) -> ExpectEntry {
    ExpectEntry::Deadline { within_ms }
}

#[test]
fn who_still_waits_when_the_fault_ends_has_waited() {
    let hung = || Run::well().attempts(|_| 10, hangs);
    is(
        hung().judge(deadline(250.0)),
        Failed,
        "370 of 370 attempts took longer; 370 were still under way when the fault ended",
    );
    is(
        hung().judge(deadline(5000.0)),
        Inconclusive,
        "400 of 400 attempts were still under way when the fault ended, in time so far",
    );
}

#[test]
fn a_few_attempts_do_not_show_a_deadline() {
    let few = |late: u32| {
        Run::well()
            .attempts(
                |tenth| match tenth {
                    tenth if !is_during(tenth) => 10,
                    tenth => u64::from(tenth % 10 == 5),
                },
                |tenth, tick| {
                    if is_during(tenth) && tick.began > 0 {
                        let millis = if tenth < FROM * 10 + 10 * u64::from(late) {
                            900
                        } else {
                            3
                        };
                        tick.ends = given_up(1);
                        tick.waited_ms.insert(millis, 1);
                    }
                },
            )
            .judge(deadline(250.0))
    };
    is(
        few(0),
        Inconclusive,
        "the longest of 4 attempts took 3ms: too few",
    );
    is(few(4), Failed, "3 of 3 attempts took longer");
}

const fn breaker(opens_within_ms: f64, closes_within_ms: Option<f64>) -> ExpectEntry {
    ExpectEntry::Breaker {
        opens_within_ms,
        closes_within_ms,
    }
}

#[test]
fn a_pool_that_hangs_is_no_open_breaker() {
    let pool = |tenth| match tenth {
        tenth if !is_during(tenth) => 10,
        tenth => u64::from(tenth == FROM * 10) * 10,
    };
    let hung = Run::well().attempts(pool, hangs);
    is(
        hung.judge(breaker(500.0, None)),
        Failed,
        "it never opened: attempts stayed away while others were under way",
    );
    let hung = Run::well().attempts(pool, hangs);
    let detect = ExpectEntry::Detect {
        within_ms: 2000.0,
        by: None,
    };
    is(hung.judge(detect), Failed, "not detected");
}

#[test]
fn a_breaker_is_open_from_when_on_nothing_is_tried_though_callers_still_wait() {
    let patient = Run::well().attempts(
        |tenth| if (57..80).contains(&tenth) { 0 } else { 10 },
        |tenth, tick| match tenth {
            40..55 | 72..80 => tick.ends = AttemptEnds::default(),
            55..72 => {
                tick.ends = given_up(10);
                tick.carried.insert(15, 10);
            }
            _ => {}
        },
    );
    is(
        patient.judge(breaker(2000.0, None)),
        Passed,
        "opened after 1.7s",
    );
}

#[test]
fn without_requests_there_are_no_attempts_to_miss() {
    let stuck = Run::with_requests(|second| match second {
        FROM..TO => series(OK, 1, vec![]),
        _ => series(OK, 0, vec![5; 100]),
    });
    let stuck = stuck.attempts(
        |tenth| match tenth {
            tenth if !is_during(tenth) => 10,
            tenth => u64::from(tenth == FROM * 10) * 10,
        },
        |_, _| {},
    );
    is(
        stuck.judge(breaker(500.0, None)),
        Inconclusive,
        "too few requests ended under the fault to miss their attempts",
    );
}

#[test]
fn a_scenario_that_is_over_makes_no_attempts() {
    let mut run = Run::well().attempts(|tenth| if tenth < 50 { 10 } else { 0 }, |_, _| {});
    run.plan = |plan| {
        let load = plan.load.as_mut().expect("has a load");
        load.scenarios[0].ends_ms = Some(5000);
    };
    is(
        run.judge(breaker(500.0, None)),
        Inconclusive,
        "`browse` ended under the fault",
    );
}

#[test]
fn a_breaker_that_lets_all_through_again_under_the_fault_is_not_open() {
    let once = Run::well().attempts(
        |tenth| match tenth {
            43..55 => 0,
            _ => 10,
        },
        |_, _| {},
    );
    is(
        once.judge(breaker(500.0, Some(1000.0))),
        Failed,
        "opened after 300ms, and closed again after 1.5s under the fault",
    );
}

#[test]
fn a_gap_that_may_be_chance_is_no_open_breaker() {
    let gap = Run::well().attempts(
        |tenth| u64::from(tenth % 2 == 0 && !(45..57).contains(&tenth)),
        |_, _| {},
    );
    is(gap.judge(breaker(500.0, None)), Failed, "it never opened");
}

#[test]
fn a_fault_that_is_over_before_a_breaker_must_be_open_says_nothing_of_it() {
    let steady = || Run::well().attempts(|_| 10, |_, _| {});
    is(
        steady().judge(breaker(5000.0, None)),
        Inconclusive,
        "not open in the 4s of the fault, and it has 5s",
    );
    let detect = ExpectEntry::Detect {
        within_ms: 5000.0,
        by: None,
    };
    is(
        steady().judge(detect),
        Inconclusive,
        "not detected in the 4s of the fault, and it has 5s",
    );
}

#[test]
fn a_breaker_is_closed_when_there_are_as_many_attempts_as_that_load_makes() {
    let half = Run::with_requests(|second| {
        let count = if second < TO { 100 } else { 40 };
        series(OK, 0, vec![5; count])
    });
    let half = half.attempts(
        |tenth| match tenth {
            43..80 => 0,
            80.. => 4,
            _ => 10,
        },
        |_, _| {},
    );
    is(
        half.judge(breaker(500.0, Some(1000.0))),
        Passed,
        "closed 0s after the fault",
    );
}

const FALLBACK: ExpectEntry = ExpectEntry::Fallback {
    rate: 0.95,
    check: None,
};

#[test]
fn a_link_on_which_no_request_is_seen_shows_no_fallback() {
    let none = || Run::well().attempts(|_| 0, |_, _| {});
    is(
        none().judge(FALLBACK),
        Inconclusive,
        "no HTTP/1.1 in the clear",
    );
    is(
        none().judge(deadline(250.0)),
        Inconclusive,
        "no HTTP/1.1 in the clear",
    );
    let retries = retries(2, false, false);
    is(
        none().judge(retries),
        Inconclusive,
        "no HTTP/1.1 in the clear",
    );
}

#[test]
fn who_does_not_call_needs_no_fallback() {
    let uncalled = Run::well().attempts(|tenth| u64::from(tenth > 100), |_, _| {});
    is(
        uncalled.judge(FALLBACK),
        Inconclusive,
        "the load did not call it before",
    );
}

#[test]
fn of_two_calls_for_a_request_one_is_half_a_request() {
    let two = Run::well().attempts(
        |_| 20,
        |tenth, tick| {
            if is_during(tenth) {
                tick.ends.answered = 10;
                tick.ends.broken = 10;
            }
        },
    );
    is(two.judge(FALLBACK), Passed, "200 of 200, 100.0 %");
}

#[test]
fn what_the_fault_answers_the_callee_does_not_serve() {
    let mut struck = Run::well().attempts(
        |_| 10,
        |tenth, tick| {
            let status = if is_during(tenth) { 404 } else { 200 };
            tick.answered_with.insert(status, 10);
        },
    );
    struck.plan = |plan| plan.faults[0].answers = Some(404);
    is(struck.judge(FALLBACK), Passed, "400 of 400, 100.0 %");
}

#[test]
fn what_the_callee_serves_late_is_no_fallback() {
    let late = Run::well().attempts(
        |_| 10,
        |tenth, tick| match tenth {
            40..45 => tick.ends = AttemptEnds::default(),
            80 => tick.ends.answered += 50,
            45..80 => tick.carried.extend([(5, 10)]),
            _ => {}
        },
    );
    is(
        late.judge(FALLBACK),
        Failed,
        "the callee served all 400 requests",
    );
}

#[test]
fn where_nothing_ends_after_a_fault_nothing_has_recovered() {
    let recovery = |within_ms, ends: bool| {
        let run = Run::with_requests(|second| match second {
            FROM..TO => series(Outcome::Status(502), 1, vec![5; 100]),
            TO.. if !ends => series(OK, 2, vec![]),
            _ => series(OK, 0, vec![5; 100]),
        });
        run.judge(ExpectEntry::Recovery { within_ms })
    };
    is(recovery(2000.0, true), Passed, "at once");
    is(
        recovery(2000.0, false),
        Failed,
        "not yet 4s after the fault",
    );
    is(
        recovery(9000.0, false),
        Inconclusive,
        "not yet 4s after the fault, when the load ended",
    );
}

#[test]
fn a_fault_that_follows_at_once_leaves_no_time_to_recover() {
    let mut run = Run::well();
    run.plan = |plan| {
        let other = FaultHeader {
            name: "another".into(),
            expect: Vec::new(),
            ..plan.faults[0].clone()
        };
        plan.faults.push(other);
    };
    let injected = EventKind::FaultInjected {
        fault: 1,
        window: WindowId(2),
    };
    run.events.push((TO * 1000, injected));
    let recovery = ExpectEntry::Recovery { within_ms: 2000.0 };
    is(
        run.judge(recovery),
        Inconclusive,
        "another fault was active",
    );
}

#[test]
fn a_number_that_could_not_be_read_is_not_small() {
    let backlog = |from: u64, to: u64| {
        let run = Run::well().reading(|tenth| (!(from..to).contains(&tenth)).then_some(1.0));
        run.judge(ExpectEntry::Backlog {
            length: gauge(),
            max: 100.0,
            drains_within_ms: None,
        })
    };
    is(
        backlog(40, 79),
        Inconclusive,
        "was not read for 3.9s under the fault",
    );
    is(backlog(40, 79), Inconclusive, "39 of 80 readings failed");
    is(backlog(50, 55), Passed, "1 at most");
    is(backlog(50, 55), Passed, "5 of 80 readings failed");
}

#[test]
fn a_counter_that_falls_or_is_not_read_to_the_end_counts_nothing() {
    let letters = |value: fn(u64) -> Option<f64>| {
        let run = Run::well().reading(value);
        run.judge(ExpectEntry::DeadLetters {
            count: gauge(),
            min: None,
            max: Some(2.0),
        })
    };
    is(
        letters(|tenth| Some(if is_before(tenth) { 154.0 } else { 0.0 })),
        Inconclusive,
        "fell from 154 to 0",
    );
    is(
        letters(|tenth| (tenth < 60).then_some(7.0)),
        Inconclusive,
        "was not read in the last 6.1s",
    );
}

const fn retries(max_per_request: u32, backoff: bool, jitter: bool) -> ExpectEntry {
    ExpectEntry::Retries {
        max_per_request,
        backoff,
        jitter,
        unsafe_too: false,
    }
}

#[test]
fn a_storm_under_ever_new_ids_is_a_storm() {
    let storm = Run::well().attempts(
        |tenth| if is_during(tenth) { 60 } else { 10 },
        |_, tick| {
            tick.retries.correlated = tick.began;
            tick.retries.most = 1;
        },
    );
    is(
        storm.judge(retries(2, false, false)),
        Failed,
        "6.00 times as many attempts for each request as before",
    );
}

#[test]
fn calls_that_a_cache_saved_before_are_no_retries() {
    let cached = |correlated: u64| {
        let run = Run::well().attempts(
            |tenth| if is_during(tenth) { 10 } else { 2 },
            |_, tick| {
                tick.retries.correlated = tick.began * correlated;
                tick.retries.most = 1;
            },
        );
        run.judge(retries(2, false, false))
    };
    let words = "5.00 times as many attempts for each request as before: retries, or calls that";
    is(cached(0), Inconclusive, words);
    is(cached(1), Inconclusive, words);
}

#[test]
fn requests_that_hang_count_for_the_time_in_which_they_began() {
    let hang = Run::with_requests(|second| match second {
        0..FROM => series(OK, 0, vec![5; 100]),
        FROM..TO => series(OK, 1, vec![5; 20]),
        TO => series(OK, 1, vec![5; 320]),
        _ => series(OK, 2, vec![5; 100]),
    });
    let hang = hang.attempts(|tenth| if is_during(tenth) { 30 } else { 10 }, |_, _| {});
    is(
        hang.judge(retries(2, false, false)),
        Passed,
        "3.00 times as many attempts",
    );
}

/// Retries with these pauses in milliseconds, each as often as it is given.
fn paused(pauses: &'static [&'static [u64]]) -> Run {
    Run::well().attempts(
        |_| 10,
        move |tenth, tick| {
            tick.retries.correlated = 10;
            if is_during(tenth) {
                tick.retries.repeated = 1;
                tick.retries.most = 3;
            }
            if tenth == FROM * 10 {
                for (after, pauses) in (1..).zip(pauses) {
                    let of = tick.retries.pauses.entry(after).or_default();
                    for pause in *pauses {
                        of.record(std::time::Duration::from_millis(*pause));
                    }
                }
            }
        },
    )
}

#[test]
fn one_late_timer_is_no_jitter() {
    let alike = paused(&[&[20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 90]]);
    is(
        alike.judge(retries(2, false, true)),
        Failed,
        "pauses are all alike",
    );
}

#[test]
fn pauses_may_grow_up_to_a_cap() {
    let capped = paused(&[&[10; 10], &[50; 10], &[49; 10]]);
    is(capped.judge(retries(2, true, false)), Passed, "40 retries");
    let shrink = paused(&[&[10; 10], &[50; 10], &[20; 10]]);
    is(shrink.judge(retries(2, true, false)), Failed, "do not grow");
}

#[test]
fn the_same_call_more_than_once_for_a_request_is_no_retry() {
    let graphql = Run::well().attempts(
        |_| 30,
        |tenth, tick| {
            tick.retries.correlated = 30;
            if is_during(tenth) {
                tick.retries.repeated = 20;
                tick.retries.unsafe_repeats = 20;
                tick.retries.most = 3;
            } else {
                tick.retries.anew = 20;
            }
        },
    );
    is(
        graphql.judge(retries(1, false, false)),
        Inconclusive,
        "a request makes the same call more than once before the fault too",
    );
}

#[test]
fn a_probe_that_never_held_detects_nothing() {
    let mut run = Run::well();
    for second in 1..TO {
        let kind = EventKind::ProbeEvaluated {
            probe: 0,
            side: ProbeSide::During,
            result: ProbeResult {
                held: false,
                expected: "status 2xx".into(),
                actual: "status 500".into(),
            },
        };
        run.events.push((second * 1000 + 500, kind));
    }
    let detect = ExpectEntry::Detect {
        within_ms: 2000.0,
        by: None,
    };
    is(run.judge(detect), Failed, "not detected");
}

#[test]
fn a_guardrail_that_few_samples_meet_is_not_never_so() {
    let verdict = |samples: usize, least: u64| {
        let mut plan = header(&[]);
        plan.guardrails.push(GuardrailHeader {
            name: "http_req_failed rate>0.5".into(),
            min_samples: Some(least),
            span: span(40),
        });
        let failed = vec![series(Outcome::Status(500), 0, vec![5; samples])];
        let (_folder, record) = write(plan, vec![(1000, tick(0, 0, failed))]);
        let gates = Verdict::of(&record).gates;
        let gate = gates.into_iter().find(|it| it.kind == GateKind::Guardrail);
        let gate = gate.expect("a guardrail is a gate");
        (gate.status, gate.observed)
    };
    is(
        verdict(31, 100),
        Inconclusive,
        "1.000 (n = 31), and it needs 100 samples to end the drill",
    );
    is(verdict(0, 100), Passed, "never so");
}
