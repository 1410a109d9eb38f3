use rtest_core::plan::{
    ServicePlan, StateAction, StateCall, StateChange, StatePlan, StatesPlace, StatesPlan,
};
use rtest_core::{Span, Template};

use crate::check::template::Scope;
use crate::check::{Context, probe, reference, request, template};
use crate::collection::NamedEntry;
use crate::collection::OneOrMany;
use crate::file::{Contract, Doing, State, StateCallKeys, StateQuery};
use crate::shape::Field;

/// What brings the provider into its states; `entry` is the contract that asks for them.
pub(super) fn states(
    contract: &Contract,
    entry: &Span,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<StatesPlan> {
    // A state's parameters are in the contract, so any name may be there.
    let mut scope = Scope::of_case();
    scope.open();
    let outside = std::mem::replace(&mut cx.scope, scope);
    let entries = match &contract.states {
        Field::Absent => Some(&[][..]),
        given => given.value().map(|states| states.0.0.as_slice()),
    };
    let handlers: Option<Vec<_>> = entries.map(|entries| {
        let plans = entries.iter().map(|entry| state(entry, services, cx));
        plans.collect()
    });
    cx.scope = outside;
    let change = match &contract.state_change {
        Field::Absent => None,
        given => {
            let keys = given.value()?;
            Some(StateChange {
                url: change_url(&keys.url, cx)?,
                teardown: keys.teardown.value().copied().unwrap_or_default(),
            })
        }
    };
    let handlers: Vec<StatePlan> = handlers?.into_iter().collect::<Option<_>>()?;
    let place = match handlers.first() {
        Some(first) if first.span.file != entry.file => StatesPlace::File(first.span.file.clone()),
        _ => StatesPlace::Entry,
    };
    Some(StatesPlan {
        handlers,
        change,
        place,
    })
}

fn change_url(url: &Field<String>, cx: &mut Context<'_>) -> Option<String> {
    let text = url.spanned()?;
    if text.value.starts_with('/') {
        return request::plain_path(text, cx);
    }
    reference::http_address(&text.value, text, cx.found)?;
    Some(text.value.clone())
}

fn state(
    entry: &NamedEntry<OneOrMany<State>>,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<StatePlan> {
    let (name, states) = entry.given()?;
    let mut plan = StatePlan {
        name: name.value.clone(),
        setup: Vec::new(),
        teardown: Vec::new(),
        span: name.span.clone(),
    };
    for state in &states.value.0 {
        if state.value.nothing.is_absent() {
            plan.setup.push(action(&state.value.doing(), services, cx)?);
        }
        let teardown = match &state.value.teardown {
            Field::Absent => &[][..],
            given => &given.value()?.0,
        };
        for one in teardown {
            plan.teardown
                .push(action(&one.value.doing(), services, cx)?);
        }
    }
    Some(plan)
}

fn action(
    doing: &Doing<'_>,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<StateAction> {
    if let Some(call) = doing.http.value() {
        return self::call(call, cx).map(StateAction::Http);
    }
    if let Some(query) = doing.sql.value() {
        return sql(query, services, cx);
    }
    let (words, _) = probe::words(&doing.command.value()?.items, cx);
    Some(StateAction::Command {
        words,
        cwd: cx.base.to_owned(),
    })
}

fn call(call: &StateCallKeys, cx: &mut Context<'_>) -> Option<StateCall> {
    if let Some(json) = call.json.value() {
        json.0.texts(&mut |text, span| {
            if let Ok(text) = Template::parse(text) {
                template::check(&text, span, cx);
            }
        });
    }
    let (method, path) = call.request()?;
    request::path(&path.value, cx);
    Some(StateCall {
        method: method.to_owned(),
        path: path.value.value.clone(),
        json: call.json.value().map(|json| json.0.to_json()),
    })
}

fn sql(query: &StateQuery, services: &[ServicePlan], cx: &mut Context<'_>) -> Option<StateAction> {
    if let Some(query) = query.query.spanned() {
        template::check(&query.value, &query.span, cx);
    }
    let (url, shown) = if query.url.is_absent() {
        let service = reference::speaking(&query.service, "postgres", services, cx)?;
        let url = Template::parse(&format!("{{{{ {service}.url }}}}"));
        (url.expect("a service's name fits a hole"), service)
    } else {
        let url = probe::postgres(&query.url, cx)?;
        (url, "the database".to_owned())
    };
    Some(StateAction::Sql {
        url,
        shown,
        query: query.query.value()?.clone(),
    })
}
