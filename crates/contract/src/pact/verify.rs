use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt;
use pact_models::generators::GeneratorTestMode;
use pact_models::interaction::Interaction as _;
use pact_models::pact::Pact as _;
use pact_models::v4::http_parts::{HttpRequest, HttpResponse};
use pact_models::v4::pact::V4Pact;
use pact_models::v4::synch_http::SynchronousHttp;
use rtest_core::event::{InteractionOutcome, InteractionResult};
use rtest_core::plan::ContractPlan;
use rtest_core::{Clock, Code, EventKind, EventSink, Span, nearest};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::compute::compute;
use crate::mismatch::explain;
use crate::pact::contract::{Contract, Document, Interaction, UnreadableContract, UnreadableKind};
use crate::pact::{request, source};
use crate::provider::{INTERACTION_TIMEOUT, Provider};
use crate::state;

/// What a verification needs beside its plan.
#[derive(Clone)]
pub struct VerifyContext {
    /// Where the provider is: `http://host:port[/base]`.
    pub provider_url: String,
    /// Where results go.
    pub events: Arc<dyn EventSink>,
    /// The run clock.
    pub clock: Arc<dyn Clock>,
    /// Ends the verification.
    pub cancel: CancellationToken,
}

/// How many interactions a verification had, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifySummary {
    /// Interactions whose every expectation was met.
    pub verified: usize,
    /// Interactions whose answer differs from the contract.
    pub mismatched: usize,
    /// Interactions that could not be tried, and contracts that could not be read or held nothing.
    pub failed: usize,
}

impl VerifySummary {
    /// Whether something was verified and nothing was wrong.
    pub fn passed(&self) -> bool {
        self.verified > 0 && self.mismatched == 0 && self.failed == 0
    }
}

/// Verifies every interaction of the plan's source that is about the plan's provider, one after
/// the other, in the order of files and within a file.
///
/// Emits [`EventKind::Interaction`] for each, and [`EventKind::ContractFailed`] for each file that
/// cannot be read and where there was nothing to verify. Each interaction has 10 s, its provider
/// states included.
///
/// # Cancellation
/// The interaction under way fails as interrupted, the ones after it are not begun. Dropping the
/// future stops between any two steps; a provider state that was set up stays.
pub async fn verify(plan: &ContractPlan, context: &VerifyContext) -> VerifySummary {
    let mut verification = Verification {
        plan,
        context,
        summary: VerifySummary::default(),
        seen: Seen::default(),
    };
    match Provider::new(&context.provider_url) {
        Ok(provider) => verification.run(&provider).await,
        Err(error) => verification.contract_failed(error.to_string(), &plan.span),
    }
    verification.summary
}

struct Verification<'a> {
    plan: &'a ContractPlan,
    context: &'a VerifyContext,
    summary: VerifySummary,
    seen: Seen,
}

/// What was in the source, for when nothing of it was verified.
#[derive(Debug, Default)]
struct Seen {
    files: usize,
    unreadable: usize,
    interactions: usize,
    /// Files for the provider that list no interactions.
    empty: Vec<String>,
    /// How many files there are for each other provider.
    others: BTreeMap<String, usize>,
}

impl Verification<'_> {
    async fn run(&mut self, provider: &Provider) {
        for path in self.find().await {
            if self.context.cancel.is_cancelled() {
                return;
            }
            self.seen.files += 1;
            match read(path, self.plan.provider.clone()).await {
                Ok(Read::Contract(contract)) => self.contract(*contract, provider).await,
                Ok(Read::OtherProvider(name)) => *self.seen.others.entry(name).or_default() += 1,
                Err(error) => {
                    self.seen.unreadable += 1;
                    let span = error.span.clone();
                    let span = span.unwrap_or_else(|| self.plan.span.clone());
                    self.contract_failed(error.to_string(), &span);
                }
            }
        }
        let seen = &self.seen;
        let all_unreadable = seen.unreadable > 0 && seen.unreadable == seen.files;
        if seen.interactions == 0 && !all_unreadable && !self.context.cancel.is_cancelled() {
            let message = nothing_verified(self.plan, seen);
            self.contract_failed(message, &self.plan.span.clone());
        }
    }

    async fn find(&mut self) -> Vec<PathBuf> {
        let root = self.plan.source.clone();
        let found = compute(move || source::files(&root)).await;
        let (file, error) = match found {
            Ok(Ok(files)) => return files,
            Ok(Err((path, error))) => (path, error),
            Err(panic) => (self.plan.source.clone(), std::io::Error::other(panic)),
        };
        let error = UnreadableContract {
            span: None,
            kind: UnreadableKind::Io {
                file: file.display().to_string(),
                error,
            },
        };
        self.seen.files += 1;
        self.seen.unreadable += 1;
        self.contract_failed(error.to_string(), &self.plan.span.clone());
        Vec::new()
    }

    async fn contract(&mut self, contract: Contract, provider: &Provider) {
        if contract.interactions.is_empty() {
            self.seen.empty.push(contract.text.file().to_string());
        }
        for interaction in &contract.interactions {
            let cancel = &self.context.cancel;
            if cancel.is_cancelled() {
                return;
            }
            self.seen.interactions += 1;
            let begun = self.context.clock.now();
            let outcome = tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    InteractionOutcome::Failed("interrupted before it was verified".to_owned())
                }
                outcome = try_one(interaction, &contract, self.plan, provider) => {
                    outcome.unwrap_or_else(InteractionOutcome::Failed)
                }
            };
            match &outcome {
                InteractionOutcome::Verified => self.summary.verified += 1,
                InteractionOutcome::Mismatched(_) => self.summary.mismatched += 1,
                InteractionOutcome::Failed(_) => self.summary.failed += 1,
            }
            let states = interaction.states.iter().map(|state| state.name.clone());
            let result = InteractionResult {
                source: contract.text.file().to_string(),
                consumer: contract.consumer.clone(),
                provider: contract.provider.clone(),
                description: interaction.description.clone(),
                states: states.collect(),
                request: interaction.request.clone(),
                outcome,
                took: self.context.clock.now() - begun,
                span: interaction.span.clone(),
            };
            let event = EventKind::Interaction(Box::new(result));
            self.context.events.emit(event);
        }
    }

    fn contract_failed(&mut self, message: String, span: &Span) {
        self.summary.failed += 1;
        self.context.events.emit(EventKind::ContractFailed {
            message,
            span: span.clone(),
        });
    }
}

enum Read {
    Contract(Box<Contract>),
    /// A pact for this other provider: not looked at any further.
    OtherProvider(String),
}

async fn read(path: PathBuf, provider: String) -> Result<Read, UnreadableContract> {
    let file = path.display().to_string();
    let shown: Arc<str> = file.as_str().into();
    let work = move || {
        let document = Document::read(&path, shown)?;
        match document.provider() {
            Some(name) if name != provider => Ok(Read::OtherProvider(name.to_owned())),
            _ => Ok(Read::Contract(Box::new(document.into_contract()?))),
        }
    };
    compute(work).await.unwrap_or_else(|words| {
        Err(UnreadableContract {
            span: None,
            kind: UnreadableKind::Panicked { file, words },
        })
    })
}

/// Sets up the states, sends the request, matches the answer.
///
/// # Errors
/// Why it could not be tried, in words.
async fn try_one(
    interaction: &Interaction,
    contract: &Contract,
    plan: &ContractPlan,
    provider: &Provider,
) -> Result<InteractionOutcome, String> {
    let http = match &interaction.http {
        Ok(http) => http,
        Err(why) => return Err(format!("cannot be verified: {why}")),
    };
    let deadline = Instant::now() + INTERACTION_TIMEOUT;
    let values = state::set_up(&interaction.states, &plan.states, provider, deadline)
        .await
        .map_err(|error| error.to_string())?;
    let request = if http.request.generators.is_empty() {
        request::build(&http.request, provider)?
    } else {
        request::build(&generate(http, values).await?, provider)?
    };
    let answer = provider
        .send(request, deadline)
        .await
        .map_err(|error| error.to_string())?;
    let answer = request::response(answer);
    let (found, answer) = timeout_at(deadline, match_answer(Arc::clone(http), answer))
        .await
        .map_err(|_| {
            let limit = INTERACTION_TIMEOUT.as_secs();
            format!("comparing the answer with the contract was not done within {limit}s")
        })??;
    if found.is_empty() {
        return Ok(InteractionOutcome::Verified);
    }
    let mismatches = explain(interaction, &contract.text, &http.response, &answer, &found);
    Ok(InteractionOutcome::Mismatched(mismatches))
}

/// The request with its generated values.
async fn generate(
    http: &Arc<SynchronousHttp>,
    values: BTreeMap<String, Value>,
) -> Result<HttpRequest, String> {
    let http = Arc::clone(http);
    let work = move || {
        let context: HashMap<&str, Value> = values
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let mode = GeneratorTestMode::Provider;
        pact_matching::generate_request(&http.request, &mode, &context).now_or_never()
    };
    match compute(work).await {
        Ok(Some(generated)) => Ok(generated),
        Ok(None) => Err("a value of the request can only be generated by a plugin".to_owned()),
        Err(panic) => Err(format!("the request could not be generated: {panic}")),
    }
}

/// What `pact_matching` finds to differ, and the answer given back.
async fn match_answer(
    http: Arc<SynchronousHttp>,
    answer: HttpResponse,
) -> Result<(Vec<pact_matching::Mismatch>, HttpResponse), String> {
    let work = move || {
        // Only plugins look at the pact and the interaction around the response.
        let (pact, around) = (
            V4Pact::default().boxed(),
            SynchronousHttp::default().boxed(),
        );
        let expected = http.response.clone();
        let found =
            pact_matching::match_response(expected, answer.clone(), &pact, &around).now_or_never();
        (found, answer)
    };
    match compute(work).await {
        Ok((Some(Ok(found)), answer)) => Ok((found, answer)),
        Ok((Some(Err(error)), _)) => Err(format!("the answer could not be matched: {error}")),
        Ok((None, _)) => Err("the answer can only be matched by a plugin".to_owned()),
        Err(panic) => Err(format!("the answer could not be matched: {panic}")),
    }
}

/// What was looked for, and what was there.
fn nothing_verified(plan: &ContractPlan, seen: &Seen) -> String {
    let wanted = &plan.provider;
    let mut there = Vec::new();
    if seen.files == 0 {
        there.push("there is no *.json file in it".to_owned());
    }
    for file in &seen.empty {
        there.push(format!("`{file}` is for it and lists no interactions"));
    }
    if !seen.others.is_empty() {
        let others: Vec<String> = seen
            .others
            .iter()
            .map(|(name, files)| format!("`{name}` ({files})"))
            .collect();
        there.push(format!("the pacts there are for {}", others.join(", ")));
    }
    if seen.unreadable > 0 {
        there.push(format!("files that cannot be read: {}", seen.unreadable));
    }
    let names = || seen.others.keys().map(String::as_str);
    let same = names().find(|name| name.to_lowercase() == wanted.to_lowercase());
    if let Some(name) = same {
        there.push(format!("`{name}` differs only in case: did you mean it?"));
    } else if let Some(name) = nearest(wanted, names()) {
        there.push(format!("did you mean `{name}`?"));
    }
    format!(
        "{}: {}: looked in {} for pacts of provider `{wanted}`; {}",
        Code::NothingVerified,
        Code::NothingVerified.title(),
        shown(&plan.source),
        there.join("; ")
    )
}

fn shown(source: &Path) -> String {
    format!("`{}`", source.display())
}
