//! What k6 has no word for.

use rtest_core::clock::RunTime;
use rtest_core::window::WindowId;
use rtest_metrics::record::{
    CaseEntry, Host, InteractionEntry, InteractionStatus, MismatchEntry, SpanRecord, StepEntry,
};
use rtest_metrics::{Ending, Gate, LoadRecord, RunRecord, Summary, Verdict};
use serde_json::{Value, json};

use super::metrics::trend;
use super::summary::rounded;
use super::usage::{startup, usage};
use crate::checks::CheckRow;
use crate::coverage::Covered;
use crate::endpoints::EndpointRow;
use crate::groups::GroupRow;
use crate::lateness::own_lateness;
use crate::outcomes::OutcomeRow;
use crate::phases::Stretch;
use crate::replayed::ReplayRow;

/// Version of the layout under `rtest`.
const SCHEMA: u32 = 1;

pub(super) fn extras(record: &RunRecord, verdict: &Verdict) -> Value {
    json!({
        "schema": SCHEMA,
        "outcome": verdict.outcome.name(),
        "gates": verdict.gates.iter().map(gate).collect::<Vec<_>>(),
        "run": run(record),
        "load": record.load.as_ref().map(|load| self::load(record, load)),
        "windows": windows(record),
        "faults": faults(record),
        "probes": probes(record),
        "cases": record.cases.iter().map(case).collect::<Vec<_>>(),
        "contracts": {
            "interactions": record.interactions.iter().map(interaction).collect::<Vec<_>>(),
            "coverage": Covered::all(record).iter().flat_map(coverage).collect::<Vec<_>>(),
            "failures": record.contract_failures.iter().map(|failure| json!({
                "message": failure.message,
                "span": span(&failure.span),
            })).collect::<Vec<_>>(),
        },
        "sims": sims(record),
        "services": services(record),
        "startup": startup(record),
        "usage": usage(record),
        "links": record.links.iter().map(|(link, listen)| json!({
            "link": link,
            "listen": listen,
        })).collect::<Vec<_>>(),
        "generator": generator(record),
        "notes": record.notes.iter().map(|(at, text)| json!({
            "at_s": at_s(*at),
            "text": text,
        })).collect::<Vec<_>>(),
    })
}

fn run(record: &RunRecord) -> Value {
    let header = &record.header;
    let (ending, message) = match &record.ending {
        Ending::Whole => ("whole", None),
        Ending::Interrupted => ("interrupted", None),
        Ending::CutOff => ("cut off", None),
        Ending::EnvironmentFailed(message) => ("environment failed", Some(message)),
    };
    json!({
        "rtest": header.rtest,
        "id": header.run_id,
        "name": header.name,
        "suite": header.suite,
        "suite_hash": header.suite_hash,
        "seed": header.seed,
        "shard": header.shard,
        "parts": header.parts.iter().map(|part| json!({
            "shard": part.shard,
            "run_id": part.run_id,
            "began_after_s": part.began_after_ms as f64 / 1e3,
            "host": host(&part.host),
        })).collect::<Vec<_>>(),
        "command": header.command,
        "started_at": header.started_at,
        "duration_s": at_s(record.last),
        "ending": ending,
        "message": message,
        "stages": record.stages.iter().map(|stage| json!({
            "name": stage.name,
            "from_s": at_s(stage.from),
            "to_s": stage.to.map(at_s),
        })).collect::<Vec<_>>(),
        "host": host(&header.host),
    })
}

fn host(host: &Host) -> Value {
    json!({
        "system": host.system,
        "kernel": host.kernel,
        "cpu": host.cpu,
        "cores": host.cores,
    })
}

fn gate(gate: &Gate) -> Value {
    json!({
        "kind": gate.kind.name(),
        "name": gate.name,
        "status": gate.status.name(),
        "expected": gate.expected,
        "observed": gate.observed,
        "evidence": gate.evidence.iter().map(|evidence| json!({
            "text": evidence.text,
            "span": evidence.span.as_ref().map(span),
        })).collect::<Vec<_>>(),
        "span": gate.span.as_ref().map(span),
    })
}

fn load(record: &RunRecord, load: &LoadRecord) -> Value {
    json!({
        "target": record.header.load.as_ref().map(|header| &header.target),
        "from_s": at_s(load.start),
        "to_s": at_s(load.end),
        "seconds": rounded(Summary::new(record).load_seconds()),
        "aborted": record.aborted.as_ref().map(|abort| json!({
            "at_s": at_s(abort.at),
            "threshold": record.header.load.as_ref()
                .and_then(|header| header.thresholds.get(usize::from(abort.threshold)))
                .map(|threshold| &threshold.threshold),
            "observed": rounded(abort.observed),
        })),
        "value_error": "±0.1 %",
        "scenarios": scenarios(record, load),
        "phases": Stretch::all(record).iter().map(|stretch| phase(record, stretch)).collect::<Vec<_>>(),
        "endpoints": EndpointRow::all(record).iter().map(|row| json!({
            "method": row.method,
            "endpoint": row.endpoint,
            "requests": row.numbers.requests,
            "failed": row.numbers.failed,
            "response_time_ms": trend(&row.numbers.response_time),
            "service_time_ms": trend(&row.numbers.service_time),
        })).collect::<Vec<_>>(),
        "groups": GroupRow::all(record).iter().map(|row| json!({
            "path": row.path,
            "duration_ms": trend(&row.duration),
        })).collect::<Vec<_>>(),
        "outcomes": OutcomeRow::all(record).iter().map(|row| json!({
            "outcome": row.name(),
            "failed": row.outcome.failed(),
            "requests": row.requests,
            "example": row.example,
        })).collect::<Vec<_>>(),
        "checks": CheckRow::all(record).iter().map(|row| json!({
            "scenario": row.scenario,
            "group": row.group,
            "method": row.method,
            "endpoint": row.endpoint,
            "name": row.name,
            "passes": row.passes,
            "fails": row.fails,
            "span": span(row.span),
        })).collect::<Vec<_>>(),
        "contracts": ReplayRow::all(record).iter().map(replayed).collect::<Vec<_>>(),
    })
}

/// An interaction of a contract that was sent as load.
fn replayed(row: &ReplayRow<'_>) -> Value {
    let of = row.interaction;
    json!({
        "scenario": row.scenario,
        "contract": of.contract,
        "consumer": of.consumer,
        "description": of.description,
        "method": row.step.method,
        "endpoint": row.step.endpoint,
        "sample": f64::from(of.sample_ppm) / 1e6,
        "requests": row.numbers.requests,
        "failed": row.numbers.failed,
        "matched": row.judged(),
        "violated": row.violated,
        "response_time_ms": trend(&row.numbers.response_time),
        "violations": row.violations.iter().map(|violation| json!({
            "count": violation.count,
            "first": mismatch(&violation.first),
        })).collect::<Vec<_>>(),
        "span": span(&of.span),
    })
}

fn scenarios(record: &RunRecord, load: &LoadRecord) -> Vec<Value> {
    let headers = record.header.load.iter().flat_map(|load| &load.scenarios);
    headers
        .enumerate()
        .map(|(index, header)| {
            let total = load.scenarios.get(index);
            let counter = |of: fn(&rtest_metrics::record::ScenarioEntry) -> u64| {
                total.map_or(0, |total| of(&total.counters))
            };
            json!({
                "name": header.name,
                "engine": header.engine.as_deref().unwrap_or("rtest"),
                "service_time_only": header.engine.is_some(),
                "executor": header.executor,
                "open_model": header.open,
                "description": header.description,
                "offered": counter(|counters| counters.offered),
                "started": counter(|counters| counters.started),
                "completed": counter(|counters| counters.completed),
                "interrupted": counter(|counters| counters.interrupted),
                "dropped": counter(|counters| counters.dropped),
                "late": counter(|counters| counters.late),
                "vus": counter(|counters| counters.vus),
                "vus_max": counter(|counters| counters.vus_max),
            })
        })
        .collect()
}

fn phase(record: &RunRecord, stretch: &Stretch) -> Value {
    let (phase, fault) = stretch.names(record);
    json!({
        "phase": phase,
        "fault": fault,
        "from_s": at_s(stretch.from),
        "to_s": at_s(stretch.to),
        "requests": stretch.numbers.requests,
        "failed": stretch.numbers.failed,
        "response_time_ms": trend(&stretch.numbers.response_time),
        "service_time_ms": trend(&stretch.numbers.service_time),
    })
}

fn windows(record: &RunRecord) -> Vec<Value> {
    let summary = Summary::new(record);
    let ids = 0..u16::try_from(record.windows.len()).unwrap_or(u16::MAX);
    ids.zip(&record.windows)
        .map(|(id, window)| {
            let active = window.active.iter().filter_map(|fault| {
                let fault = record.header.faults.get(usize::from(*fault))?;
                Some(&fault.name)
            });
            json!({
                "id": id,
                "phase": summary.phase(WindowId(id)).name(),
                "from_s": at_s(window.start),
                "to_s": at_s(record.window_end(WindowId(id))),
                "faults": active.collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn faults(record: &RunRecord) -> Vec<Value> {
    record
        .header
        .faults
        .iter()
        .zip(&record.faults)
        .map(|(header, fault)| {
            json!({
                "name": header.name,
                "target": header.target,
                "description": header.description,
                "planned_at_ms": header.at_ms,
                "planned_for_ms": header.for_ms,
                "injected_s": fault.injected.map(|(at, _)| at_s(at)),
                "rolled_back_s": fault.rolled_back.map(|(at, _)| at_s(at)),
                "clean": fault.clean,
                "seen": fault.seen,
                "span": span(&header.span),
            })
        })
        .collect()
}

fn probes(record: &RunRecord) -> Vec<Value> {
    record
        .probes
        .iter()
        .map(|probe| {
            let header = record.header.hypothesis.get(usize::from(probe.probe));
            json!({
                "name": header.map(|header| &header.name),
                "side": probe.side,
                "at_s": at_s(probe.at),
                "held": probe.held,
                "expected": probe.expected,
                "actual": probe.actual,
                "span": header.map(|header| span(&header.span)),
            })
        })
        .collect()
}

fn interaction(interaction: &InteractionEntry) -> Value {
    json!({
        "source": interaction.source,
        "consumer": interaction.consumer,
        "provider": interaction.provider,
        "description": interaction.description,
        "states": interaction.states,
        "request": interaction.request,
        "pending": interaction.pending,
        "under": interaction.under,
        "status": match interaction.status {
            InteractionStatus::Verified => "verified",
            InteractionStatus::Mismatched => "mismatched",
            InteractionStatus::Degraded => "degraded",
            InteractionStatus::Failed => "failed",
            InteractionStatus::Unsupported => "unsupported",
            InteractionStatus::Skipped => "skipped",
        },
        "mismatches": interaction.mismatches.iter().map(mismatch).collect::<Vec<_>>(),
        "error": interaction.error,
        "took_ms": ms(interaction.took_ns),
        "span": span(&interaction.span),
    })
}

fn mismatch(mismatch: &MismatchEntry) -> Value {
    json!({
        "location": mismatch.location,
        "expected": mismatch.expected,
        "actual": mismatch.actual,
        "message": mismatch.message,
        "reproduce": mismatch.reproduce,
        "span": span(&mismatch.span),
    })
}

fn coverage(covered: &Covered<'_>) -> Vec<Value> {
    let operations = covered.operations.iter().enumerate();
    let operations = operations.map(|(at, coverage)| {
        let asked = covered.asking.as_ref().map(|asking| {
            let asked = &asking.operations[at];
            let consumers = asked.consumers.iter();
            json!({
                "consumers": consumers.map(|(consumer, interactions)| json!({
                    "consumer": consumer,
                    "interactions": interactions,
                })).collect::<Vec<_>>(),
                "load_requests": asked.load,
            })
        });
        json!({
            "source": coverage.source,
            "provider": coverage.provider,
            "operation": coverage.operation,
            "answers": coverage.answers.iter().map(|answer| json!({
                "status": answer.status,
                "declared": answer.declared,
                "seen": answer.seen,
            })).collect::<Vec<_>>(),
            "asked_for_by": asked,
            "span": span(&coverage.span),
        })
    });
    operations.collect()
}

fn case(case: &CaseEntry) -> Value {
    let step = |step: &StepEntry| {
        json!({
            "what": step.what,
            "held": step.held,
            "differences": step.differences.iter().map(|difference| json!({
                "expected": difference.expected,
                "actual": difference.actual,
                "at": span(&difference.span),
            })).collect::<Vec<_>>(),
            "exchange": step.exchange,
            "took_ms": ms(step.took_ns),
            "at": span(&step.span),
        })
    };
    json!({
        "name": case.name,
        "tags": case.tags,
        "status": case.status,
        "attempts": case.attempts,
        "trouble": case.trouble,
        "steps": case.steps.iter().map(step).collect::<Vec<_>>(),
        "logs": case.logs.iter().map(|log| json!({
            "service": log.service,
            "lines": log.lines,
        })).collect::<Vec<_>>(),
        "beside": case.beside,
        "took_ms": ms(case.took_ns),
        "at": span(&case.span),
    })
}

fn sims(record: &RunRecord) -> Vec<Value> {
    record
        .sims
        .iter()
        .map(|sim| {
            json!({
                "program": sim.program,
                "seeds_run": sim.seeds_run,
                "seeds_failed": sim.seeds_failed,
                "deterministic": sim.deterministic,
                "trace_hash": sim.trace_hash,
                "virtual_ms": ms(sim.virtual_ns),
                "took_ms": ms(sim.took_ns),
                "failures": sim.failures.iter().map(|failure| json!({
                    "seed": failure.seed,
                    "exit_code": failure.exit_code,
                    "message": failure.message,
                    "kind": failure.kind,
                    "place": failure.place,
                    "runs": failure.runs,
                    "forced": failure.forced,
                    "replay": failure.command(&sim.program),
                })).collect::<Vec<_>>(),
                "coverage": sim.coverage,
            })
        })
        .collect()
}

fn services(record: &RunRecord) -> Vec<Value> {
    record
        .services
        .iter()
        .map(|service| {
            let header = record
                .header
                .services
                .iter()
                .find(|header| header.name == service.name);
            json!({
                "name": service.name,
                "provider": header.map(|header| &header.provider),
                "depends_on": header.map(|header| &header.depends_on),
                "image": service.image.as_ref().map(|image| json!({
                    "name": image.name,
                    "id": image.id,
                    "digest": image.digest,
                })),
                "address": service.address,
                "preparing_s": service.preparing.map(at_s),
                "started_s": service.started.map(at_s),
                "ready_s": service.ready.map(at_s),
                "stopped_s": service.stopped.map(at_s),
                "out_of_memory_s": service.out_of_memory.iter().copied().map(at_s).collect::<Vec<_>>(),
                "exited_s": service.exited_at.map(at_s),
                "exited": service.exited.as_ref().map(|(status, log_tail)| json!({
                    "status": status,
                    "log_tail": log_tail,
                })),
            })
        })
        .collect()
}

fn generator(record: &RunRecord) -> Value {
    json!({
        "dispatch_lag_ms": trend(&own_lateness(record)),
        "health": record.health.iter().map(|point| json!({
            "at_s": at_s(point.at),
            "cpu_share": rounded(point.cpu_share),
            "open_files": point.open_files,
            "open_files_limit": point.open_files_limit,
            "busiest_worker": rounded(point.busiest_worker),
            "waited_for_core": rounded(point.waited_for_core),
            "local_ports": point.local_ports,
            "local_ports_limit": point.local_ports_limit,
            "part": point.part,
        })).collect::<Vec<_>>(),
    })
}

fn span(span: &SpanRecord) -> Value {
    json!({
        "file": &*span.file,
        "line": span.line,
        "column": span.column,
        "length": span.len,
        "text": &*span.text,
        "text_column": span.text_column,
    })
}

pub(super) fn at_s(at: RunTime) -> f64 {
    rounded(at.as_secs_f64())
}

fn ms(nanos: u64) -> f64 {
    rounded(nanos as f64 / 1e6)
}
