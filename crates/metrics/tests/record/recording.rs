//! Runs made by hand.

use rtest_core::event::{Event, EventKind};
use rtest_core::sample::{
    CheckTick, GroupTick, LoadTick, MetricTick, MetricValues, Outcome, RequestPhases, Sample,
    ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::window::WindowId;
use rtest_core::{Histogram, RunTime, Secrets};
use rtest_metrics::record::{
    CheckHeader, EntryKind, Header, Host, LoadHeader, MetricHeader, RecordWriter, ScenarioHeader,
    SpanRecord, StepHeader, ThresholdHeader,
};
use rtest_metrics::{GateKind, GateStatus, RunRecord, Verdict};
use std::time::Duration;

pub(crate) fn span(line: u32) -> SpanRecord {
    SpanRecord {
        file: "suite.yaml".into(),
        line,
        column: 3,
        len: 4,
        text: "  text".into(),
        text_column: 1,
    }
}

pub(crate) fn at(millis: u64) -> RunTime {
    RunTime::from_nanos(millis * 1_000_000)
}

/// One open scenario with one endpoint and one check.
pub(crate) fn header(thresholds: &[&str]) -> Header {
    let thresholds = thresholds
        .iter()
        .enumerate()
        .map(|(index, text)| ThresholdHeader {
            threshold: (*text).to_owned(),
            abort_after_ms: None,
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
        shard: None,
        parts: Vec::new(),
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
                groups: vec!["checkout".into(), "checkout::pay".into()],
                starts_ms: 0,
                ends_ms: None,
                name: "browse".into(),
                engine: None,
                executor: "constant-arrival-rate".into(),
                open: true,
                description: "200/s for 20s".into(),
                tags: vec![("team".into(), "shop".into())],
                steps: vec![
                    StepHeader {
                        group: String::new(),
                        endpoint: "/products/:id".into(),
                        method: "GET".into(),
                        tags: Vec::new(),
                        checks: vec![CheckHeader {
                            name: "status 200".into(),
                            span: span(7),
                        }],
                        interaction: None,
                    },
                    StepHeader {
                        group: "checkout::pay".into(),
                        endpoint: "/payments".into(),
                        method: "POST".into(),
                        tags: vec![("team".into(), "money".into())],
                        checks: Vec::new(),
                        interaction: None,
                    },
                ],
                span: span(5),
            }],
            metrics: [
                ("coupons", "counter", false),
                ("queue", "gauge", false),
                ("in_stock", "rate", false),
                ("render", "trend", true),
                ("cart_size", "trend", false),
            ]
            .map(|(name, kind, is_time)| MetricHeader {
                name: name.into(),
                kind: kind.into(),
                is_time,
                span: span(9),
            })
            .into(),
            thresholds,
        }),
        faults: Vec::new(),
        hypothesis: Vec::new(),
        guardrails: Vec::new(),
        cases: Default::default(),
        contracts: Vec::new(),
        sims: Vec::new(),
    }
}

pub(crate) fn series(
    outcome: Outcome,
    window: u16,
    times_ms: impl IntoIterator<Item = u64>,
) -> SeriesTick {
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
        tick.record(&sample, &RequestPhases::default());
        tick.bytes_received += 100;
    }
    tick
}

pub(crate) fn tick(worker: u16, second: u64, series: Vec<SeriesTick>) -> EventKind {
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
        ..LoadTick::default()
    }))
}

/// Two seconds of groups and of the suite's own metrics, those of `worker`.
pub(crate) fn own(worker: u16) -> EventKind {
    let EventKind::LoadTick(mut load) = tick(worker, 0, Vec::new()) else {
        unreachable!("tick() makes load ticks")
    };
    let from = u64::from(worker) + 1;
    for (group, times) in [(0, 100), (1, 30)] {
        let mut duration = Histogram::default();
        for n in 0..times {
            duration.record(Duration::from_millis(from + n));
        }
        load.groups.push(GroupTick {
            scenario: 0,
            group,
            window: WindowId(0),
            duration,
        });
    }
    let mut times = Histogram::default();
    let mut sizes = Histogram::default();
    for n in 0..50 {
        times.record_number(n as f64 + 0.5);
        sizes.record_number(2.0);
    }
    let level = from as f64;
    let values = [
        (0, 0, MetricValues::Counter(0.1)),
        (0, 1, MetricValues::Counter(3.0)),
        (
            1,
            0,
            MetricValues::Gauge {
                min: level,
                max: level * 10.0,
                last: (at(100 * from), level * 2.0),
            },
        ),
        (
            2,
            0,
            MetricValues::Rate {
                trues: 9,
                total: 10,
            },
        ),
        (3, 1, MetricValues::Trend(times)),
        (4, 1, MetricValues::Trend(sizes)),
    ];
    load.metrics = values
        .into_iter()
        .map(|(metric, step, values)| MetricTick {
            metric,
            scenario: 0,
            step,
            window: WindowId(0),
            values,
        })
        .collect();
    EventKind::LoadTick(load)
}

pub(crate) fn write(
    header: Header,
    events: Vec<(u64, EventKind)>,
) -> (tempfile::TempDir, RunRecord) {
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

pub(crate) fn judge(thresholds: &[&str], events: Vec<(u64, EventKind)>) -> Verdict {
    Verdict::of(&write(header(thresholds), events).1)
}

pub(crate) fn status(verdict: &Verdict, kind: GateKind, name: &str) -> GateStatus {
    let gate = verdict
        .gates
        .iter()
        .find(|gate| gate.kind == kind && gate.name.contains(name));
    gate.unwrap_or_else(|| panic!("no {kind:?} gate {name} in {:#?}", verdict.gates))
        .status
}
