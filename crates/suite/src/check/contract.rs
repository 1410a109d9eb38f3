use rtest_core::plan::{ContractPlan, StateAction, StatePlan, Target};
use rtest_core::{Code, Diagnostic};

use crate::check::reference::{Existing, path, target};
use crate::check::{Context, request};
use crate::collection::NamedEntry;
use crate::file::{Contract, State};
use crate::shape::Field;
use crate::spanned::Spanned;

/// Checks one contract.
pub(super) fn check(contract: &Spanned<Contract>, cx: &mut Context<'_>) -> Option<ContractPlan> {
    let contract = &contract.value;
    let source = contract
        .pact
        .spanned()
        .and_then(|pact| path(pact, Existing::Either, cx));
    let target = provider_target(contract, cx);
    let entries = contract.states.value().map(|named| named.0.as_slice());
    let states: Vec<StatePlan> = entries
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| state(entry, cx))
        .collect();
    Some(ContractPlan {
        source: source?,
        provider: contract.provider.value()?.clone(),
        target: target?,
        states,
        span: contract.pact.entry()?.whole.clone(),
    })
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

fn state(entry: &NamedEntry<State>, cx: &mut Context<'_>) -> Option<StatePlan> {
    let (name, state) = entry.given()?;
    let action = if let Some(call) = state.value.http.value() {
        StateAction::Http(request::call(call.request(), call.json.spanned(), cx)?)
    } else {
        state.value.nothing.value()?;
        StateAction::Nothing
    };
    Some(StatePlan {
        name: name.value.clone(),
        action,
        span: name.span.clone(),
    })
}
