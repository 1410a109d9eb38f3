//! Interactions tried one after the other, or side by side where nothing keeps them apart.

mod attempt;
mod brokered;
mod seen;
mod select;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::ready;
use futures_util::stream::{self, Stream, StreamExt as _};
use rtest_core::event::{InteractionOutcome, InteractionResult};
use rtest_core::plan::{
    ContractKind, ContractPlan, ContractSource, InteractionSelect, PactPlan, SpringPlan,
    StatesPlace, StatesPlan,
};
use rtest_core::{Clock, DataControl, EventKind, EventSink, Seed, Span};
use tokio_util::sync::CancellationToken;

use crate::compute::compute;
use crate::interaction::{Contract, Interaction};
use crate::openapi::{self, marker};
use crate::pact::Pacts;
use crate::provider::Provider;
use crate::source::broker::BrokeredPact;
use crate::source::{self, Document};
use crate::spring::SpringContracts;
use crate::state::States;
use crate::unreadable::{UnreadableContract, UnreadableKind};
use attempt::attempt;
use brokered::Brokered;
use seen::{Seen, Sight};
use select::Selection;

/// What a verification needs beside its plan.
#[derive(Clone)]
pub struct VerifyContext {
    /// Where the provider is: `http://host:port[/base]`.
    pub provider_url: String,
    /// Where results go.
    pub events: Arc<dyn EventSink>,
    /// The run clock.
    pub clock: Arc<dyn Clock>,
    /// The run's seed: what is drawn of it is sent to the provider.
    pub seed: Seed,
    /// Ends the verification.
    pub cancel: CancellationToken,
    /// What brings the data of services back: before the first interaction that has provider
    /// states it is settled, and after each of them brought back.
    pub data: Arc<dyn DataControl>,
    /// `{{ SERVICE.url }}` and its like, for provider states.
    pub variables: BTreeMap<String, String>,
    /// What is broken meanwhile, in words: then answers may be those that the plan says an
    /// interaction may degrade to.
    pub under: Option<String>,
    /// Whether a broker is told what came of it, where the plan says so.
    pub publish: bool,
    /// Which verification of the run it is, in words; empty for the first. What pacts want generated
    /// is drawn anew in each: a provider may take an identifier once.
    pub pass: String,
}

impl VerifyContext {
    /// Whether a verification ends for want of anybody to ask.
    pub(crate) fn ends_with(&self, provider: &Provider) -> bool {
        self.under.is_none() && provider.unreachable().is_some()
    }

    /// What an interaction draws the values from that it wants generated: the same whatever else is
    /// verified.
    fn stream(&self, contract: &Contract, interaction: &Interaction) -> rtest_core::Stream {
        let (source, description) = (&contract.source, &interaction.description);
        let label = format!("contract/{}/{source}/{description}", self.pass);
        self.seed.stream(&label)
    }
}

/// How many interactions a verification had, by how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifySummary {
    /// Interactions whose every expectation was met.
    pub verified: usize,
    /// Interactions that were answered as was declared for the fault.
    pub degraded: usize,
    /// Interactions whose answer differs from the contract.
    pub mismatched: usize,
    /// Interactions that could not be tried, and contracts that could not be read or held nothing.
    pub failed: usize,
    /// Interactions of a kind that cannot be verified.
    pub unsupported: usize,
    /// Interactions that were not to be tried.
    pub skipped: usize,
    /// Pending interactions that are not verified, whatever came of them.
    pub pending: usize,
    /// Why nobody can be reached at the provider's address. Interactions after the first that found
    /// out were not tried, but under a fault.
    pub unreachable: Option<String>,
}

impl VerifySummary {
    /// Whether something was verified and nothing was wrong.
    pub fn passed(&self) -> bool {
        self.verified + self.degraded > 0 && self.mismatched + self.failed + self.unsupported == 0
    }

    pub(crate) fn count(&mut self, outcome: &InteractionOutcome, pending: bool) {
        *match outcome {
            InteractionOutcome::Verified => &mut self.verified,
            InteractionOutcome::Degraded(_) => &mut self.degraded,
            InteractionOutcome::Skipped(_) => &mut self.skipped,
            _ if pending => &mut self.pending,
            InteractionOutcome::Mismatched(_) => &mut self.mismatched,
            InteractionOutcome::Failed(_) => &mut self.failed,
            InteractionOutcome::Unsupported(_) => &mut self.unsupported,
        } += 1;
    }
}

/// A way to write contracts down.
pub(crate) trait Format: Send + Sync + 'static {
    /// What its files are called: `pacts`.
    fn noun(&self) -> &'static str;

    /// The extensions of its files.
    fn extensions(&self) -> &'static [&'static str];

    /// Reads a contract; `shown` is where it comes from as the user is told it.
    ///
    /// # Errors
    /// It is not of this format. An interaction that is malformed does not fail the contract: it
    /// is one that cannot be tried.
    fn read(&self, bytes: Vec<u8>, shown: Arc<str>) -> Result<Read, UnreadableContract>;
}

/// What was read.
pub(crate) enum Read {
    Contract(Contract),
    /// A contract for this other provider: not looked at any further.
    OtherProvider(String),
}

/// What is verified, of whatever format.
pub(crate) struct Scope<'a> {
    pub(crate) format: Arc<dyn Format>,
    pub(crate) source: &'a ContractSource,
    pub(crate) select: &'a InteractionSelect,
    pub(crate) states: &'a StatesPlan,
    pub(crate) jobs: usize,
}

/// Of contracts that know no provider states.
static NO_STATES: StatesPlan = StatesPlan {
    handlers: Vec::new(),
    change: None,
    place: StatesPlace::Entry,
};

impl<'a> Scope<'a> {
    fn pacts(plan: &'a ContractPlan, pact: &'a PactPlan) -> Self {
        Self {
            format: Arc::new(Pacts {
                provider: Some(plan.provider.clone()),
                messages: pact.messages.clone(),
            }),
            source: &pact.source,
            select: &pact.select,
            states: &pact.states,
            jobs: pact.jobs,
        }
    }

    fn spring_cloud_contract(plan: &'a ContractPlan, spring: &'a SpringPlan) -> Self {
        Self {
            format: Arc::new(SpringContracts::new(&plan.provider, &spring.source)),
            source: &spring.source,
            select: &spring.select,
            states: &NO_STATES,
            jobs: spring.jobs,
        }
    }
}

/// Verifies what the plan selects of the contracts that are about its provider, in the order of
/// files and within a file.
///
/// Emits [`EventKind::Interaction`] for each, and [`EventKind::ContractFailed`] for each contract
/// that cannot be read, where there was nothing to verify, and for each pact whose results a broker
/// did not take. Each interaction has 10 s, its provider states included.
///
/// # Cancellation
/// Interactions under way fail as interrupted, the ones after them are not begun, and no results
/// are published. Nor are they where nobody can be reached. Dropping the
/// future stops between any two steps; a provider state that was set up stays.
pub async fn verify(plan: &ContractPlan, context: &VerifyContext) -> VerifySummary {
    let scope = match &plan.kind {
        ContractKind::Pact(pact) => Scope::pacts(plan, pact),
        ContractKind::SpringCloudContract(spring) => Scope::spring_cloud_contract(plan, spring),
        ContractKind::OpenApi(openapi) => return openapi::verify(plan, openapi, context).await,
    };
    let mut verification = Verification {
        plan,
        scope,
        context,
        summary: VerifySummary::default(),
        seen: Seen::default(),
        brokered: Brokered::default(),
    };
    let provider = Provider::new(&context.provider_url, &plan.headers, &plan.tls);
    let selection = Selection::new(verification.scope.select);
    match (provider, selection) {
        (Ok(provider), Ok(selection)) => verification.run(&provider, &selection).await,
        (Err(error), _) => verification.contract_failed(error.to_string(), &plan.span),
        (_, Err(why)) => verification.contract_failed(why, &plan.span),
    }
    verification.summary
}

struct Verification<'a> {
    plan: &'a ContractPlan,
    scope: Scope<'a>,
    context: &'a VerifyContext,
    summary: VerifySummary,
    seen: Seen,
    brokered: Brokered,
}

/// A piece of work, in the order in which results are told.
enum Turn {
    Sight(Sight),
    /// The pact of a broker: what follows is of it.
    Begin(Arc<BrokeredPact>, Arc<Contract>),
    Try(Arc<Contract>, usize),
}

/// What came of it.
enum Done {
    Sight(Sight),
    Begun(Arc<BrokeredPact>, Arc<Contract>),
    Tried(Arc<Contract>, usize, InteractionOutcome, Duration),
}

impl Verification<'_> {
    async fn run(&mut self, provider: &Provider, selection: &Selection) {
        let found = source::find(self.scope.source, self.scope.format.extensions());
        let documents = match self.context.cancel.run_until_cancelled(found).await {
            None => return,
            Some(Ok(documents)) => documents,
            Some(Err(error)) => {
                let span = error.span.as_ref().unwrap_or(&self.plan.span).clone();
                self.contract_failed(error.to_string(), &span);
                return;
            }
        };
        let states = States::new(self.scope.states, self.context, provider);
        let context = self.context;
        let turns = turns(documents, Arc::clone(&self.scope.format), &context.cancel)
            .take_while(|_| ready(!context.cancel.is_cancelled() && !context.ends_with(provider)));
        let declared = self.plan.degrades_to.as_ref();
        let declared = declared.filter(|_| context.under.is_some());
        let done = turns.map(|turn| async {
            let (contract, index) = match turn {
                Turn::Sight(sight) => return Done::Sight(sight),
                Turn::Begin(pact, contract) => return Done::Begun(pact, contract),
                Turn::Try(contract, index) => (contract, index),
            };
            let interaction = &contract.interactions[index];
            if !selection.has(&contract, interaction) {
                return Done::Sight(Sight::passed_over(&contract, interaction));
            }
            let begun = context.clock.now();
            let rng = context.stream(&contract, interaction);
            let outcome = tokio::select! {
                biased;
                () = context.cancel.cancelled() => {
                    InteractionOutcome::Failed("interrupted before it was verified".to_owned())
                }
                outcome = attempt(&contract, interaction, &states, provider, declared, rng) => outcome,
            };
            Done::Tried(contract, index, outcome, context.clock.now() - begun)
        });
        let mut done = std::pin::pin!(done.buffered(self.scope.jobs.max(1)));
        while let Some(done) = done.next().await {
            self.take(done);
        }
        self.summary.unreachable = provider.unreachable().map(str::to_owned);
        if context.cancel.is_cancelled() || context.ends_with(provider) {
            return;
        }
        if let Some(message) = self.seen.nothing(self.plan, &self.scope, &self.summary) {
            self.contract_failed(message, &self.plan.span.clone());
        }
        self.conclude().await;
    }

    /// Tells a broker what came of its pacts, and what it has to say to that.
    async fn conclude(&mut self) {
        let brokered = std::mem::take(&mut self.brokered);
        let (scope, context) = (&self.scope, self.context);
        let concluded = brokered.conclude(scope.source, scope.select, context);
        let failed = context.cancel.run_until_cancelled(concluded).await;
        for message in failed.into_iter().flatten() {
            self.contract_failed(message, &self.plan.span.clone());
        }
    }

    fn take(&mut self, done: Done) {
        match done {
            Done::Sight(sight) => {
                match &sight {
                    Sight::Unreadable(error) => {
                        let span = error.span.as_ref().unwrap_or(&self.plan.span);
                        self.contract_failed(error.to_string(), &span.clone());
                    }
                    Sight::UnreadablePending(error) => {
                        let note = format!("a pending pact was passed over: {error}");
                        self.context.events.emit(EventKind::Note(note));
                    }
                    _ => {}
                }
                self.seen.add(sight);
            }
            Done::Begun(pact, contract) => {
                self.brokered.begin(pact, &contract, self.context);
            }
            Done::Tried(contract, index, outcome, took) => {
                let interaction = &contract.interactions[index];
                self.summary.count(&outcome, interaction.pending);
                self.brokered.add(interaction, &outcome);
                let mut result = result(&contract, interaction, outcome, took);
                result.under = self.context.under.clone();
                let event = EventKind::Interaction(Box::new(result));
                self.context.events.emit(event);
            }
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

fn result(
    contract: &Contract,
    interaction: &Interaction,
    outcome: InteractionOutcome,
    took: Duration,
) -> InteractionResult {
    let states = interaction.states.iter().map(|state| state.name.clone());
    InteractionResult {
        source: contract.source.to_string(),
        consumer: contract.consumer.clone(),
        provider: contract.provider.clone(),
        description: interaction.description.clone(),
        states: states.collect(),
        request: interaction.request.clone(),
        pending: interaction.pending,
        under: None,
        outcome,
        took,
        span: interaction.span.clone(),
    }
}

/// Reads one contract after the other, each followed by its interactions; none once cancelled.
fn turns(
    documents: Vec<Document>,
    format: Arc<dyn Format>,
    cancel: &CancellationToken,
) -> impl Stream<Item = Turn> {
    let contracts = stream::iter(documents).filter_map(move |document| {
        let format = Arc::clone(&format);
        async move {
            let (shown, pact) = (document.shown(), document.brokered());
            let read = read(document, Arc::clone(&shown), format);
            let read = cancel.run_until_cancelled(read).await?;
            Some((shown, pact, read))
        }
    });
    contracts.flat_map(|(shown, pact, read)| {
        let turns = match read {
            Err(error) => vec![Turn::Sight(unreadable(error, pact.as_deref()))],
            Ok(Read::OtherProvider(name)) => vec![Turn::Sight(Sight::OtherProvider(name))],
            Ok(Read::Contract(contract)) if contract.interactions.is_empty() => {
                vec![Turn::Sight(Sight::Empty(shown))]
            }
            Ok(Read::Contract(contract)) => of_contract(contract, pact),
        };
        stream::iter(turns)
    })
}

/// What is no contract fails nothing where the broker says that its pact is pending; what could not
/// even be fetched does.
fn unreadable(error: UnreadableContract, pact: Option<&BrokeredPact>) -> Sight {
    let is_fetched = !matches!(error.kind, UnreadableKind::Broker(_));
    if is_fetched && pact.is_some_and(|pact| pact.pending) {
        Sight::UnreadablePending(error)
    } else {
        Sight::Unreadable(error)
    }
}

/// The interactions of a contract; those of a pending pact are pending.
fn of_contract(mut contract: Contract, pact: Option<Arc<BrokeredPact>>) -> Vec<Turn> {
    if pact.as_ref().is_some_and(|pact| pact.pending) {
        for interaction in &mut contract.interactions {
            interaction.pending = true;
        }
    }
    let contract = Arc::new(contract);
    let begin = pact.map(|pact| Turn::Begin(pact, Arc::clone(&contract)));
    let all = 0..contract.interactions.len();
    let all = all.map(|index| Turn::Try(Arc::clone(&contract), index));
    begin.into_iter().chain(all).collect()
}

/// Reads a contract; `shown` is where it comes from as the user is told it.
///
/// # Errors
/// It cannot be had, is not of the format, or the crates that read it gave up on it.
pub(crate) async fn read(
    document: Document,
    shown: Arc<str>,
    format: Arc<dyn Format>,
) -> Result<Read, UnreadableContract> {
    let file = shown.to_string();
    let bytes = document.bytes().await?;
    if let Some(marker) = marker(&bytes, &shown) {
        return Err(UnreadableContract {
            span: Some(marker),
            kind: UnreadableKind::OpenApi,
        });
    }
    let work = move || format.read(bytes, shown);
    compute(work).await.unwrap_or_else(|words| {
        Err(UnreadableContract {
            span: None,
            kind: UnreadableKind::Panicked { file, words },
        })
    })
}
