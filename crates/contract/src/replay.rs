//! Interactions as load: each a request that is sent again and again, with its judge.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Request;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rtest_core::event::Mismatch;
use rtest_core::expectation;
use rtest_core::plan::{
    AnswerJudge, Body, ContractSource, ContractStep, InteractionPlan, RequestStep, Step, StepKind,
    TlsPlan,
};
use rtest_core::{Code, Diagnostic, Seed, Span, Stream, Template};

use crate::compute::words;
use crate::interaction::{Contract, Exchange, Interaction, Obstacle};
use crate::pact::Pacts;
use crate::provider::{Answer, Provider};
use crate::source;
use crate::unreadable::UnreadableContract;
use crate::verification::{Format as _, Read, read};

/// The interactions of contracts, as a load sends them.
#[derive(Debug)]
pub struct Replay {
    /// A request for each, in the order of the files and within a file. At least one.
    pub steps: Vec<Step>,
    /// Those that are not sent, each in a sentence that names it and says why.
    pub left_out: Vec<String>,
}

/// Reads what a step of a flow sends; `span` is its entry in the suite.
///
/// Values that contracts leave to generators are drawn from the seed now, once for the whole load.
///
/// # Errors
/// A contract cannot be read, or there is nothing that can be sent.
pub async fn replay(step: &ContractStep, span: &Span, seed: Seed) -> Result<Replay, Diagnostic> {
    let format = Arc::new(Pacts {
        provider: Some(step.provider.clone()),
        // Nobody is asked for messages.
        messages: "/".to_owned(),
    });
    let source = ContractSource::Path(step.source.clone());
    let unreadable = |error: UnreadableContract| {
        let diagnostic = Diagnostic::new(Code::UnreadableContract, error.kind.to_string());
        diagnostic.at(error.span.as_ref().unwrap_or(span))
    };
    let found = source::find(&source, format.extensions()).await;
    let provider = Provider::new(ANYWHERE, &[], &TlsPlan::default());
    let provider = provider.expect("an address, and a client without certificates of its own");
    let mut replay = Replay {
        steps: Vec::new(),
        left_out: Vec::new(),
    };
    let mut others = BTreeSet::new();
    let mut wants_states = false;
    for document in found.map_err(unreadable)? {
        let shown = document.shown();
        let contract = read(document, shown, format.clone()).await;
        match contract.map_err(unreadable)? {
            Read::OtherProvider(name) => {
                others.insert(name);
            }
            Read::Contract(contract) => {
                for interaction in &contract.interactions {
                    wants_states |= !interaction.states.is_empty() && !step.states_as_they_are;
                    let (source, description) = (&contract.source, &interaction.description);
                    let rng = seed.stream(&format!("contract/load/{source}/{description}"));
                    let request = request(step, interaction, rng, &provider).await;
                    replay.add(step, span, &contract, interaction, request);
                }
            }
        }
    }
    if !replay.steps.is_empty() {
        return Ok(replay);
    }
    let nothing = nothing(step, span, &replay.left_out, &others);
    Err(match wants_states {
        true => nothing.hint("where the provider is in these states, say `states: as-they-are`"),
        false => nothing,
    })
}

/// Requests are sent to the load's target: what stands before their paths is not used.
const ANYWHERE: &str = "http://provider";

/// The request of an interaction, and what judges its answer.
///
/// # Errors
/// Why it is not sent.
async fn request(
    step: &ContractStep,
    interaction: &Interaction,
    rng: Stream,
    provider: &Provider,
) -> Result<(Request, Arc<dyn Exchange>), String> {
    let exchange = match &interaction.exchange {
        Ok(exchange) if exchange.is_request() => exchange,
        Ok(_) => return Err("it is a message, and a load sends requests".to_owned()),
        Err(Obstacle::Skipped(why) | Obstacle::Unsupported(why) | Obstacle::Broken(why)) => {
            return Err(why.clone());
        }
    };
    if let [state, ..] = interaction.states.as_slice()
        && !step.states_as_they_are
    {
        return Err(format!(
            "it needs the provider state `{}`, and a load sets up none",
            state.name
        ));
    }
    let request = exchange.request(BTreeMap::new(), rng, provider).await?;
    Ok((request, Arc::clone(exchange)))
}

impl Replay {
    fn add(
        &mut self,
        step: &ContractStep,
        span: &Span,
        contract: &Contract,
        interaction: &Interaction,
        request: Result<(Request, Arc<dyn Exchange>), String>,
    ) {
        let (request, exchange) = match request {
            Ok(request) => request,
            Err(why) => {
                self.left_out.push(format!(
                    "`{}` of `{}` is not sent as load: {why} ({})",
                    interaction.description, contract.consumer, interaction.span
                ));
                return;
            }
        };
        let plan = InteractionPlan {
            contract: contract.source.to_string(),
            consumer: contract.consumer.clone(),
            description: interaction.description.clone(),
            sample: step.sample,
            judge: Arc::new(Judge::new(exchange)),
            span: interaction.span.clone(),
        };
        let request = request_step(&request, step.timeout, plan);
        self.steps.push(Step {
            kind: StepKind::Request(Box::new(request)),
            span: span.clone(),
        });
    }
}

fn request_step(request: &Request, timeout: Duration, interaction: InteractionPlan) -> RequestStep {
    let url = request.url();
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let headers = request.headers().iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), Template::literal(value))
    });
    let body = request.body().and_then(reqwest::Body::as_bytes);
    let file = Path::new(&interaction.contract).file_name();
    let file = file.unwrap_or_default().to_string_lossy().into_owned();
    RequestStep {
        endpoint: url.path().to_owned(),
        headers: headers.collect(),
        body: body.map_or(Body::Empty, |bytes| Body::File(bytes.into())),
        // A redirect is an answer, and the contract says which one is expected.
        redirects: 0,
        tags: vec![
            ("contract".to_owned(), file),
            ("interaction".to_owned(), interaction.description.clone()),
        ],
        interaction: Some(interaction),
        ..RequestStep::new(request.method().as_str(), Template::literal(path), timeout)
    }
}

fn nothing(
    step: &ContractStep,
    span: &Span,
    left_out: &[String],
    others: &BTreeSet<String>,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        Code::NothingToSend,
        format!(
            "no interaction with `{}` in `{}` can be sent as load",
            step.provider,
            step.source.display()
        ),
    )
    .at(span);
    for why in left_out {
        diagnostic = diagnostic.note(why.clone());
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
        diagnostic = diagnostic.note(format!("there are pacts of {}", others.join(", ")));
    }
    diagnostic
}

/// An exchange's judgement, of answers that a load's own client has read.
#[derive(Debug)]
struct Judge {
    exchange: Arc<dyn Exchange>,
    /// The statuses that the contract expects, ascending.
    expected: Vec<u16>,
}

impl Judge {
    fn new(exchange: Arc<dyn Exchange>) -> Self {
        let expects = |status: &u16| {
            // What cannot be compared is not what is expected.
            catch_unwind(AssertUnwindSafe(|| exchange.expects(*status))).unwrap_or(false)
        };
        Self {
            expected: (100..1000).filter(expects).collect(),
            exchange,
        }
    }
}

impl AnswerJudge for Judge {
    fn judge(&self, answer: &expectation::Answer<'_>) -> Result<Vec<Mismatch>, String> {
        let mut headers = HeaderMap::with_capacity(answer.headers.len());
        for (name, value) in answer.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                headers.append(name, value);
            }
        }
        let answer = Answer {
            status: answer.status,
            headers,
            body: Bytes::copy_from_slice(answer.body),
        };
        catch_unwind(AssertUnwindSafe(|| self.exchange.judge(answer)))
            .unwrap_or_else(|panic| Err(words(panic.as_ref())))
    }

    fn expects(&self, status: u16) -> bool {
        self.expected.binary_search(&status).is_ok()
    }
}
