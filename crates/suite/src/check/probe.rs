use rtest_core::expectation::{Expectation, StatusMatch};
use rtest_core::plan::{ProbeKind, ProbePlan, Target};
use rtest_core::threshold::Threshold;
use rtest_core::{Code, Diagnostic, Span};

use crate::check::chaos::{free_name, unique_name};
use crate::check::expectation::Expected;
use crate::check::load::{Driven, Metrics};
use crate::check::tags::Tags;
use crate::check::{Context, request, threshold};
use crate::file::{Chaos, Probe, ProbeCall};
use crate::spanned::Spanned;

/// Checks the hypothesis. The load's target is what calls go to that name no service.
pub(super) fn hypothesis(
    chaos: &Chaos,
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Vec<ProbePlan> {
    let probes = chaos.hypothesis.value().map(|list| list.items.as_slice());
    let probes = probes.unwrap_or_default();
    let mut given = Vec::new();
    for name in probes.iter().filter_map(|probe| probe.value.name.spanned()) {
        unique_name(name, &mut given, cx);
    }
    let mut taken: Vec<String> = given.into_iter().map(|name| name.value).collect();
    let mut plans = Vec::new();
    for probe in probes {
        let Some((kind, span, default_name)) = self::probe(&probe.value, load, tags, cx) else {
            continue;
        };
        let name = match probe.value.name.value() {
            Some(name) => name.clone(),
            None => free_name(default_name, &mut taken),
        };
        plans.push(ProbePlan { name, kind, span });
    }
    plans
}

fn probe(
    probe: &Probe,
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Option<(ProbeKind, Span, String)> {
    if let Some(entry) = probe.metric.entry() {
        let threshold = metric(&entry.value, &load.metrics, tags, cx)?;
        let name = threshold.to_string();
        return Some((ProbeKind::Metric(threshold), entry.whole.clone(), name));
    }
    let entry = probe.http.entry()?;
    http(&entry.value.value, load.target.as_ref(), cx)
}

fn metric(
    text: &Spanned<String>,
    metrics: &Metrics,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Option<Threshold> {
    let kinds = |name: &str| metrics.kind(name);
    let threshold = match Threshold::parse_line_with(&text.value, &kinds) {
        Ok(threshold) => threshold,
        // It may be one of the suite's own that could not be read.
        Err(error) if error.code() == Code::UnknownMetric && !metrics.is_complete() => {
            return None;
        }
        Err(error) => {
            cx.found.add(threshold::diagnostic(error).at(&text.span));
            return None;
        }
    };
    let window = threshold
        .metric
        .tags
        .iter()
        .find(|(name, _)| matches!(name.as_str(), "window" | "fault"));
    if let Some((name, _)) = window {
        cx.found.add(
            Diagnostic::new(
                Code::UnknownTag,
                format!("a probe selects no `{name}`: it is about the time without faults"),
            )
            .at(&text.span)
            .hint("a bound on the time of a fault is a threshold under `load.thresholds`"),
        );
        return None;
    }
    if WITHOUT_WINDOW.contains(&threshold.metric.name.as_str()) {
        cx.found.add(
            Diagnostic::new(
                Code::BadThreshold,
                format!("`{}` cannot be told apart by faults", threshold.metric.name),
            )
            .at(&text.span)
            .hint("bound it over the whole run, as a threshold under `load.thresholds`"),
        );
        return None;
    }
    tags.check(&threshold.metric, &text.span, cx.found);
    Some(threshold)
}

/// Metrics of iterations and virtual users: they span windows, and are kept for the whole run.
const WITHOUT_WINDOW: [&str; 5] = [
    "dropped_iterations",
    "iteration_duration",
    "iterations",
    "vus",
    "vus_max",
];

fn http(
    call: &ProbeCall,
    load_target: Option<&Target>,
    cx: &mut Context<'_>,
) -> Option<(ProbeKind, Span, String)> {
    let mut expectations: Vec<Expectation> = Expected::from(call)
        .check(cx)
        .into_iter()
        .map(|expectation| expectation.value)
        .collect();
    if expectations.is_empty() {
        expectations.push(Expectation::Status(StatusMatch::Class(2)));
    }
    let target = match call.service.spanned() {
        Some(service) => cx
            .services
            .named(&service.value, &service.span, cx.found)
            .map(Target::Service),
        None => load_target.cloned(),
    };
    let request = call.request();
    let harness_call = request::call(request, None, cx)?;
    let (_, path) = request?;
    let name = format!("{} {}", harness_call.method, harness_call.path);
    let kind = ProbeKind::Http {
        target: target?,
        call: harness_call,
        expectations,
    };
    Some((kind, path.whole.clone(), name))
}
