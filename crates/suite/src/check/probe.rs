use rtest_core::expectation::{Expectation, StatusMatch, ValueMatch, excerpt};
use rtest_core::plan::{
    CommandProbe, ProbeKind, ProbePlan, SqlExpectation, SqlProbe, Target, TcpTarget,
};
use rtest_core::threshold::Threshold;
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::chaos::{free_name, unique_name};
use crate::check::expectation::{Expected, Subject, equality, value_match};
use crate::check::load::{Driven, Metrics};
use crate::check::tags::Tags;
use crate::check::{Context, reference, request, template, threshold};
use crate::file::{Chaos, Probe, ProbeCall, ProbeCommand, ProbeQuery};
use crate::scalar::Json;
use crate::shape::Field;
use crate::spanned::Spanned;

/// Checks the hypothesis. The load's target is what calls go to that name no service.
pub(super) fn hypothesis(
    chaos: &Chaos,
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Vec<ProbePlan> {
    let probes = chaos.hypothesis.value().map(|list| list.items.as_slice());
    list(probes.unwrap_or_default(), load, tags, cx)
}

/// Checks probes that stand in one list.
pub(super) fn list(
    probes: &[Spanned<Probe>],
    load: &Driven,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Vec<ProbePlan> {
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
        let continuously = probe.value.continuously.entry();
        if let (Some(entry), ProbeKind::Metric(_)) = (continuously, &kind) {
            cx.found.add(
                Diagnostic::new(
                    Code::Contradiction,
                    "a metric is read from the whole time without faults, not asked every second",
                )
                .at(&entry.key)
                .hint("leave `continuously` out; a bound that ends the run is a guardrail"),
            );
        }
        plans.push(ProbePlan {
            name,
            kind,
            continuously: continuously.map(|entry| entry.value.value.0),
            span,
        });
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
    asked(probe, load, cx)
}

/// What a probe asks that is not a metric, where it stands, and what it is called.
pub(super) fn asked(
    probe: &Probe,
    load: &Driven,
    cx: &mut Context<'_>,
) -> Option<(ProbeKind, Span, String)> {
    if let Some(entry) = probe.tcp.entry() {
        let target = tcp(&entry.value, cx)?;
        let name = format!("TCP {}", entry.value.value);
        return Some((ProbeKind::Tcp(target), entry.whole.clone(), name));
    }
    if let Some(entry) = probe.command.entry() {
        let (kind, name) = command(&entry.value.value, cx)?;
        return Some((kind, entry.key.clone(), name));
    }
    if let Some(entry) = probe.sql.entry() {
        let (kind, name) = sql(&entry.value.value, cx)?;
        return Some((kind, entry.key.clone(), name));
    }
    let entry = probe.http.entry()?;
    http(&entry.value.value, load, cx)
}

fn tcp(target: &Spanned<String>, cx: &mut Context<'_>) -> Option<TcpTarget> {
    if target.value.contains(':') {
        return reference::external_address(target, cx.found).map(TcpTarget::Address);
    }
    cx.services
        .named(&target.value, &target.span, cx.found)
        .map(TcpTarget::Service)
}

fn command(command: &ProbeCommand, cx: &mut Context<'_>) -> Option<(ProbeKind, String)> {
    let (words, name) = self::words(&command.run.value()?.items, cx);
    let output = match command.output.value() {
        Some(matcher) => Some(value_match(matcher, Subject::Json, cx)?),
        None => None,
    };
    let exit = match command.exit.value() {
        Some(codes) => codes
            .0
            .iter()
            .map(|code| code.value.small() as i32)
            .collect(),
        None => vec![0],
    };
    let kind = ProbeKind::Command(CommandProbe {
        words,
        cwd: cx.base.to_owned(),
        exit,
        output,
    });
    Some((kind, name))
}

/// The words of a command, and what it is called.
pub(super) fn words(words: &[Spanned<Template>], cx: &mut Context<'_>) -> (Vec<Template>, String) {
    for word in words {
        template::check(&word.value, &word.span, cx);
    }
    let shown: Vec<&str> = words.iter().map(|word| word.value.source()).collect();
    let name = excerpt(shown.join(" ").as_bytes());
    (words.iter().map(|word| word.value.clone()).collect(), name)
}

fn sql(query: &ProbeQuery, cx: &mut Context<'_>) -> Option<(ProbeKind, String)> {
    let expected = match (query.rows.value(), query.value.value()) {
        (Some(rows), _) => Some(SqlExpectation::Rows(self::rows(&rows.items, cx)?)),
        (None, Some(matcher)) => Some(SqlExpectation::Value(value_match(
            matcher,
            Subject::Json,
            cx,
        )?)),
        (None, None) => None,
    };
    let (url, query, name) = self::query(&query.url, &query.query, cx)?;
    let kind = ProbeKind::Sql(SqlProbe {
        url,
        query,
        expected: expected?,
    });
    Some((kind, name))
}

/// The database that is asked, what, and what that is called.
pub(super) fn query(
    url: &Field<Template>,
    query: &Field<String>,
    cx: &mut Context<'_>,
) -> Option<(Template, String, String)> {
    let url = postgres(url, cx)?;
    let text = query.value()?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some((url, text.clone(), excerpt(line.as_bytes())))
}

/// The URL of a Postgres database.
pub(super) fn postgres(url: &Field<Template>, cx: &mut Context<'_>) -> Option<Template> {
    let url = url.spanned()?;
    template::check(&url.value, &url.span, cx);
    if !["postgres://", "postgresql://"]
        .iter()
        .any(|it| url.value.source().starts_with(it))
    {
        cx.found.add(
            Diagnostic::new(
                Code::BadTarget,
                "this is not the URL of a Postgres database",
            )
            .at(&url.span)
            .hint("write `postgres://user@{{ db.host }}:{{ db.port }}/database`"),
        );
    }
    Some(url.value.clone())
}

/// Rows, each a list of its values.
pub(super) fn rows(
    rows: &[Spanned<Json>],
    cx: &mut Context<'_>,
) -> Option<Vec<Vec<serde_json::Value>>> {
    let mut read = Vec::new();
    for row in rows {
        let ValueMatch::Equals(value) = equality(&row.value.0, Subject::Json, cx)? else {
            return None;
        };
        let serde_json::Value::Array(values) = value else {
            cx.found.add(
                Diagnostic::new(Code::WrongType, "a row is a list of its values")
                    .at(&row.span)
                    .hint("write `rows: [[Surya, 7], [Ada, 8]]`"),
            );
            return None;
        };
        read.push(values);
    }
    Some(read)
}

fn metric(
    text: &Spanned<String>,
    metrics: &Metrics,
    tags: &Tags,
    cx: &mut Context<'_>,
) -> Option<Threshold> {
    let threshold = threshold::line(text, metrics, cx.found)?;
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
    if is_without_window(&threshold) {
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

/// Whether the metric cannot be told apart by faults.
pub(super) fn is_without_window(threshold: &Threshold) -> bool {
    WITHOUT_WINDOW.contains(&threshold.metric.name.as_str())
}

fn http(
    call: &ProbeCall,
    load: &Driven,
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
    let target = target(&call.service, load, cx);
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

/// The service that is asked; the load's target where none is named.
pub(super) fn target(
    service: &Field<String>,
    load: &Driven,
    cx: &mut Context<'_>,
) -> Option<Target> {
    match service.spanned() {
        Some(service) => cx
            .services
            .named(&service.value, &service.span, cx.found)
            .map(Target::Service),
        None => load.target.clone(),
    }
}
