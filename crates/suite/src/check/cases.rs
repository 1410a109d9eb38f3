//! Cases: who they speak to, and what is expected when.

mod request;
mod store;

use rtest_core::plan::{
    CasePlan, CaseStep as StepPlan, CaseStepKind, CasesPlan, LoadPlan, Protocol, ServicePlan,
    Target,
};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::template::Scope;
use crate::check::{Context, reference};
use crate::file::{Case, CaseStep, Cases, SuiteFile};
use crate::shape::{Field, quoted_list};
use crate::spanned::Spanned;

/// What all cases share.
struct Around<'a> {
    services: &'a [ServicePlan],
    /// Where requests go that a case says nothing else of.
    target: Option<Target>,
    /// Whether the data of any service is brought back before a case.
    has_reset: bool,
    /// Whether every service could be read: then one that is not there is an error.
    is_complete: bool,
}

/// Checks the cases.
pub(super) fn check(
    cases: &Cases,
    file: &SuiteFile,
    services: &[ServicePlan],
    load: Option<&LoadPlan>,
    cx: &mut Context<'_>,
) -> CasesPlan {
    let mut named = cx.services.names();
    let knows_all = named.all(|name| services.iter().any(|it| it.name == name));
    drop(named);
    let around = Around {
        services,
        target: load
            .map(|load| load.target.clone())
            .or_else(|| only_http(services)),
        has_reset: services.iter().any(|it| it.data.reset.is_some()),
        is_complete: knows_all && (file.load.is_absent() || load.is_some()),
    };
    unique_names(&cases.list.items, cx);
    let outside = std::mem::take(&mut cx.scope);
    let mut plans = Vec::new();
    for case in &cases.list.items {
        cx.scope = Scope::of_case();
        plans.extend(self::case(&case.value, &around, cx));
    }
    cx.scope = outside;
    CasesPlan {
        cases: plans,
        jobs: cases.jobs.value().map_or(1, |jobs| jobs.small()),
        update_snapshots: false,
    }
}

/// The only service that speaks HTTP.
fn only_http(services: &[ServicePlan]) -> Option<Target> {
    let mut speak = services.iter().filter(|it| it.protocol == Protocol::Http);
    match (speak.next(), speak.next()) {
        (Some(only), None) => Some(Target::Service(only.name.clone())),
        _ => None,
    }
}

fn unique_names(cases: &[Spanned<Case>], cx: &mut Context<'_>) {
    let mut seen: Vec<&Spanned<String>> = Vec::new();
    for name in cases.iter().filter_map(|case| case.value.name.spanned()) {
        match seen.iter().find(|known| known.value == name.value) {
            Some(first) => cx.found.add(
                Diagnostic::new(
                    Code::Duplicate,
                    format!("there are two cases `{}`", name.value),
                )
                .at(&name.span)
                .note(format!("the first is at {}", first.span)),
            ),
            None => seen.push(name),
        }
    }
}

fn case(case: &Case, around: &Around<'_>, cx: &mut Context<'_>) -> Option<CasePlan> {
    let target = match &case.target {
        Field::Given(text) => Some(reference::target(&text.value, cx)),
        Field::Faulty(_) => Some(None),
        Field::Absent => around.target.clone().map(Some),
    };
    let list = case.steps.value()?;
    if !list.is_complete {
        cx.scope.open();
    }
    let mut steps = Vec::new();
    let mut wants_target: Option<&Span> = None;
    for step in &list.items {
        if let Some((_, path)) = step.value.request() {
            wants_target.get_or_insert(&path.whole);
        }
        steps.extend(self::step(&step.value, around, cx));
    }
    if let (Some(at), None, true) = (wants_target, &target, around.is_complete) {
        no_target(at, around, cx);
    }
    let name = case.name.entry()?;
    let tags = case.tags.value().map(|list| list.items.as_slice());
    Some(CasePlan {
        name: name.value.value.clone(),
        tags: tags
            .unwrap_or_default()
            .iter()
            .map(|tag| tag.value.clone())
            .collect(),
        target: target.flatten(),
        retries: case.retries.value().map_or(0, |retries| retries.small()),
        cookies: case.cookies.value().copied().unwrap_or(true),
        concurrent: case
            .concurrent
            .value()
            .copied()
            .unwrap_or(!around.has_reset),
        steps,
        span: name.whole.clone(),
    })
}

fn no_target(at: &Span, around: &Around<'_>, cx: &mut Context<'_>) {
    let speak = around.services.iter();
    let speak = speak.filter(|it| it.protocol == Protocol::Http);
    let names: Vec<&str> = speak.map(|it| it.name.as_str()).collect();
    let hint = if names.is_empty() {
        "give the case a `target`: a service's name, or `http://host:port`".to_owned()
    } else {
        format!("give the case a `target`: one of {}", quoted_list(names))
    };
    cx.found.add(
        Diagnostic::new(Code::MissingKey, "nothing says where this request goes")
            .at(at)
            .hint(hint),
    );
}

fn step(step: &CaseStep, around: &Around<'_>, cx: &mut Context<'_>) -> Option<StepPlan> {
    let (kind, span, repeatable) = if let Some(entry) = step.sql.entry() {
        let kind = store::sql(&entry.value.value, around, cx);
        (kind, &entry.key, true)
    } else if let Some(entry) = step.redis.entry() {
        let kind = store::redis(&entry.value.value, around, cx);
        (kind, &entry.key, true)
    } else if let Some(entry) = step.kafka.entry() {
        let kind = store::kafka(&entry.value.value, around, cx);
        let looks = !entry.value.value.consume.is_absent();
        (kind, &entry.key, looks)
    } else if let Some(entry) = step.wait.entry() {
        let kind = CaseStepKind::Wait(entry.value.value.0);
        (Some(kind), &entry.whole, false)
    } else {
        let kind = request::check(step, cx);
        let (method, path) = step.request()?;
        let changes_nothing = matches!(method, "GET" | "HEAD" | "OPTIONS");
        (kind, &path.whole, changes_nothing)
    };
    let within = within(step, repeatable, cx);
    Some(StepPlan {
        kind: kind?,
        within: within?,
        span: span.clone(),
    })
}

fn within(
    step: &CaseStep,
    repeatable: bool,
    cx: &mut Context<'_>,
) -> Option<Option<std::time::Duration>> {
    match &step.within {
        Field::Absent => Some(None),
        Field::Faulty(_) => None,
        Field::Given(entry) if repeatable => Some(Some(entry.value.value.0)),
        Field::Given(entry) => {
            cx.found.add(
                Diagnostic::new(
                    Code::Contradiction,
                    "`within` takes a step again and again, and this one changes something",
                )
                .at(&entry.key)
                .hint("put it on the step that looks at what has come of it"),
            );
            None
        }
    }
}
