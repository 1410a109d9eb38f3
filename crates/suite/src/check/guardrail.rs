use rtest_core::plan::{AbortPlan, AllowedTarget, GuardrailsPlan, KillSwitch, Target};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::load::Driven;
use crate::check::tags::Tags;
use crate::check::{Context, probe, threshold};
use crate::file::{Chaos, Guardrails, Probe, SuiteFile};
use crate::spanned::Spanned;

/// The samples that a bound needs where the suite does not say.
const MIN_SAMPLES: u64 = 100;

/// Checks the guardrails.
pub(super) fn guardrails(
    chaos: &Chaos,
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> GuardrailsPlan {
    let Some(keys) = chaos.guardrails.value() else {
        return GuardrailsPlan::default();
    };
    let bounds = keys.abort_when.value().map(|texts| texts.0.as_slice());
    let bounds = bounds.unwrap_or_default().iter();
    let abort_when = bounds
        .filter_map(|text| bound(text, load, tags, cx))
        .collect();
    if let (Some(samples), true) = (keys.min_samples.key(), keys.abort_when.is_absent()) {
        cx.found.add(
            Diagnostic::new(
                Code::Contradiction,
                "`min_samples` is of `abort_when`, which is not there",
            )
            .at(samples)
            .hint("say what ends the drill: `abort_when: http_req_failed rate>0.5`"),
        );
    }
    let probes = keys.probes.value().map(|list| list.items.as_slice());
    let probes: Vec<Spanned<Probe>> = probes
        .unwrap_or_default()
        .iter()
        .map(|probe| Spanned::new(Probe::from(&probe.value), probe.span.clone()))
        .collect();
    let probes = probe::list(&probes, load, tags, cx);
    GuardrailsPlan {
        abort_when,
        min_samples: keys.min_samples.value().map_or(MIN_SAMPLES, |it| it.0),
        probes,
        kill_switch: keys.kill_switch.entry().map(|entry| KillSwitch {
            path: cx.base.join(&entry.value.value),
            span: entry.whole.clone(),
        }),
        allowed: allowed(keys, cx),
    }
}

fn bound(
    text: &Spanned<String>,
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Option<AbortPlan> {
    let threshold = threshold::line(text, &load.metrics, cx.found)?;
    if probe::is_without_window(&threshold) {
        cx.found.add(
            Diagnostic::new(
                Code::BadThreshold,
                format!("`{}` cannot be told apart by faults", threshold.metric.name),
            )
            .at(&text.span)
            .hint("end the load on it with a threshold that has `abort_on_fail`"),
        );
        return None;
    }
    tags.check(&threshold.metric, &text.span, cx.found);
    Some(AbortPlan {
        threshold,
        span: text.span.clone(),
    })
}

fn allowed(keys: &Guardrails, cx: &mut Context<'_>) -> Vec<AllowedTarget> {
    let listed = keys.allow.value().map(|list| list.items.as_slice());
    let mut allowed = Vec::new();
    for entry in listed.unwrap_or_default() {
        let (Some(target), Some(reason)) =
            (entry.value.target.spanned(), entry.value.reason.spanned())
        else {
            continue;
        };
        if reason.value.trim().is_empty() {
            cx.found
                .add(Diagnostic::new(Code::OutOfRange, "the reason says nothing").at(&reason.span));
        }
        if target.value.contains(['/', ':']) && !target.value.contains("::") {
            cx.found.add(
                Diagnostic::new(
                    Code::BadTarget,
                    format!("`{}` is more than a host", target.value),
                )
                .at(&target.span)
                .hint("write the host alone: `api.staging`"),
            );
        }
        allowed.push(AllowedTarget {
            host: target.value.trim().to_owned(),
            reason: reason.value.trim().to_owned(),
        });
    }
    allowed
}

/// Refuses a drill that puts something outside of this machine under load or faults, unless it is
/// allowed.
pub(super) fn refuse_outside(
    suite: &SuiteFile,
    load: &Driven,
    allowed: &[AllowedTarget],
    cx: &mut Context<'_>,
) {
    let load_span = suite.load.value().and_then(|load| load.target.spanned());
    if let (Some(Target::Address { authority, .. }), Some(text)) = (&load.target, load_span) {
        refuse(authority, &text.span, "load under faults", allowed, cx);
    }
    let services = suite.environment.value();
    let services = services.and_then(|environment| environment.services.value());
    for (name, service) in services
        .into_iter()
        .flat_map(|services| &services.0)
        .filter_map(|entry| entry.given())
    {
        let is_linked = cx
            .services
            .links()
            .iter()
            .any(|link| link.callee == name.value);
        let Some(address) = service.value.external.spanned().filter(|_| is_linked) else {
            continue;
        };
        let (_, authority) = address
            .value
            .split_once("://")
            .unwrap_or(("", &address.value));
        refuse(authority, &address.span, "what a drill breaks", allowed, cx);
    }
}

fn refuse(
    authority: &str,
    span: &Span,
    what: &str,
    allowed: &[AllowedTarget],
    cx: &mut Context<'_>,
) {
    let host = host(authority);
    let is_here = host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    if is_here || allowed.iter().any(|it| it.host == host) {
        return;
    }
    cx.found.add(
        Diagnostic::new(
            Code::OutsideTarget,
            format!("`{host}` is outside of this machine, and {what} reaches it"),
        )
        .at(span)
        .hint(format!(
            "if that is meant: `guardrails: {{ allow: [{{ target: {host}, reason: … }}] }}` under `chaos`"
        )),
    );
}

/// `[::1]:80` and `::1` are `::1`, `api:80` is `api`.
fn host(authority: &str) -> &str {
    let authority = authority.split('/').next().unwrap_or(authority);
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match authority.rsplit_once(':') {
        Some((host, _)) if !host.contains(':') => host,
        _ => authority,
    }
}
