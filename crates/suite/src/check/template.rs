//! `{{ … }}`: every hole is one that something fills.

use std::collections::HashSet;

use rtest_core::{Code, Diagnostic, Span, Template, nearest};

use crate::check::Context;
use crate::shape::quoted_list;

/// What fills holes where a check stands, beside the addresses of services: these fill them
/// everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// What the engine counts.
    counted: &'static [&'static str],
    /// Columns of feeders, and what earlier steps have captured, in this order.
    names: Vec<String>,
    /// The same, to be looked up.
    known: HashSet<String>,
    /// What is captured, but not before the place of the check.
    elsewhere: Vec<String>,
    /// Whether what is expected may have holes as well.
    fills_expectations: bool,
    /// Whether there may be further names, that could not be read.
    is_open: bool,
}

impl Scope {
    /// The same names, these numbers, and captures that may not be reached yet.
    pub(super) fn with(&self, counted: &'static [&'static str], elsewhere: Vec<String>) -> Self {
        Self {
            counted,
            elsewhere,
            ..self.clone()
        }
    }

    /// A case's: nothing is known yet, and what is expected may have holes.
    pub(super) fn of_case() -> Self {
        Self {
            fills_expectations: true,
            ..Self::default()
        }
    }

    /// Whether the engine counts something under this name.
    pub(super) fn counts(&self, name: &str) -> bool {
        self.counted.contains(&name)
    }

    /// Whether something earlier has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// A name that is there from here on.
    pub(super) fn add(&mut self, name: &str) {
        if self.known.insert(name.to_owned()) {
            self.names.push(name.to_owned());
        }
    }

    /// From here on there may be names that could not be read.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    /// How many names there are, for [`Scope::leave`].
    pub(super) fn mark(&self) -> usize {
        self.names.len()
    }

    /// Takes away the names that were added since the mark.
    pub(super) fn leave(&mut self, mark: usize) -> Vec<String> {
        let left = self.names.split_off(mark);
        for name in &left {
            self.known.remove(name);
        }
        left
    }

    fn fills(&self, name: &str) -> bool {
        self.counts(name) || self.has(name)
    }
}

/// Reports every hole of the template that nothing fills here.
pub(super) fn check(template: &Template, span: &Span, cx: &mut Context<'_>) {
    if cx.scope.is_open {
        return;
    }
    let mut told = HashSet::new();
    for variable in template.variables() {
        let is_filled = cx.scope.fills(variable) || is_address(variable, cx);
        if is_filled || !told.insert(variable) || cx.found.is_full() {
            continue;
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownVariable,
            format!("nothing fills `{{{{ {variable} }}}}` here"),
        )
        .at(span);
        cx.found.add(diagnostic.hint(hint(variable, cx)));
    }
}

/// Looks at a text that something is compared with: it holds no hole, or only such as are filled.
pub(super) fn expected(text: &str, span: &Span, cx: &mut Context<'_>) -> bool {
    if !cx.scope.fills_expectations {
        return !refuse(text, span, cx);
    }
    match Template::parse(text) {
        Ok(template) => {
            check(&template, span, cx);
            true
        }
        Err(error) => {
            let message = error.to_string();
            cx.found
                .add(Diagnostic::new(Code::UnknownVariable, message).at(span));
            false
        }
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

fn is_address(variable: &str, cx: &Context<'_>) -> bool {
    variable.rsplit_once('.').is_some_and(|(service, part)| {
        ADDRESS_PARTS.contains(&part) && cx.services.may_have(service)
    })
}

fn hint(variable: &str, cx: &Context<'_>) -> String {
    let scope = &cx.scope;
    if scope.elsewhere.iter().any(|name| name == variable) {
        return format!("`{variable}` is captured, but not before this step");
    }
    let addresses = cx
        .services
        .names()
        .flat_map(|service| ADDRESS_PARTS.map(|part| format!("{service}.{part}")));
    let named = scope.names.iter().cloned();
    let counted = scope.counted.iter().map(|name| (*name).to_owned());
    let known: Vec<String> = named.chain(counted).chain(addresses).collect();
    match nearest(variable, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{{{{ {near} }}}}`?"),
        None => {
            let own = scope.names.iter().map(String::as_str);
            let addresses = ["SERVICE.url", "SERVICE.host", "SERVICE.port"];
            let all = own.chain(scope.counted.iter().copied()).chain(addresses);
            format!("known here are {}", quoted_list(all))
        }
    }
}
