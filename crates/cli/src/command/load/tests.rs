use std::time::Duration;

use clap::Parser as _;
use rtest_core::plan::{
    Arrivals, AuthPlan, Body, Cookies, ExecutorPlan, HttpVersion, Pacing, RequestStep, Reuse, Shard,
};
use rtest_core::{Scheme, Seed};

use super::*;
use crate::args::Command;

fn planned(words: &[&str]) -> Result<Plan, String> {
    let cli = Cli::try_parse_from([&["rtest", "load"], words].concat())
        .map_err(|error| error.to_string())?;
    let Command::Load(args) = cli.command else {
        unreachable!("`rtest load` was typed")
    };
    plan(&args).map_err(|wrong| {
        let texts: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        texts.join("\n\n")
    })
}

/// The load of `rtest load http://h/` with these flags.
fn load(words: &[&str]) -> LoadPlan {
    let plan = planned(&[&["http://h/"], words].concat()).expect("good flags");
    plan.load.expect("load")
}

fn executor(words: &[&str]) -> ExecutorPlan {
    load(words).scenarios.remove(0).executor
}

fn request(words: &[&str]) -> RequestStep {
    match load(words).scenarios.remove(0).flow.remove(0).kind {
        StepKind::Request(request) => *request,
        other => panic!("a request, not {other:?}"),
    }
}

#[track_caller]
fn refused(words: &[&str], why: &str) {
    let errors = planned(&[&["http://h/"], words].concat()).expect_err(why);
    assert!(errors.contains(why), "{why} is missing in:\n{errors}");
}

#[test]
fn flags_become_the_plan_that_a_suite_would_give() {
    let plan = planned(&[
        "https://localhost:3000/users?page=2",
        "--rate",
        "200/s",
        "--duration",
        "10s",
        "--threshold",
        "p(95)<300",
        "--seed",
        "7",
        "--shard",
        "1/4",
    ])
    .expect("good flags");
    assert_eq!(plan.seed, Seed::new(7));
    let load = plan.load.expect("load");
    assert_eq!(load.shard, Shard { index: 1, of: 4 });
    assert!(matches!(
        load.target,
        Target::Address {
            scheme: Scheme::Https,
            ..
        }
    ));
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
}

#[test]
fn each_way_to_say_how_much_is_an_executor() {
    let (ten, second) = (Duration::from_secs(10), Duration::from_secs(1));
    assert_eq!(
        executor(&[]),
        ExecutorPlan::ConstantVus {
            vus: 10,
            duration: ten
        }
    );
    assert_eq!(
        executor(&["-c", "3", "-z", "1s"]),
        ExecutorPlan::ConstantVus {
            vus: 3,
            duration: second
        }
    );
    assert_eq!(
        executor(&["-n", "5"]),
        ExecutorPlan::SharedIterations {
            vus: 5,
            iterations: 5,
            max_duration: Duration::from_secs(600)
        }
    );
    let ExecutorPlan::ConstantArrivalRate {
        max_vus, arrivals, ..
    } = executor(&["--rate", "200/s", "--poisson"])
    else {
        panic!("an arrival rate")
    };
    assert_eq!((max_vus, arrivals), (200, Arrivals::Poisson));
    let stages = ["--stage", "30s:100", "--stage", "10s:0"];
    let ExecutorPlan::RampingVus {
        start_vus, stages, ..
    } = executor(&stages)
    else {
        panic!("a ramp of virtual users")
    };
    assert_eq!((start_vus, stages[0].target, stages[1].target), (1, 100, 0));
    let stages = ["--stage", "30s:200/s", "--stage", "10s:0/s"];
    let ExecutorPlan::RampingArrivalRate {
        start_rate,
        stages,
        max_vus,
        ..
    } = executor(&stages)
    else {
        panic!("a ramp of a rate")
    };
    assert_eq!((start_rate.count, stages.len(), max_vus), (0.0, 2, 200));
    let from = ["--rate", "50/s", "--stage", "30s:200/s", "--max-vus", "7"];
    let ramp = executor(&from);
    assert_eq!(
        (ramp.most_vus(), ramp.planned_iterations()),
        (7, Some(3750))
    );
}

#[test]
fn flags_that_mean_nothing_together_are_refused() {
    refused(&["--rate", "1/s", "--vus", "3"], "cannot be used with");
    refused(&["-n", "5", "--rate", "1/s"], "cannot be used with");
    refused(&["--stage", "1s:5", "-d", "3s"], "cannot be used with");
    refused(&["--body", "x", "--json", "1"], "cannot be used with");
    refused(&["--http2", "--http1.1"], "cannot be used with");
    refused(&["--digest"], "--user");
    refused(
        &["--poisson"],
        "--poisson means something for arrivals only",
    );
    refused(&["--pacing", "spin"], "--rate 200/s");
    refused(&["--max-vus", "5"], "for arrivals only");
    refused(&["--stage", "1s:5", "--stage", "1s:5/s"], "either to");
    refused(&["--stage", "1s:5", "--rate", "5/s"], "start from --vus");
    refused(&["--stage", "1s:5/s", "--vus", "5"], "start from --rate");
    refused(&["--stage", "0s:5"], "take no time");
    refused(&["--insecure"], "for TLS only");
    refused(&["--abort-on-fail"], "--threshold");
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
        "--expect-status",
        "2yy",
        "--user",
        "me",
        "--body-file",
        "/nonexistent",
        "--proxy",
        "socks5://p:1",
    ])
    .expect_err("bad flags");
    for code in ["RT0305", "RT0104", "RT0301", "RT0701", "RT0204"] {
        assert!(errors.contains(code), "{code} is missing in:\n{errors}");
    }
    for flag in ["--header", "--expect-status", "--user", "--proxy"] {
        assert!(errors.contains(flag), "{flag} is missing in:\n{errors}");
    }
    refused(&["--stage", "30:5"], "RT0104");
    refused(&["--stage", "30s"], "30s:200/s");
    refused(&["-d", "0s"], "RT0107");
    refused(&["-t", "p(95)<1", "-t", "p(95) < 1ms"], "RT0106");
}

#[test]
fn a_body_of_each_kind_makes_it_a_post() {
    let json = request(&["--json", r#"{"a":1}"#]);
    assert_eq!(json.method, "POST");
    assert!(matches!(json.body, Body::Json(_)));
    refused(&["--json", "{"], "is not JSON");
    let form = request(&["--form", "a=b", "--form", "c=d=e"]).body;
    let Body::Form(fields) = form else {
        panic!("a form")
    };
    assert_eq!((fields[1].0.as_str(), fields[1].1.source()), ("c", "d=e"));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), b"\xff\x00").expect("written");
    let sent = request(&[
        "--body-file",
        &file.path().display().to_string(),
        "-X",
        "put",
    ]);
    assert_eq!(sent.method, "PUT");
    assert!(matches!(sent.body, Body::File(bytes) if *bytes == *b"\xff\x00"));
}

#[test]
fn what_is_said_of_the_connection_is_in_the_plan() {
    let http = load(&[
        "--http2",
        "--proxy",
        "http://me:p@ss@proxy:3128",
        "--host-ip",
        "API.example.com=10.0.0.7",
        "--disable-keepalive",
        "--compressed",
        "--cookies",
        "--connect-timeout",
        "2s",
        "-u",
        "me:secret:x",
    ])
    .http;
    assert_eq!(http.version, HttpVersion::Http2);
    let proxy = http.proxy.expect("a proxy");
    assert_eq!(proxy.authority, "proxy:3128");
    assert_eq!(proxy.login, Some(("me".to_owned(), "p@ss".to_owned())));
    assert_eq!(http.dns.overrides[0].0, "api.example.com");
    assert_eq!(http.connections.reuse, Reuse::Never);
    assert!(http.compression);
    assert_eq!(http.cookies, Cookies::Vu);
    assert_eq!(http.timeouts.connect, Some(Duration::from_secs(2)));
    assert!(
        matches!(http.auth, Some(AuthPlan::Basic { password, .. }) if password.source() == "secret:x")
    );
    assert_eq!(
        load(&["--rate", "1/s", "--pacing", "spin"]).pacing,
        Pacing::Spin
    );
}

#[test]
fn certificates_are_read_and_their_kind_is_looked_at() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    let planned = |words: &[&str]| planned(&[&["https://h/"], words].concat());
    let pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    std::fs::write(file.path(), pem).expect("written");
    let load = planned(&["--ca", &path]).expect("a CA").load.expect("load");
    assert_eq!(load.http.tls.ca.as_deref(), Some(pem.as_bytes()));
    let error = planned(&["--cert", &path]).expect_err("no key in it");
    assert!(error.contains("no PEM block `PRIVATE KEY`"), "{error}");
    let both = format!("{pem}-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----\n");
    std::fs::write(file.path(), both).expect("written");
    let load = planned(&["--cert", &path]).expect("both in one");
    assert!(load.load.expect("load").http.tls.client.is_some());
}

#[test]
fn thresholds_abort_when_asked_and_name_only_tags_that_there_are() {
    let gates = load(&["-t", "p(95)<300", "--abort-on-fail=5s"]).thresholds;
    assert_eq!(gates[0].abort_after, Some(Duration::from_secs(5)));
    let gates = load(&["-t", "p(95)<300", "--abort-on-fail"]).thresholds;
    assert_eq!(gates[0].abort_after, Some(Duration::ZERO));
    refused(&["-t", "http_reqs{statuss:200} count<1"], "RT0306");
    refused(&["-t", "dropped_iterations{status:200} count<1"], "RT0306");
    load(&["-t", "http_reqs{status:200} count>1"]);
    load(&[
        "-t",
        "checks{check:status 2xx} rate>0.9",
        "--expect-status",
        "2xx",
    ]);
}

#[test]
fn what_is_expected_of_the_status_is_a_check() {
    for (text, name) in [
        ("200", "status 200"),
        ("2xx", "status 2xx"),
        ("200,204", "status 200 or 204"),
    ] {
        assert_eq!(request(&["--expect-status", text]).checks[0].name, name);
    }
    for text in ["", "2000", "9xx", "xx", "200,"] {
        refused(&["--expect-status", text], "--expect-status");
    }
}

#[test]
fn secrets_are_known_before_anything_is_written() {
    let secrets = |words: &[&str]| {
        let plan = planned(&[&["http://h/"], words].concat()).expect("good flags");
        plan.secrets
    };
    let bearer = secrets(&["-H", "Authorization: Bearer abcdef"]);
    assert_eq!(bearer.redact("Bearer abcdef"), "[redacted]");
    let basic = secrets(&["-u", "me:hunter2"]);
    assert_eq!(
        basic.redact("hunter2 bWU6aHVudGVyMg=="),
        "[redacted] [redacted]"
    );
    let proxy = secrets(&["-x", "me:hunter2@proxy:1"]);
    assert_eq!(proxy.redact("hunter2"), "[redacted]");
}

#[test]
fn every_flag_has_its_key_in_the_documentation() {
    let documented = include_str!("../../../../../docs/LOAD.md");
    let mut cli = Cli::command();
    cli.build();
    let load = cli.find_subcommand("load").expect("there is `rtest load`");
    let of_every_run = Some("Run and reports");
    let flags = load
        .get_arguments()
        .filter(|flag| flag.get_help_heading() != of_every_run)
        .filter_map(|flag| flag.get_long())
        .filter(|name| !["help", "version"].contains(name));
    for name in flags {
        let cell = [format!("`--{name}`"), format!("`--{name} ")];
        assert!(
            cell.iter().any(|cell| documented.contains(cell)),
            "--{name} is not in docs/LOAD.md"
        );
    }
}
