use super::{Evidence, Gate, GateKind, GateStatus};
use crate::record::{CaseEntry, CaseHeader, CaseVerdict, StepEntry};
use crate::run_record::RunRecord;

/// Each case is a gate. One that passed only when it was tried again passes, and says so.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let headers = (0_u32..).zip(&record.header.cases);
    let gates = headers.map(|(index, header)| {
        let ran = record.cases.iter().find(|case| case.case == index);
        let (status, observed, evidence) = match ran {
            None => (record.unseen(), "was not run".to_owned(), Vec::new()),
            Some(case) => judged(case, header),
        };
        Gate {
            kind: GateKind::Case,
            name: header.name.clone(),
            status,
            expected: match header.steps {
                1 => "its step holds".to_owned(),
                steps => format!("all {steps} steps hold"),
            },
            observed,
            evidence,
            span: Some(header.span.clone()),
            rests_on_load: false,
        }
    });
    gates.collect()
}

fn judged(case: &CaseEntry, header: &CaseHeader) -> (GateStatus, String, Vec<Evidence>) {
    let failed = case.steps.iter().position(|step| !step.held);
    let why = match (failed, &case.trouble) {
        (Some(index), _) => format!(
            "step {} of {} does not hold: {}",
            index + 1,
            header.steps,
            case.steps[index].what
        ),
        (None, Some(_)) => "could not be begun".to_owned(),
        (None, None) => match header.steps {
            1 => "1 step holds".to_owned(),
            steps => format!("{steps} steps hold"),
        },
    };
    match case.status {
        CaseVerdict::Passed => (GateStatus::Passed, why, Vec::new()),
        CaseVerdict::Flaky => (
            GateStatus::Passed,
            format!("FLAKY: passed at attempt {}; before, {why}", case.attempts),
            evidence(case),
        ),
        CaseVerdict::Failed => (GateStatus::Failed, why, evidence(case)),
    }
}

fn evidence(case: &CaseEntry) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = case.trouble.iter().map(Evidence::plain).collect();
    for step in case.steps.iter().filter(|step| !step.held) {
        evidence.extend(of_step(step));
    }
    evidence.extend(case.told_beside().map(Evidence::plain));
    evidence.extend(case.logs.iter().map(|log| {
        let lines = log.lines.join("\n");
        Evidence::plain(format!("{} printed meanwhile:\n{lines}", log.service))
    }));
    evidence
}

fn of_step(step: &StepEntry) -> Vec<Evidence> {
    let differences = step.differences.iter().map(|difference| Evidence {
        text: format!(
            "expected: {}\n  actual: {}",
            difference.expected, difference.actual
        ),
        span: Some(difference.span.clone()),
    });
    let exchange = step.exchange.iter().map(Evidence::plain);
    differences.chain(exchange).collect()
}
