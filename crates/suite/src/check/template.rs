use rtest_core::{Code, Diagnostic, Span, Template, nearest};

use crate::check::Context;

/// Where a template stands, which decides what fills it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// A service's command or environment: addresses of services.
    Environment,
    /// A scenario's flow: addresses of services, `iteration` and `vu`.
    Flow,
}

/// Reports every hole of the template that nothing fills.
pub(super) fn check(template: &Template, span: &Span, scope: Scope, cx: &mut Context<'_>) {
    for variable in template.variables() {
        if is_filled(variable, scope, cx) {
            continue;
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownVariable,
            format!("nothing fills `{{{{ {variable} }}}}` here"),
        )
        .at(span);
        let known = known_variables(scope, cx);
        let hint = match nearest(variable, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{{{{ {near} }}}}`?"),
            None if scope == Scope::Flow => {
                "known are `SERVICE.url`, `SERVICE.host`, `SERVICE.port`, `iteration` and `vu`"
                    .to_owned()
            }
            None => "known are `SERVICE.url`, `SERVICE.host` and `SERVICE.port`".to_owned(),
        };
        cx.found.add(diagnostic.hint(hint));
    }
}

/// Reports a text that holds a hole where none is filled.
pub(super) fn refuse(text: &str, span: &Span, cx: &mut Context<'_>) -> bool {
    let holds = text.contains("{{");
    if holds {
        cx.found
            .add(Diagnostic::new(Code::UnknownVariable, "`{{ … }}` is not filled here").at(span));
    }
    holds
}

const ADDRESS_PARTS: [&str; 3] = ["url", "host", "port"];
const FLOW_VARIABLES: [&str; 2] = ["iteration", "vu"];

fn is_filled(variable: &str, scope: Scope, cx: &Context<'_>) -> bool {
    if scope == Scope::Flow && FLOW_VARIABLES.contains(&variable) {
        return true;
    }
    variable.rsplit_once('.').is_some_and(|(service, part)| {
        ADDRESS_PARTS.contains(&part) && cx.services.may_have(service)
    })
}

fn known_variables(scope: Scope, cx: &Context<'_>) -> Vec<String> {
    let mut known: Vec<String> = cx
        .services
        .names()
        .flat_map(|service| ADDRESS_PARTS.map(|part| format!("{service}.{part}")))
        .collect();
    if scope == Scope::Flow {
        known.extend(FLOW_VARIABLES.map(str::to_owned));
    }
    known
}
