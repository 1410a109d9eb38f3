//! Numbers by tags and windows.

use rtest_core::event::{EventKind, RollbackProof};
use rtest_core::metric::MetricSelector;
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_core::window::WindowId;
use rtest_metrics::record::FaultHeader;
use rtest_metrics::summary::{Phase, Value};
use rtest_metrics::{GateKind, GateStatus, Summary, Verdict};

use crate::recording::{header, series, span, status, tick, write};

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
