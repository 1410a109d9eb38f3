//! Runs made by hand.

use rtest_core::event::{Event, EventKind};
use rtest_core::sample::{
    CheckTick, LoadTick, Outcome, RequestPhases, Sample, ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::window::WindowId;
use rtest_core::{RunTime, Secrets};
use rtest_metrics::record::{
    CheckHeader, EntryKind, Header, Host, LoadHeader, RecordWriter, ScenarioHeader, SpanRecord,
    StepHeader, ThresholdHeader,
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
                groups: Vec::new(),
                name: "browse".into(),
                executor: "constant-arrival-rate".into(),
                open: true,
                description: "200/s for 20s".into(),
                tags: vec![("team".into(), "shop".into())],
                steps: vec![StepHeader {
                    group: String::new(),
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
