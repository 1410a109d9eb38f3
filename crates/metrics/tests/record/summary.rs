//! Numbers by tags and windows.

use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::event::{EventKind, LoadControlled, RollbackProof};
use rtest_core::metric::MetricSelector;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase, RequestPhases, Sample};
use rtest_core::threshold::Aggregation;
use rtest_core::window::WindowId;
use rtest_metrics::record::{FaultHeader, ScenarioHeader};
use rtest_metrics::summary::{Level, Phase, Value};
use rtest_metrics::{GateKind, GateStatus, Summary, Verdict};

use crate::recording::{at, header, own, series, span, status, tick, write};

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
            series: None,
            target: "a -> b".into(),
            links: Vec::new(),
            expect: Vec::new(),
            description: name.into(),
            answers: None,
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
fn a_rate_within_a_window_counts_the_windows_seconds_only() {
    let mut plan = header(&[
        "http_reqs{window:during} rate>90",
        "http_reqs{fault:down} rate<60",
    ]);
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
fn groups_and_own_metrics_are_merged_over_workers_and_selected_by_tags() {
    let (_folder, record) = write(header(&[]), vec![(1000, own(0)), (1000, own(1))]);
    let summary = Summary::new(&record);
    let value = |selector: &str| {
        let selector = MetricSelector::parse(selector).expect(selector);
        summary.value(&selector).expect("a metric")
    };
    assert_eq!(value("group_duration").samples(), 260);
    for (selector, samples) in [
        ("group_duration{group:::checkout}", 200),
        ("group_duration{group:::checkout::pay}", 60),
        ("group_duration{group:::checkout::pay,scenario:browse}", 60),
        ("group_duration{group:::pay}", 0),
        ("group_duration{method:GET}", 0),
        ("render{endpoint:/payments,method:POST}", 100),
        ("render{group:::checkout::pay,team:money}", 100),
        ("render{team:shop}", 0),
        ("render{status:200}", 0),
        ("render{window:before}", 100),
        ("render{window:during}", 0),
    ] {
        assert_eq!(value(selector).samples(), samples, "{selector}");
    }
    let Value::Counter { count, .. } = value("coupons") else {
        panic!("a counter")
    };
    assert!((count - 6.2).abs() < 1e-9, "{count}");
    assert_eq!(value("coupons{endpoint:/payments}").samples(), 6);
    // The second worker set it last.
    assert_eq!(
        value("queue"),
        Value::Gauge(Some(Level {
            value: 4.0,
            min: 1.0,
            max: 20.0
        }))
    );
    assert_eq!(
        value("in_stock"),
        Value::Rate {
            trues: 18,
            total: 20
        }
    );
    assert_eq!(value("cart_size").read(Aggregation::Max), Some(2.0));
    assert_eq!(summary.value(&MetricSelector::whole("unknown")), None);
    assert_eq!(
        summary
            .own_metrics()
            .map(|own| own.name)
            .collect::<Vec<_>>(),
        ["coupons", "queue", "in_stock", "render", "cart_size"]
    );
}

#[test]
fn an_answer_that_was_expected_is_no_failure_and_keeps_its_status() {
    let requests = vec![
        series(Outcome::Status(200), 0, [10; 5]),
        series(Outcome::Status(404), 0, [10; 1]),
        series(Outcome::Expected(404), 0, [10; 7]),
        series(Outcome::Error(ErrorKind::Timeout), 0, [10; 2]),
    ];
    let (_folder, record) = write(header(&[]), vec![(1000, tick(0, 0, requests))]);
    let summary = Summary::new(&record);
    let value = |selector: &str| {
        let selector = MetricSelector::parse(selector).expect(selector);
        summary.value(&selector).expect("a metric")
    };
    let (trues, total) = (3, 15);
    assert_eq!(value("http_req_failed"), Value::Rate { trues, total });
    for (selector, samples) in [
        ("http_reqs{status:404}", 8),
        ("http_reqs{expected_response:true}", 12),
        ("http_req_duration{expected_response:false}", 3),
        ("http_req_duration{status:404,expected_response:false}", 1),
        ("http_reqs{expected_response:perhaps}", 0),
    ] {
        assert_eq!(value(selector).samples(), samples, "{selector}");
    }
}

#[test]
fn requests_are_selected_by_the_group_that_they_are_in() {
    let requests = || {
        let mut paying = series(Outcome::Status(200), 0, [10; 7]);
        paying.key.step = 1;
        vec![series(Outcome::Status(200), 0, [10; 5]), paying]
    };
    let (_folder, record) = write(header(&[]), vec![(1000, tick(0, 0, requests()))]);
    let summary = Summary::new(&record);
    for (selector, samples) in [
        ("http_reqs{group:::checkout::pay}", 7),
        ("http_req_duration{group:checkout::pay}", 7),
        // As in k6: the innermost group, not those around it.
        ("http_reqs{group:::checkout}", 0),
    ] {
        let selector = MetricSelector::parse(selector).expect(selector);
        let value = summary.value(&selector).expect("a metric");
        assert_eq!(value.samples(), samples, "{selector}");
    }
}

/// A second at 10/s was shown as 11/s: its length was taken to be until the last answer.
#[test]
fn rates_are_read_over_the_length_of_the_load_not_until_the_last_answer() {
    let rate = |change: &dyn Fn(&mut ScenarioHeader), last_ms: u64, more: Option<EventKind>| {
        let mut plan = header(&[]);
        let load = plan.load.as_mut().expect("load");
        change(&mut load.scenarios[0]);
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, [10; 100])])
        else {
            unreachable!("tick() makes load ticks")
        };
        load.to = at(last_ms);
        load.scenarios[0].iteration_duration = Histogram::default();
        load.scenarios[0]
            .iteration_duration
            .record(Duration::from_millis(250));
        let mut events = vec![(last_ms, EventKind::LoadTick(load))];
        events.extend(more.map(|event| (last_ms, event)));
        let (_folder, record) = write(plan, events);
        let summary = Summary::new(&record);
        let value = summary.value(&MetricSelector::whole("http_reqs"));
        let value = value.expect("a metric").read(Aggregation::Rate);
        value.expect("a rate").round()
    };
    let ends = |ends_ms| move |scenario: &mut ScenarioHeader| scenario.ends_ms = Some(ends_ms);
    assert_eq!(rate(&ends(1000), 1250, None), 100.0, "answered later");
    assert_eq!(rate(&ends(1000), 920, None), 100.0, "answered before");
    let late = |scenario: &mut ScenarioHeader| {
        (scenario.starts_ms, scenario.ends_ms) = (500, Some(1000));
    };
    assert_eq!(rate(&late, 1250, None), 200.0, "it began later");
    let closed = |scenario: &mut ScenarioHeader| {
        (scenario.open, scenario.ends_ms) = (false, Some(1000));
    };
    assert_eq!(
        rate(&closed, 1250, None),
        80.0,
        "until its last iteration ended"
    );
    assert_eq!(rate(&closed, 5000, None), 80.0, "another scenario went on");
    assert_eq!(rate(&closed, 500, None), 200.0, "out of iterations");

    let aborted = || {
        Some(EventKind::LoadAborted {
            threshold: 0,
            observed: 1.0,
        })
    };
    assert_eq!(rate(&ends(1000), 500, aborted()), 200.0, "cut off halfway");
    let changed = Some(EventKind::LoadControlled(LoadControlled::Stopped));
    assert_eq!(rate(&ends(1000), 500, changed), 200.0, "stopped halfway");
}

#[test]
fn a_rate_can_be_counted() {
    let events = |failed| {
        let answers = vec![
            series(Outcome::Status(200), 0, [10; 2000]),
            series(Outcome::Status(500), 0, vec![10; failed]),
        ];
        vec![(1000, tick(0, 0, answers))]
    };
    let threshold = "http_req_failed count<10";
    for (failed, expected) in [
        (0, GateStatus::Passed),
        (9, GateStatus::Passed),
        (10, GateStatus::Failed),
    ] {
        let (_folder, record) = write(header(&[threshold]), events(failed));
        let verdict = Verdict::of(&record);
        let gate = verdict.gates.iter().find(|gate| gate.name == threshold);
        let gate = gate.expect("a gate");
        assert_eq!(gate.status, expected, "{failed}");
        assert_eq!(gate.expected, "count < 10");
        assert_eq!(gate.observed, format!("{failed} (n = 2,0{failed:02})"));
    }
}

#[test]
fn phases_count_the_requests_that_did_not_go_through_them() {
    let mut reused = series(Outcome::Status(200), 0, [10; 99]);
    reused.record(
        &Sample {
            scheduled_at: at(0),
            sent_at: at(40),
            first_byte_at: at(50),
            done_at: at(60),
        },
        &{
            let mut phases = RequestPhases::default();
            phases.add(RequestPhase::Connecting, Duration::from_millis(30));
            phases.add(RequestPhase::Sending, Duration::from_millis(4));
            phases
        },
    );
    let dropped = series(Outcome::Error(ErrorKind::Dropped), 0, [5000; 10]);
    let events = vec![(1000, tick(0, 0, vec![reused, dropped]))];
    let (_folder, record) = write(header(&[]), events);
    let summary = Summary::new(&record);
    let value = |name: &str| summary.value(&MetricSelector::whole(name)).expect(name);
    let connecting = value("http_req_connecting");
    assert_eq!(connecting.samples(), 100, "all that were sent");
    assert_eq!(connecting.read(Aggregation::Med), Some(0.0));
    let longest = |value: &Value| value.read(Aggregation::Max).expect("values").round();
    assert_eq!(longest(&connecting), 30.0);
    let waiting = longest(&value("http_req_waiting"));
    assert_eq!(waiting, 6.0, "sending is no part of it");
    assert_eq!(value("http_req_blocked").read(Aggregation::Max), Some(0.0));
}
