//! A suite that holds every key, and exactly the plan that it becomes.

mod expected;
mod place;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use expected::{chaos::chaos, contracts::contracts, sims::sims};
use rtest_core::expectation::{Expectation, JsonType, StatusMatch, ValueMatch};
use rtest_core::plan::{
    Arrivals, AuthPlan, Body, ChaosPlan, CheckPlan, ContractKind, ContractPlan, ContractSource,
    DataPlan, DiskError, Engine, ExecutorPlan, FaultPlan, FaultTarget, GuardrailsPlan, HttpCall,
    HttpPlan, InteractionSelect, LinkFault, LinkPlan, LoadPlan, PactPlan, ProbeKind, ProbePlan,
    Protocol, Provider, Readiness, ReadinessProbe, RequestStep, ScenarioPlan, ServicePlan,
    SimDelay, SimDisk, SimFault, SimFaultKind, SimLink, SimPlan, SimStrategy, SimWorld, Stage,
    StateAction, StateCall, StatePlan, StatesPlace, StatesPlan, Step, StepKind, Target, Think,
    ThresholdPlan, TlsPlan, UnhandledRejections,
};
use rtest_core::threshold::Threshold;
use rtest_core::unit::Rate;
use rtest_core::{Code, Plan, Seed, Span, Template};
use rtest_suite::{CheckedSuite, Inputs};
use serde_json::json;

const FOLDER: &str = "tests/suites";
const SHOWN: &str = "tests/suites/every-key.yaml";

fn suite() -> CheckedSuite {
    let variables = [("API_TOKEN", "s3cret-token"), ("MAX_VUS", "30")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let inputs = Inputs {
        variables: BTreeMap::from(variables),
        has_goose: true,
    };
    rtest_suite::load(Path::new(SHOWN), &inputs).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n\n"))
    })
}

fn at(line: &str, marked: &str) -> Span {
    place::in_suite(SHOWN, line, marked)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn template(text: &str) -> Template {
    Template::parse(text).expect(text)
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn templates(pairs: &[(&str, &str)]) -> Vec<(String, Template)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), template(value)))
        .collect()
}

fn http_ready(path: &str, within: u64) -> Readiness {
    Readiness {
        probe: ReadinessProbe::Http { path: path.into() },
        within: Duration::from_secs(within),
    }
}

fn tcp_ready(within: u64) -> Readiness {
    Readiness {
        probe: ReadinessProbe::Tcp,
        within: Duration::from_secs(within),
    }
}

fn service(name: &str, provider: Provider, ready: Readiness, line: &str) -> ServicePlan {
    ServicePlan {
        name: name.into(),
        provider,
        protocol: Protocol::Http,
        depends_on: Vec::new(),
        env: Vec::new(),
        ready,
        data: DataPlan::default(),
        span: at(line, name),
    }
}

fn services() -> Vec<ServicePlan> {
    let catalog = Provider::Builtin {
        sample: "catalog".into(),
        breaks: Vec::new(),
    };
    let mail = Provider::Process {
        command: ["node", "server.mjs", "--port={{ mail.port }}"]
            .map(template)
            .to_vec(),
        cwd: PathBuf::from(FOLDER).join("pacts"),
        port: Some(2525),
    };
    let storefront = Provider::Builtin {
        sample: "storefront".into(),
        breaks: vec!["deadline".into(), "contract".into()],
    };
    let legacy = Provider::External {
        address: "localhost:8080".into(),
    };
    vec![
        service("catalog", catalog, http_ready("/health", 10), "catalog: {"),
        service("mail", mail, tcp_ready(30), "    mail:"),
        ServicePlan {
            depends_on: vec!["catalog".into(), "mail".into()],
            env: templates(&[
                ("CATALOG", "{{ catalog.url }}/v1"),
                ("WORKERS", "04"),
                ("DEBUG", "true"),
                ("RATIO", "1.10"),
                ("MODE", "no"),
                ("TOKEN", "s3cret-token"),
                ("GREETING", "hello {{ mail.host }}"),
            ]),
            ..service(
                "storefront",
                storefront,
                http_ready("/ready", 5),
                "    storefront:",
            )
        },
        service("legacy", legacy, tcp_ready(5), "legacy:"),
    ]
}

fn request(method: &str, path: &str, line: &str, marked: &str) -> (RequestStep, Span) {
    let path = template(path);
    let request = RequestStep {
        endpoint: path.endpoint_name(),
        ..RequestStep::new(method, path, Duration::from_secs(5))
    };
    (request, at(line, marked))
}

fn step((request, span): (RequestStep, Span)) -> Step {
    Step {
        kind: StepKind::Request(Box::new(request)),
        span,
    }
}

fn think(millis: u64, line: &str, marked: &str) -> Step {
    Step {
        kind: StepKind::Think(Think::Constant(Duration::from_millis(millis))),
        span: at(line, marked),
    }
}

fn status(codes: &[u16]) -> Expectation {
    Expectation::Status(StatusMatch::AnyOf(codes.to_vec()))
}

fn json(path: &str, value: ValueMatch) -> Expectation {
    Expectation::Json {
        path: rtest_core::JsonPath::parse(path).expect(path),
        value,
    }
}

fn header(name: &str, value: ValueMatch) -> Expectation {
    Expectation::Header {
        name: name.into(),
        value,
    }
}

fn check(name: &str, expectation: Expectation, line: &str, marked: &str) -> CheckPlan {
    CheckPlan {
        name: name.into(),
        expectation,
        span: at(line, marked),
    }
}

fn browse_checks() -> Vec<CheckPlan> {
    let price = ValueMatch::All(vec![
        ValueMatch::Type(JsonType::Number),
        ValueMatch::Min(0.0),
        ValueMatch::Max(99.5),
    ]);
    let matches = |regex: &str| ValueMatch::Matches(regex::Regex::new(regex).expect(regex));
    let age = ValueMatch::All(vec![
        ValueMatch::Type(JsonType::String),
        ValueMatch::Min(1.0),
        ValueMatch::Max(60.0),
        matches("[0-9]+"),
    ]);
    let contains = "body_contains: [";
    vec![
        check("status 200", status(&[200]), "status: 200", "status: 200"),
        check(
            "header content-length = \"12\"",
            header("content-length", ValueMatch::Equals(json!("12"))),
            "content-length: 12",
            "content-length: 12",
        ),
        check(
            "header etag present",
            header("etag", ValueMatch::Exists(true)),
            "etag:",
            "etag",
        ),
        check(
            "header age of type string and >= 1 and <= 60 and matching /[0-9]+/",
            header("age", age),
            "age: {",
            "age",
        ),
        check(
            "$.id = 7",
            json("$.id", ValueMatch::Equals(json!(7))),
            "$.id",
            "$.id: 7",
        ),
        check(
            "$.price of type number and >= 0 and <= 99.5",
            json("$.price", price),
            "$.price",
            "$.price",
        ),
        check(
            "$.name matching /^S/",
            json("$.name", matches("^S")),
            "$.name",
            "$.name",
        ),
        check(
            "$.tags = [\"a\",1]",
            json("$.tags", ValueMatch::Equals(json!(["a", 1]))),
            "$.tags",
            "$.tags",
        ),
        check(
            "$.userEmail absent",
            json("$.userEmail", ValueMatch::Exists(false)),
            "$.userEmail",
            "$.userEmail",
        ),
        check(
            "a body that contains `Surya`",
            Expectation::BodyContains("Surya".into()),
            contains,
            "Surya",
        ),
        check(
            "a body that contains `id`",
            Expectation::BodyContains("id".into()),
            contains,
            "id",
        ),
    ]
}

fn browse() -> ScenarioPlan {
    let (mut get, get_at) = request(
        "GET",
        "/products/{{ iteration }}?page=1",
        "get: \"/products",
        "get: \"/products/{{ iteration }}?page=1\"",
    );
    get.endpoint = "product".into();
    get.headers = templates(&[("accept", "application/json")]);
    get.checks = browse_checks();
    get.tags = owned(&[("kind", "read")]);
    get.timeout = Duration::from_millis(500);

    let (mut post, post_at) = request("POST", "/orders", "post: /orders", "post: /orders");
    post.body = Body::Json(template(
        r#"{"id":7,"code":"012","amount":9.50,"big":12345678901234567890123,"on":"no","n":"1_000","list":[null,true,"{{ vu }}"]}"#,
    ));
    post.checks = vec![check(
        "status 201 or 202",
        status(&[201, 202]),
        "[201, 202]",
        "status",
    )];

    let (mut put, put_at) = request("PUT", "/orders/1", "put: /orders", "put: /orders/1");
    put.headers = templates(&[("Content-Type", "text/plain")]);
    put.body = Body::Text(template("plain {{ vu }}"));
    let class = Expectation::Status(StatusMatch::Class(2));
    put.checks = vec![check("status 2xx", class, "status: 2xx", "status: 2xx")];

    ScenarioPlan {
        name: "browse".into(),
        engine: Engine::default(),
        executor: ExecutorPlan::ConstantArrivalRate {
            rate: Rate {
                count: 20.0,
                per: Duration::from_secs(1),
            },
            duration: Duration::from_secs(10),
            max_vus: 30,
            arrivals: Arrivals::Even,
        },
        flow: vec![
            step((get, get_at)),
            think(100, "think: 100ms", "think: 100ms"),
            step((post, post_at)),
            step((put, put_at)),
            step(request(
                "PATCH",
                "/orders/1",
                "patch: /o",
                "patch: /orders/1",
            )),
            step(request(
                "DELETE",
                "/orders/1",
                "delete: /o",
                "delete: /orders/1",
            )),
            step(request("HEAD", "/", "- head: /", "head: /")),
            step(request("OPTIONS", "/", "- options: /", "options: /")),
        ],
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: owned(&[("team", "shop")]),
        start_time: Duration::from_secs(1),
        graceful_stop: Duration::from_secs(2),
        span: at("    browse:", "browse"),
    }
}

fn load() -> LoadPlan {
    let closed = ScenarioPlan {
        name: "think-and-look".into(),
        engine: Engine::default(),
        executor: ExecutorPlan::ConstantVus {
            vus: 2,
            duration: Duration::from_secs(12),
        },
        flow: vec![step(request("GET", "/", "think-and-look", "get: /"))],
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(30),
        span: at("think-and-look", "think-and-look"),
    };
    let defaulted = ScenarioPlan {
        name: "default-vus".into(),
        engine: Engine::default(),
        executor: ExecutorPlan::ConstantArrivalRate {
            rate: Rate {
                count: 4.0,
                per: Duration::from_secs(1),
            },
            duration: Duration::from_secs(1),
            // Four a second, each at most 5 s of timeout and 1 s of pause.
            max_vus: 24,
            arrivals: Arrivals::Even,
        },
        flow: vec![
            step(request("GET", "/", "default-vus", "get: /")),
            think(1000, "default-vus", "think: 1s"),
        ],
        span: at("default-vus", "default-vus"),
        ..closed.clone()
    };
    let gate = |line: &str, expression: &str, marked: &str| ThresholdPlan {
        threshold: Threshold::parse_line(expression).expect(expression),
        abort_after: None,
        span: at(line, marked),
    };
    let target = Target::Service("storefront".into());
    LoadPlan {
        thresholds: vec![
            gate("http_req_duration: [", "p(95)<300", "\"p(95)<300\""),
            gate("http_req_duration: [", "p(99)<800", "\"p(99)<800\""),
            gate(
                "{endpoint:product,team:shop}",
                "http_req_duration{endpoint:product,team:shop} p(99)<500",
                "p(99)<500ms",
            ),
            gate(
                "{window:during}",
                "http_req_failed{window:during} rate<0.05",
                "rate<5%",
            ),
            gate(
                "{fault:latency",
                "http_req_failed{fault:latency storefront -> catalog #2} rate<0.05",
                "rate<5%",
            ),
        ],
        http: HttpPlan {
            auth: Some(AuthPlan::Bearer(template("s3cret-token"))),
            ..HttpPlan::default()
        },
        ..LoadPlan::new(target, vec![browse(), closed, defaulted])
    }
}

/// Plans hold regular expressions and JSON paths, which are equal when they are shown alike.
#[track_caller]
fn assert_same<T: std::fmt::Debug>(actual: &T, expected: &T) {
    assert_eq!(format!("{actual:#?}"), format!("{expected:#?}"));
}

#[test]
fn a_suite_with_every_key_becomes_exactly_this_plan() {
    let plan: Plan = suite().plan(None, None).expect("no stage was asked for");
    assert_eq!(plan.name, "every key");
    assert_eq!(&*plan.suite, SHOWN);
    assert_eq!(plan.seed, Seed::new(42));
    assert_eq!(
        plan.stages,
        Stage::ALL[1..],
        "all but cases, which it has none of"
    );
    assert_same(&plan.services, &services());
    assert_eq!(
        plan.links,
        [
            LinkPlan::new("storefront", "catalog"),
            LinkPlan::new("storefront", "mail")
        ]
    );
    assert_same(&plan.load, &Some(load()));
    assert_same(&plan.chaos, &Some(chaos()));
    assert_same(&plan.contracts, &contracts());
    assert_same(&plan.sims, &sims());
    assert_eq!(
        plan.secrets.redact("token s3cret-token, 30 users"),
        "token [redacted], 30 users"
    );
}

#[test]
fn a_stage_plans_its_own_parts_and_the_whole_environment() {
    let suite = suite();
    assert_eq!(suite.name(), "every key");
    assert_eq!(
        suite.stages().collect::<Vec<_>>(),
        ["pr", "load", "preprod"]
    );

    let pr = suite.plan(None, Some("pr")).expect("a stage of the suite");
    assert_eq!(pr.stages, [Stage::Contracts, Stage::Sim]);
    assert!(pr.load.is_none() && pr.chaos.is_none());
    assert_eq!((pr.contracts.len(), pr.sims.len()), (2, 10));
    assert_eq!((pr.services.len(), pr.links.len()), (4, 2));

    let preprod = suite
        .plan(None, Some("preprod"))
        .expect("a stage of the suite");
    assert_eq!(preprod.stages, [Stage::Load, Stage::Chaos]);
    assert!(preprod.contracts.is_empty() && preprod.sims.is_empty());
    assert_same(&preprod.load, &Some(load()));
    assert_same(&preprod.chaos, &Some(chaos()));
}

#[test]
fn without_faults_no_threshold_waits_for_them() {
    let plan = suite()
        .plan(None, Some("load"))
        .expect("a stage of the suite");
    let thresholds = plan.load.expect("the stage's load").thresholds;
    let shown: Vec<String> = thresholds
        .iter()
        .map(|gate| gate.threshold.to_string())
        .collect();
    assert_eq!(
        shown,
        [
            "http_req_duration p(95)<300",
            "http_req_duration p(99)<800",
            "http_req_duration{endpoint:product,team:shop} p(99)<500"
        ]
    );
}

#[test]
fn a_seed_from_outside_wins_over_the_suites() {
    let plan = suite()
        .plan(Some(Seed::new(7)), None)
        .expect("no stage was asked for");
    assert_eq!(plan.seed, Seed::new(7));
}

#[test]
fn an_unknown_stage_is_reported_with_the_one_that_was_meant() {
    let error = suite()
        .plan(None, Some("preprd"))
        .expect_err("no such stage");
    assert_eq!(error.code, Code::UnknownStage);
    assert_eq!(error.hint.as_deref(), Some("did you mean `preprod`?"));
}

#[test]
fn five_lines_are_a_suite() {
    let text = "name: ping\nload:\n  target: http://127.0.0.1:3000\n  scenarios:\n    ping: { executor: constant-arrival-rate, rate: 10/s, duration: 10s, flow: [{ get: / }] }\n";
    let check = |text: &str| {
        rtest_suite::check(text, "ping.yaml", Path::new("."), &Inputs::default())
            .expect("a suite")
            .plan(None, None)
            .expect("no stage was asked for")
    };
    let plan = check(text);
    assert_eq!(plan.stages, [Stage::Load]);
    assert!(plan.seed.value() < 1 << 32, "a fresh seed is short to type");
    let windows = check(&format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(windows.stages, [Stage::Load]);
    assert_ne!(windows.suite_hash, plan.suite_hash);
}

#[test]
fn merge_keys_and_aliases_are_read_as_what_they_stand_for() {
    let text = "\
name: aliases
load:
  target: http://127.0.0.1:3000
  scenarios:
    one: &one { executor: constant-vus, vus: 1, duration: 10s, flow: [{ get: / }] }
    two: { <<: *one, vus: 2 }
";
    let plan = rtest_suite::check(text, "x.yaml", Path::new("."), &Inputs::default())
        .expect("a suite")
        .plan(None, None)
        .expect("no stage was asked for");
    let load = plan.load.expect("load");
    let executors: Vec<&ExecutorPlan> = load
        .scenarios
        .iter()
        .map(|scenario| &scenario.executor)
        .collect();
    let duration = Duration::from_secs(10);
    assert_eq!(
        executors,
        [
            &ExecutorPlan::ConstantVus { vus: 1, duration },
            &ExecutorPlan::ConstantVus { vus: 2, duration }
        ]
    );
}

#[test]
fn what_a_variable_holds_cannot_change_the_structure() {
    let text = "\
name: \"${EVIL}\"
load:
  target: http://127.0.0.1:3000
  scenarios:
    one: { executor: constant-vus, vus: 1, duration: 10s, flow: [{ post: /, json: { a: \"${EVIL}\" } }] }
";
    let evil = "x\nseed: 1, b: {\"c\": 2}, ${HOME}, *alias";
    let variables = BTreeMap::from([("EVIL".to_owned(), evil.to_owned())]);
    let plan = rtest_suite::check(
        text,
        "x.yaml",
        Path::new("."),
        &Inputs {
            variables,
            has_goose: false,
        },
    )
    .expect("a suite")
    .plan(None, None)
    .expect("no stage was asked for");
    assert_eq!(plan.name, evil);
    let load = plan.load.expect("load");
    let StepKind::Request(request) = &load.scenarios[0].flow[0].kind else {
        panic!("a request");
    };
    let Body::Json(body) = &request.body else {
        panic!("a JSON body");
    };
    let sent: serde_json::Value = serde_json::from_str(body.source()).expect("JSON");
    assert_eq!(sent, json!({ "a": evil }));
}
