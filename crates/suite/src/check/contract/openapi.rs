use rtest_core::plan::{OpenApiCheck, OpenApiPlan};
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::collection::OneOrMany;
use crate::file::Contract;
use crate::scalar::Choice;
use crate::shape::{Entry, Field};

/// The document of a contract, and what is asked of it.
pub(super) fn document(
    contract: &Contract,
    entry: &Entry<String>,
    cx: &mut Context<'_>,
) -> Option<OpenApiPlan> {
    let document = path(&entry.value, Existing::File, cx);
    let (wanted, unwanted) = (named(&contract.checks)?, named(&contract.exclude_checks)?);
    let checks = OpenApiCheck::select(&wanted, &unwanted);
    if checks.is_empty() {
        let message = "no check is left: `exclude_checks` names every one that is wanted";
        let diagnostic = Diagnostic::new(Code::Contradiction, message);
        cx.found.add(diagnostic.at(&entry.whole));
        return None;
    }
    let operations = match contract.operations.value() {
        Some(all) => all.0.iter().map(|one| one.value.clone()).collect(),
        None => contract.operations.is_absent().then(Vec::new)?,
    };
    let examples = contract.examples.value();
    Some(OpenApiPlan {
        document: document?,
        examples: examples.map_or(OpenApiPlan::EXAMPLES, |examples| examples.small()),
        checks,
        operations,
    })
}

fn named(field: &Field<OneOrMany<Choice<OpenApiCheck>>>) -> Option<Vec<OpenApiCheck>> {
    match field.value() {
        Some(all) => Some(all.0.iter().map(|check| check.value.0).collect()),
        None => field.is_absent().then(Vec::new),
    }
}
