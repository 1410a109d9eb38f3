use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{
    Arrivals, Body, ExecutorPlan, LoadPlan, Plan, RequestStep, ScenarioPlan, Stage, Step, StepKind,
    Target, ThresholdPlan,
};
use rtest_core::threshold::Threshold;
use rtest_core::unit::{UnitError, parse_duration, parse_rate};
use rtest_core::{Code, Diagnostic, HttpUrl, REDACTED, Secrets, Seed, Span, Template};

use crate::args::LoadArgs;
use crate::command::judge::{self, Keep};
use crate::exit::{Exit, Failure};
use crate::shell::quoted;

/// Virtual users of a closed model unless told otherwise.
const DEFAULT_VUS: u32 = 10;
/// Virtual users of an open model at most: one second's arrivals, between these bounds.
const MAX_VUS: std::ops::RangeInclusive<u32> = 50..=2000;
/// As a suite's default.
const GRACEFUL_STOP: Duration = Duration::from_secs(30);

pub(crate) fn execute(args: &LoadArgs) -> Result<Exit, Failure> {
    let plan = plan(args).map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let command = command(args, plan.seed);
    let keep = args.output.out.clone().map_or(Keep::Nowhere, Keep::In);
    judge::execute(plan, command, keep, &args.output)
}

/// The plan of the flags; every wrong flag at once.
fn plan(args: &LoadArgs) -> Result<Plan, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let url = HttpUrl::parse(&args.url).map_err(|error| {
        Diagnostic::new(Code::BadTarget, error.message)
            .at(&Span::of_flag("URL", &args.url))
            .hint(error.hint)
    });
    let duration = flag("--duration", &args.duration, parse_duration);
    let timeout = flag("--timeout", &args.timeout, parse_duration);
    let rate = args
        .rate
        .as_deref()
        .map(|rate| flag("--rate", rate, parse_rate))
        .transpose();
    let thresholds: Vec<_> = args.thresholds.iter().map(|text| threshold(text)).collect();
    let headers: Vec<_> = args.headers.iter().map(|text| header(text)).collect();
    let body = body(args);

    let mut keep = |diagnostic: Diagnostic| wrong.push(diagnostic);
    let url = url.map_err(&mut keep).ok();
    let duration = duration
        .map_err(&mut keep)
        .ok()
        .filter(|duration| !duration.is_zero());
    let timeout = timeout.map_err(&mut keep).ok();
    let rate = rate.map_err(&mut keep).ok();
    let thresholds: Vec<ThresholdPlan> = thresholds
        .into_iter()
        .filter_map(|gate| gate.map_err(&mut keep).ok())
        .collect();
    let mut headers: Vec<(String, Template)> = headers
        .into_iter()
        .filter_map(|header| header.map_err(&mut keep).ok())
        .collect();
    let body = body.map_err(&mut keep).ok();
    if args.vus == Some(0) {
        keep(out_of_range("--vus", "0"));
    }
    if args.max_vus == Some(0) {
        keep(out_of_range("--max-vus", "0"));
    }
    let (Some(url), Some(duration), Some(timeout), Some(rate), Some(body)) =
        (url, duration, timeout, rate, body)
    else {
        if wrong.is_empty() {
            wrong.push(out_of_range("--duration", &args.duration));
        }
        return Err(wrong);
    };
    if !wrong.is_empty() {
        return Err(wrong);
    }

    if args.json.is_some()
        && !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        headers.push(("content-type".to_owned(), literal("application/json")));
    }
    let mut secrets = Secrets::default();
    for (name, value) in &headers {
        if Secrets::is_secret_header(name) {
            secrets.add_header(value.source());
        }
    }
    let default_method = if body == Body::Empty { "GET" } else { "POST" };
    let method = args
        .method
        .as_deref()
        .unwrap_or(default_method)
        .to_ascii_uppercase();
    let executor = match rate {
        Some(rate) => ExecutorPlan::ConstantArrivalRate {
            rate,
            duration,
            max_vus: args
                .max_vus
                .unwrap_or_else(|| default_max_vus(rate.per_second())),
            arrivals: Arrivals::Even,
        },
        None => ExecutorPlan::ConstantVus {
            vus: args.vus.unwrap_or(DEFAULT_VUS),
            duration,
        },
    };
    let span = Span::of_flag("URL", &args.url);
    let step = Step {
        kind: StepKind::Request(Box::new(RequestStep {
            endpoint: url.path.clone(),
            headers,
            body,
            ..RequestStep::new(&method, literal(&url.path_and_query()), timeout)
        })),
        span: span.clone(),
    };
    let target = Target::Address {
        scheme: url.scheme,
        authority: url.authority,
        base_path: String::new(),
    };
    let scenario = ScenarioPlan {
        name: "default".to_owned(),
        executor,
        flow: vec![step],
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: GRACEFUL_STOP,
        span,
    };
    Ok(Plan {
        name: "load".to_owned(),
        suite: Arc::from("command line"),
        suite_hash: 0,
        seed: args.output.seed.unwrap_or_else(Seed::fresh),
        stages: vec![Stage::Load],
        services: Vec::new(),
        links: Vec::new(),
        load: Some(LoadPlan {
            thresholds,
            ..LoadPlan::new(target, vec![scenario])
        }),
        chaos: None,
        contracts: Vec::new(),
        sims: Vec::new(),
        secrets,
    })
}

fn default_max_vus(per_second: f64) -> u32 {
    (per_second.ceil() as u32).clamp(*MAX_VUS.start(), *MAX_VUS.end())
}

fn flag<T>(
    name: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, UnitError>,
) -> Result<T, Diagnostic> {
    parse(text).map_err(|error| {
        Diagnostic::new(Code::BadUnit, error.message)
            .at(&Span::of_flag(name, text))
            .hint(error.hint)
    })
}

fn threshold(text: &str) -> Result<ThresholdPlan, Diagnostic> {
    let span = Span::of_flag("--threshold", text);
    match Threshold::parse_line(text) {
        Ok(threshold) => match unknown_tag(&threshold) {
            Some(tag) => Err(Diagnostic::new(
                Code::UnknownTag,
                format!("no sample of this run carries the tag `{tag}`"),
            )
            .at(&span)
            .hint(format!("tags are {}", TAGS.join(", ")))),
            None => Ok(ThresholdPlan {
                threshold,
                abort_after: None,
                span,
            }),
        },
        Err(error) => Err(Diagnostic::new(error.code(), error.message)
            .at(&span)
            .hint(error.hint)),
    }
}

/// Tags that requests of a run without a file carry.
const TAGS: [&str; 5] = ["scenario", "endpoint", "method", "status", "error"];

/// A tag that nothing carries would make a gate that cannot fail.
fn unknown_tag(threshold: &Threshold) -> Option<&str> {
    let of_requests = threshold.metric.name.starts_with("http_")
        || threshold.metric.name.starts_with("data_")
        || threshold.metric.name == "schedule_lag";
    let known = if of_requests { &TAGS[..] } else { &TAGS[..1] };
    let mut names = threshold.metric.tags.iter().map(|(name, _)| name.as_str());
    names.find(|name| !known.contains(name))
}

fn header(text: &str) -> Result<(String, Template), Diagnostic> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), literal(value.trim())))
        }
        _ => Err(
            Diagnostic::new(Code::BadFlag, format!("`{text}` is not a header"))
                .at(&Span::of_flag("--header", text))
                .hint("write 'Name: value'"),
        ),
    }
}

fn body(args: &LoadArgs) -> Result<Body, Diagnostic> {
    if let Some(json) = &args.json {
        serde_json::from_str::<serde_json::Value>(json).map_err(|error| {
            Diagnostic::new(Code::BadFlag, format!("the body is not JSON: {error}"))
                .at(&Span::of_flag("--json", json))
                .hint("quote it for the shell: --json '{\"name\": \"Surya\"}'")
        })?;
    }
    let text = args.json.as_ref().or(args.body.as_ref());
    Ok(text.map_or(Body::Empty, |text| Body::Text(literal(text))))
}

fn out_of_range(name: &str, text: &str) -> Diagnostic {
    Diagnostic::new(Code::OutOfRange, format!("{name} must be above 0"))
        .at(&Span::of_flag(name, text))
}

/// Flags hold no templates: `{{` on a command line is text.
fn literal(text: &str) -> Template {
    Template::literal(text)
}

/// The command that makes the same run again; secret headers are left to be filled in.
fn command(args: &LoadArgs, seed: Seed) -> String {
    let mut words = vec!["rtest load".to_owned(), quoted(&args.url)];
    let mut option = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    if let Some(rate) = &args.rate {
        option("--rate", rate);
    }
    if let Some(vus) = args.vus {
        option("--vus", &vus.to_string());
    }
    if let Some(max_vus) = args.max_vus {
        option("--max-vus", &max_vus.to_string());
    }
    option("--duration", &args.duration);
    option("--timeout", &args.timeout);
    if let Some(method) = &args.method {
        option("--method", method);
    }
    for header in &args.headers {
        match header.split_once(':') {
            Some((name, _)) if Secrets::is_secret_header(name.trim()) => {
                option("--header", &format!("{name}: {REDACTED}"));
            }
            _ => option("--header", header),
        }
    }
    for (name, value) in [("--json", &args.json), ("--body", &args.body)] {
        if let Some(value) = value {
            option(name, value);
        }
    }
    for threshold in &args.thresholds {
        option("--threshold", threshold);
    }
    option("--seed", &seed.to_string());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser as _;

    fn planned(words: &[&str]) -> Result<Plan, String> {
        let cli = Cli::try_parse_from([&["rtest", "load"], words].concat())
            .map_err(|error| error.to_string())?;
        let Command::Load(args) = cli.command else {
            unreachable!("`rtest load` was typed")
        };
        plan(&args).map_err(|wrong| {
            wrong
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n\n")
        })
    }

    #[test]
    fn flags_become_the_plan_that_a_suite_would_give() {
        let plan = planned(&[
            "http://localhost:3000/users?page=2",
            "--rate",
            "200/s",
            "--duration",
            "10s",
            "--threshold",
            "p(95)<300",
            "--seed",
            "7",
        ])
        .expect("good flags");
        let load = plan.load.expect("load");
        let scenario = &load.scenarios[0];
        assert_eq!(scenario.executor.planned_iterations(), Some(2000));
        let StepKind::Request(request) = &scenario.flow[0].kind else {
            panic!("a request")
        };
        assert_eq!(
            (request.method.as_str(), request.endpoint.as_str()),
            ("GET", "/users")
        );
        assert_eq!(request.path.source(), "/users?page=2");
        assert_eq!(
            load.thresholds[0].threshold.to_string(),
            "http_req_duration p(95)<300"
        );
        assert_eq!(plan.seed.value(), 7);
    }

    #[test]
    fn every_wrong_flag_is_named_at_once() {
        let errors = planned(&[
            "ftp://x",
            "--rate",
            "200",
            "--threshold",
            "p95<1",
            "--header",
            "nope",
        ])
        .expect_err("bad flags");
        for code in ["RT0305", "RT0104", "RT0301", "RT0701"] {
            assert!(errors.contains(code), "{code} is missing in:\n{errors}");
        }
    }

    #[test]
    fn a_json_body_makes_it_a_post_with_a_content_type() {
        let plan = planned(&["http://h/users", "--json", r#"{"a":1}"#]).expect("good flags");
        let load = plan.load.expect("load");
        let StepKind::Request(request) = &load.scenarios[0].flow[0].kind else {
            panic!("a request")
        };
        assert_eq!(request.method, "POST");
        assert_eq!(request.headers[0].0, "content-type");
        assert!(planned(&["http://h/", "--json", "{"]).is_err());
    }

    #[test]
    fn a_threshold_on_a_tag_that_nothing_carries_is_refused() {
        let wrong = |threshold: &str| {
            planned(&["http://h/", "--threshold", threshold]).expect_err(threshold)
        };
        assert!(wrong("http_reqs{statuss:200} count<1").contains("RT0306"));
        assert!(wrong("dropped_iterations{status:200} count<1").contains("RT0306"));
        assert!(planned(&["http://h/", "--threshold", "http_reqs{status:200} count>1"]).is_ok());
    }

    #[test]
    fn authorization_is_a_secret() {
        let plan =
            planned(&["http://h/", "-H", "Authorization: Bearer abcdef"]).expect("good flags");
        assert_eq!(plan.secrets.redact("Bearer abcdef"), "[redacted]");
    }
}
