//! A threshold ends a load over real connections; the run around it goes on to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rtest_core::event::Event;
use rtest_core::plan::{
    Arrivals, ChaosPlan, DataPlan, Engine, ExecutorPlan, FaultPlan, FaultTarget, GuardrailsPlan,
    HttpCall, LinkFault, LinkPlan, LoadPlan, Plan, ProbeKind, ProbePlan, Protocol, Provider,
    Readiness, ReadinessProbe, RequestStep, ScenarioPlan, ServicePlan, Stage, Step, StepKind,
    Target, ThresholdPlan,
};
use rtest_core::threshold::Threshold;
use rtest_core::unit::parse_rate;
use rtest_core::{MonotonicClock, RunTime, Secrets, Seed, Span, Template};
use rtest_load::LoadControl;
use rtest_metrics::record::{Host, Origin};
use rtest_metrics::{Ending, GateKind, GateStatus, Outcome, RunRecord};
use rtest_run::{Observer, RunOptions, Runner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const SECOND: Duration = Duration::from_secs(1);

fn span() -> Span {
    Span::of_flag("--threshold", "")
}

/// Answers `/` with 200 so often, then with 503; everything else always with 200.
async fn shop(good: u64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let answered = Arc::new(AtomicU64::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&answered), good));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, answered: Arc<AtomicU64>, good: u64) {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        head.extend_from_slice(&chunk[..read]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let is_load = head.starts_with(b"GET / ");
        let bad = is_load && answered.fetch_add(1, Ordering::SeqCst) >= good;
        let status = if bad { "503 Broken" } else { "200 OK" };
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        head.clear();
    }
}

fn service(name: &str, address: SocketAddr, depends_on: &[&str]) -> ServicePlan {
    ServicePlan {
        name: name.to_owned(),
        provider: Provider::External {
            address: address.to_string(),
        },
        protocol: Protocol::Http,
        depends_on: depends_on.iter().map(|name| (*name).to_owned()).collect(),
        env: Vec::new(),
        ready: Readiness {
            probe: ReadinessProbe::Tcp,
            within: 5 * SECOND,
        },
        data: DataPlan::default(),
        span: span(),
    }
}

fn fault(name: &str, at: Duration) -> FaultPlan {
    FaultPlan {
        name: name.to_owned(),
        series: name.to_owned(),
        at,
        lasting: 60 * SECOND,
        after: None,
        ramp: Vec::new(),
        target: FaultTarget::Link {
            link: "shop -> catalog".to_owned(),
            fault: LinkFault::Down,
        },
        expect: Vec::new(),
        span: span(),
    }
}

/// A minute of load with two faults, of which the first begins at once.
fn plan(address: SocketAddr) -> Plan {
    let get = RequestStep::new("GET", Template::literal("/"), 5 * SECOND);
    let scenario = ScenarioPlan {
        name: "browse".to_owned(),
        engine: Engine::default(),
        executor: ExecutorPlan::ConstantArrivalRate {
            rate: parse_rate("100/s").expect("a rate"),
            duration: 60 * SECOND,
            max_vus: 20,
            arrivals: Arrivals::Even,
        },
        flow: vec![Step {
            kind: StepKind::Request(Box::new(get)),
            span: span(),
        }],
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: 30 * SECOND,
        span: span(),
    };
    let threshold = |text: &str, abort_after| ThresholdPlan {
        threshold: Threshold::parse_line(text).expect(text),
        abort_after,
        span: span(),
    };
    let load = LoadPlan {
        thresholds: vec![
            threshold("p(95)<5s", None),
            threshold("http_req_failed rate<0.1", Some(Duration::ZERO)),
        ],
        ..LoadPlan::new(Target::Service("shop".to_owned()), vec![scenario])
    };
    let healthy = ProbePlan {
        continuously: None,
        name: "GET /health".to_owned(),
        kind: ProbeKind::Http {
            target: Target::Service("shop".to_owned()),
            call: HttpCall {
                method: "GET".to_owned(),
                path: "/health".to_owned(),
                json: None,
            },
            expectations: Vec::new(),
        },
        span: span(),
    };
    Plan {
        name: "aborting".to_owned(),
        suite: "suite.yaml".into(),
        suite_hash: 0,
        seed: Seed::new(42),
        stages: vec![Stage::Load, Stage::Chaos],
        services: vec![
            service("catalog", address, &[]),
            service("shop", address, &["catalog"]),
        ],
        links: vec![LinkPlan::new("shop", "catalog")],
        sample: None,
        load: Some(load),
        chaos: Some(ChaosPlan {
            gauges: Vec::new(),
            guardrails: GuardrailsPlan::default(),
            hypothesis: vec![healthy],
            timeline: vec![fault("first", Duration::ZERO), fault("second", 30 * SECOND)],
        }),
        cases: Default::default(),
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets: Secrets::default(),
    }
}

struct Nobody;

impl Observer for Nobody {
    fn observe(&mut self, _: &Event, _: &RunRecord) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_that_is_ended_takes_neither_the_rollback_nor_the_judging_with_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let plan = plan(shop(50).await);
    let options = RunOptions {
        folder: folder.path().to_owned(),
        origin: Origin {
            run_id: "aborting".to_owned(),
            rtest: "0".to_owned(),
            command: "rtest run suite.yaml".to_owned(),
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            host: Host::default(),
        },
        program: "/nonexistent".into(),
        load_control: LoadControl::default(),
    };
    let runner = Runner::new(plan, options, Arc::new(MonotonicClock::start()));
    let cancel = CancellationToken::new();
    let finished = runner.run(Box::new(Nobody), cancel.clone()).await;
    let finished = finished.expect("a record");
    assert!(!cancel.is_cancelled());
    let record = &finished.record;
    assert_eq!(record.ending, Ending::Whole);
    let aborted = record.aborted.expect("ended by its threshold");
    assert_eq!(aborted.threshold, 1);
    assert!(aborted.observed > 0.1, "{aborted:?}");
    let took = record.last.since(RunTime::ZERO);
    assert!(took < 30 * SECOND, "a minute of load ended after {took:?}");

    let first = &record.faults[0];
    assert!(first.injected.is_some() && first.rolled_back.is_some() && first.clean);
    let verdict = &finished.verdict;
    assert_eq!(verdict.outcome, Outcome::Failed);
    let status = |kind: GateKind, name: &str| {
        let mut gates = verdict.gates.iter();
        let gate = gates.find(|gate| gate.kind == kind && gate.name.contains(name));
        gate.unwrap_or_else(|| panic!("no {name} in {:#?}", verdict.gates))
            .status
    };
    for (kind, name, expected) in [
        (GateKind::Threshold, "rate<0.1", GateStatus::Failed),
        (GateKind::Fault, "first", GateStatus::Passed),
        (GateKind::Fault, "second", GateStatus::Inconclusive),
        (
            GateKind::Hypothesis,
            "(after the faults)",
            GateStatus::Passed,
        ),
    ] {
        assert_eq!(status(kind, name), expected, "{name}");
    }
}
