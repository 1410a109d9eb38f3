//! JUnit XML, as CI systems read it.
//!
//! Every gate is a test case, also those that passed; so a gate that disappears is noticed, and
//! its history can be followed. GitLab tells cases by class name and name: both are stable and
//! together unique.
//!
//! An inconclusive gate is a *skipped* case with its reason: neither green, which would hide it,
//! nor red, which would contradict the exit code (0 unless asked to fail on it).

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use rtest_core::RunTime;
use rtest_metrics::record::SpanRecord;
use rtest_metrics::{Ending, Gate, GateKind, GateStatus, RunRecord, Verdict};

use crate::ending::why;
use crate::excerpt::excerpt;
use crate::judged::judged;
use crate::reporter::{ReportError, Reporter};
use crate::visible::{one_line, visible};

/// One case a gate.
#[derive(Debug)]
pub(crate) struct Junit;

impl Reporter for Junit {
    fn format(&self) -> &'static str {
        "junit"
    }

    fn file_name(&self) -> &'static str {
        "junit.xml"
    }

    fn render(&self, record: &RunRecord, verdict: &Verdict) -> Result<Vec<u8>, ReportError> {
        let mut bytes = Vec::new();
        report(record, verdict)
            .serialize(&mut bytes)
            .map_err(|error| ReportError {
                format: self.format(),
                kind: error.into(),
            })?;
        Ok(bytes)
    }
}

fn report(record: &RunRecord, verdict: &Verdict) -> Report {
    let suite_name = one_line(&record.header.name).into_owned();
    let whole = record.last.since(RunTime::ZERO);
    let mut report = Report::new(suite_name.as_str());
    report.set_time(whole);

    let mut run = TestSuite::new(format!("{suite_name}: run"));
    run.set_time(whole);
    for (name, value) in [
        ("suite", record.header.suite.clone()),
        ("suite_hash", record.header.suite_hash.clone()),
        ("seed", record.header.seed.to_string()),
        ("run_id", record.header.run_id.clone()),
        ("command", record.header.command.clone()),
        ("started_at", record.header.started_at.clone()),
        ("rtest", record.header.rtest.clone()),
        ("outcome", verdict.outcome.name().to_owned()),
    ] {
        run.add_property(Property::new(name, &*one_line(&value)));
    }
    run.add_test_case(ending(record, verdict, &suite_name));
    report.add_test_suite(run);

    // Cases that were not judged stay listed, or a CI system would take them for removed.
    let is_judged = |gate: &Gate| judged(verdict).any(|other| std::ptr::eq(other, gate));
    let mut kinds: BTreeMap<GateKind, Vec<(&Gate, Duration)>> = BTreeMap::new();
    let mut contracts = 0;
    for gate in &verdict.gates {
        let took = took(record, gate, &mut contracts);
        kinds.entry(gate.kind).or_default().push((gate, took));
    }
    for (kind, gates) in kinds {
        let mut suite = TestSuite::new(format!("{suite_name}: {}", kind.name()));
        suite.set_time(gates.iter().map(|(_, took)| *took).sum());
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        for (gate, took) in gates {
            let name = one_line(&gate.name).into_owned();
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            let name = match *times {
                1 => name,
                n => format!("{name} ({n})"),
            };
            let status = if is_judged(gate) {
                status(gate)
            } else {
                not_judged()
            };
            let mut case = TestCase::new(name, status);
            case.set_classname(format!("{suite_name}.{}", gate.kind.name()));
            case.set_time(took);
            locate(&mut case, gate);
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    report
}

/// Whether there is a whole run to judge: the one case that every report has.
fn ending(record: &RunRecord, verdict: &Verdict, suite_name: &str) -> TestCase {
    let trouble = match &record.ending {
        Ending::Whole => None,
        Ending::EnvironmentFailed(_) => Some("environment"),
        Ending::Interrupted | Ending::CutOff => Some("interrupted"),
    };
    let trouble = trouble.zip(why(record, verdict));
    let status = match trouble {
        None => TestCaseStatus::success(),
        Some((kind, message)) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let first = message.lines().next().unwrap_or_default();
            status
                .set_type(kind)
                .set_message(&*one_line(first))
                .set_description(&*visible(&message));
            status
        }
    };
    let mut case = TestCase::new("the run is whole", status);
    case.set_classname(format!("{suite_name}.run"));
    case.set_time(Duration::ZERO);
    case
}

fn status(gate: &Gate) -> TestCaseStatus {
    let mut status = match gate.status {
        GateStatus::Passed => return TestCaseStatus::success(),
        GateStatus::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        GateStatus::Inconclusive | GateStatus::Skipped => TestCaseStatus::skipped(),
    };
    let kind = match gate.status {
        GateStatus::Inconclusive | GateStatus::Skipped => gate.status.name(),
        _ => gate.kind.name(),
    };
    let message = format!("expected {}, observed {}", gate.expected, gate.observed);
    status
        .set_type(kind)
        .set_message(&*one_line(&message))
        .set_description(description(gate));
    status
}

fn not_judged() -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status
        .set_type("not judged")
        .set_message("the environment did not come up");
    status
}

/// The line that asked for the gate, unless it was a flag: that is no file to link to.
fn locate(case: &mut TestCase, gate: &Gate) {
    let span = gate.span.as_ref();
    if let Some(span) = span.filter(|span| !span.file.starts_with('-')) {
        let file = visible(&span.file).into_owned();
        case.extra.insert("file".into(), file.as_str().into());
        case.extra
            .insert("line".into(), span.line.to_string().as_str().into());
    }
}

/// Everything that is known of it, as the terminal shows it.
fn description(gate: &Gate) -> String {
    let mut text = format!("expected: {}\nobserved: {}\n", gate.expected, gate.observed);
    for evidence in &gate.evidence {
        text.push_str(&format!("\n{}\n", evidence.text));
        push_excerpt(&mut text, evidence.span.as_ref());
    }
    if gate.span.is_some() {
        text.push('\n');
        push_excerpt(&mut text, gate.span.as_ref());
    }
    visible(&text).into_owned()
}

fn push_excerpt(text: &mut String, span: Option<&SpanRecord>) {
    if let Some(span) = span {
        text.push_str(&excerpt(span));
        text.push('\n');
    }
}

/// How long a gate's subject took; zero for what is read from numbers. The load's own duration
/// stands with the gate on its traffic, so that the sum is the time that was spent.
///
/// `contracts` counts the contract gates so far: a verdict lists failed entries, then
/// interactions in the record's order.
fn took(record: &RunRecord, gate: &Gate, contracts: &mut usize) -> Duration {
    match gate.kind {
        GateKind::Traffic => record
            .load
            .as_ref()
            .map_or(Duration::ZERO, |load| load.end.since(load.start)),
        GateKind::Contract => {
            let index = contracts.checked_sub(record.contract_failures.len());
            *contracts += 1;
            index
                .and_then(|index| record.interactions.get(index))
                .map_or(Duration::ZERO, |interaction| {
                    Duration::from_nanos(interaction.took_ns)
                })
        }
        GateKind::Case => record
            .cases
            .iter()
            .find(|case| case.name == gate.name)
            .map_or(Duration::ZERO, |case| Duration::from_nanos(case.took_ns)),
        GateKind::Sim => record
            .sims
            .iter()
            .find(|sim| sim.program == gate.name)
            .map_or(Duration::ZERO, |sim| Duration::from_nanos(sim.took_ns)),
        _ => Duration::ZERO,
    }
}
