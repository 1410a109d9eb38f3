//! Runs made by hand, for tests of what is shown of them.

use std::sync::Arc;
use std::time::Duration;

use rtest_core::event::{Event, EventKind, GeneratorHealth};
use rtest_core::plan::{
    Arrivals, CasesPlan, ChaosPlan, Engine, ExecutorPlan, FaultPlan, FaultTarget, LinkFault,
    LoadPlan, Plan, ScenarioPlan, Stage, Target, ThresholdPlan,
};
use rtest_core::sample::{ErrorKind, LoadTick, Outcome, ScenarioTick, SeriesKey, SeriesTick};
use rtest_core::threshold::Threshold;
use rtest_core::unit::parse_rate;
use rtest_core::window::WindowId;
use rtest_core::{RunTime, Scheme, Secrets, Seed, Span};
use rtest_metrics::RunRecord;
use rtest_metrics::record::{Header, Host, Origin};

use super::board::Board;

const TICK: Duration = Duration::from_millis(250);
/// When the load starts on the run clock.
pub(super) const START: Duration = Duration::from_secs(2);

/// A run that is looked at, event by event.
pub(super) struct Run {
    pub(super) board: Board,
    record: RunRecord,
}

impl Run {
    pub(super) fn of(plan: &Plan) -> Self {
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

    pub(super) fn event(&mut self, at: Duration, kind: EventKind) {
        if let EventKind::LoadTick(tick) = &kind {
            self.record.apply_tick(tick);
        }
        let at = RunTime::from(START + at);
        self.board.apply(&Event { at, kind }, &self.record);
    }

    /// Ticks of two workers, each of 25 requests: 100 a second and worker.
    pub(super) fn ticks(&mut self, numbers: std::ops::Range<u32>, millis: u64, failed: u64) {
        for number in numbers {
            for worker in 0..2 {
                let tick = tick(worker, number, millis, failed);
                self.event(TICK * (number + 1), EventKind::LoadTick(Box::new(tick)));
            }
        }
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

pub(super) fn plan(executor: ExecutorPlan, thresholds: &[&str], faults: Vec<FaultPlan>) -> Plan {
    let span = Span::of_flag("-", "");
    let scenario = ScenarioPlan {
        name: "buy".to_owned(),
        engine: Engine::default(),
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
        sample: None,
        links: Vec::new(),
        cases: CasesPlan::default(),
        load: Some(LoadPlan {
            thresholds: thresholds.collect(),
            ..LoadPlan::new(target, vec![scenario])
        }),
        chaos: Some(ChaosPlan {
            hypothesis: Vec::new(),
            timeline: faults,
            ..ChaosPlan::default()
        }),
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets: Secrets::default(),
    }
}

fn fault(at: u64, lasting: u64, kind: LinkFault) -> FaultPlan {
    FaultPlan {
        name: "f".to_owned(),
        series: "f".to_owned(),
        at: Duration::from_secs(at),
        lasting: Duration::from_secs(lasting),
        after: None,
        ramp: Vec::new(),
        target: FaultTarget::Link {
            link: "shop -> db".to_owned(),
            fault: kind,
        },
        expect: Vec::new(),
        span: Span::of_flag("-", ""),
    }
}

/// 200 arrivals a second for 20 s; a slow dependency from 5 to 9 s; one that is down, from 15 s.
pub(super) fn under_faults() -> Run {
    let latency = LinkFault::Latency {
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
        vec![fault(5, 4, latency), fault(15, 3, LinkFault::Down)],
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
pub(super) fn iterations() -> Run {
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
