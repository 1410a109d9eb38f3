//! What a document describes and nothing verifies: callbacks and webhooks, which the provider sends,
//! and links. It is named, so that nobody takes it for verified.

use crate::openapi::document::Document;
use crate::openapi::operation::Operation;
use crate::openapi::pointer::Pointer;

/// Most places of one kind that are shown.
const MOST_SHOWN: usize = 10;

/// A sentence for each kind of which there is something in these operations, or beside them.
pub(crate) fn passed_over<'a>(
    document: &Document,
    operations: impl Iterator<Item = &'a Operation> + Clone,
) -> Vec<String> {
    let callbacks = operations.clone().flat_map(|operation| {
        let of = move |name: &str| format!("`{name}` of `{}`", operation.name());
        members(document, &operation.at.join("callbacks"), of)
    });
    let links = operations.flat_map(|operation| {
        let responses = operation.responses.iter();
        responses.flat_map(move |response| {
            let of = |name: &str| {
                let (status, operation) = (response.status, operation.name());
                format!("`{name}` of {status} of `{operation}`")
            };
            members(document, &response.at.join("links"), of)
        })
    });
    let webhooks = Pointer::root().join("webhooks");
    let webhooks = members(document, &webhooks, |name| format!("`{name}`"));
    [
        ("callback", "verified", callbacks.collect()),
        ("webhook", "verified", webhooks),
        ("link", "followed", links.collect()),
    ]
    .into_iter()
    .filter_map(|(noun, verb, all)| sentence(document, noun, verb, &all))
    .collect()
}

/// The members of an object, each as it is called and where it stands.
fn members(
    document: &Document,
    at: &Pointer,
    called: impl Fn(&str) -> String,
) -> Vec<(String, Pointer)> {
    let Some((at, members)) = document.object(at) else {
        return Vec::new();
    };
    let names = members.keys().filter(|name| !name.starts_with("x-"));
    names.map(|name| (called(name), at.join(name))).collect()
}

/// `2 callbacks are not verified: …`; nothing where there are none.
fn sentence(
    document: &Document,
    noun: &str,
    verb: &str,
    all: &[(String, Pointer)],
) -> Option<String> {
    let shown: Vec<String> = all
        .iter()
        .take(MOST_SHOWN)
        .map(|(name, at)| format!("{name} ({})", document.span(at)))
        .collect();
    let counted = match all.len() {
        0 => return None,
        1 => format!("1 {noun} is"),
        many => format!("{many} {noun}s are"),
    };
    let more = match all.len().saturating_sub(MOST_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{counted} not {verb}: {}{more}", shown.join(", ")))
}
