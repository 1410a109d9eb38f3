use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use rtest_core::plan::{CasePlan, CasesPlan};
use rtest_core::{
    CaseResult, CaseStatus, ControlFuture, EventKind, LogMark, StepResult, Variables,
};

use crate::company::Company;
use crate::context::CaseContext;
use crate::http::Clients;
use crate::step::Bench;
use crate::telling::Telling;

/// Lines of each service's log that go with a case that failed.
const LOG_LINES: usize = 30;

/// What services print reaches their logs so soon.
const LOG_DELAY: Duration = Duration::from_millis(100);

/// What one attempt at a case came to.
struct Attempt {
    trouble: Option<String>,
    steps: Vec<StepResult>,
}

impl Attempt {
    fn held(&self) -> bool {
        self.trouble.is_none() && self.steps.iter().all(|step| step.held)
    }
}

/// The data that a case begins with.
enum Data {
    /// Is brought back before each attempt: nobody else runs.
    Own,
    /// Was brought back, or not, before the first of those that it runs beside.
    Shared(Result<(), String>),
}

/// Runs the cases: neighbours that may run beside each other at the same time, `jobs` at most, and
/// every other case alone. Each ends in an event, in the suite's order.
///
/// # Cancellation
/// The context's token ends it: the cases that run are given up, and say nothing.
pub fn run<'a>(plan: &'a CasesPlan, context: &'a CaseContext) -> ControlFuture<'a, ()> {
    Box::pin(run_all(plan, context))
}

async fn run_all(plan: &CasesPlan, context: &CaseContext) {
    if let Some(note) = in_turn_all_the_same(plan, context) {
        context.events.emit(EventKind::Note(note));
    }
    let runner = Runner {
        context,
        plan,
        idle: Mutex::default(),
        company: Company::default(),
    };
    let mut telling = Telling::new(context.events.as_ref());
    let all = async {
        let mut first = 0;
        for row in plan.cases.chunk_by(|a, b| a.concurrent && b.concurrent) {
            runner.row(first, row, &mut telling).await;
            first += row.len();
        }
    };
    context.cancel.run_until_cancelled(all).await;
    telling.close();
}

/// Why cases run one after the other though more at a time were asked for.
fn in_turn_all_the_same(plan: &CasesPlan, context: &CaseContext) -> Option<String> {
    let may = |pair: &[CasePlan]| pair.iter().all(|case| case.concurrent);
    if plan.jobs == 1 || plan.cases.len() < 2 || plan.cases.windows(2).any(may) {
        return None;
    }
    let jobs = plan.jobs;
    let reset = context.data.services();
    let why = match reset.as_slice() {
        [] => "no two neighbours are `concurrent`".to_owned(),
        names => format!(
            "the data of `{}` is brought back before each; neighbours with `concurrent: true` share one reset and run together",
            names.join("`, `")
        ),
    };
    Some(format!(
        "cases run one after the other, not {jobs} at a time: {why}"
    ))
}

struct Runner<'a> {
    context: &'a CaseContext,
    plan: &'a CasesPlan,
    /// The clients of no case that runs.
    idle: Mutex<Vec<Clients>>,
    company: Company,
}

impl Runner<'_> {
    /// Runs one case, or neighbours that may run beside each other.
    async fn row(&self, first: usize, row: &[CasePlan], telling: &mut Telling<'_>) {
        let data = match row {
            [_] => Data::Own,
            _ => Data::Shared(self.reset().await),
        };
        let begun = (first..).zip(row).map(|(index, case)| {
            let index = u32::try_from(index).expect("a suite has so few cases");
            self.case(index, case, &data)
        });
        let begun: Vec<_> = begun.collect();
        let mut running = stream::iter(begun).buffer_unordered(self.plan.jobs as usize);
        while let Some(result) = running.next().await {
            telling.ended(result);
        }
    }

    async fn case(&self, index: u32, case: &CasePlan, data: &Data) -> CaseResult {
        let begun = self.context.clock.now();
        let mark = self.context.logs.mark();
        self.company.enter(index);
        let mut clients = self.clients();
        let mut attempts = 1;
        let mut told = self.attempt(index, case, data, &mut clients).await;
        let mut held = told.held();
        while !held && attempts <= case.retries {
            attempts += 1;
            let again = self.attempt(index, case, data, &mut clients).await;
            held = again.held();
            // Of a flaky case, why it failed is what is to be looked at.
            if !held {
                told = again;
            }
        }
        self.give_back(clients);
        let status = match (held, attempts) {
            (true, 1) => CaseStatus::Passed,
            (true, _) => CaseStatus::Flaky,
            (false, _) => CaseStatus::Failed,
        };
        let logs = self.logs(status, &mark).await;
        let beside = self.company.leave(index);
        CaseResult {
            case: index,
            name: case.name.clone(),
            tags: case.tags.clone(),
            status,
            attempts,
            logs,
            beside: self.names(status, &beside),
            trouble: told.trouble,
            steps: told.steps,
            took: self.context.clock.now().since(begun),
            span: case.span.clone(),
        }
    }

    async fn attempt(
        &self,
        index: u32,
        case: &CasePlan,
        data: &Data,
        clients: &mut Clients,
    ) -> Attempt {
        clients.cookies.begin(case.cookies);
        let target = self.context.targets.get(index as usize);
        let mut bench = Bench {
            context: self.context,
            clients,
            target: target.and_then(Option::as_deref),
            update_snapshots: self.plan.update_snapshots,
            marks: Default::default(),
            variables: Variables::new(&self.context.variables),
        };
        let begun = async {
            match data {
                Data::Own => self.reset().await?,
                Data::Shared(reset) => reset.clone()?,
            }
            bench.mark_topics(&case.steps).await
        };
        let mut attempt = Attempt {
            trouble: begun.await.err(),
            steps: Vec::new(),
        };
        if attempt.trouble.is_some() {
            return attempt;
        }
        for step in &case.steps {
            attempt.steps.push(bench.take(step).await);
            if !attempt.held() {
                break;
            }
        }
        attempt
    }

    async fn reset(&self) -> Result<(), String> {
        for service in self.context.data.services() {
            let reset = self.context.data.reset(&service).await;
            reset.map_err(|why| format!("the data of `{service}` could not be reset: {why}"))?;
        }
        Ok(())
    }

    /// Clients that nobody else has.
    fn clients(&self) -> Clients {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_default()
    }

    fn give_back(&self, clients: Clients) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(clients);
    }

    /// What services have printed since, of a case that did not simply pass.
    async fn logs(&self, status: CaseStatus, mark: &LogMark) -> Vec<(String, Vec<String>)> {
        if status == CaseStatus::Passed {
            return Vec::new();
        }
        tokio::time::sleep(LOG_DELAY).await;
        self.context.logs.since(mark, LOG_LINES)
    }

    /// Who ran beside a case that did not simply pass.
    fn names(&self, status: CaseStatus, cases: &BTreeSet<u32>) -> Vec<String> {
        if status == CaseStatus::Passed {
            return Vec::new();
        }
        let names = cases.iter().map(|case| &self.plan.cases[*case as usize]);
        names.map(|case| case.name.clone()).collect()
    }
}
