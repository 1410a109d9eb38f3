//! What the system did about a fault: each expectation green, red, and where there is too little.

use std::collections::BTreeMap;
use std::time::Duration;

use rtest_core::event::{EventKind, ProbeResult, ProbeSide, RollbackProof};
use rtest_core::sample::{ErrorKind, Outcome, SeriesTick};
use rtest_core::traffic::{AttemptEnds, LinkTick, Retries};
use rtest_core::usage::{Quantity, Reading, UsageTick};
use rtest_core::window::WindowId;
use rtest_metrics::record::{
    ExpectEntry, ExpectHeader, FaultHeader, GaugeEntry, Header, ProbeHeader, read,
};
use rtest_metrics::{GateKind, GateStatus, Verdict};

use crate::recording::{at, header, series, span, tick, write};

/// When the fault is injected and rolled back, in seconds; the load lasts until second 12.
pub(crate) const FROM: u64 = 4;
pub(crate) const TO: u64 = 8;
pub(crate) const END: u64 = 12;

/// A run with one fault on one link.
pub(crate) struct Run {
    pub(crate) events: Vec<(u64, EventKind)>,
    /// Of the planned load, as far as a test wants it otherwise.
    pub(crate) plan: fn(&mut Header),
}

impl Run {
    /// A hundred requests a second, each answered in this way in that window.
    pub(crate) fn with_load(outcome: impl Fn(u64) -> (Outcome, u64)) -> Self {
        Self::with_requests(|second| {
            let (outcome, millis) = outcome(second);
            let window = match second {
                0..FROM => 0,
                FROM..TO => 1,
                _ => 2,
            };
            series(outcome, window, vec![millis; 100])
        })
    }

    /// What ends in each second; where nothing does, virtual users are at work.
    pub(crate) fn with_requests(ended: impl Fn(u64) -> SeriesTick) -> Self {
        let mut events = Vec::new();
        for second in 0..END {
            let ended = ended(second);
            let requests = if ended.response_time.is_empty() {
                Vec::new()
            } else {
                vec![ended]
            };
            events.push(((second + 1) * 1000, tick(0, second, requests)));
        }
        Self {
            events,
            plan: |_| {},
        }
    }

    pub(crate) fn well() -> Self {
        Self::with_load(|_| (Outcome::Status(200), 5))
    }

    /// So many attempts in each tenth of a second, each answered in it, unless `change` has them
    /// otherwise.
    pub(crate) fn attempts(
        mut self,
        began: impl Fn(u64) -> u64,
        change: impl Fn(u64, &mut LinkTick),
    ) -> Self {
        for tenth in 0..END * 10 {
            let mut tick = LinkTick {
                link: 0,
                from: at(tenth * 100),
                to: at(tenth * 100 + 100),
                began: began(tenth),
                ends: AttemptEnds {
                    answered: began(tenth),
                    ..AttemptEnds::default()
                },
                ..LinkTick::default()
            };
            change(tenth, &mut tick);
            if !tick.is_empty() {
                let event = EventKind::LinkTick(Box::new(tick));
                self.events.push((tenth * 100 + 100, event));
            }
        }
        self
    }

    /// What a gauge reads every tenth of a second; an error where it gives nothing.
    pub(crate) fn reading(mut self, value: impl Fn(u64) -> Option<f64>) -> Self {
        for tenth in 0..END * 10 {
            let reading = value(tenth).ok_or_else(|| "no answer".to_owned());
            let event = EventKind::GaugeRead { gauge: 0, reading };
            self.events.push((tenth * 100, event));
        }
        self
    }

    /// How the expectation came out, in what words.
    pub(crate) fn judge(mut self, expected: ExpectEntry) -> (GateStatus, String) {
        let mut plan = header(&["http_req_failed rate<=1"]);
        plan.links = vec!["a -> b".into(), "a -> c".into()];
        plan.hypothesis.push(ProbeHeader {
            name: "GET /health".into(),
            threshold: None,
            continuously: true,
            span: span(10),
        });
        plan.faults.push(FaultHeader {
            name: "gone".into(),
            series: None,
            target: "a -> b".into(),
            links: vec!["a -> b".into()],
            expect: vec![ExpectHeader {
                expected,
                span: span(30),
            }],
            description: "reset".into(),
            answers: None,
            at_ms: FROM * 1000,
            for_ms: (TO - FROM) * 1000,
            span: span(20),
        });
        (self.plan)(&mut plan);
        self.events.push((
            FROM * 1000,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ));
        self.events.push((
            TO * 1000,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof: RollbackProof {
                    clean: true,
                    seen: "listens".into(),
                },
            },
        ));
        self.events.sort_by_key(|(at, _)| *at);
        let (folder, record) = write(plan, self.events);
        let again = read(folder.path()).expect("whole");
        assert_eq!(again, record, "what is read is what was written");
        let verdict = Verdict::of(&again);
        let gate = verdict
            .gates
            .iter()
            .find(|gate| gate.kind == GateKind::Resilience);
        let gate = gate.expect("an expectation is a gate");
        assert_eq!(gate.span, Some(span(30)));
        let evidence = gate.evidence.iter().map(|evidence| evidence.text.as_str());
        let words: Vec<&str> = std::iter::once(gate.observed.as_str())
            .chain(evidence)
            .collect();
        (gate.status, words.join(" | "))
    }
}

pub(crate) const fn is_during(tenth: u64) -> bool {
    FROM * 10 <= tenth && tenth < TO * 10
}

pub(crate) fn given_up(given_up: u64) -> AttemptEnds {
    AttemptEnds {
        given_up,
        ..AttemptEnds::default()
    }
}

fn refused_all(refused: u64) -> AttemptEnds {
    AttemptEnds {
        refused,
        ..AttemptEnds::default()
    }
}

#[track_caller]
pub(crate) fn is((status, words): (GateStatus, String), expected: GateStatus, says: &str) {
    assert_eq!(status, expected, "{words}");
    assert!(words.contains(says), "`{says}` is not in `{words}`");
}

use GateStatus::{Failed, Inconclusive, Passed};

#[test]
fn a_deadline_is_kept_where_nobody_waits_much_longer() {
    let waits = |millis: u32, late: u32| {
        Run::well()
            .attempts(
                |_| 10,
                |tenth, tick| {
                    tick.ends = given_up(10);
                    tick.waited_ms = BTreeMap::from([(millis, 10)]);
                    if tenth == FROM * 10 + 15 && late > 0 {
                        tick.waited_ms.insert(900, late);
                    }
                },
            )
            .judge(ExpectEntry::Deadline { within_ms: 250.0 })
    };
    is(
        waits(255, 0),
        Passed,
        "the longest of 380 attempts took 255ms",
    );
    is(
        waits(255, 3),
        Passed,
        "3 of 383 attempts took longer, the longest 900ms",
    );
    is(waits(255, 5), Failed, "5 of 385");
    is(waits(400, 0), Failed, "360 of 360 attempts took longer");
}

#[test]
fn a_deadline_that_nothing_tests_is_not_kept() {
    let expected = || ExpectEntry::Deadline { within_ms: 250.0 };
    let none = Run::well().attempts(|tenth| u64::from(!is_during(tenth)), |_, _| {});
    is(none.judge(expected()), Failed, "no attempt was seen");
    let refused = Run::well().attempts(
        |_| 1,
        |tenth, tick| {
            if is_during(tenth) {
                tick.ends = refused_all(1);
            }
        },
    );
    is(
        refused.judge(expected()),
        Inconclusive,
        "all 40 attempts were refused at once",
    );
}

#[test]
fn retries_are_counted_for_each_request_where_attempts_say_which_they_serve() {
    let retries = |most: u32, unsafe_repeats: u64, pauses: [[u64; 2]; 2]| {
        let run = Run::well().attempts(
            |_| 10,
            |tenth, tick| {
                tick.retries = Retries {
                    correlated: 10,
                    ..Retries::default()
                };
                if is_during(tenth) {
                    tick.retries.repeated = 2;
                    tick.retries.most = most;
                    tick.retries.unsafe_repeats = unsafe_repeats;
                    for (after, pauses) in (1..).zip(pauses) {
                        let found = tick.retries.pauses.entry(after).or_default();
                        for pause in pauses {
                            found.record(Duration::from_millis(pause));
                        }
                    }
                }
            },
        );
        run.judge(ExpectEntry::Retries {
            max_per_request: 2,
            backoff: true,
            jitter: true,
            unsafe_too: false,
        })
    };
    let spread = [[5, 20], [10, 50]];
    is(
        retries(3, 0, spread),
        Passed,
        "80 retries, at most 2 for one request",
    );
    is(
        retries(4, 0, spread),
        Failed,
        "a request was tried again 3 times",
    );
    is(
        retries(3, 1, spread),
        Failed,
        "40 attempts repeat what is not idempotent",
    );
    is(
        retries(3, 0, [[5, 20], [5, 20]]),
        Failed,
        "pauses do not grow",
    );
    is(
        retries(3, 0, [[20, 20], [50, 50]]),
        Failed,
        "pauses are all alike",
    );
}

#[test]
fn without_knowing_which_belong_together_attempts_are_counted() {
    let times = |during: u64, backoff: bool| {
        Run::well()
            .attempts(
                |tenth| if is_during(tenth) { during } else { 10 },
                |_, _| {},
            )
            .judge(ExpectEntry::Retries {
                max_per_request: 2,
                backoff,
                jitter: false,
                unsafe_too: false,
            })
    };
    is(
        times(30, false),
        Passed,
        "3.00 times as many attempts for each request as before",
    );
    is(times(110, false), Failed, "11.00 times as many");
    is(times(30, true), Inconclusive, "traceparent");
    is(times(0, false), Failed, "no attempt was seen");
}

#[test]
fn a_breaker_is_open_when_attempts_stay_away_and_closed_when_they_are_back() {
    let breaker = |during: fn(u64) -> u64, after: fn(u64) -> u64| {
        Run::well()
            .attempts(
                |tenth| match tenth {
                    tenth if is_during(tenth) => during(tenth - FROM * 10),
                    tenth if tenth >= TO * 10 => after(tenth - TO * 10),
                    _ => 10,
                },
                |_, _| {},
            )
            .judge(ExpectEntry::Breaker {
                opens_within_ms: 500.0,
                closes_within_ms: Some(1000.0),
            })
    };
    let at_once = |_| 10;
    // It looks once in half a second.
    let opens = |tenth| {
        if tenth < 3 {
            10
        } else {
            u64::from(tenth % 5 == 0)
        }
    };
    is(
        breaker(opens, at_once),
        Passed,
        "opened after 300ms, closed 0s after the fault",
    );
    is(breaker(opens, at_once), Passed, "7 after that");
    let opens_late = |tenth| if tenth < 9 { 10 } else { 0 };
    is(breaker(opens_late, at_once), Failed, "opened after 900ms");
    is(
        breaker(|_| 30, at_once),
        Failed,
        "it never opened: 300.0 attempts a second",
    );
    is(breaker(|_| 0, at_once), Failed, "nothing could open it");
    is(
        breaker(opens, |tenth| if tenth < 15 { 0 } else { 10 }),
        Failed,
        "closed 1.5s after",
    );
    is(breaker(opens, |_| 0), Failed, "never closed again");
    let rare = Run::well().attempts(|tenth| u64::from(tenth % 10 == 0), |_, _| {});
    let expected = ExpectEntry::Breaker {
        opens_within_ms: 500.0,
        closes_within_ms: None,
    };
    is(rare.judge(expected), Inconclusive, "too few to miss them");
}

#[test]
fn what_is_shed_is_answered_at_once() {
    let shed = |during: Outcome, millis: u64| {
        let run = Run::with_load(|second| match second {
            FROM..TO => (during, millis),
            _ => (Outcome::Status(200), 5),
        });
        run.judge(ExpectEntry::Shed {
            status: 503,
            within_ms: 100.0,
        })
    };
    is(
        shed(Outcome::Status(503), 20),
        Passed,
        "400 of 400 requests answered 503",
    );
    is(shed(Outcome::Status(503), 900), Failed, "p99 900");
    let timed_out = Outcome::Error(ErrorKind::Timeout);
    is(shed(timed_out, 1000), Failed, "400 failed otherwise");
    is(
        shed(Outcome::Status(200), 5),
        Failed,
        "none of 400 requests was turned away",
    );
}

#[test]
fn a_fallback_is_what_is_answered_and_not_served_by_the_callee() {
    let fallback = |outcome: Outcome, served: u64| {
        let run = Run::with_load(|second| match second {
            FROM..TO => (outcome, 5),
            _ => (Outcome::Status(200), 5),
        });
        let run = run.attempts(
            |_| 10,
            |tenth, tick| {
                if is_during(tenth) {
                    tick.ends = AttemptEnds {
                        answered: served,
                        broken: 10 - served,
                        ..AttemptEnds::default()
                    };
                }
            },
        );
        run.judge(ExpectEntry::Fallback {
            rate: 0.95,
            check: None,
        })
    };
    is(
        fallback(Outcome::Status(200), 2),
        Passed,
        "320 of 320, 100.0 %",
    );
    is(fallback(Outcome::Status(502), 0), Failed, "0 of 400, 0.0 %");
    is(
        fallback(Outcome::Status(200), 10),
        Failed,
        "the callee served all 400 requests",
    );
    let by_check = Run::well().judge(ExpectEntry::Fallback {
        rate: 0.95,
        check: Some("no such check".into()),
    });
    is(by_check, Failed, "on no request under the fault");
}

#[test]
fn recovered_is_what_is_served_as_before_for_good() {
    let recovery = |bad: &'static [u64]| {
        let run = Run::with_load(move |second| match second {
            FROM..TO => (Outcome::Status(502), 5),
            second if bad.contains(&second) => (Outcome::Status(502), 5),
            _ => (Outcome::Status(200), 5),
        });
        run.judge(ExpectEntry::Recovery { within_ms: 2000.0 })
    };
    is(recovery(&[]), Passed, "at once");
    is(recovery(&[8]), Passed, "after 1s");
    is(recovery(&[8, 10]), Failed, "after 3s");
    is(recovery(&[8, 10]), Failed, "it fell back once");
    is(
        recovery(&[8, 9, 10, 11]),
        Failed,
        "not yet 4s after the fault",
    );
    let slow_in = |bad: &'static [u64]| {
        let run = Run::with_load(move |second| match second {
            second if bad.contains(&second) => (Outcome::Status(200), 200),
            _ => (Outcome::Status(200), 5),
        });
        run.judge(ExpectEntry::Recovery { within_ms: 2000.0 })
    };
    is(slow_in(&[8, 9, 10, 11]), Failed, "not yet");
    is(slow_in(&[8]), Passed, "after 1s");
    is(slow_in(&[9, 10]), Failed, "after 3s");
    is(slow_in(&[10]), Passed, "at once");
}

pub(crate) fn gauge() -> GaugeEntry {
    GaugeEntry {
        index: 0,
        name: "the queue".into(),
    }
}

#[test]
fn a_backlog_is_bounded_and_worked_off_or_not() {
    let backlog = |run: Run, drains_within_ms: Option<f64>| {
        run.judge(ExpectEntry::Backlog {
            length: gauge(),
            max: 100.0,
            drains_within_ms,
        })
    };
    // Up to `peak` under the fault, and back to 10 so many tenths after it.
    let queue = |peak: f64, after: u64| {
        Run::well().reading(move |tenth| {
            let is_long = FROM * 10 < tenth && tenth < TO * 10 + after;
            Some(if is_long { peak } else { 10.0 })
        })
    };
    is(
        backlog(queue(90.0, 5), None),
        Passed,
        "90 at most | 10 before",
    );
    is(backlog(queue(101.0, 5), None), Failed, "grew to 101");
    let drained = backlog(queue(90.0, 5), Some(1000.0));
    is(drained, Passed, "drained 500ms after the fault");
    let late = backlog(queue(90.0, 20), Some(1000.0));
    is(late, Failed, "drained 2s after the fault");
    let never = backlog(queue(90.0, 100), Some(1000.0));
    is(never, Failed, "90 at most, and still 90 at the end");
    let unseen = backlog(queue(90.0, 100), Some(9000.0));
    is(unseen, Inconclusive, "and not drained in the 4s seen");
    is(
        backlog(Run::well(), None),
        Inconclusive,
        "was not read under the fault",
    );
    // Long again three seconds after the fault, for so many readings.
    let relapse = |readings: u64| {
        let again = TO * 10 + 30..TO * 10 + 30 + readings;
        let run = Run::well()
            .reading(move |tenth| Some(if again.contains(&tenth) { 50.0 } else { 10.0 }));
        backlog(run, Some(1000.0))
    };
    is(relapse(3), Failed, "drained 3.3s after the fault");
    is(relapse(2), Passed, "drained 0s after the fault");
}

#[test]
fn a_backlog_is_drained_when_what_is_left_is_a_twentieth_of_what_it_may_grow_to() {
    let left = |left: f64, max: f64| {
        let run = Run::well().reading(move |tenth| {
            Some(match tenth {
                _ if is_before(tenth) => 0.0,
                _ if tenth < TO * 10 => max,
                _ => left,
            })
        });
        run.judge(ExpectEntry::Backlog {
            length: gauge(),
            max,
            drains_within_ms: Some(1000.0),
        })
    };
    is(left(3.0, 60.0), Passed, "60 at most, drained");
    is(left(4.0, 60.0), Failed, "and still 4 at the end");
    // One is always being worked on.
    is(left(1.0, 5.0), Passed, "5 at most, drained");
    is(left(2.0, 5.0), Failed, "and still 2 at the end");
}

#[test]
fn a_backlog_may_be_what_is_sampled_of_a_service() {
    let judge = |peak: f64, name: &str| {
        let mut run = Run::well();
        for tenth in 0..END * 10 {
            let is_broken = (FROM * 10..TO * 10 + 5).contains(&tenth);
            let waiting = if is_broken { peak } else { 1.0 };
            let readings = vec![Reading::new(Quantity::ConnectionsWaiting, waiting)];
            let tick = UsageTick {
                rtest: Vec::new(),
                services: vec![("db".to_owned(), readings)],
            };
            run.events.push((tenth * 100, EventKind::Usage(tick)));
        }
        run.judge(ExpectEntry::Backlog {
            length: GaugeEntry {
                index: 0,
                name: name.to_owned(),
            },
            max: 20.0,
            drains_within_ms: Some(1000.0),
        })
    };
    let waiting = "service.db.connections_waiting";
    is(
        judge(20.0, waiting),
        Passed,
        "drained 500ms after the fault",
    );
    is(judge(21.0, waiting), Failed, "grew to 21");
    let unseen = judge(20.0, "service.cache.connections_waiting");
    is(unseen, Inconclusive, "was not read under the fault");
}

#[test]
fn a_backlog_that_was_not_read_before_has_nothing_to_come_back_to() {
    let run = Run::well().reading(|tenth| (tenth >= FROM * 10).then_some(5.0));
    let found = run.judge(ExpectEntry::Backlog {
        length: gauge(),
        max: 100.0,
        drains_within_ms: Some(1000.0),
    });
    is(
        found,
        Inconclusive,
        "5 at most, and not read before the fault",
    );
}

#[test]
fn dead_letters_are_those_since_the_fault_began() {
    let letters = |more: f64, min, max| {
        let run =
            Run::well().reading(move |tenth| Some(if is_before(tenth) { 7.0 } else { 7.0 + more }));
        run.judge(ExpectEntry::DeadLetters {
            count: gauge(),
            min,
            max,
        })
    };
    is(
        letters(2.0, Some(1.0), Some(2.0)),
        Passed,
        "2 more | 7 before, 9 at the end",
    );
    is(letters(3.0, Some(1.0), Some(2.0)), Failed, "3 more");
    is(letters(0.0, Some(1.0), None), Failed, "0 more");
    is(letters(0.0, None, Some(0.0)), Passed, "0 more");
    let run = Run::well().reading(|tenth| is_before(tenth).then_some(7.0));
    let found = run.judge(ExpectEntry::DeadLetters {
        count: gauge(),
        min: Some(1.0),
        max: None,
    });
    is(found, Inconclusive, "was not read since the fault");
}

pub(crate) const fn is_before(tenth: u64) -> bool {
    tenth < FROM * 10
}

#[test]
fn what_shows_first_that_the_system_knows_is_when_it_detected() {
    let detect = |run: Run, by: bool| {
        run.judge(ExpectEntry::Detect {
            within_ms: 1500.0,
            by: by.then(gauge),
        })
    };
    let steady = || Run::well().attempts(|_| 10, |_, _| ());
    is(
        detect(steady(), false),
        Failed,
        "not detected in the 4s of the fault",
    );
    // It stops trying so many tenths after the injection.
    let breaker = |after: u64| {
        let opened = FROM * 10 + after;
        Run::well().attempts(
            move |tenth| {
                if (opened..TO * 10).contains(&tenth) {
                    0
                } else {
                    10
                }
            },
            |_, _| (),
        )
    };
    is(
        detect(breaker(10), false),
        Passed,
        "after 1s: a breaker opened",
    );
    is(
        detect(breaker(20), false),
        Failed,
        "after 2s: a breaker opened",
    );
    let told = |run: Run, after: u64| {
        run.reading(move |tenth| Some(f64::from(u8::from(tenth >= FROM * 10 + after))))
    };
    let both = detect(told(breaker(20), 12), true);
    is(both, Passed, "after 1.2s: `the queue` held");
    is(
        detect(told(steady(), 30), true),
        Failed,
        "after 3s: `the queue` held",
    );
    is(detect(told(steady(), 900), true), Failed, "not detected");
    let before = steady().reading(|_| Some(1.0));
    is(
        detect(before, true),
        Inconclusive,
        "`the queue` held before the fault",
    );
    is(detect(steady(), true), Inconclusive, "was not asked");
}

#[test]
fn a_probe_of_the_hypothesis_that_turns_is_a_sign_too() {
    let mut run = Run::well();
    for second in 1..END {
        let held = second != FROM + 1;
        run.events.push((
            second * 1000 + 500,
            EventKind::ProbeEvaluated {
                probe: 0,
                side: ProbeSide::During,
                result: ProbeResult {
                    held,
                    expected: "status 2xx".into(),
                    actual: "as expected".into(),
                },
            },
        ));
    }
    let found = run.judge(ExpectEntry::Detect {
        within_ms: 2000.0,
        by: None,
    });
    is(found, Passed, "after 1.5s: `GET /health` held no more");
}
