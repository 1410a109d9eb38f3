use std::sync::Arc;

use rtest_core::clock::ManualClock;
use rtest_core::event::{Event, EventKind};
use rtest_core::plan::{
    Engine, ExecutorPlan, Plan, ScenarioPlan, Shard, Stage, Target, ThresholdPlan,
};
use rtest_core::sample::{LoadTick, Outcome, RequestPhases, Sample, SeriesKey, SeriesTick};
use rtest_core::window::WindowId;
use rtest_core::{Secrets, Seed, Span};
use rtest_metrics::record::{Header, Host, Origin, RecordWriter};
use rtest_metrics::{GateKind, GateStatus, Outcome as RunOutcome, Verdict};

use super::*;
use crate::dispatcher::{Dispatcher, Observer};
use crate::guardrail::GuardrailWatch;

const SECOND: Duration = Duration::from_secs(1);

/// A load of which each threshold comes with when it is looked at.
fn load(thresholds: &[(&str, Option<Duration>)]) -> LoadPlan {
    let span = Span::of_flag("--threshold", "");
    let target = Target::Service("storefront".to_owned());
    let scenario = ScenarioPlan {
        name: "browse".to_owned(),
        engine: Engine::default(),
        executor: ExecutorPlan::ConstantVus {
            vus: 1,
            duration: 10 * SECOND,
        },
        flow: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::ZERO,
        span: span.clone(),
    };
    LoadPlan {
        thresholds: thresholds
            .iter()
            .map(|(text, abort_after)| ThresholdPlan {
                threshold: Threshold::parse_line(text).expect(text),
                abort_after: *abort_after,
                span: span.clone(),
            })
            .collect(),
        ..LoadPlan::new(target, vec![scenario])
    }
}

/// The header of a run of this load.
fn header(load: LoadPlan) -> Header {
    let plan = Plan {
        name: "watched".to_owned(),
        suite: "suite.yaml".into(),
        suite_hash: 0,
        seed: Seed::new(42),
        stages: vec![Stage::Load],
        services: Vec::new(),
        sample: None,
        links: Vec::new(),
        load: Some(load),
        chaos: None,
        cases: Default::default(),
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets: Secrets::default(),
    };
    let origin = Origin {
        run_id: "watched".to_owned(),
        rtest: "0".to_owned(),
        command: "rtest run suite.yaml".to_owned(),
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        host: Host::default(),
    };
    Header::new(&plan, origin)
}

/// The tick of a second in which so many requests were answered, and so many failed.
fn tick(second: u32, answered: u64, failed: u64) -> LoadTick {
    let from = RunTime::from(SECOND * second);
    let series = |status, requests| {
        let mut series = SeriesTick::new(SeriesKey {
            scenario: 0,
            step: 0,
            outcome: Outcome::Status(status),
            window: WindowId(0),
        });
        for _ in 0..requests {
            let sample = Sample {
                scheduled_at: from,
                sent_at: from,
                first_byte_at: from,
                done_at: from + Duration::from_millis(5),
            };
            series.record(&sample, &RequestPhases::default());
        }
        series
    };
    let all = [series(200, answered), series(503, failed)];
    LoadTick {
        from,
        to: from + SECOND,
        series: all
            .into_iter()
            .filter(|series| !series.response_time.is_empty())
            .collect(),
        ..LoadTick::default()
    }
}

/// Whether a load of these ticks is ended, and at which second.
fn ended(load: &LoadPlan, ticks: impl IntoIterator<Item = LoadTick>) -> Option<(f64, u16)> {
    let mut record = RunRecord::new(header(load.clone()));
    let mut watch = ThresholdWatch::new(Some(load), CancellationToken::new());
    ticks.into_iter().find_map(|tick| {
        record.apply_tick(&tick);
        let breach = watch.look(&record, tick.to)?;
        Some((tick.to.as_secs_f64(), breach.threshold))
    })
}

#[test]
fn a_breach_is_seen_from_its_delay_on() {
    let failing = || (0..5).map(|second| tick(second, 50, 50));
    let failed = "http_req_failed rate<0.1";
    let after = |delay: Duration| load(&[("p(95)<1", None), (failed, Some(delay))]);
    assert_eq!(ended(&after(Duration::ZERO), failing()), Some((1.0, 1)));
    assert_eq!(ended(&after(3 * SECOND), failing()), Some((3.0, 1)));
    assert_eq!(
        ended(&after(9 * SECOND), failing()),
        None,
        "it was over before"
    );
    assert_eq!(
        ended(&load(&[(failed, None)]), failing()),
        None,
        "not asked to end it"
    );
    let well = (0..5).map(|second| tick(second, 100, 5));
    assert_eq!(ended(&after(Duration::ZERO), well), None, "it holds");
}

#[test]
fn nothing_measured_ends_nothing() {
    let all = [
        ("p(95)>100", Some(Duration::ZERO)),
        ("http_req_failed rate>0.5", Some(Duration::ZERO)),
        ("http_reqs count>10", Some(Duration::ZERO)),
        (
            "http_req_duration{status:500} p(95)>1",
            Some(Duration::ZERO),
        ),
        ("group_duration p(95)>1", Some(Duration::ZERO)),
    ];
    assert_eq!(
        ended(&load(&all), (0..3).map(|second| tick(second, 0, 0))),
        None
    );
    // The same thresholds, with something to measure.
    let some = (0..3).map(|second| tick(second, 5, 0));
    assert_eq!(ended(&load(&all), some), Some((1.0, 0)));
}

#[test]
fn it_is_looked_at_about_every_second_not_at_each_tick() {
    let plan = load(&[("http_req_failed rate<0.1", Some(Duration::ZERO))]);
    let mut record = RunRecord::new(header(plan.clone()));
    let mut watch = ThresholdWatch::new(Some(&plan), CancellationToken::new());
    record.apply_tick(&tick(0, 100, 0));
    let at = |millis| RunTime::from(Duration::from_millis(millis));
    assert_eq!(watch.look(&record, at(1000)), None);
    record.apply_tick(&tick(1, 0, 100));
    assert_eq!(watch.look(&record, at(1900)), None, "not yet");
    assert!(watch.look(&record, at(2000)).is_some());
    assert_eq!(watch.look(&record, at(4000)), None, "it has ended");
}

#[test]
fn a_part_of_a_load_is_ended_by_no_threshold() {
    let plan = LoadPlan {
        shard: Shard { index: 0, of: 3 },
        ..load(&[("http_req_failed rate<0.1", Some(Duration::ZERO))])
    };
    assert_eq!(ended(&plan, [tick(0, 0, 100)]), None);
}

struct Nobody;

impl Observer for Nobody {
    fn observe(&mut self, _: &Event, _: &RunRecord) {}
}

#[tokio::test]
async fn a_breach_ends_the_load_alone_and_its_threshold_is_red_whatever_comes_after() {
    let failed = "http_req_failed rate<0.1";
    let plan = load(&[(failed, Some(Duration::ZERO)), ("p(95)<300", None)]);
    let folder = tempfile::tempdir().expect("a folder");
    let header = header(plan.clone());
    let writer = RecordWriter::create(folder.path(), header, Secrets::default());
    let (run, clock) = (CancellationToken::new(), Arc::new(ManualClock::default()));
    let drive = run.child_token();
    let dispatcher = Dispatcher::start(
        writer.expect("writable"),
        Box::new(Nobody),
        ThresholdWatch::new(Some(&plan), drive.clone()),
        GuardrailWatch::new(None, drive.clone()),
        Arc::clone(&clock) as Arc<dyn rtest_core::Clock>,
        run.clone(),
    );
    let sink = dispatcher.sink();
    let emit = |tick: LoadTick| {
        clock.advance(SECOND);
        sink.emit(EventKind::LoadTick(Box::new(tick)));
    };
    emit(tick(0, 60, 40));
    drive.cancelled().await;
    assert!(!run.is_cancelled(), "the run goes on");
    // What was under way ends well, and so many requests that all in all it would hold.
    emit(tick(1, 2000, 0));
    let record = dispatcher.finish(None).await.expect("writable");
    let aborted = record.aborted.expect("aborted");
    assert_eq!((aborted.threshold, aborted.observed), (0, 0.4));
    let verdict = Verdict::of(&record);
    assert_eq!(verdict.outcome, RunOutcome::Failed);
    let gates = verdict.gates.iter();
    let thresholds: Vec<GateStatus> = gates
        .filter(|gate| gate.kind == GateKind::Threshold)
        .map(|gate| gate.status)
        .collect();
    assert_eq!(thresholds, [GateStatus::Failed, GateStatus::Passed]);
    let read = rtest_metrics::record::read(folder.path()).expect("readable");
    assert_eq!(
        Verdict::of(&read),
        verdict,
        "also of the record that is read"
    );
}
