use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rtest_core::Secrets;
use rtest_core::Span;
use rtest_core::clock::RunTime;
use rtest_core::event::{
    Event, EventKind, InteractionOutcome, InteractionResult, ProbeResult, ProbeSide, ServiceState,
    SimFailure, SimResult,
};
use rtest_core::plan::Stage;
use rtest_metrics::RunRecord;
use rtest_metrics::record::{
    CheckHeader, ContractHeader, Entry, EntryKind, FaultHeader, Header, Host, LoadHeader,
    ProbeHeader, RecordWriter, SCHEMA, ScenarioHeader, ServiceHeader, SimHeader, SpanRecord,
    StepHeader, ThresholdHeader,
};

use crate::traffic::Traffic;

/// A run: its header, what happened, how it ended.
pub(crate) struct Scene {
    pub(crate) header: Header,
    pub(crate) events: Vec<Event>,
    /// `None`: cut off.
    pub(crate) ending: Option<EntryKind>,
    file: &'static str,
    text: &'static str,
}

impl Scene {
    /// A run of a suite that ends as planned and has nothing in it yet.
    pub(crate) fn new(name: &str, file: &'static str, text: &'static str) -> Self {
        Self {
            header: Header {
                schema: SCHEMA,
                rtest: "0.1.0".to_owned(),
                run_id: "20260301-101500-42".to_owned(),
                name: name.to_owned(),
                suite: file.to_owned(),
                suite_hash: "9c1d6a0f27e3b584".to_owned(),
                seed: 42,
                shard: None,
                parts: Vec::new(),
                command: format!("rtest run {file} --seed 42"),
                started_at: "2026-03-01T10:15:00Z".to_owned(),
                host: Host {
                    system: "linux x86_64".to_owned(),
                    kernel: "6.8.0".to_owned(),
                    cpu: "Example CPU 3.0 GHz".to_owned(),
                    cores: 8,
                },
                stages: Vec::new(),
                services: Vec::new(),
                links: Vec::new(),
                load: None,
                faults: Vec::new(),
                hypothesis: Vec::new(),
                guardrails: Vec::new(),
                contracts: Vec::new(),
                cases: Vec::new(),
                sims: Vec::new(),
            },
            events: Vec::new(),
            ending: Some(EntryKind::Ended),
            file,
            text,
        }
    }

    /// Where the suite says this, which it must.
    pub(crate) fn span(&self, needle: &str) -> SpanRecord {
        SpanRecord::from(&span_in(self.file, self.text, needle))
    }

    pub(crate) fn at(&mut self, seconds: f64, kind: EventKind) {
        self.events.push(Event {
            at: instant(seconds),
            kind,
        });
    }

    pub(crate) fn stage(&mut self, stage: Stage, from: f64, to: f64) {
        self.header.stages.push(stage.name().to_owned());
        self.at(from, EventKind::StageStarted(stage));
        self.at(to, EventKind::StageFinished(stage));
    }

    pub(crate) fn service(&mut self, name: &str, provider: &str, needs: &[&str], up: (f64, f64)) {
        let span = self.span(&format!("{name}:"));
        self.header.services.push(ServiceHeader {
            name: name.to_owned(),
            provider: provider.to_owned(),
            depends_on: needs.iter().map(|name| (*name).to_owned()).collect(),
            span,
        });
        let port = 40_000 + self.header.services.len() as u16;
        self.at(up.0, service(name, ServiceState::Starting));
        self.at(
            up.1,
            service(
                name,
                ServiceState::Ready {
                    address: SocketAddr::from(([127, 0, 0, 1], port)),
                    after: Duration::from_secs_f64(up.1 - up.0),
                },
            ),
        );
        for callee in needs {
            let link = format!("{name} -> {callee}");
            self.header.links.push(link.clone());
            self.at(
                up.0,
                EventKind::LinkOpened {
                    link,
                    listen: SocketAddr::from(([127, 0, 0, 1], port + 1000)),
                },
            );
        }
    }

    /// Steps are `METHOD endpoint`, each with its checks and what the suite calls them.
    pub(crate) fn load(&mut self, thresholds: &[(&str, &str)], steps: &[(&str, &[(&str, &str)])]) {
        let steps = steps
            .iter()
            .map(|(call, checks)| {
                let (method, endpoint) = call.split_once(' ').expect("METHOD endpoint");
                StepHeader {
                    group: String::new(),
                    endpoint: endpoint.to_owned(),
                    method: method.to_owned(),
                    tags: Vec::new(),
                    checks: checks
                        .iter()
                        .map(|(name, needle)| CheckHeader {
                            name: (*name).to_owned(),
                            span: self.span(needle),
                        })
                        .collect(),
                    interaction: None,
                }
            })
            .collect();
        self.header.load = Some(LoadHeader {
            target: "storefront".to_owned(),
            tick_ms: 1000,
            scenarios: vec![ScenarioHeader {
                groups: Vec::new(),
                starts_ms: 0,
                ends_ms: None,
                name: "browse".to_owned(),
                engine: None,
                executor: "constant-arrival-rate".to_owned(),
                open: true,
                description: "200/s for 20s, at most 80 VUs".to_owned(),
                tags: Vec::new(),
                steps,
                span: self.span("browse:"),
            }],
            metrics: Vec::new(),
            thresholds: thresholds
                .iter()
                .map(|(threshold, needle)| ThresholdHeader {
                    threshold: (*threshold).to_owned(),
                    abort_after_ms: None,
                    span: self.span(needle),
                })
                .collect(),
        });
    }

    pub(crate) fn fault(&mut self, what: &str, description: &str, plan: (u64, u64), needle: &str) {
        let link = "storefront -> catalog";
        let span = self.span(needle);
        self.header.faults.push(FaultHeader {
            name: format!("{what} {link}"),
            series: None,
            target: link.to_owned(),
            links: vec![link.to_owned()],
            expect: Vec::new(),
            description: description.to_owned(),
            answers: None,
            at_ms: plan.0,
            for_ms: plan.1,
            span,
        });
    }

    pub(crate) fn metric_probe(&mut self, threshold: &str, needle: &str) {
        let span = self.span(needle);
        self.header.hypothesis.push(ProbeHeader {
            continuously: false,
            name: threshold.to_owned(),
            threshold: Some(threshold.to_owned()),
            span,
        });
    }

    /// A call that is asked before and after; `after` is what it then finds.
    pub(crate) fn http_probe(&mut self, needle: &str, at: (f64, f64), after: (bool, &str)) {
        let span = self.span(needle);
        let probe = self.header.hypothesis.len() as u16;
        self.header.hypothesis.push(ProbeHeader {
            continuously: false,
            name: "GET /health".to_owned(),
            threshold: None,
            span,
        });
        for (at, side, (held, actual)) in [
            (at.0, ProbeSide::Before, (true, "status 200")),
            (at.1, ProbeSide::After, after),
        ] {
            self.at(
                at,
                EventKind::ProbeEvaluated {
                    probe,
                    side,
                    result: ProbeResult {
                        held,
                        expected: "status 200".to_owned(),
                        actual: actual.to_owned(),
                    },
                },
            );
        }
    }

    pub(crate) fn contract(&mut self, source: &str, needle: &str) {
        let span = self.span(needle);
        self.header.contracts.push(ContractHeader {
            source: source.to_owned(),
            provider: "storefront".to_owned(),
            span,
        });
    }

    pub(crate) fn sim(&mut self, at: f64, failures: Vec<SimFailure>, needle: &str) {
        let span = self.span(needle);
        let program = "fixtures/sims/retry.mjs";
        self.header.sims.push(SimHeader {
            program: program.to_owned(),
            seeds: 200,
            span,
        });
        self.at(
            at,
            EventKind::Sim(Box::new(SimResult {
                sim: 0,
                program: program.to_owned(),
                seeds_run: 200,
                seeds_failed: failures.len() as u32 * 3,
                failures,
                deterministic: true,
                trace_hash: "5f0b1c33a2d94e77".to_owned(),
                virtual_time: Duration::from_millis(31_400),
                took: Duration::from_millis(820),
                ..SimResult::default()
            })),
        );
    }

    pub(crate) fn traffic(&mut self, traffic: &Traffic) {
        self.events.extend(traffic.events());
    }

    /// Events in the order of their time, as the run would have stamped them.
    fn ordered(&self) -> Vec<&Event> {
        let mut events: Vec<&Event> = self.events.iter().collect();
        events.sort_by_key(|event| event.at);
        events
    }

    /// Folded without a folder.
    pub(crate) fn record(&self) -> RunRecord {
        let mut record = RunRecord::new(self.header.clone());
        let mut last = RunTime::ZERO;
        for event in self.ordered() {
            last = event.at;
            record.apply(&Entry {
                at_ns: event.at.as_nanos(),
                kind: EntryKind::new(&event.kind, 0),
            });
            if let EventKind::LoadTick(tick) = &event.kind {
                record.apply_tick(tick);
            }
        }
        if let Some(ending) = &self.ending {
            record.apply(&Entry {
                at_ns: last.as_nanos(),
                kind: ending.clone(),
            });
        }
        record
    }

    /// Written as a run writes it.
    pub(crate) fn write(&self, folder: &Path) {
        let mut writer =
            RecordWriter::create(folder, self.header.clone(), Secrets::default()).expect("folder");
        let mut last = RunTime::ZERO;
        for event in self.ordered() {
            last = event.at;
            writer.event(&mut event.clone()).expect("event");
        }
        if let Some(ending) = &self.ending {
            writer.entry(last, ending.clone()).expect("ending");
        }
    }
}

pub(crate) fn service(name: &str, state: ServiceState) -> EventKind {
    EventKind::Service {
        name: name.to_owned(),
        state,
    }
}

/// Where a text says this, which it must.
pub(crate) fn span_in(file: &str, text: &str, needle: &str) -> Span {
    let offset = text.find(needle).unwrap_or_else(|| panic!("{needle}"));
    let line = text[..offset].matches('\n').count();
    let column = offset - text[..offset].rfind('\n').map_or(0, |at| at + 1);
    Span {
        file: file.into(),
        line: line as u32 + 1,
        column: column as u32 + 1,
        len: needle.chars().count() as u32,
        text: text.lines().nth(line).expect("the line").into(),
        text_column: 1,
    }
}

/// An interaction of `web` with `storefront`.
pub(crate) fn interaction(
    description: &str,
    request: &str,
    span: Span,
    outcome: InteractionOutcome,
) -> EventKind {
    EventKind::Interaction(Box::new(InteractionResult {
        source: span.file.to_string(),
        consumer: "web".to_owned(),
        provider: "storefront".to_owned(),
        description: description.to_owned(),
        states: vec!["user 7 exists".to_owned()],
        request: request.to_owned(),
        pending: false,
        under: None,
        outcome,
        took: Duration::from_micros(4_210),
        span,
    }))
}

pub(crate) fn instant(seconds: f64) -> RunTime {
    RunTime::from_nanos((seconds * 1e9).round() as u64)
}

#[test]
fn a_scene_folds_to_the_same_record_in_memory_and_through_its_folder() {
    for (name, scene) in super::all().into_iter().chain(super::recorded()) {
        let folder = tempfile::tempdir().expect("a folder");
        scene.write(folder.path());
        let read = rtest_metrics::record::read(folder.path()).expect(name);
        let folded = scene.record();
        assert_eq!(read.header, folded.header, "{name}");
        let intervals = |record: &RunRecord| {
            let load = record.load.as_ref();
            load.map(|load| load.intervals.clone())
        };
        assert_eq!(intervals(&read), intervals(&folded), "{name}");
        assert_eq!(
            rtest_metrics::Verdict::of(&read),
            rtest_metrics::Verdict::of(&folded),
            "{name}"
        );
    }
}
