use std::time::Duration;

use rtest_core::plan::{CasePlan, CasesPlan};
use rtest_core::{CaseResult, CaseStatus, ControlFuture, EventKind, LogMark, StepResult};

use crate::context::CaseContext;
use crate::http::Clients;
use crate::step::Bench;
use rtest_core::Variables;

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

/// Runs the cases, one after the other; each ends in an event.
///
/// # Cancellation
/// The context's token ends it: the case that runs is given up, and says nothing.
pub fn run<'a>(plan: &'a CasesPlan, context: &'a CaseContext) -> ControlFuture<'a, ()> {
    Box::pin(run_all(plan, context))
}

async fn run_all(plan: &CasesPlan, context: &CaseContext) {
    let runner = Runner {
        context,
        clients: Clients::default(),
        update_snapshots: plan.update_snapshots,
    };
    for (index, case) in (0_u32..).zip(&plan.cases) {
        let ran = context.cancel.run_until_cancelled(runner.case(index, case));
        let Some(result) = ran.await else { return };
        if result.status == CaseStatus::Flaky {
            context.events.emit(EventKind::Note(format!(
                "case `{}` is flaky: it passed at attempt {}",
                result.name, result.attempts
            )));
        }
        context.events.emit(EventKind::Case(Box::new(result)));
    }
}

struct Runner<'a> {
    context: &'a CaseContext,
    clients: Clients,
    update_snapshots: bool,
}

impl Runner<'_> {
    async fn case(&self, index: u32, case: &CasePlan) -> CaseResult {
        let begun = self.context.clock.now();
        let mark = self.context.logs.mark();
        let mut attempts = 1;
        let mut told = self.attempt(index, case).await;
        let mut held = told.held();
        while !held && attempts <= case.retries {
            attempts += 1;
            let again = self.attempt(index, case).await;
            held = again.held();
            // Of a flaky case, why it failed is what is to be looked at.
            if !held {
                told = again;
            }
        }
        let status = match (held, attempts) {
            (true, 1) => CaseStatus::Passed,
            (true, _) => CaseStatus::Flaky,
            (false, _) => CaseStatus::Failed,
        };
        CaseResult {
            case: index,
            name: case.name.clone(),
            tags: case.tags.clone(),
            status,
            attempts,
            logs: self.logs(status, &mark).await,
            trouble: told.trouble,
            steps: told.steps,
            took: self.context.clock.now().since(begun),
            span: case.span.clone(),
        }
    }

    async fn attempt(&self, index: u32, case: &CasePlan) -> Attempt {
        self.clients.cookies.begin(case.cookies);
        let target = self.context.targets.get(index as usize);
        let mut bench = Bench {
            context: self.context,
            clients: &self.clients,
            target: target.and_then(Option::as_deref),
            update_snapshots: self.update_snapshots,
            marks: Default::default(),
            variables: Variables::new(&self.context.variables),
        };
        let begun = async {
            self.reset().await?;
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

    /// What services have printed since, of a case that did not simply pass.
    async fn logs(&self, status: CaseStatus, mark: &LogMark) -> Vec<(String, Vec<String>)> {
        if status == CaseStatus::Passed {
            return Vec::new();
        }
        tokio::time::sleep(LOG_DELAY).await;
        self.context.logs.since(mark, LOG_LINES)
    }
}
