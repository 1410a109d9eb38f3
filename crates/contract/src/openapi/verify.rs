//! Requests sent, answers held against the document, and what came of it told: for each operation
//! once for its valid and once for its invalid requests; under a fault for valid ones alone.

mod under_fault;

use std::sync::Arc;

use rtest_core::event::{InteractionOutcome, InteractionResult, Mismatch};
use rtest_core::plan::{ContractPlan, OpenApiCheck, OpenApiPlan};
use rtest_core::{Code, EventKind, RunTime, Span};
use tokio::time::Instant;

use crate::compute::compute;
use crate::openapi::cases::{self, BadExample, Source};
use crate::openapi::check::{self, Exchange, Finding};
use crate::openapi::contract::OpenApi;
use crate::openapi::coverage::Coverage;
use crate::openapi::document::UnreadableKind;
use crate::openapi::failures::{Failure, Failures};
use crate::openapi::operation::Operation;
use crate::openapi::request::{Case, Wire, curl};
use crate::openapi::select;
use crate::openapi::shrink;
use crate::provider::{Answer, INTERACTION_TIMEOUT, Provider};
use crate::verification::{VerifyContext, VerifySummary};

/// Most requests that are sent to find a smaller one that fails as well, for each failure.
const MOST_SHRINKS: usize = 40;

/// What stands in the place of a consumer: whoever reads the document.
const CONSUMER: &str = "OpenAPI";

/// Verifies that a provider keeps to its document: see [`verify`](crate::verify).
pub(crate) async fn verify(
    plan: &ContractPlan,
    openapi: &OpenApiPlan,
    context: &VerifyContext,
) -> VerifySummary {
    let mut verification = Verification {
        plan,
        openapi,
        context,
        summary: VerifySummary::default(),
    };
    // Requests carry the plan's headers themselves, for some are sent without.
    match Provider::new(&context.provider_url, &[], &plan.tls) {
        Ok(provider) => verification.run(&provider).await,
        Err(error) => verification.contract_failed(error.to_string(), &plan.span),
    }
    verification.summary
}

struct Verification<'a> {
    plan: &'a ContractPlan,
    openapi: &'a OpenApiPlan,
    context: &'a VerifyContext,
    summary: VerifySummary,
}

/// The requests of an operation.
struct Requests {
    valid: Vec<Case>,
    invalid: Vec<Case>,
    bad_examples: Vec<BadExample>,
}

impl Verification<'_> {
    async fn run(&mut self, provider: &Provider) {
        let Some(contract) = self.read().await else {
            return;
        };
        if let Some(why) = select::unmatched(&self.openapi.operations, &contract.operations) {
            let message = format!(
                "{}: {}: looked in `{}`; {why}",
                Code::NothingVerified,
                Code::NothingVerified.title(),
                contract.file()
            );
            self.contract_failed(message, &self.plan.span.clone());
            return;
        }
        if self.context.under.is_none() {
            let operations = contract.operations.iter();
            let wanted = operations.filter(|one| select::wants(&self.openapi.operations, one));
            for sentence in contract.passed_over(wanted) {
                self.context.events.emit(EventKind::Note(sentence));
            }
        }
        for index in order(&contract.operations) {
            if self.context.cancel.is_cancelled() || self.context.ends_with(provider) {
                break;
            }
            if select::wants(&self.openapi.operations, &contract.operations[index]) {
                self.operation(&contract, index, provider).await;
            }
        }
        self.summary.unreachable = provider.unreachable().map(str::to_owned);
    }

    async fn read(&mut self) -> Option<Arc<OpenApi>> {
        let path = self.openapi.document.clone();
        let file = path.display().to_string();
        let read = compute(move || OpenApi::read(&path)).await;
        let read =
            read.unwrap_or_else(|words| Err(UnreadableKind::Panicked { file, words }.nowhere()));
        match read {
            Ok(contract) => Some(Arc::new(contract)),
            Err(error) => {
                let span = error.span.clone().unwrap_or_else(|| self.plan.span.clone());
                self.contract_failed(error.to_string(), &span);
                None
            }
        }
    }

    async fn operation(&mut self, contract: &Arc<OpenApi>, index: usize, provider: &Provider) {
        let operation = &contract.operations[index];
        let begun = self.context.clock.now();
        if let Some(why) = &operation.obstacle {
            let outcome = InteractionOutcome::Unsupported(why.clone());
            self.tell(contract, operation, "requests", outcome, begun);
            return;
        }
        let requests = match self.requests(contract, index).await {
            Ok(requests) => requests,
            Err(why) => {
                let outcome = InteractionOutcome::Failed(why);
                self.tell(contract, operation, "requests", outcome, begun);
                return;
            }
        };
        let under_fault = self.context.under.is_some();
        let mut all = vec![("valid requests", requests.valid)];
        if !under_fault {
            self.note(contract, &requests.bad_examples);
            all.push(("invalid requests", requests.invalid));
        }
        let mut coverage = Coverage::default();
        for (description, cases) in all {
            if cases.is_empty() {
                continue;
            }
            let begun = self.context.clock.now();
            let sending = Sending {
                contract,
                index,
                provider,
                plan: self.plan,
                openapi: self.openapi,
                url: &self.context.provider_url,
            };
            let sent = async {
                match under_fault {
                    true => sending.under_fault(cases).await,
                    false => sending.all(cases, &mut coverage).await,
                }
            };
            let outcome = tokio::select! {
                biased;
                () = self.context.cancel.cancelled() => {
                    InteractionOutcome::Failed("interrupted before it was verified".to_owned())
                }
                outcome = sent => outcome,
            };
            self.tell(contract, operation, description, outcome, begun);
        }
        if under_fault {
            return;
        }
        let told = coverage.told(contract, operation, &self.plan.provider);
        let event = EventKind::Coverage(Box::new(told));
        self.context.events.emit(event);
    }

    async fn requests(&self, contract: &Arc<OpenApi>, index: usize) -> Result<Requests, String> {
        let contract = Arc::clone(contract);
        let (seed, most) = (self.context.seed, self.openapi.examples.max(1) as usize);
        let given = self.plan.headers.clone();
        let work = move || {
            let source = Source {
                operation: &contract.operations[index],
                schemas: &contract.requests,
                seed,
                most,
                given: &given,
            };
            let (mut valid, bad_examples) = cases::valid(&source)?;
            let base = valid[0].clone();
            valid.extend(cases::unknown(&source));
            let mut invalid = cases::invalid(&source, &base);
            invalid.extend(cases::missing_headers(&source, &base));
            invalid.extend(cases::no_credentials(&source, &base));
            invalid.extend(cases::unsupported_methods(
                &source,
                &base,
                &contract.operations,
            ));
            Ok(Requests {
                valid,
                invalid,
                bad_examples,
            })
        };
        let made = compute(work).await;
        made.unwrap_or_else(|words| Err(format!("making requests gave up: {words}")))
    }

    fn note(&self, contract: &OpenApi, bad_examples: &[BadExample]) {
        for example in bad_examples {
            let span = contract.span(&example.at);
            let text = format!(
                "{span}: this example is not valid and was not sent: {}",
                example.why
            );
            self.context.events.emit(EventKind::Note(text));
        }
    }

    fn tell(
        &mut self,
        contract: &OpenApi,
        operation: &Operation,
        description: &str,
        outcome: InteractionOutcome,
        begun: RunTime,
    ) {
        self.summary.count(&outcome, false);
        let result = InteractionResult {
            source: contract.file().to_owned(),
            consumer: CONSUMER.to_owned(),
            provider: self.plan.provider.clone(),
            description: format!("{}: {description}", operation.name()),
            states: Vec::new(),
            request: operation.name(),
            pending: false,
            under: self.context.under.clone(),
            outcome,
            took: self.context.clock.now() - begun,
            span: contract.span(&operation.at),
        };
        let event = EventKind::Interaction(Box::new(result));
        self.context.events.emit(event);
    }

    fn contract_failed(&mut self, message: String, span: &Span) {
        self.summary.failed += 1;
        self.context.events.emit(EventKind::ContractFailed {
            message,
            span: span.clone(),
        });
    }
}

/// What makes comes before what reads, and what removes last; else as in the document.
fn order(operations: &[Operation]) -> Vec<usize> {
    let rank = |operation: &Operation| match operation.method.as_str() {
        "POST" => 0,
        "DELETE" => 2,
        _ => 1,
    };
    let mut order: Vec<usize> = (0..operations.len()).collect();
    order.sort_by_key(|index| rank(&operations[*index]));
    order
}

/// Requests of one operation on their way.
struct Sending<'a> {
    contract: &'a Arc<OpenApi>,
    index: usize,
    provider: &'a Provider,
    plan: &'a ContractPlan,
    openapi: &'a OpenApiPlan,
    url: &'a str,
}

impl Sending<'_> {
    fn operation(&self) -> &Operation {
        &self.contract.operations[self.index]
    }

    /// Sends every case, one after the other, and makes each failure as small as it goes. The
    /// first that is not answered is the last that is sent.
    async fn all(&self, cases: Vec<Case>, coverage: &mut Coverage) -> InteractionOutcome {
        let mut failures = Failures::default();
        let mut unanswered = None;
        for (sent, case) in cases.into_iter().enumerate() {
            let (wire, answer, findings) = match self.one(&case).await {
                Ok(done) => done,
                Err(why) if sent == 0 => return InteractionOutcome::Failed(why),
                Err(why) => {
                    unanswered = Some(self.unanswered(&case, why));
                    break;
                }
            };
            if case.is_declared() {
                coverage.count(self.operation(), answer.status);
            }
            for (check, finding) in findings {
                failures.add(check, finding, &case, &wire, &answer);
            }
        }
        let mut mismatches = Vec::new();
        for failure in failures.told {
            mismatches.push(self.mismatch(self.shrunk(failure).await));
        }
        mismatches.extend(unanswered);
        if let (1.., Some(last)) = (failures.beyond, mismatches.last_mut()) {
            let beyond = format!("; {} more findings are not listed", failures.beyond);
            last.message.push_str(&beyond);
        }
        match mismatches.is_empty() {
            true => InteractionOutcome::Verified,
            false => InteractionOutcome::Mismatched(mismatches),
        }
    }

    /// Sends a case, and holds its answer against every check.
    async fn one(&self, case: &Case) -> Result<Exchanged, String> {
        let wire = self.wire(case);
        let request = wire.request(self.provider)?;
        let deadline = Instant::now() + INTERACTION_TIMEOUT;
        let answer = self.provider.send(request, deadline).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let contract = Arc::clone(self.contract);
        let (index, checks) = (self.index, self.openapi.checks.clone());
        let (intent, method) = (case.intent.clone(), wire.method.clone());
        let work = move || {
            let exchange = Exchange {
                operation: &contract.operations[index],
                intent: &intent,
                method: &method,
                answer: &answer,
                schemas: &contract.answers,
            };
            let found = checks.iter().flat_map(|check| {
                let findings = check::run(*check, &exchange).into_iter();
                findings.map(|finding| (*check, finding))
            });
            let found: Vec<_> = found.collect();
            (answer, found)
        };
        let checked = compute(work).await;
        let (answer, findings) =
            checked.map_err(|words| format!("the answer could not be checked: {words}"))?;
        Ok((wire, answer, findings))
    }

    fn wire(&self, case: &Case) -> Wire {
        let base = match self.has_own_path() {
            true => "",
            false => &self.contract.base,
        };
        case.wire(self.operation(), base, &self.plan.headers)
    }

    /// A request after which there was no answer, as there was after those before it.
    fn unanswered(&self, case: &Case, why: String) -> Mismatch {
        let wire = self.wire(case);
        Mismatch {
            location: "answer".to_owned(),
            message: format!("`{}` was not answered; no more were sent", wire.line()),
            expected: "an answer".to_owned(),
            actual: why,
            reproduce: Some(self.command(&wire)),
            span: self.contract.span(&self.operation().at),
        }
    }

    /// The request as a command, without what is secret.
    fn command(&self, wire: &Wire) -> String {
        let url = self.url.trim_end_matches('/');
        curl(wire, url, &self.contract.credentials())
    }

    /// Whether the provider's address has a path of its own, which then is the base of all.
    fn has_own_path(&self) -> bool {
        let after_scheme = self
            .url
            .split_once("://")
            .map_or(self.url, |(_, rest)| rest);
        after_scheme.trim_end_matches('/').contains('/')
    }

    /// The failure by the smallest request that was found to fail as it does.
    async fn shrunk(&self, mut failure: Failure) -> Failure {
        let mut tries = MOST_SHRINKS;
        'smaller: while tries > 0 {
            for case in shrink::smaller(&failure.case, self.operation(), &self.contract.requests) {
                if tries == 0 {
                    break;
                }
                tries -= 1;
                let Ok((wire, answer, findings)) = self.one(&case).await else {
                    return failure;
                };
                let same = findings
                    .into_iter()
                    .find(|(check, finding)| failure.is_same(*check, finding));
                if let Some((_, finding)) = same {
                    failure.replace(finding, case, wire, &answer);
                    continue 'smaller;
                }
            }
            break;
        }
        failure
    }

    fn mismatch(&self, failure: Failure) -> Mismatch {
        let Failure {
            check,
            finding,
            wire,
            answered,
            others,
            ..
        } = failure;
        let more = match others {
            0 => String::new(),
            1 => "; so did 1 more request".to_owned(),
            count => format!("; so did {count} more requests"),
        };
        Mismatch {
            location: format!("{check} {}", finding.location),
            message: format!("{}; `{}`{more}", finding.message, wire.line()),
            expected: finding.expected,
            actual: match answered.contains(&finding.actual) {
                true => answered,
                false => format!("{}, answered {answered}", finding.actual),
            },
            reproduce: Some(self.command(&wire)),
            span: self.contract.span(&finding.at),
        }
    }
}

/// What was sent, what came, and what is wrong with it.
type Exchanged = (Wire, Answer, Vec<(OpenApiCheck, Finding)>);
