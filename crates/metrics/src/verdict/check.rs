use super::{Evidence, Gate, GateKind, GateStatus, threshold};
use crate::number::count;
use crate::run_record::RunRecord;

/// Each check is a gate of its own, unless a threshold on all `checks` says how many may
/// fail.
pub(super) fn gates(record: &RunRecord) -> Vec<Gate> {
    let mut gates = Vec::new();
    let Some(header) = &record.header.load else {
        return gates;
    };
    if threshold::judges(record, "checks") {
        return gates;
    }
    for (scenario_index, scenario) in header.scenarios.iter().enumerate() {
        for (step_index, step) in scenario.steps.iter().enumerate() {
            for (check_index, check) in step.checks.iter().enumerate() {
                let place = (scenario_index as u16, step_index as u16, check_index as u16);
                let (passes, fails) = counts(record, place);
                gates.push(Gate {
                    kind: GateKind::Check,
                    name: format!(
                        "{} / {} {} / {}",
                        scenario.name, step.method, step.endpoint, check.name
                    ),
                    status: if fails == 0 && passes > 0 {
                        GateStatus::Passed
                    } else {
                        GateStatus::Failed
                    },
                    expected: "holds every time".to_owned(),
                    observed: if passes + fails == 0 {
                        "never evaluated".to_owned()
                    } else {
                        format!("{} held, {} did not", count(passes), count(fails))
                    },
                    evidence: if fails > 0 {
                        vec![Evidence::plain(
                            "a threshold on `checks` would say how many may fail",
                        )]
                    } else {
                        Vec::new()
                    },
                    span: Some(check.span.clone()),
                    rests_on_load: true,
                });
            }
        }
    }
    gates
}

/// How often a check held and did not, over all windows.
fn counts(record: &RunRecord, place: (u16, u16, u16)) -> (u64, u64) {
    let checks = record.load.iter().flat_map(|load| &load.checks);
    checks
        .filter(|((scenario, step, check, _), _)| (*scenario, *step, *check) == place)
        .fold((0, 0), |sum, (_, counts)| {
            (sum.0 + counts.0, sum.1 + counts.1)
        })
}
