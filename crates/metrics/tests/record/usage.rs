//! What services used: through the folder, and held against thresholds.

use rtest_core::event::{EventKind, RollbackProof, ServiceState};
use rtest_core::metric::MetricSelector;
use rtest_core::sample::Outcome;
use rtest_core::threshold::Aggregation;
use rtest_core::usage::{Quantity, Reading, UsageTick};
use rtest_core::window::WindowId;
use rtest_metrics::record::{FaultHeader, Header, ServiceHeader, read};
use rtest_metrics::{Gate, GateKind, GateStatus, Summary, Verdict};

use crate::recording::{at, header, series, span, tick, write};

fn usage(service: &str, readings: &[(Quantity, f64)]) -> EventKind {
    let readings = readings
        .iter()
        .map(|(quantity, value)| Reading::new(*quantity, *value));
    EventKind::Usage(UsageTick {
        rtest: vec![Reading::new(Quantity::Memory, 5e7)],
        services: vec![(service.to_owned(), readings.collect())],
    })
}

fn service(state: ServiceState) -> EventKind {
    EventKind::Service {
        name: "db".to_owned(),
        state,
    }
}

fn with_db(thresholds: &[&str]) -> Header {
    let mut header = header(thresholds);
    header.services.push(ServiceHeader {
        name: "db".to_owned(),
        provider: "container postgres:15".to_owned(),
        depends_on: Vec::new(),
        span: span(3),
    });
    header.faults.push(FaultHeader {
        name: "slow db".to_owned(),
        series: None,
        target: "db".to_owned(),
        links: Vec::new(),
        expect: Vec::new(),
        description: "latency".to_owned(),
        answers: None,
        at_ms: 1000,
        for_ms: 1000,
        span: span(4),
    });
    header
}

/// Three seconds of load, a fault in the middle one, and a sample each half second. Before the
/// load and after it the service uses more than ever within it.
fn events() -> Vec<(u64, EventKind)> {
    let sample = |connections: f64, memory: f64| {
        usage(
            "db",
            &[
                (Quantity::Cpu, 0.5),
                (Quantity::Memory, memory),
                (Quantity::NetworkIn, 1000.0),
                (Quantity::Connections, connections),
            ],
        )
    };
    let load = |second| tick(0, second, vec![series(Outcome::Status(200), 0, [10; 100])]);
    vec![
        (9_000, service(ServiceState::Preparing)),
        (9_100, service(ServiceState::Starting)),
        (9_500, sample(900.0, 9e9)),
        (11_000, load(10)),
        (10_500, sample(10.0, 1e8)),
        (
            11_000,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ),
        (11_200, sample(60.0, 2e8)),
        (11_700, sample(80.0, 3e8)),
        (11_750, service(ServiceState::OutOfMemory)),
        (11_800, service(ServiceState::Starting)),
        (12_000, load(11)),
        (
            12_000,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof: RollbackProof {
                    clean: true,
                    seen: String::new(),
                },
            },
        ),
        (12_500, sample(20.0, 2e8)),
        (13_000, load(12)),
        (13_500, sample(900.0, 9e9)),
    ]
}

fn gate<'a>(verdict: &'a Verdict, name: &str) -> &'a Gate {
    let mut gates = verdict.gates.iter();
    let found = gates.find(|gate| gate.kind == GateKind::Threshold && gate.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {:#?}", verdict.gates))
}

#[test]
fn a_threshold_reads_what_a_service_used_under_load_and_says_when_it_was_too_much() {
    let thresholds = [
        "service.db.connections max<50",
        "service.db.connections max<100",
        "service.db.connections{window:before} max<50",
        "service.db.connections{fault:slow db} min>50",
        "service.db.memory avg<300000000",
        "service.db.cpu avg<0.4",
        "service.db.network_in count<=4000",
        "service.db.oom_kills count<1",
        "service.db.restarts count<1",
        "service.db.connections_waiting max<1",
    ];
    let (folder, record) = write(with_db(&thresholds), events());
    let verdict = Verdict::of(&record);
    let passed = |name: &str| gate(&verdict, name).status == GateStatus::Passed;
    let expected = [
        false, true, true, true, true, false, true, false, false, false,
    ];
    for (name, holds) in thresholds.into_iter().zip(expected) {
        assert_eq!(passed(name), holds, "{name}: {:?}", gate(&verdict, name));
    }
    let broken = gate(&verdict, thresholds[0]);
    assert_eq!(broken.observed, "80 (n = 4)");
    assert_eq!(
        broken.evidence[0].text,
        "2 of 4 samples are beyond it, 1.2–1.7 s into the load, during `slow db`"
    );
    let memory = gate(&verdict, "service.db.memory avg<300000000");
    assert_eq!(memory.expected, "avg < 300 MB");
    assert_eq!(memory.observed, "200 MB (n = 4)");
    assert_eq!(
        gate(&verdict, "service.db.cpu avg<0.4").observed,
        "50 % (n = 4)"
    );
    let unseen = gate(&verdict, "service.db.connections_waiting max<1");
    assert_eq!(unseen.observed, "no samples");
    let again = read(folder.path()).expect("a record");
    assert_eq!(again.usage, record.usage);
    assert_eq!(Verdict::of(&again), verdict);
}

#[test]
fn a_kill_that_its_control_group_showed_is_not_counted_again() {
    let mut events = events();
    events.insert(8, (11_710, usage("db", &[(Quantity::OomKills, 1.0)])));
    let (_folder, record) = write(with_db(&[]), events);
    let selector = MetricSelector::whole("service.db.oom_kills");
    let value = Summary::new(&record).value(&selector).expect("it was seen");
    assert_eq!(value.read(Aggregation::Count), Some(1.0));
    assert_eq!(record.services[0].out_of_memory, [at(11_750)]);
    assert_eq!(record.services[0].preparing, Some(at(9_000)));
}

#[test]
fn nobody_knows_what_a_service_used_that_is_not_there() {
    let (_folder, record) = write(with_db(&["service.shop.memory max<1"]), events());
    let verdict = Verdict::of(&record);
    let unseen = gate(&verdict, "service.shop.memory max<1");
    assert_eq!(unseen.status, GateStatus::Failed);
    assert_eq!(unseen.observed, "no samples");
}
