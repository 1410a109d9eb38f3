use rtest_metrics::RunRecord;
use rtest_metrics::record::SpanRecord;

/// How often one check of one step held.
#[derive(Clone, Debug)]
pub(crate) struct CheckRow<'a> {
    pub(crate) scenario: &'a str,
    pub(crate) method: &'a str,
    pub(crate) endpoint: &'a str,
    /// The path of the group that its step is in; empty where it is in none.
    pub(crate) group: &'a str,
    pub(crate) name: &'a str,
    pub(crate) passes: u64,
    pub(crate) fails: u64,
    pub(crate) span: &'a SpanRecord,
}

impl<'a> CheckRow<'a> {
    /// Every check of the plan in its order, also those that were never evaluated.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut rows = Vec::new();
        let Some(header) = &record.header.load else {
            return rows;
        };
        for (scenario_index, scenario) in header.scenarios.iter().enumerate() {
            for (step_index, step) in scenario.steps.iter().enumerate() {
                for (check_index, check) in step.checks.iter().enumerate() {
                    let here = |place: (u16, u16, u16)| {
                        (
                            usize::from(place.0),
                            usize::from(place.1),
                            usize::from(place.2),
                        ) == (scenario_index, step_index, check_index)
                    };
                    let counts = record.load.iter().flat_map(|load| &load.checks);
                    let (passes, fails) = counts
                        .filter(|((scenario, step, check, _), _)| here((*scenario, *step, *check)))
                        .fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1));
                    rows.push(Self {
                        scenario: &scenario.name,
                        method: &step.method,
                        endpoint: &step.endpoint,
                        group: &step.group,
                        name: &check.name,
                        passes,
                        fails,
                        span: &check.span,
                    });
                }
            }
        }
        rows
    }
}
