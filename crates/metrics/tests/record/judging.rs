//! Gates, green and red.

use rtest_core::event::{
    Event, EventKind, GeneratorHealth, InteractionOutcome, InteractionResult, Mismatch,
    ProbeResult, ProbeSide, RollbackProof, ServiceState, SimResult,
};
use rtest_core::sample::{ErrorExample, ErrorKind, Outcome};
use rtest_core::window::WindowId;
use rtest_core::{Secrets, Span};
use rtest_metrics::record::{EntryKind, FaultHeader, ProbeHeader, RecordWriter, SimHeader};
use rtest_metrics::{GateKind, GateStatus, Outcome as RunOutcome, Verdict};
use std::time::Duration;

use crate::recording::{at, header, judge, series, span, status, tick, write};

#[test]
fn a_green_run_passes_and_each_kind_of_trouble_turns_it_red() {
    let good = || {
        vec![(
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 2000])]),
        )]
    };
    let thresholds = ["http_req_duration p(95)<300", "http_req_failed rate<0.01"];
    assert_eq!(judge(&thresholds, good()).outcome, RunOutcome::Passed);

    let slow = vec![(
        1000,
        tick(0, 0, vec![series(Outcome::Status(200), 0, [900; 2000])]),
    )];
    let verdict = judge(&thresholds, slow);
    assert_eq!(verdict.outcome, RunOutcome::Failed);
    assert_eq!(
        status(&verdict, GateKind::Threshold, "p(95)"),
        GateStatus::Failed
    );

    let mut exited = good();
    exited.push((
        1500,
        EventKind::Service {
            name: "catalog".into(),
            state: ServiceState::Exited {
                status: "signal: 9".into(),
                log_tail: vec!["bye".into()],
            },
        },
    ));
    assert_eq!(judge(&thresholds, exited).outcome, RunOutcome::Failed);
}

#[test]
fn nothing_answered_fails_without_any_threshold() {
    for outcome in [
        Outcome::Status(500),
        Outcome::Error(ErrorKind::ConnectRefused),
    ] {
        let events = vec![(1000, tick(0, 0, vec![series(outcome, 0, [10; 2000])]))];
        let verdict = judge(&[], events);
        assert_eq!(verdict.outcome, RunOutcome::Failed);
        assert_eq!(
            status(&verdict, GateKind::Traffic, "answered"),
            GateStatus::Failed
        );
    }
    assert_eq!(
        judge(&[], Vec::new()).outcome,
        RunOutcome::Failed,
        "no request at all"
    );
}

#[test]
fn a_failing_check_fails_the_run_unless_a_threshold_says_how_many_may() {
    let events = || {
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 2000])])
        else {
            unreachable!("tick() makes load ticks")
        };
        load.checks[0].fails = 1;
        vec![(1000, EventKind::LoadTick(load))]
    };
    assert_eq!(judge(&[], events()).outcome, RunOutcome::Failed);
    assert_eq!(
        judge(&["checks rate>0.99"], events()).outcome,
        RunOutcome::Passed
    );
    assert_eq!(
        judge(&["checks rate==1"], events()).outcome,
        RunOutcome::Failed
    );
}

#[test]
fn a_late_generator_makes_the_run_invalid_not_red() {
    let EventKind::LoadTick(mut load) =
        tick(0, 0, vec![series(Outcome::Status(200), 0, [900; 2000])])
    else {
        unreachable!("tick() makes load ticks")
    };
    load.scenarios[0]
        .dispatch_lag
        .record_n(Duration::from_secs(1), 2000);
    let verdict = judge(
        &["http_req_duration p(95)<300"],
        vec![(1000, EventKind::LoadTick(load))],
    );
    assert_eq!(verdict.outcome, RunOutcome::Invalid);
}

#[test]
fn hypothesis_faults_contracts_and_programs_are_judged() {
    let mut plan = header(&[]);
    plan.faults.push(FaultHeader {
        name: "down".into(),
        link: "a -> b".into(),
        description: "down".into(),
        at_ms: 0,
        for_ms: 0,
        span: span(30),
    });
    plan.hypothesis.push(ProbeHeader {
        name: "few errors".into(),
        threshold: Some("http_req_failed rate<0.01".into()),
        span: span(31),
    });
    plan.hypothesis.push(ProbeHeader {
        name: "healthy".into(),
        threshold: None,
        span: span(32),
    });
    plan.sims.push(SimHeader {
        program: "x.mjs".into(),
        seeds: 2,
        span: span(33),
    });
    let probe = |side, held| EventKind::ProbeEvaluated {
        probe: 1,
        side,
        result: ProbeResult {
            held,
            expected: "status 200".into(),
            actual: "status 503".into(),
        },
    };
    let pact_line = Span {
        file: "p.json".into(),
        line: 9,
        column: 5,
        len: 7,
        text: "x".into(),
    };
    let interaction = InteractionResult {
        source: "p.json".into(),
        consumer: "web".into(),
        provider: "storefront".into(),
        description: "a user".into(),
        states: vec!["user 7 exists".into()],
        request: "GET /users/7".into(),
        outcome: InteractionOutcome::Mismatched(vec![Mismatch {
            location: "body $.email".into(),
            expected: "\"a@b.c\"".into(),
            actual: "nothing".into(),
            message: "the field is missing; likely renamed to `userEmail`".into(),
            span: pact_line.clone(),
        }]),
        took: Duration::from_millis(3),
        span: pact_line,
    };
    let events = vec![
        (5, probe(ProbeSide::Before, true)),
        (
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 500])]),
        ),
        (
            1100,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ),
        (
            2000,
            tick(0, 1, vec![series(Outcome::Status(503), 1, [10; 500])]),
        ),
        (
            2100,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof: RollbackProof {
                    clean: false,
                    seen: "1 toxic left".into(),
                },
            },
        ),
        (
            3000,
            tick(0, 2, vec![series(Outcome::Status(503), 2, [10; 500])]),
        ),
        (3100, probe(ProbeSide::After, false)),
        (3200, EventKind::Interaction(Box::new(interaction))),
        (
            3300,
            EventKind::Sim(Box::new(SimResult {
                sim: 0,
                program: "x.mjs".into(),
                seeds_run: 2,
                seeds_failed: 0,
                failures: Vec::new(),
                deterministic: true,
                trace_hash: "ab".into(),
                virtual_time: Duration::from_secs(1),
                took: Duration::from_millis(1),
            })),
        ),
    ];
    let (_folder, record) = write(plan, events);
    let verdict = Verdict::of(&record);
    let is = |kind, name: &str| status(&verdict, kind, name);
    assert_eq!(
        is(GateKind::Hypothesis, "few errors (before"),
        GateStatus::Passed
    );
    assert_eq!(
        is(GateKind::Hypothesis, "few errors (after"),
        GateStatus::Failed
    );
    assert_eq!(
        is(GateKind::Hypothesis, "healthy (before"),
        GateStatus::Passed
    );
    assert_eq!(
        is(GateKind::Hypothesis, "healthy (after"),
        GateStatus::Failed
    );
    assert_eq!(
        is(GateKind::Fault, "down"),
        GateStatus::Failed,
        "something was left of it"
    );
    assert_eq!(is(GateKind::Sim, "x.mjs"), GateStatus::Passed);
    assert_eq!(is(GateKind::Contract, "a user"), GateStatus::Failed);
    let contract = verdict
        .troubles()
        .find(|gate| gate.kind == GateKind::Contract)
        .expect("failed");
    let place = contract.evidence[0]
        .span
        .as_ref()
        .expect("a place in the pact");
    assert_eq!(place.to_string(), "p.json:9:5");
}

#[test]
fn planned_work_that_left_no_result_fails() {
    let mut plan = header(&[]);
    plan.load = None;
    plan.sims.push(SimHeader {
        program: "x.mjs".into(),
        seeds: 2,
        span: span(33),
    });
    plan.hypothesis.push(ProbeHeader {
        name: "healthy".into(),
        threshold: None,
        span: span(32),
    });
    let (_folder, record) = write(plan, Vec::new());
    let verdict = Verdict::of(&record);
    assert_eq!(verdict.outcome, RunOutcome::Failed);
    assert!(
        verdict
            .gates
            .iter()
            .all(|gate| gate.status == GateStatus::Failed)
    );
    assert_eq!(
        verdict.gates.len(),
        3,
        "one program, one probe on two sides"
    );
}

#[test]
fn examples_of_errors_reach_the_evidence() {
    let EventKind::LoadTick(mut load) = tick(
        0,
        0,
        vec![series(
            Outcome::Error(ErrorKind::ConnectRefused),
            0,
            [1; 50],
        )],
    ) else {
        unreachable!("tick() makes load ticks")
    };
    let key = load.series[0].key;
    load.examples.push(ErrorExample {
        key,
        message: "connection refused at 127.0.0.1:1".into(),
    });
    let verdict = judge(&[], vec![(1000, EventKind::LoadTick(load))]);
    let traffic = verdict.troubles().next().expect("failed");
    assert!(
        traffic.evidence[0]
            .text
            .contains("connect_refused: connection refused at")
    );
}

#[test]
fn a_threshold_on_some_checks_leaves_the_others_gates() {
    let EventKind::LoadTick(mut load) =
        tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 2000])])
    else {
        unreachable!("tick() makes load ticks")
    };
    load.checks[0].fails = 1000;
    let events = vec![(1000, EventKind::LoadTick(load))];
    let verdict = judge(&["checks{endpoint:/elsewhere} rate>=0"], events);
    assert_eq!(
        status(&verdict, GateKind::Check, "status 200"),
        GateStatus::Failed
    );
}

#[test]
fn dropped_arrivals_fail_a_run_that_has_no_threshold_on_them() {
    let events = || {
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 900])])
        else {
            unreachable!("tick() makes load ticks")
        };
        load.scenarios[0].offered = 1000;
        load.scenarios[0].dropped = 100;
        vec![(1000, EventKind::LoadTick(load))]
    };
    let verdict = judge(&[], events());
    assert_eq!(
        status(&verdict, GateKind::Traffic, "arrivals are sent"),
        GateStatus::Failed
    );
    assert_eq!(
        judge(&["dropped_iterations count<200"], events()).outcome,
        RunOutcome::Passed
    );
    assert_eq!(
        judge(&["dropped_iterations count<50"], events()).outcome,
        RunOutcome::Failed
    );
}

#[test]
fn lost_events_and_a_generator_without_cpu_make_the_run_invalid() {
    let good = || {
        (
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 2000])]),
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer =
        RecordWriter::create(folder.path(), header(&[]), Secrets::default()).expect("writable");
    writer
        .event(&mut Event {
            at: at(1000),
            kind: good().1,
        })
        .expect("writable");
    writer
        .entry(at(1500), EntryKind::EventsLost { count: 3 })
        .expect("writable");
    writer.entry(at(2000), EntryKind::Ended).expect("writable");
    assert_eq!(Verdict::of(writer.record()).outcome, RunOutcome::Invalid);

    let busy = |cpu_share| {
        let health = GeneratorHealth {
            cpu_share,
            open_files: 10,
            open_files_limit: 1024,
            ..GeneratorHealth::default()
        };
        judge(
            &[],
            vec![good(), (1200, EventKind::GeneratorHealth(health))],
        )
        .outcome
    };
    assert_eq!(busy(0.5), RunOutcome::Passed);
    assert_eq!(busy(0.99), RunOutcome::Invalid);
}

#[test]
fn more_than_one_percent_failed_fails_a_run_that_has_no_threshold_on_it() {
    let failing = |failed: usize| {
        let answers = vec![
            series(Outcome::Status(200), 0, vec![10; 1000 - failed]),
            series(
                Outcome::Error(ErrorKind::ConnectRefused),
                0,
                vec![1; failed],
            ),
        ];
        vec![(1000, tick(0, 0, answers))]
    };
    assert_eq!(
        judge(&["p(95)<300"], failing(10)).outcome,
        RunOutcome::Passed
    );
    let verdict = judge(&["p(95)<300"], failing(11));
    assert_eq!(
        status(&verdict, GateKind::Traffic, "answered"),
        GateStatus::Failed
    );
    assert_eq!(
        judge(&["http_req_failed rate<0.5"], failing(300)).outcome,
        RunOutcome::Passed
    );
    assert_eq!(
        judge(&["http_req_failed rate<2"], failing(1000)).outcome,
        RunOutcome::Failed
    );
}

#[test]
fn a_load_that_is_sent_long_after_it_was_due_fails_unless_a_threshold_counts_the_wait() {
    let waiting = |lag_ms: u64| {
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 2000])])
        else {
            unreachable!("tick() makes load ticks")
        };
        load.scenarios[0].late = 100;
        load.series[0]
            .schedule_lag
            .record_n(Duration::from_millis(lag_ms), 100);
        vec![(1000, EventKind::LoadTick(load))]
    };
    assert_eq!(judge(&[], waiting(900)).outcome, RunOutcome::Passed);
    let verdict = judge(&["http_req_failed rate<0.01"], waiting(1200));
    assert_eq!(verdict.outcome, RunOutcome::Failed);
    assert_eq!(
        status(&verdict, GateKind::Traffic, "in time"),
        GateStatus::Failed
    );
    assert_eq!(
        judge(&["http_req_duration p(95)<300"], waiting(1200)).outcome,
        RunOutcome::Passed
    );
}
