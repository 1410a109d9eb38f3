//! Parts of a load become the whole.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::event::{Event, EventKind, GeneratorHealth};
use rtest_core::metric::MetricSelector;
use rtest_core::sample::{
    CheckTick, GroupTick, LoadTick, MetricTick, MetricValues, Outcome, RequestPhase, RequestPhases,
    Sample, ScenarioTick, SeriesKey, SeriesTick,
};
use rtest_core::window::WindowId;
use rtest_core::{Histogram, RunTime, Secrets};
use rtest_metrics::record::{
    ContractHeader, EntryKind, Header, MergeErrorKind, RecordWriter, merge, read,
};
use rtest_metrics::summary::Value;
use rtest_metrics::{
    Ending, GateKind, GateStatus, Outcome as RunOutcome, RunRecord, Summary, Verdict,
};

use crate::recording::{header, span, status};

const THRESHOLDS: [&str; 5] = [
    "checks rate>0.9",
    "http_req_duration p(95)<300",
    "http_reqs count>=4000",
    "render p(99)<100",
    "group_duration{group:::checkout} p(95)<1000",
];

/// Request `n` of the load, as whoever sends it measures it.
fn request(n: u64) -> (SeriesKey, Sample, RequestPhases) {
    let due = RunTime::from(Duration::from_millis(n));
    let micros = |of: u64, most: u64| Duration::from_micros(n * of % most);
    let sent_at = due + micros(7919, 3_000);
    let first_byte_at = sent_at + micros(104_729, 250_000);
    let mut phases = RequestPhases::default();
    if n.is_multiple_of(50) {
        phases.add(RequestPhase::Connecting, micros(31, 900));
    }
    let key = SeriesKey {
        scenario: 0,
        step: (n % 2) as u16,
        outcome: Outcome::Status(if n % 400 == 399 { 503 } else { 200 }),
        window: WindowId(0),
    };
    let sample = Sample {
        scheduled_at: due,
        sent_at,
        first_byte_at,
        done_at: first_byte_at + micros(17, 400),
    };
    (key, sample, phases)
}

/// What one worker did in a second of the load, of the requests that are its own. `offset` is what
/// its run clock is ahead of the load.
fn second(
    worker: u16,
    second: u64,
    offset: Duration,
    numbers: impl Iterator<Item = u64>,
) -> LoadTick {
    let from = RunTime::from(Duration::from_secs(second)) + offset;
    let mut tick = LoadTick {
        worker,
        from,
        to: from + Duration::from_secs(1),
        ..LoadTick::default()
    };
    let mut progress = ScenarioTick::default();
    let mut group = Histogram::default();
    let mut render = Histogram::default();
    let mut coupons = 0.0;
    let mut check = (0, 0);
    for n in numbers {
        let (key, mut sample, phases) = request(n);
        for at in [
            &mut sample.scheduled_at,
            &mut sample.sent_at,
            &mut sample.first_byte_at,
            &mut sample.done_at,
        ] {
            *at = *at + offset;
        }
        let known = tick.series.iter().position(|series| series.key == key);
        let known = known.unwrap_or_else(|| {
            tick.series.push(SeriesTick::new(key));
            tick.series.len() - 1
        });
        tick.series[known].record(&sample, &phases);
        tick.series[known].bytes_sent += 100;
        tick.series[known].bytes_received += n % 7;
        progress.offered += 1;
        progress.started += 1;
        progress.completed += 1;
        progress.dispatch_lag.record(Duration::from_micros(n % 900));
        progress
            .iteration_duration
            .record(sample.response_time() * 2);
        group.record(sample.response_time() * 3);
        render.record_number((n % 90) as f64 / 3.0);
        coupons += 2.0;
        if key.outcome.failed() {
            check.1 += 1;
        } else {
            check.0 += 1;
        }
    }
    tick.scenarios.push(progress);
    tick.checks.push(CheckTick {
        scenario: 0,
        step: 0,
        check: 0,
        window: WindowId(0),
        passes: check.0,
        fails: check.1,
    });
    tick.groups.push(GroupTick {
        scenario: 0,
        group: 0,
        window: WindowId(0),
        duration: group,
    });
    let level = (second * 10 + u64::from(worker)) as f64;
    for (metric, values) in [
        (0, MetricValues::Counter(coupons)),
        (
            1,
            MetricValues::Gauge {
                min: level,
                max: level,
                last: (from + Duration::from_millis(500), level),
            },
        ),
        (3, MetricValues::Trend(render)),
    ] {
        tick.metrics.push(MetricTick {
            metric,
            scenario: 0,
            step: 0,
            window: WindowId(0),
            values,
        });
    }
    tick
}

/// How a part's run differs from what it should be.
struct Part {
    number: u64,
    of: u64,
    /// When its load began on its own clock.
    offset: Duration,
    header: Header,
    ending: Option<EntryKind>,
}

impl Part {
    fn new(number: u64, of: u64) -> Self {
        let mut header = header(&THRESHOLDS);
        header.run_id = format!("run-{number}");
        header.shard = (of > 1).then(|| format!("{}/{of}", number + 1));
        Self {
            number,
            of,
            offset: Duration::from_millis(100 + number * 70),
            header,
            ending: Some(EntryKind::Ended),
        }
    }

    /// Four seconds at 1000/s, of which it sends every `of`th, from two workers.
    fn write(&self, folder: &Path) {
        let mut writer =
            RecordWriter::create(folder, self.header.clone(), Secrets::default()).expect("folder");
        let mut event = |at: RunTime, kind| {
            writer.event(&mut Event { at, kind }).expect("writable");
        };
        event(
            RunTime::ZERO,
            EventKind::StageStarted(rtest_core::plan::Stage::Load),
        );
        for now in 0..4 {
            for worker in 0..2_u16 {
                let mine = (now * 1000..(now + 1) * 1000)
                    .filter(|n| n % self.of == self.number)
                    .filter(|n| n / self.of % 2 == u64::from(worker));
                let tick = second(worker, now, self.offset, mine);
                event(tick.to, EventKind::LoadTick(Box::new(tick)));
            }
            let at = RunTime::from(Duration::from_secs(now + 1)) + self.offset;
            let health = GeneratorHealth {
                cpu_share: 0.1,
                ..GeneratorHealth::default()
            };
            event(at, EventKind::GeneratorHealth(health));
        }
        let end = RunTime::from(Duration::from_secs(5)) + self.offset;
        event(end, EventKind::StageFinished(rtest_core::plan::Stage::Load));
        if let Some(ending) = &self.ending {
            writer.entry(end, ending.clone()).expect("writable");
        }
    }
}

/// Writes the parts into folders of their own, and merges them in the given order.
struct Merged {
    _folder: tempfile::TempDir,
    inputs: Vec<PathBuf>,
    result: Result<RunRecord, MergeErrorKind>,
    into: PathBuf,
}

fn merged(parts: &[Part]) -> Merged {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inputs = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let run = folder.path().join(format!("{index}"));
        part.write(&run.join("record"));
        inputs.push(run);
    }
    let into = folder.path().join("whole/record");
    let result = merge(&inputs, &into).map_err(|error| error.kind);
    Merged {
        _folder: folder,
        inputs,
        result,
        into,
    }
}

fn all(of: u64) -> Vec<Part> {
    (0..of).map(|number| Part::new(number, of)).collect()
}

#[test]
fn merged_parts_equal_one_run_bit_for_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    Part::new(0, 1).write(folder.path());
    let whole = read(folder.path()).expect("readable");
    for of in [2, 3, 7] {
        let mut parts = all(of);
        parts.reverse();
        let merged = merged(&parts);
        let record = merged.result.expect("merged");
        assert_eq!(read(&merged.into).expect("readable"), record);
        let (load, one) = (record.load.as_ref(), whole.load.as_ref());
        let (load, one) = load.zip(one).expect("load");
        assert_eq!(load.series, one.series, "{of} parts");
        assert_eq!(load.groups, one.groups);
        assert_eq!(load.checks, one.checks);
        assert_eq!(load.scenarios.len(), one.scenarios.len());
        for (total, one) in load.scenarios.iter().zip(&one.scenarios) {
            assert_eq!(total, one);
        }
        for (interval, one) in load.intervals.iter().zip(&one.intervals) {
            assert_eq!(interval.response_time, one.response_time);
            assert_eq!(interval.outcomes, one.outcomes);
        }
        assert_eq!(load.intervals.len(), one.intervals.len());
        // Counters, trends and rates; of a gauge the latest is the latest of any part.
        for name in ["coupons", "render", "http_reqs", "data_received"] {
            let value = |record| Summary::new(record).value(&MetricSelector::whole(name));
            assert_eq!(value(&record), value(&whole), "{name}");
        }
        let queue = Summary::new(&record).value(&MetricSelector::whole("queue"));
        let Some(Value::Gauge(Some(level))) = queue else {
            panic!("a gauge: {queue:?}")
        };
        assert_eq!((level.value, level.min, level.max), (31.0, 0.0, 31.0));

        assert_eq!(record.ending, Ending::Whole);
        assert_eq!(record.stages.len(), 1);
        assert!(record.stages[0].to.is_some());
        assert_eq!(record.header.shard, None);
        assert_eq!(record.header.parts.len() as u64, of);
        let (verdict, one) = (Verdict::of(&record), Verdict::of(&whole));
        assert_eq!(verdict.outcome, RunOutcome::Passed);
        let thresholds = |verdict: &Verdict| -> Vec<_> {
            let gates = verdict.gates.iter();
            let gates = gates.filter(|gate| gate.kind == GateKind::Threshold);
            gates.cloned().collect()
        };
        assert_eq!(thresholds(&verdict), thresholds(&one));
        assert_eq!(thresholds(&verdict).len(), THRESHOLDS.len());
    }
}

#[test]
fn a_part_alone_is_not_held_against_what_was_asked_of_the_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    Part::new(1, 3).write(folder.path());
    let verdict = Verdict::of(&read(folder.path()).expect("readable"));
    assert_eq!(verdict.outcome, RunOutcome::Passed);
    let kinds: Vec<GateKind> = verdict.gates.iter().map(|gate| gate.kind).collect();
    assert!(
        kinds.iter().all(|kind| *kind == GateKind::Generator) && !kinds.is_empty(),
        "whether its own generator kept up is known: {kinds:?}"
    );
}

#[test]
fn parts_that_do_not_make_a_whole_are_refused() {
    let refused = |change: &dyn Fn(&mut Vec<Part>)| {
        let mut parts = all(3);
        change(&mut parts);
        merged(&parts).result.expect_err("not one load").to_string()
    };
    let missing = refused(&|parts| drop(parts.remove(1)));
    assert!(missing.ends_with("missing: 2/3"), "{missing}");
    let twice = refused(&|parts| parts.push(Part::new(2, 3)));
    assert!(twice.contains("is part 3/3, and so is"), "{twice}");
    let seed = refused(&|parts| parts[2].header.seed = 7);
    assert!(seed.contains("its seed is not that of"), "{seed}");
    let suite = refused(&|parts| parts[2].header.suite_hash = "1".into());
    assert!(suite.contains("its suite is not"), "{suite}");
    let of = refused(&|parts| parts[2].header.shard = Some("3/4".into()));
    assert!(of.contains("its number of parts is not"), "{of}");
    let load = refused(&|parts| {
        let load = parts[1].header.load.as_mut().expect("load");
        load.scenarios[0].description = "another rate".into();
    });
    assert!(load.contains("its load is not"), "{load}");
    let whole = refused(&|parts| parts[0].header.shard = None);
    assert!(whole.contains("of a whole run"), "{whole}");
    let more = refused(&|parts| {
        parts[0].header.contracts.push(ContractHeader {
            source: "pacts".into(),
            provider: "shop".into(),
            span: span(40),
        });
    });
    assert!(more.contains("the run has contracts"), "{more}");
    for (ending, why) in [
        (None, "part 3/3 was cut off"),
        (Some(EntryKind::Interrupted), "part 3/3 was interrupted"),
    ] {
        let lost = refused(&|parts| parts[2].ending.clone_from(&ending));
        assert!(lost.starts_with(why), "{lost}");
    }
}

#[test]
fn a_suite_and_a_target_that_lie_elsewhere_are_the_same_load() {
    let mut parts = all(2);
    let load = parts[1].header.load.as_mut().expect("load");
    load.target = "http://10.0.0.2:80".into();
    load.thresholds[0].span.file = "/app/suite.yaml".into();
    assert!(merged(&parts).result.is_ok());
}

#[test]
fn a_record_is_not_written_over_another_and_a_damaged_one_is_not_merged() {
    let merged = merged(&all(2));
    let again = merge(&merged.inputs, &merged.into).expect_err("it is there");
    assert!(matches!(again.kind, MergeErrorKind::Exists), "{again:?}");

    let histograms = merged.inputs[0].join("record/load.hlog");
    let text = std::fs::read_to_string(&histograms).expect("histograms");
    let broken = text.replacen("Tag=s0.t0", "Tag=s0.x0", 1);
    std::fs::write(&histograms, broken).expect("writable");
    let elsewhere = merged.into.with_file_name("elsewhere");
    let damaged = merge(&merged.inputs, &elsewhere).expect_err("a damaged one");
    assert!(
        damaged.kind.to_string().contains("has damaged histograms"),
        "{damaged:?}"
    );
    assert!(!elsewhere.exists(), "nothing is left behind");
}

#[test]
fn parts_that_ran_one_after_the_other_are_not_the_load_that_was_asked_for() {
    let mut parts = all(2);
    parts[1].header.started_at = "2026-01-01T00:00:09.5Z".into();
    let record = merged(&parts).result.expect("merged");
    assert_eq!(record.header.parts[1].began_after_ms, 9570);
    let verdict = Verdict::of(&record);
    assert_eq!(verdict.outcome, RunOutcome::Invalid);
    assert_eq!(
        status(&verdict, GateKind::Generator, "ran together"),
        GateStatus::Failed
    );
}

#[test]
fn one_machine_at_its_end_is_not_made_good_by_the_others() {
    let merged = merged(&all(5));
    let mut record = merged.result.expect("merged");
    assert_eq!(Verdict::of(&record).outcome, RunOutcome::Passed);
    for point in &mut record.health {
        point.cpu_share = if point.part == 3 { 0.99 } else { 0.05 };
    }
    assert_eq!(Verdict::of(&record).outcome, RunOutcome::Invalid);
}
