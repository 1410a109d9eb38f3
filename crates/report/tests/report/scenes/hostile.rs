use std::net::SocketAddr;

use rtest_core::Span;
use rtest_core::event::{
    EventKind, InteractionOutcome, InteractionResult, Mismatch, ProbeResult, ProbeSide,
    RollbackProof, ServiceImage, ServiceState, SimFailure, SimResult,
};
use rtest_core::sample::Outcome;
use rtest_metrics::record::{
    CheckHeader, ContractHeader, FaultHeader, LoadHeader, MetricHeader, ProbeHeader,
    ScenarioHeader, ServiceHeader, SimHeader, SpanRecord, StepHeader, ThresholdHeader,
};

use super::scene::{Scene, service};
use crate::traffic::{Answer, Traffic, noise};

/// Markup, a way out of attributes, of scripts, of CDATA and of comments, an escape sequence,
/// text that runs backwards, and a character that XML forbids.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]>-->&amp;{{7*7}}\u{1b}[31m\u{0}\u{202e}\u{ffff}\r\n|;";

/// In every text of the record.
pub(crate) fn hostile() -> Scene {
    let h = || HOSTILE.to_owned();
    let span = || Span {
        file: HOSTILE.into(),
        line: 3,
        column: 9,
        len: 4,
        text: HOSTILE.into(),
        text_column: 1,
    };
    let at = || SpanRecord::from(&span());
    let mut scene = Scene::new(HOSTILE, "suites/hostile.yaml", "name: hostile\n");
    let header = &mut scene.header;
    header.rtest = h();
    header.run_id = h();
    header.suite = h();
    header.suite_hash = h();
    header.command = h();
    header.started_at = h();
    header.host.cpu = h();
    header.host.kernel = h();
    header.host.system = h();
    header.stages = vec![h()];
    header.links = vec![h()];
    header.services = vec![ServiceHeader {
        name: h(),
        provider: h(),
        depends_on: vec![h()],
        span: at(),
    }];
    header.load = Some(LoadHeader {
        target: h(),
        tick_ms: 1000,
        scenarios: vec![ScenarioHeader {
            groups: vec![h(), format!("{HOSTILE}::{HOSTILE}")],
            starts_ms: 0,
            ends_ms: None,
            name: h(),
            engine: None,
            executor: h(),
            open: true,
            description: h(),
            tags: vec![(h(), h())],
            steps: vec![StepHeader {
                group: h(),
                endpoint: h(),
                method: h(),
                tags: vec![(h(), h())],
                checks: vec![CheckHeader {
                    name: h(),
                    span: at(),
                }],
                interaction: None,
            }],
            span: at(),
        }],
        metrics: ["counter", "gauge", "rate", "trend"]
            .map(|kind| MetricHeader {
                name: format!("{kind}{HOSTILE}"),
                kind: kind.to_owned(),
                is_time: true,
                span: at(),
            })
            .into(),
        thresholds: vec![
            ThresholdHeader {
                abort_after_ms: Some(0),
                threshold: format!("http_req_duration{{endpoint:{HOSTILE}}} p(95)<300"),
                span: at(),
            },
            ThresholdHeader {
                abort_after_ms: None,
                threshold: h(),
                span: at(),
            },
        ],
    });
    header.faults = vec![FaultHeader {
        name: h(),
        series: None,
        target: h(),
        links: Vec::new(),
        expect: Vec::new(),
        description: h(),
        answers: None,
        at_ms: 1000,
        for_ms: 1000,
        span: at(),
    }];
    header.hypothesis = vec![
        ProbeHeader {
            continuously: false,
            name: h(),
            threshold: None,
            span: at(),
        },
        ProbeHeader {
            continuously: false,
            name: h(),
            threshold: Some(h()),
            span: at(),
        },
    ];
    header.contracts = vec![ContractHeader {
        source: h(),
        provider: h(),
        span: at(),
    }];
    header.sims = vec![SimHeader {
        program: h(),
        seeds: 3,
        span: at(),
    }];

    scene.at(0.1, service(HOSTILE, ServiceState::Starting));
    scene.at(
        0.1,
        EventKind::ServiceImage {
            service: h(),
            image: ServiceImage {
                name: h(),
                id: h(),
                digest: Some(h()),
            },
        },
    );
    scene.at(
        0.2,
        EventKind::LinkOpened {
            link: h(),
            listen: SocketAddr::from(([127, 0, 0, 1], 1)),
        },
    );
    scene.at(
        0.3,
        service(
            HOSTILE,
            ServiceState::Exited {
                status: h(),
                log_tail: vec![h(), h()],
            },
        ),
    );
    for side in [ProbeSide::Before, ProbeSide::After] {
        scene.at(
            0.4,
            EventKind::ProbeEvaluated {
                probe: 0,
                side,
                result: ProbeResult {
                    held: false,
                    expected: h(),
                    actual: h(),
                },
            },
        );
    }
    for outcome in [
        InteractionOutcome::Verified,
        InteractionOutcome::Failed(h()),
        InteractionOutcome::Mismatched(vec![Mismatch {
            location: h(),
            expected: h(),
            actual: h(),
            message: h(),
            reproduce: None,
            span: span(),
        }]),
    ] {
        scene.at(
            0.5,
            EventKind::Interaction(Box::new(InteractionResult {
                source: h(),
                consumer: h(),
                provider: h(),
                description: h(),
                states: vec![h()],
                request: h(),
                pending: false,
                under: None,
                outcome,
                took: std::time::Duration::from_millis(3),
                span: span(),
            })),
        );
    }
    scene.at(
        0.6,
        EventKind::ContractFailed {
            message: h(),
            span: span(),
        },
    );
    scene.at(
        0.7,
        EventKind::Sim(Box::new(SimResult {
            sim: 0,
            program: h(),
            seeds_run: 3,
            seeds_failed: 1,
            failures: vec![SimFailure {
                seed: 2,
                exit_code: 1,
                message: h(),
                kind: h(),
                place: Some(h()),
                runs: 2,
                forced: vec![h()],
                replay: Some(h()),
            }],
            deterministic: false,
            trace_hash: h(),
            virtual_time: std::time::Duration::from_secs(1),
            took: std::time::Duration::from_secs(1),
            ..SimResult::default()
        })),
    );
    scene.traffic(&Traffic {
        start: 1.0,
        seconds: 3.0,
        rate: 20.0,
        workers: 1,
        faults: vec![(1.0, 2.0)],
        proofs: vec![Some(RollbackProof {
            clean: false,
            seen: h(),
        })],
        answer: Box::new(|_, slot| Answer {
            step: 0,
            outcome: Outcome::Status(if slot % 4 == 0 { 599 } else { 200 }),
            lag_us: 50,
            service_us: 1_000 + (noise(slot) * 500.0) as u64,
            checks: vec![slot % 4 != 0],
            // Ten thousand characters of it.
            example: (slot % 4 == 0).then(|| HOSTILE.repeat(100)),
        }),
    });
    scene.at(4.1, EventKind::Note(h()));
    scene
}
