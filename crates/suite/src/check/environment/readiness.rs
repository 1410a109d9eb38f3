use std::time::Duration;

use rtest_core::plan::{Protocol, Readiness, ReadinessProbe};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::{Context, pattern, request, template};
use crate::file::{Ready, Service};
use crate::shape::{Field, quoted_list};

/// When a service counts as ready.
pub(super) fn check(
    service: &Service,
    protocol: Option<&Protocol>,
    cx: &mut Context<'_>,
) -> Option<Readiness> {
    let within = match () {
        () if !service.builtin.is_absent() => 10,
        () if !service.process.is_absent() => 30,
        () if !service.container.is_absent() => 60,
        () => 5,
    };
    let within = Duration::from_secs(within);
    let ready: &Ready = match &service.ready {
        Field::Given(entry) => &entry.value.value,
        Field::Absent => {
            return Some(Readiness {
                probe: by_default(service, protocol?),
                within,
            });
        }
        Field::Faulty(_) => return None,
    };
    refuse_two(ready, cx);
    let probe = match asked(ready, service, cx) {
        Asked::Given(probe) => probe,
        Asked::Faulty => return None,
        Asked::Nothing => by_default(service, protocol?),
    };
    let within = ready.within.value().map_or(within, |within| within.0);
    Some(Readiness { probe, within })
}

fn by_default(service: &Service, protocol: &Protocol) -> ReadinessProbe {
    match protocol {
        Protocol::Http if !service.builtin.is_absent() => ReadinessProbe::Http {
            path: "/health".to_owned(),
        },
        Protocol::Http => ReadinessProbe::Tcp,
        Protocol::Postgres(_) | Protocol::Redis { .. } | Protocol::Kafka => {
            ReadinessProbe::Protocol
        }
    }
}

/// What a suite says of the probe.
enum Asked {
    Given(ReadinessProbe),
    Faulty,
    Nothing,
}

fn asked(ready: &Ready, service: &Service, cx: &mut Context<'_>) -> Asked {
    let given = |probe: Option<ReadinessProbe>| probe.map_or(Asked::Faulty, Asked::Given);
    match () {
        () if !ready.http.is_absent() => given(ready.http.spanned().and_then(|path| {
            let path = request::plain_path(path, cx)?;
            Some(ReadinessProbe::Http { path })
        })),
        () if !ready.tcp.is_absent() => given(ready.tcp.value().map(|_| ReadinessProbe::Tcp)),
        () if !ready.log.is_absent() => given(ready.log.spanned().and_then(|log| {
            refuse_on_external("log", ready.log.key(), service, cx);
            pattern::regex(&log.value, &log.span, Code::OutOfRange, cx)?;
            Some(ReadinessProbe::Log {
                pattern: log.value.clone(),
            })
        })),
        () if !ready.health.is_absent() => given(ready.health.entry().and_then(|entry| {
            if service.container.is_absent() {
                let only = "only a container has a health check of its own";
                let hint = "ask it over `http`, or run a `command`";
                cx.found.add(
                    Diagnostic::new(Code::UnknownKey, only)
                        .at(&entry.key)
                        .hint(hint),
                );
                return None;
            }
            Some(ReadinessProbe::Health)
        })),
        () if !ready.command.is_absent() => given(ready.command.value().map(|words| {
            refuse_on_external("command", ready.command.key(), service, cx);
            for word in &words.items {
                template::check(&word.value, &word.span, cx);
            }
            let words = words.items.iter().map(|word| word.value.clone()).collect();
            ReadinessProbe::Command { words }
        })),
        () => Asked::Nothing,
    }
}

fn refuse_two(ready: &Ready, cx: &mut Context<'_>) {
    let keys = [
        ("http", ready.http.key()),
        ("tcp", ready.tcp.key()),
        ("log", ready.log.key()),
        ("health", ready.health.key()),
        ("command", ready.command.key()),
    ];
    let mut given: Vec<(&str, &Span)> = keys
        .into_iter()
        .filter_map(|(key, span)| Some((key, span?)))
        .collect();
    given.sort_by_key(|(_, span)| (span.line, span.column));
    if let [first, .., last] = given.as_slice() {
        let names = quoted_list([first.0, last.0]).replace(", ", " and ");
        cx.found.add(
            Diagnostic::new(
                Code::NotExactlyOne,
                format!("a readiness probe has both {names}"),
            )
            .at(last.1)
            .hint("keep one of them"),
        );
    }
}

fn refuse_on_external(key: &str, span: Option<&Span>, service: &Service, cx: &mut Context<'_>) {
    if let Some(span) = span
        && !service.external.is_absent()
    {
        cx.found.add(
            Diagnostic::new(
                Code::UnknownKey,
                format!("`{key}` cannot be asked of an external service"),
            )
            .at(span)
            .hint("ask it over `http` or `tcp`"),
        );
    }
}
