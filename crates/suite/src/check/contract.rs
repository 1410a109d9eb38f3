//! Contracts: what is verified, against whom, and what brings a provider into its states.

mod broker;
mod fault;
mod openapi;
mod state;

use rtest_core::plan::{
    ContractKind, ContractPlan, ContractSource, InteractionSelect, PactPlan, ServicePlan,
    SpringPlan, Target,
};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::reference::{Existing, path, target};
use crate::check::{Context, load, pattern, request};
use crate::file::{Contract, Filter};
use crate::shape::{Entry, Field};
use crate::spanned::Spanned;

/// Checks one contract.
pub(super) fn check(
    contract: &Spanned<Contract>,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<ContractPlan> {
    let contract = &contract.value;
    let target = provider_target(contract, cx);
    let headers = headers(contract, cx);
    let tls = load::tls(&contract.tls, cx);
    let faults = fault::faults(contract, target.as_ref(), cx);
    let (kind, span) = kind(contract, services, cx)?;
    Some(ContractPlan {
        kind: kind?,
        provider: contract.provider.value()?.clone(),
        target: target?,
        headers: headers?,
        tls: tls?,
        faults: faults?,
        degrades_to: contract.degrades_to.value().map(|status| status.0.clone()),
        span: span.clone(),
    })
}

/// What is verified, and its entry in the suite.
fn kind<'a>(
    contract: &'a Contract,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<(Option<ContractKind>, &'a Span)> {
    if let Some(entry) = contract.pact.entry() {
        let source = source(entry, cx);
        let pacts = pacts(contract, &entry.whole, source, services, cx);
        return Some((pacts.map(ContractKind::Pact), &entry.whole));
    }
    if let Some(entry) = contract.broker.entry() {
        let source = broker::broker(&entry.value.value, &contract.provider, cx)
            .map(|broker| ContractSource::Broker(Box::new(broker)));
        let pacts = pacts(contract, &entry.whole, source, services, cx);
        return Some((pacts.map(ContractKind::Pact), &entry.whole));
    }
    if let Some(entry) = contract.spring_cloud_contract.entry() {
        let spring = spring_cloud_contract(contract, entry, cx);
        let spring = spring.map(ContractKind::SpringCloudContract);
        return Some((spring, &entry.whole));
    }
    let entry = contract.openapi.entry()?;
    let openapi = openapi::document(contract, entry, cx);
    Some((openapi.map(ContractKind::OpenApi), &entry.whole))
}

fn pacts(
    contract: &Contract,
    entry: &Span,
    source: Option<ContractSource>,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<PactPlan> {
    let states = state::states(contract, entry, services, cx);
    let select = filtered(contract, cx);
    let messages = match contract.messages.spanned() {
        None => Some("/".to_owned()),
        Some(path) => request::plain_path(path, cx),
    };
    Some(PactPlan {
        source: source?,
        select: select?,
        states: states?,
        jobs: jobs(contract),
        messages: messages?,
    })
}

fn spring_cloud_contract(
    contract: &Contract,
    entry: &Entry<String>,
    cx: &mut Context<'_>,
) -> Option<SpringPlan> {
    let source = path(&entry.value, Existing::Either, cx).map(ContractSource::Path);
    let select = filtered(contract, cx);
    Some(SpringPlan {
        source: source?,
        select: select?,
        jobs: jobs(contract),
    })
}

fn jobs(contract: &Contract) -> usize {
    contract.jobs.value().map_or(1, |jobs| jobs.small()) as usize
}

fn filtered(contract: &Contract, cx: &mut Context<'_>) -> Option<InteractionSelect> {
    match contract.filter.value() {
        None => Some(InteractionSelect::default()),
        Some(filter) => select(filter, cx),
    }
}

fn source(entry: &Entry<String>, cx: &mut Context<'_>) -> Option<ContractSource> {
    let text = &entry.value;
    if ["http://", "https://"]
        .iter()
        .any(|it| text.value.starts_with(it))
    {
        return Some(ContractSource::Url(text.value.clone()));
    }
    path(text, Existing::Either, cx).map(ContractSource::Path)
}

fn select(filter: &Filter, cx: &mut Context<'_>) -> Option<InteractionSelect> {
    let mut regex = |field: &Field<String>| match field.spanned() {
        Some(text) => {
            let found = pattern::regex(&text.value, &text.span, Code::BadExpectation, cx);
            found.map(|_| Some(text.value.clone()))
        }
        None => field.is_absent().then_some(None),
    };
    let (description, state) = (regex(&filter.description), regex(&filter.state));
    let consumers = filter.consumer.value().map(|names| names.0.as_slice());
    let consumers = consumers.unwrap_or_default().iter();
    Some(InteractionSelect {
        consumers: consumers.map(|name| name.value.clone()).collect(),
        description: description?,
        state: state?,
        only: None,
    })
}

fn headers(contract: &Contract, cx: &mut Context<'_>) -> Option<Vec<(String, String)>> {
    let entries = match &contract.headers {
        Field::Absent => return Some(Vec::new()),
        given => &given.value()?.0,
    };
    let mut headers = Vec::new();
    for entry in entries {
        let (name, value) = entry.given()?;
        let known: Vec<&str> = headers
            .iter()
            .map(|(name, _): &(String, _)| name.as_str())
            .collect();
        request::header_name(name, &known, cx.found);
        request::header_value(&value.value, &value.span, cx.found);
        headers.push((name.value.clone(), value.value.clone()));
    }
    Some(headers)
}

fn provider_target(contract: &Contract, cx: &mut Context<'_>) -> Option<Target> {
    match &contract.target {
        Field::Given(given) => target(&given.value, cx),
        Field::Faulty(_) => None,
        Field::Absent => {
            let provider = contract.provider.spanned()?;
            if cx.services.may_have(&provider.value) {
                return Some(Target::Service(provider.value.clone()));
            }
            let diagnostic = Diagnostic::new(
                Code::UnknownService,
                format!(
                    "no service is called `{}`, and the contract has no `target`",
                    provider.value
                ),
            )
            .at(&provider.span);
            let near = rtest_core::nearest(&provider.value, cx.services.names());
            let hint = match near {
                Some(near) => format!("add `target: {near}`?"),
                None => {
                    "say where the provider is: `target: SERVICE` or `target: http://host[:port]`"
                        .to_owned()
                }
            };
            cx.found.add(diagnostic.hint(hint));
            None
        }
    }
}
