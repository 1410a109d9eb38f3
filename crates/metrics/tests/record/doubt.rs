//! What looks well under a fault and is not, what looks broken and is not, and where neither can be
//! said.

use rtest_core::event::{EventKind, ProbeResult, ProbeSide};
use rtest_core::sample::Outcome;
use rtest_core::traffic::{AttemptEnds, LinkTick};
use rtest_metrics::GateStatus::{Failed, Inconclusive, Passed};
use rtest_metrics::record::{ExpectEntry, GuardrailHeader};
use rtest_metrics::{GateKind, Verdict};

use crate::recording::{header, series, span, tick, write};
use crate::resilience::{FROM, Run, TO, given_up, is, is_during};

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
