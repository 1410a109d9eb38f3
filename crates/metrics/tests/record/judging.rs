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
        series: None,
        target: "a -> b".into(),
        links: Vec::new(),
        expect: Vec::new(),
        description: "down".into(),
        answers: None,
        at_ms: 0,
        for_ms: 0,
        span: span(30),
    });
    plan.hypothesis.push(ProbeHeader {
        continuously: false,
        name: "few errors".into(),
        threshold: Some("http_req_failed rate<0.01".into()),
        span: span(31),
    });
    plan.hypothesis.push(ProbeHeader {
        continuously: false,
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
        text_column: 1,
    };
    let interaction = InteractionResult {
        source: "p.json".into(),
        consumer: "web".into(),
        provider: "storefront".into(),
        description: "a user".into(),
        states: vec!["user 7 exists".into()],
        request: "GET /users/7".into(),
        pending: false,
        under: None,
        outcome: InteractionOutcome::Mismatched(vec![Mismatch {
            location: "body $.email".into(),
            expected: "\"a@b.c\"".into(),
            actual: "nothing".into(),
            message: "the field is missing; likely renamed to `userEmail`".into(),
            reproduce: None,
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
                ..SimResult::default()
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
        continuously: false,
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
        2,
        "one program, and one probe, once: there is nothing to break"
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

/// Four seconds in which more falls due than is begun; each worker says how busy it was.
fn falling_behind(busy: &[f64]) -> Verdict {
    let mut events = Vec::new();
    for (second, busy) in (0..).zip(busy) {
        let EventKind::LoadTick(mut load) =
            tick(0, second, vec![series(Outcome::Status(200), 0, [900; 500])])
        else {
            unreachable!("tick() makes load ticks")
        };
        load.scenarios[0].offered = 600;
        load.scenarios[0].late = 450;
        load.ran = Duration::from_secs_f64(busy * 0.75);
        load.waited = Duration::from_secs_f64(busy * 0.25);
        events.push((second * 1000 + 1000, EventKind::LoadTick(load)));
    }
    judge(&["http_req_duration p(95)<300"], events)
}

#[test]
fn a_starved_generator_is_told_from_a_slow_target() {
    let slow_target = falling_behind(&[0.2, 0.3, 0.2, 0.2]);
    assert_eq!(slow_target.outcome, RunOutcome::Failed);
    let name = "arrivals wait for the target";
    assert_eq!(
        status(&slow_target, GateKind::Generator, name),
        GateStatus::Passed
    );
    let starved = falling_behind(&[0.97, 1.0, 0.99, 0.98]);
    assert_eq!(starved.outcome, RunOutcome::Invalid);
    assert_eq!(
        status(&starved, GateKind::Generator, name),
        GateStatus::Failed
    );
    // Where nobody says what workers did, nothing is claimed.
    let unknown = falling_behind(&[0.0; 4]);
    assert_eq!(unknown.outcome, RunOutcome::Failed);
    assert!(unknown.gates.iter().all(|gate| !gate.name.contains(name)));
}

/// Whoever works off what a stall has left behind is busy, and was not the cause.
#[test]
fn catching_up_after_a_stall_of_the_target_is_not_the_generators_fault() {
    let mut events = Vec::new();
    let seconds = [
        (1000, 1000, 0.4),
        (1000, 0, 0.0),
        (1000, 1500, 1.0),
        (1000, 1500, 1.0),
    ];
    for (second, (due, begun, busy)) in (0..).zip(seconds) {
        let EventKind::LoadTick(mut load) = tick(
            0,
            second,
            vec![series(Outcome::Status(200), 0, vec![90; begun])],
        ) else {
            unreachable!("tick() makes load ticks")
        };
        load.scenarios[0].offered = due;
        load.scenarios[0].late = (begun as u64).saturating_sub(1000);
        load.ran = Duration::from_secs_f64(busy);
        // Idle threads still wake up now and then.
        load.waited = Duration::from_millis(2);
        events.push((second * 1000 + 1000, EventKind::LoadTick(load)));
    }
    let verdict = judge(&["http_req_duration p(95)<300"], events);
    assert_eq!(
        status(
            &verdict,
            GateKind::Generator,
            "arrivals wait for the target"
        ),
        GateStatus::Passed
    );
}

#[test]
fn what_the_generator_saw_of_its_workers_counts_where_they_do_not_say_themselves() {
    let judged = |busiest_worker: f64, waited_for_core: f64| {
        let mut events = Vec::new();
        for second in 0..4 {
            let EventKind::LoadTick(mut load) =
                tick(0, second, vec![series(Outcome::Status(200), 0, [900; 500])])
            else {
                unreachable!("tick() makes load ticks")
            };
            load.scenarios[0].late = 450;
            let health = GeneratorHealth {
                cpu_share: 0.2,
                busiest_worker,
                waited_for_core,
                ..GeneratorHealth::default()
            };
            events.push((second * 1000 + 1000, EventKind::LoadTick(load)));
            events.push((second * 1000 + 1005, EventKind::GeneratorHealth(health)));
        }
        judge(
            &["http_req_failed rate<0.1", "schedule_lag p(95)<1s"],
            events,
        )
    };
    assert_eq!(judged(0.3, 0.1).outcome, RunOutcome::Passed);
    let starved = judged(0.99, 0.1);
    assert_eq!(starved.outcome, RunOutcome::Invalid);
    let without_a_core = judged(0.7, 0.6);
    assert_eq!(without_a_core.outcome, RunOutcome::Inconclusive);
    assert_eq!(
        status(&without_a_core, GateKind::Generator, "gets a core"),
        GateStatus::Inconclusive
    );
}

#[test]
fn more_than_a_trace_of_the_generators_own_errors_makes_the_run_invalid() {
    let hitting = |kind, hit: usize| {
        let answers = vec![
            series(Outcome::Status(200), 0, vec![10; 10_000 - hit]),
            series(Outcome::Error(kind), 0, vec![1; hit]),
        ];
        let health = GeneratorHealth {
            open_files: 1020,
            open_files_limit: 1024,
            local_ports: 28_000,
            local_ports_limit: 28_232,
            ..GeneratorHealth::default()
        };
        let events = vec![
            (1000, tick(0, 0, answers)),
            (1100, EventKind::GeneratorHealth(health)),
        ];
        judge(&["http_req_failed rate<0.5"], events)
    };
    for (kind, name, used) in [
        (ErrorKind::LocalPorts, "local ports", "28,000 of 28,232"),
        (ErrorKind::OpenFiles, "open files", "1,020 of 1,024"),
    ] {
        assert_eq!(hitting(kind, 10).outcome, RunOutcome::Passed, "a trace");
        let verdict = hitting(kind, 11);
        assert_eq!(verdict.outcome, RunOutcome::Invalid);
        let gate = verdict.gates.iter().find(|gate| gate.name.contains(name));
        let gate = gate.expect(name);
        assert_eq!(gate.status, GateStatus::Failed);
        assert!(gate.observed.contains(used), "{}", gate.observed);
        assert!(!gate.evidence.is_empty(), "it says what to do");
    }
    // The target's own refusals are the target's.
    let refused = hitting(ErrorKind::ConnectRefused, 4000);
    assert_eq!(refused.outcome, RunOutcome::Passed);
}

#[test]
fn a_few_samples_warn_and_none_fail() {
    let of = |requests: usize| {
        let answers = vec![series(Outcome::Status(200), 0, vec![10; requests])];
        judge(&["p(99)<300"], vec![(1000, tick(0, 0, answers))])
    };
    let few = of(50);
    assert_eq!(few.outcome, RunOutcome::Inconclusive);
    let gate = few.gates.iter().find(|gate| gate.name == "p(99)<300");
    let gate = gate.expect("a gate");
    assert_eq!(
        gate.evidence[0].text,
        "p(99) of 50 samples rests on too few values; it needs 1,000"
    );
    assert_eq!(of(0).outcome, RunOutcome::Failed);
    assert_eq!(of(1000).outcome, RunOutcome::Passed);
}
