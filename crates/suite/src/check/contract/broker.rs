use std::str::FromStr as _;

use rtest_core::plan::{BrokerLogin, BrokerPlan, PublishPlan};
use rtest_core::{Code, Diagnostic, HttpUrl};

use crate::check::Context;
use crate::file::{Broker, Publish};
use crate::shape::Field;
use crate::spanned::Spanned;

/// A broker, and what is asked of it.
pub(super) fn broker(
    broker: &Broker,
    provider: &Field<String>,
    cx: &mut Context<'_>,
) -> Option<BrokerPlan> {
    let url = url(broker.url.spanned(), cx);
    let login = login(broker, cx);
    let wip_since = optional(&broker.wip_since, cx, day);
    let publish = optional(&broker.publish, cx, |publish, cx| {
        published(&publish.value, cx)
    });
    let selectors = match broker.selectors.value() {
        Some(list) if list.is_complete => list.items.iter().map(|it| it.value.to_json()).collect(),
        Some(_) => return None,
        None => broker.selectors.is_absent().then(Vec::new)?,
    };
    let provider_tags = match broker.provider_tags.value() {
        Some(tags) => tags.0.iter().map(|tag| tag.value.clone()).collect(),
        None => broker.provider_tags.is_absent().then(Vec::new)?,
    };
    Some(BrokerPlan {
        url: url?,
        provider: provider.value()?.clone(),
        login: login?,
        selectors,
        pending: broker.pending.value() == Some(&true),
        wip_since: wip_since?,
        provider_branch: optional(&broker.provider_branch, cx, |branch, _| {
            Some(branch.value.clone())
        })?,
        provider_tags,
        publish: publish?,
    })
}

/// A value that may be absent; `None` where it is there and faulty.
#[expect(clippy::option_option, reason = "absent and faulty are two things")]
fn optional<T, U>(
    field: &Field<T>,
    cx: &mut Context<'_>,
    read: impl FnOnce(&Spanned<T>, &mut Context<'_>) -> Option<U>,
) -> Option<Option<U>> {
    match field.spanned() {
        Some(value) => read(value, cx).map(Some),
        None => field.is_absent().then_some(None),
    }
}

fn url(url: Option<&Spanned<String>>, cx: &mut Context<'_>) -> Option<String> {
    let url = url?;
    let (message, hint) = match HttpUrl::parse(&url.value) {
        Ok(HttpUrl { query: None, .. }) => return Some(url.value.clone()),
        Ok(_) => (
            "the address of a broker has no query".to_owned(),
            "write `http[s]://host[:port][/base]`",
        ),
        Err(error) => (
            error.message,
            "write `http[s]://host[:port][/base]`; who is let in stands under `username` and `password`, or `token`",
        ),
    };
    let diagnostic = Diagnostic::new(Code::BadTarget, message);
    cx.found.add(diagnostic.at(&url.span).hint(hint));
    None
}

#[expect(clippy::option_option, reason = "none and faulty are two things")]
fn login(broker: &Broker, cx: &mut Context<'_>) -> Option<Option<BrokerLogin>> {
    if let (Some(token), Some(user)) = (
        broker.token.key(),
        broker.username.key().or(broker.password.key()),
    ) {
        let message = "a broker is shown a token or a user, not both";
        let diagnostic = Diagnostic::new(Code::Contradiction, message).at(user);
        let hint = format!("keep one of them; `token` is in line {}", token.line);
        cx.found.add(diagnostic.hint(hint));
        return None;
    }
    if let (Some(password), true) = (broker.password.key(), broker.username.is_absent()) {
        let diagnostic = Diagnostic::new(Code::MissingKey, "a password needs a `username`");
        cx.found.add(diagnostic.at(password));
        return None;
    }
    let token = optional(&broker.token, cx, sendable)?;
    let username = optional(&broker.username, cx, sendable)?;
    let password = optional(&broker.password, cx, |it, _| Some(it.value.clone()))?;
    Some(match (token, username) {
        (Some(token), _) => Some(BrokerLogin::Token(token)),
        (None, Some(username)) => Some(BrokerLogin::Basic {
            username,
            password: password.unwrap_or_default(),
        }),
        (None, None) => None,
    })
}

/// What can stand in a header. The value is not told: it may be secret.
fn sendable(value: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let fits = !value.value.is_empty() && value.value.bytes().all(|it| (b' '..=b'~').contains(&it));
    if !fits {
        let message = "this is empty, or has characters that no header can hold";
        cx.found
            .add(Diagnostic::new(Code::OutOfRange, message).at(&value.span));
    }
    fits.then(|| value.value.clone())
}

fn published(publish: &Publish, cx: &mut Context<'_>) -> Option<PublishPlan> {
    let version = publish.version.spanned()?;
    if version.value.trim().is_empty() {
        let diagnostic = Diagnostic::new(Code::OutOfRange, "results need a version");
        cx.found.add(
            diagnostic
                .at(&version.span)
                .hint("a commit: `version: ${GIT_SHA}`"),
        );
        return None;
    }
    Some(PublishPlan {
        version: version.value.clone(),
        build_url: optional(&publish.build_url, cx, |url, _| Some(url.value.clone()))?,
    })
}

/// A day, `2026-01-31`; brokers take an instant as well, `2026-01-31T10:00:00+01:00`.
fn day(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let day = text.value.split('T').next().unwrap_or_default();
    let is_day = is_day(day);
    if !is_day {
        let diagnostic = Diagnostic::new(Code::OutOfRange, "this is no day");
        cx.found
            .add(diagnostic.at(&text.span).hint("write it as `2026-01-31`"));
    }
    is_day.then(|| text.value.clone())
}

fn is_day(text: &str) -> bool {
    let parts: Vec<Option<u32>> = text
        .split('-')
        .map(|part| u32::from_str(part).ok())
        .collect();
    let widths: Vec<usize> = text.split('-').map(str::len).collect();
    let in_range = matches!(parts[..], [Some(_), Some(1..=12), Some(1..=31)]);
    in_range && widths == [4, 2, 2]
}
