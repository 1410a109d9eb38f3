//! From events through the run folder to the verdict, and back.

use std::time::Duration;

use rtest_core::event::{
    Event, EventKind, GeneratorHealth, InteractionOutcome, InteractionResult, Mismatch,
    ProbeResult, ProbeSide, RollbackProof, ServiceState, SimResult,
};
use rtest_core::metric::MetricSelector;
use rtest_core::sample::{
    CheckTick, ErrorExample, ErrorKind, LoadTick, Outcome, Sample, ScenarioTick, SeriesKey,
    SeriesTick,
};
use rtest_core::window::WindowId;
use rtest_core::{RunTime, Secrets, Span};
use rtest_metrics::record::{
    CheckHeader, EntryKind, FaultHeader, Header, Host, LoadHeader, ProbeHeader, RecordWriter,
    ScenarioHeader, SimHeader, SpanRecord, StepHeader, ThresholdHeader, read,
};
use rtest_metrics::summary::{Phase, Value};
use rtest_metrics::{GateKind, GateStatus, Outcome as RunOutcome, RunRecord, Summary, Verdict};

fn span(line: u32) -> SpanRecord {
    SpanRecord {
        file: "suite.yaml".into(),
        line,
        column: 3,
        len: 4,
        text: "  text".into(),
    }
}

fn at(millis: u64) -> RunTime {
    RunTime::from_nanos(millis * 1_000_000)
}

/// One open scenario with one endpoint and one check.
fn header(thresholds: &[&str]) -> Header {
    let thresholds = thresholds
        .iter()
        .enumerate()
        .map(|(index, text)| ThresholdHeader {
            threshold: (*text).to_owned(),
            span: span(10 + index as u32),
        })
        .collect();
    Header {
        schema: 1,
        rtest: "0.1.0".into(),
        run_id: "test".into(),
        name: "test".into(),
        suite: "suite.yaml".into(),
        suite_hash: "0".into(),
        seed: 42,
        command: "rtest run suite.yaml --seed 42".into(),
        started_at: "2026-01-01T00:00:00Z".into(),
        host: Host::default(),
        stages: vec!["load".into()],
        services: Vec::new(),
        links: Vec::new(),
        load: Some(LoadHeader {
            target: "storefront".into(),
            tick_ms: 1000,
            scenarios: vec![ScenarioHeader {
                name: "browse".into(),
                executor: "constant-arrival-rate".into(),
                open: true,
                description: "200/s for 20s".into(),
                tags: vec![("team".into(), "shop".into())],
                steps: vec![StepHeader {
                    endpoint: "/products/:id".into(),
                    method: "GET".into(),
                    tags: Vec::new(),
                    checks: vec![CheckHeader {
                        name: "status 200".into(),
                        span: span(7),
                    }],
                }],
                span: span(5),
            }],
            thresholds,
        }),
        faults: Vec::new(),
        hypothesis: Vec::new(),
        contracts: Vec::new(),
        sims: Vec::new(),
    }
}

fn series(outcome: Outcome, window: u16, times_ms: impl IntoIterator<Item = u64>) -> SeriesTick {
    let key = SeriesKey {
        scenario: 0,
        step: 0,
        outcome,
        window: WindowId(window),
    };
    let mut tick = SeriesTick::new(key);
    for time in times_ms {
        let sample = Sample {
            scheduled_at: at(0),
            sent_at: at(1),
            first_byte_at: at(1 + time / 2),
            done_at: at(time.max(1)),
        };
        tick.record(&sample, Duration::ZERO);
        tick.bytes_received += 100;
    }
    tick
}

fn tick(worker: u16, second: u64, series: Vec<SeriesTick>) -> EventKind {
    let requests: u64 = series.iter().map(|series| series.response_time.len()).sum();
    let mut progress = ScenarioTick {
        offered: requests,
        started: requests,
        completed: requests,
        vus: 2,
        vus_max: 3,
        ..Default::default()
    };
    progress
        .dispatch_lag
        .record_n(Duration::from_millis(1), requests.max(1));
    progress
        .iteration_duration
        .record_n(Duration::from_millis(5), requests);
    EventKind::LoadTick(Box::new(LoadTick {
        worker,
        from: at(second * 1000),
        to: at(second * 1000 + 1000),
        series,
        checks: vec![CheckTick {
            scenario: 0,
            step: 0,
            check: 0,
            window: WindowId(0),
            passes: requests,
            fails: 0,
        }],
        scenarios: vec![progress],
        examples: Vec::new(),
    }))
}

fn write(header: Header, events: Vec<(u64, EventKind)>) -> (tempfile::TempDir, RunRecord) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut secrets = Secrets::default();
    secrets.add("hunter2hunter2");
    let mut writer = RecordWriter::create(folder.path(), header, secrets).expect("writable");
    for (millis, kind) in events {
        writer
            .event(&mut Event {
                at: at(millis),
                kind,
            })
            .expect("writable");
    }
    writer
        .entry(at(60_000), EntryKind::Ended)
        .expect("writable");
    let record = writer.record().clone();
    (folder, record)
}

fn judge(thresholds: &[&str], events: Vec<(u64, EventKind)>) -> Verdict {
    Verdict::of(&write(header(thresholds), events).1)
}

fn status(verdict: &Verdict, kind: GateKind, name: &str) -> GateStatus {
    let gate = verdict
        .gates
        .iter()
        .find(|gate| gate.kind == kind && gate.name.contains(name));
    gate.unwrap_or_else(|| panic!("no {kind:?} gate {name} in {:#?}", verdict.gates))
        .status
}

#[test]
fn a_record_that_is_read_equals_the_record_that_was_written() {
    let mut events = vec![
        (
            0,
            EventKind::Service {
                name: "catalog".into(),
                state: ServiceState::Starting,
            },
        ),
        (
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, 1..500)]),
        ),
        (
            1000,
            tick(1, 0, vec![series(Outcome::Status(200), 0, 1..400)]),
        ),
        (
            1500,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ),
        (
            2000,
            tick(
                0,
                1,
                vec![series(Outcome::Error(ErrorKind::Timeout), 1, 100..200)],
            ),
        ),
        (
            2500,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof: RollbackProof {
                    clean: true,
                    seen: "0 toxics".into(),
                },
            },
        ),
        (2600, EventKind::Note("a note with hunter2hunter2".into())),
    ];
    events.push((3000, tick(0, 2, vec![series(Outcome::Status(503), 2, [7])])));
    let mut plan = header(&["http_req_duration p(95)<300"]);
    plan.faults.push(FaultHeader {
        name: "slow".into(),
        link: "a -> b".into(),
        description: "latency".into(),
        at_ms: 1500,
        for_ms: 1000,
        span: span(20),
    });
    let (folder, written) = write(plan, events);
    let reread = read(folder.path()).expect("readable");
    assert_eq!(reread, written);
    assert_eq!(Verdict::of(&reread), Verdict::of(&written));
    assert_eq!(written.notes[0].1, "a note with [redacted]");
    for file in std::fs::read_dir(folder.path()).expect("folder") {
        let text = std::fs::read_to_string(file.expect("entry").path()).expect("text");
        assert!(!text.contains("hunter2"), "a secret was written");
    }
}

#[test]
fn a_record_cut_off_anywhere_is_read_as_far_as_it_goes_and_never_passes() {
    let events = (0..5)
        .map(|second| {
            (
                second * 1000 + 1000,
                tick(0, second, vec![series(Outcome::Status(200), 0, 1..50)]),
            )
        })
        .collect();
    let (folder, _) = write(header(&[]), events);
    let path = folder.path().join("events.jsonl");
    let whole = std::fs::read(&path).expect("events");
    for cut in (0..whole.len()).step_by(97) {
        std::fs::write(&path, &whole[..cut]).expect("writable");
        let record = read(folder.path()).expect("readable as far as it goes");
        assert_eq!(
            Verdict::of(&record).outcome,
            RunOutcome::Interrupted,
            "cut at {cut}"
        );
    }
}

#[test]
fn before_during_and_after_are_told_apart_by_tags() {
    let fault = |fault, window| EventKind::FaultInjected {
        fault,
        window: WindowId(window),
    };
    let back = |fault, window| EventKind::FaultRolledBack {
        fault,
        window: WindowId(window),
        proof: RollbackProof {
            clean: true,
            seen: String::new(),
        },
    };
    let mut plan = header(&[]);
    for name in ["slow", "down"] {
        plan.faults.push(FaultHeader {
            name: name.into(),
            link: "a -> b".into(),
            description: name.into(),
            at_ms: 0,
            for_ms: 0,
            span: span(20),
        });
    }
    let requests = vec![
        series(Outcome::Status(200), 0, [10; 5]),
        series(Outcome::Status(200), 1, [400; 4]),
        series(Outcome::Status(200), 2, [20; 3]),
        series(Outcome::Status(502), 3, [5; 2]),
        series(Outcome::Status(200), 4, [11; 1]),
    ];
    let events = vec![
        (10, fault(0, 1)),
        (20, back(0, 2)),
        (30, fault(1, 3)),
        (40, back(1, 4)),
        (50, tick(0, 0, requests)),
    ];
    let (_folder, record) = write(plan, events);
    let summary = Summary::new(&record);
    let count = |selector: &str| {
        let selector = MetricSelector::parse(selector).expect(selector);
        summary.value(&selector).map(|value| value.samples())
    };
    assert_eq!(count("http_req_duration{window:before}"), Some(5));
    assert_eq!(count("http_req_duration{window:during}"), Some(6));
    assert_eq!(count("http_req_duration{window:after}"), Some(4));
    assert_eq!(count("http_req_duration{fault:slow}"), Some(4));
    assert_eq!(count("http_req_duration{fault:down,status:502}"), Some(2));
    assert_eq!(
        count("http_req_duration{team:shop,endpoint:/products/:id,method:GET}"),
        Some(15)
    );
    assert_eq!(count("http_req_duration{team:other}"), Some(0));
    assert_eq!(summary.phase(WindowId(2)), Phase::After);
    let failed = summary.value(&MetricSelector::whole("http_req_failed"));
    assert_eq!(
        failed,
        Some(Value::Rate {
            trues: 2,
            total: 15
        })
    );
}

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
fn dropped_arrivals_count_as_failures_at_what_they_waited() {
    let requests = vec![
        series(Outcome::Status(200), 0, [10; 900]),
        series(Outcome::Error(ErrorKind::Dropped), 0, [5000; 100]),
    ];
    let events = vec![(1000, tick(0, 0, requests))];
    let (_folder, record) = write(header(&[]), events);
    let summary = Summary::new(&record);
    let value = |name: &str| summary.value(&MetricSelector::whole(name)).expect(name);
    assert_eq!(
        value("http_req_failed"),
        Value::Rate {
            trues: 100,
            total: 1000
        }
    );
    assert_eq!(value("http_req_duration").samples(), 1000);
    assert_eq!(
        value("http_req_service_time").samples(),
        900,
        "they were never sent"
    );
    assert_eq!(value("http_reqs").samples(), 900);
    let Value::Trend(times) = value("http_req_duration") else {
        panic!("a trend")
    };
    assert!(times.quantile_ms(0.95) >= 4995.0);
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
fn secrets_that_look_like_the_records_own_words_are_redacted_and_break_nothing() {
    for secret in [
        "load_tick",
        "name",
        "0000",
        "seed",
        "quo\"te\\back",
        "line one\nline two",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut secrets = Secrets::default();
        secrets.add(secret);
        let mut plan = header(&[]);
        plan.command = format!("rtest load --header 'x: {secret}'");
        let mut writer = RecordWriter::create(folder.path(), plan, secrets).expect(secret);
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, 1..500)])
        else {
            unreachable!("tick() makes load ticks")
        };
        let key = load.series[0].key;
        load.examples.push(ErrorExample {
            key,
            message: format!("the server said {secret}"),
        });
        for kind in [
            EventKind::Note(format!("saw {secret}.")),
            EventKind::LoadTick(load),
        ] {
            writer
                .event(&mut Event { at: at(1000), kind })
                .expect(secret);
        }
        writer.entry(at(2000), EntryKind::Ended).expect(secret);
        let live = writer.record().clone();
        assert_eq!(live.notes[0].1, "saw [redacted].", "{secret}");
        let examples = &live.load.as_ref().expect("load").examples;
        assert_eq!(
            examples[0].message, "the server said [redacted]",
            "{secret}"
        );
        assert_eq!(
            live.header.command, "rtest load --header 'x: [redacted]'",
            "{secret}"
        );
        assert_eq!(read(folder.path()).expect(secret), live, "{secret}");
    }
}

#[test]
fn a_rate_within_a_window_counts_the_windows_seconds_only() {
    let mut plan = header(&[
        "http_reqs{window:during} rate>90",
        "http_reqs{fault:down} rate<60",
    ]);
    plan.faults.push(FaultHeader {
        name: "down".into(),
        link: "a -> b".into(),
        description: "down".into(),
        at_ms: 0,
        for_ms: 0,
        span: span(30),
    });
    let proof = RollbackProof {
        clean: true,
        seen: String::new(),
    };
    let events = vec![
        (
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 100])]),
        ),
        (
            1000,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ),
        (
            2000,
            tick(0, 1, vec![series(Outcome::Status(200), 1, [10; 100])]),
        ),
        (
            2000,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof,
            },
        ),
        (
            3000,
            tick(0, 2, vec![series(Outcome::Status(200), 2, [10; 100])]),
        ),
        (
            4000,
            tick(0, 3, vec![series(Outcome::Status(200), 2, [10; 100])]),
        ),
    ];
    let (_folder, record) = write(plan, events);
    let verdict = Verdict::of(&record);
    assert_eq!(
        status(&verdict, GateKind::Threshold, "rate>90"),
        GateStatus::Passed
    );
    assert_eq!(
        status(&verdict, GateKind::Threshold, "rate<60"),
        GateStatus::Failed
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
