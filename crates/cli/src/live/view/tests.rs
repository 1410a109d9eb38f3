use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::{Event, EventKind, GeneratorHealth, ServiceState};
use rtest_core::plan::{
    Arrivals, ChaosPlan, ExecutorPlan, FaultKind, FaultPlan, LoadPlan, Plan, ScenarioPlan, Stage,
    Target, ThresholdPlan,
};
use rtest_core::sample::{ErrorKind, LoadTick, Outcome, ScenarioTick, SeriesKey, SeriesTick};
use rtest_core::threshold::Threshold;
use rtest_core::unit::parse_rate;
use rtest_core::window::WindowId;
use rtest_core::{Scheme, Secrets, Seed, Span};
use rtest_metrics::RunRecord;
use rtest_metrics::record::{Header, Host, Origin};

use super::*;

const TICK: Duration = Duration::from_millis(250);
/// When the load starts on the run clock.
const START: Duration = Duration::from_secs(2);

/// A run that is looked at, event by event.
struct Run {
    board: Board,
    record: RunRecord,
}

impl Run {
    fn of(plan: &Plan) -> Self {
        let origin = Origin {
            run_id: "id".to_owned(),
            rtest: "0".to_owned(),
            command: "rtest".to_owned(),
            started_at: String::new(),
            host: Host::default(),
        };
        Self {
            board: Board::of(plan),
            record: RunRecord::new(Header::new(plan, origin)),
        }
    }

    fn event(&mut self, at: Duration, kind: EventKind) {
        if let EventKind::LoadTick(tick) = &kind {
            self.record.apply_tick(tick);
        }
        let at = RunTime::from(START + at);
        self.board.apply(&Event { at, kind }, &self.record);
    }

    /// Ticks of two workers, each of 25 requests: 100 a second and worker.
    fn ticks(&mut self, numbers: std::ops::Range<u32>, millis: u64, failed: u64) {
        for number in numbers {
            for worker in 0..2 {
                let tick = tick(worker, number, millis, failed);
                self.event(TICK * (number + 1), EventKind::LoadTick(Box::new(tick)));
            }
        }
    }

    fn shown(&self, after: Duration, columns: usize, rows: usize) -> String {
        self.shown_with(after, columns, rows, Wanted::default())
    }

    fn shown_with(&self, after: Duration, columns: usize, rows: usize, wanted: Wanted) -> String {
        let scene = Scene {
            now: RunTime::from(START + after),
            wanted,
            columns,
            rows,
            has_keys: true,
        };
        let lines = frame(&self.board, scene);
        assert!(lines.len() < rows, "{} lines in {rows} rows", lines.len());
        for line in &lines {
            assert!(line.width() <= columns, "{line:?}");
        }
        let lines: Vec<String> = lines.iter().map(|line| line.paint(false)).collect();
        lines.join("\n") + "\n"
    }
}

fn tick(worker: u16, number: u32, millis: u64, failed: u64) -> LoadTick {
    let series = |outcome: Outcome, requests: u64| {
        let mut series = SeriesTick::new(SeriesKey {
            scenario: 0,
            step: 0,
            outcome,
            window: WindowId(0),
        });
        for request in 0..requests {
            let took = Duration::from_micros(millis * 1000 + request * millis * 40);
            series.response_time.record(took);
        }
        series
    };
    let from = RunTime::from(START + TICK * number);
    LoadTick {
        worker,
        from,
        to: from + TICK,
        series: vec![
            series(Outcome::Status(200), 25 - failed),
            series(Outcome::Status(503), failed - failed / 3),
            series(Outcome::Error(ErrorKind::Timeout), failed / 3),
        ],
        scenarios: vec![ScenarioTick {
            offered: 25,
            started: 25,
            completed: 25,
            late: failed / 4,
            vus: 4 + millis / 20,
            vus_max: 8 + millis / 20,
            ..ScenarioTick::default()
        }],
        ..LoadTick::default()
    }
}

fn plan(executor: ExecutorPlan, thresholds: &[&str], faults: Vec<FaultPlan>) -> Plan {
    let span = Span::of_flag("-", "");
    let scenario = ScenarioPlan {
        name: "buy".to_owned(),
        executor,
        flow: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::ZERO,
        span: span.clone(),
    };
    let target = Target::Address {
        scheme: Scheme::Http,
        authority: "h:80".to_owned(),
        base_path: String::new(),
    };
    let thresholds = thresholds.iter().map(|text| ThresholdPlan {
        threshold: Threshold::parse_line(text).expect(text),
        abort_after: None,
        span: span.clone(),
    });
    Plan {
        name: "checkout".to_owned(),
        suite: Arc::from("suite.yaml"),
        suite_hash: 0,
        seed: Seed::new(1),
        stages: vec![Stage::Load, Stage::Chaos],
        services: Vec::new(),
        links: Vec::new(),
        load: Some(LoadPlan {
            thresholds: thresholds.collect(),
            ..LoadPlan::new(target, vec![scenario])
        }),
        chaos: Some(ChaosPlan {
            hypothesis: Vec::new(),
            timeline: faults,
        }),
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets: Secrets::default(),
    }
}

fn fault(at: u64, lasting: u64, kind: FaultKind) -> FaultPlan {
    FaultPlan {
        name: "f".to_owned(),
        at: Duration::from_secs(at),
        lasting: Duration::from_secs(lasting),
        link: "shop -> db".to_owned(),
        kind,
        span: Span::of_flag("-", ""),
    }
}

/// 200 arrivals a second for 20 s; a slow dependency from 5 to 9 s; one that is down, from 15 s.
fn under_faults() -> Run {
    let latency = FaultKind::Latency {
        latency: Duration::from_millis(400),
        jitter: Duration::from_millis(50),
    };
    let plan = plan(
        ExecutorPlan::ConstantArrivalRate {
            rate: parse_rate("200/s").expect("a rate"),
            duration: Duration::from_secs(20),
            max_vus: 400,
            arrivals: Arrivals::Even,
        },
        &[
            "http_req_duration p(95)<300",
            "http_req_failed rate<0.001",
            "http_req_duration{endpoint:/orders/:id,window:during} p(99)<800",
            "dropped_iterations count<1",
        ],
        vec![fault(5, 4, latency), fault(15, 3, FaultKind::Down)],
    );
    let mut run = Run::of(&plan);
    run.event(Duration::ZERO, EventKind::StageStarted(Stage::Load));
    run.event(Duration::ZERO, EventKind::StageStarted(Stage::Chaos));
    run.ticks(0..20, 8, 0);
    let injected = EventKind::FaultInjected {
        fault: 0,
        window: WindowId(1),
    };
    run.event(Duration::from_secs(5), injected);
    run.ticks(20..30, 420, 6);
    let tired = GeneratorHealth {
        cpu_share: 0.93,
        open_files: 800,
        open_files_limit: 1024,
        ..GeneratorHealth::default()
    };
    run.event(
        Duration::from_millis(7500),
        EventKind::GeneratorHealth(tired),
    );
    run
}

/// So many iterations of a closed model, without thresholds and faults.
fn iterations() -> Run {
    let plan = plan(
        ExecutorPlan::SharedIterations {
            vus: 10,
            iterations: 5000,
            // So that a tick is a quarter of a second.
            max_duration: Duration::from_secs(60),
        },
        &[],
        Vec::new(),
    );
    let mut run = Run::of(&plan);
    run.event(Duration::ZERO, EventKind::StageStarted(Stage::Load));
    run.ticks(0..50, 3, 0);
    run
}

/// Against the file of that name; `RTEST_BLESS=1` writes it anew.
#[track_caller]
fn is_golden(name: &str, shown: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/cli/src/live/view/golden");
    let file = folder.join(format!("{name}.txt"));
    if std::env::var_os("RTEST_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&file, shown).expect("a golden file");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        golden == shown,
        "{name} is not as before; look at it, then bless with RTEST_BLESS=1:\n{shown}"
    );
}

const NOW: Duration = Duration::from_millis(7600);

#[test]
fn a_wide_terminal_shows_everything() {
    is_golden("faults-100x30", &under_faults().shown(NOW, 100, 30));
}

#[test]
fn a_small_terminal_shows_what_matters_most() {
    is_golden("faults-60x15", &under_faults().shown(NOW, 60, 15));
    is_golden("faults-40x10", &under_faults().shown(NOW, 40, 10));
    // Whatever the size, it fits; `shown` asserts it.
    let run = under_faults();
    for columns in [NARROWEST, 25, 47] {
        for rows in 2..26 {
            run.shown(NOW, columns, rows);
        }
    }
}

#[test]
fn iterations_are_counted_where_nothing_else_ends_the_load() {
    let shown = iterations().shown(Duration::from_millis(12_600), 80, 24);
    is_golden("iterations-80x24", &shown);
}

#[test]
fn what_was_asked_for_is_shown_at_once() {
    let paused = Wanted {
        paused: true,
        rate_scale: 1.2,
        ..Wanted::default()
    };
    let shown = under_faults().shown_with(NOW, 100, 12, paused);
    for words in ["paused", "rate × 1.20", "p resume"] {
        assert!(shown.contains(words), "{words} is missing in\n{shown}");
    }
    let stopped = Wanted {
        stopped: true,
        ..Wanted::default()
    };
    let shown = under_faults().shown_with(NOW, 100, 12, stopped);
    assert!(shown.contains("stopping"), "{shown}");
}

#[test]
fn before_the_load_the_view_says_what_is_done() {
    let mut run = under_faults();
    run.board.stage = None;
    let starting = EventKind::Service {
        name: "db".to_owned(),
        state: ServiceState::Starting,
    };
    run.event(Duration::ZERO, starting);
    let shown = run.shown(Duration::ZERO, 80, 24);
    assert_eq!(shown, "⠋ starting db  0:02\n");
    let nothing_yet = Run::of(&plan(
        ExecutorPlan::ConstantVus {
            vus: 1,
            duration: Duration::from_secs(1),
        },
        &["p(95)<1"],
        Vec::new(),
    ));
    assert!(
        nothing_yet
            .shown(Duration::ZERO, 80, 24)
            .contains("starting")
    );
}

#[test]
fn a_gate_that_would_fail_now_is_red_and_one_that_would_hold_is_green() {
    let scene = Scene {
        now: RunTime::from(START + NOW),
        wanted: Wanted::default(),
        columns: 100,
        rows: 40,
        has_keys: false,
    };
    let painted: Vec<String> = frame(&under_faults().board, scene)
        .iter()
        .map(|line| line.paint(true))
        .collect();
    let of = |gate: &str| painted.iter().find(|line| line.contains(gate)).expect(gate);
    assert!(of("http_req_failed").contains("\x1b[31m✗"));
    assert!(of("dropped_iterations").contains("\x1b[32m✓"));
    assert!(
        !painted.iter().any(|line| line.contains("pause")),
        "no keys"
    );
}

#[test]
fn a_terminal_of_any_colour_shows_the_same_words() {
    let run = iterations();
    let scene = Scene {
        now: RunTime::from(START + Duration::from_secs(12)),
        wanted: Wanted::default(),
        columns: 80,
        rows: 24,
        has_keys: true,
    };
    for line in frame(&run.board, scene) {
        let painted = line.paint(true);
        let mut words = String::new();
        let mut pieces = painted.split('\x1b');
        words.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            words.push_str(piece.split_once('m').expect("a colour").1);
        }
        assert_eq!(words, line.paint(false));
    }
}
