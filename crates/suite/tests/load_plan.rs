//! Suites that hold every key of `load`, and exactly the plans that they become.

mod place;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use rtest_core::JsonPath;
use rtest_core::expectation::{JsonType, ValueMatch};
use rtest_core::metric::{MetricKind, MetricSelector};
use rtest_core::plan::{
    Arrivals, AtEnd, AuthPlan, Body, CapturePlan, Choice, Condition, ConnectionsPlan, ContractStep,
    Cookies, CustomMetric, DnsPlan, Engine, ExecutorPlan, Extractor, FeederPlan, FeederSource,
    HttpPlan, HttpVersion, LoadPlan, MeasurePlan, MeasuredValue, Pacing, Part, PartContent, Pick,
    ProxyPlan, RateStage, Repeat, RequestStep, Reuse, ScenarioPlan, Step, StepKind, Target, Think,
    ThresholdPlan, TimeoutsPlan, VuStage,
};
use rtest_core::threshold::Threshold;
use rtest_core::unit::Rate;
use rtest_core::{Plan, Scheme, Span, Template};
use rtest_suite::Inputs;
use serde_json::json;

const SHOWN: &str = "tests/suites/every-load-key.yaml";
const OVER_TLS: &str = "tests/suites/over-tls.yaml";
const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n";

fn plan(suite: &str) -> Plan {
    let variables = [("API_TOKEN".to_owned(), "s3cret-token".to_owned())];
    let inputs = Inputs {
        variables: BTreeMap::from(variables),
        has_goose: true,
    };
    let suite = rtest_suite::load(Path::new(suite), &inputs).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n\n"))
    });
    suite.plan(None, None).expect("no stage was asked for")
}

fn at(line: &str, marked: &str) -> Span {
    place::in_suite(SHOWN, line, marked)
}

fn template(text: &str) -> Template {
    Template::parse(text).expect(text)
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, Template)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), template(value)))
        .collect()
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn rate(count: f64, per: u64) -> Rate {
    Rate {
        count,
        per: Duration::from_secs(per),
    }
}

fn step(kind: StepKind, line: &str, marked: &str) -> Step {
    Step {
        kind,
        span: at(line, marked),
    }
}

/// A request whose key and path are marked, found on the line that holds them.
fn request(marked: &str, change: impl FnOnce(&mut RequestStep)) -> Step {
    let (verb, path) = marked.split_once(": ").expect("a verb and a path");
    let path = template(path.trim_matches('"'));
    let mut request = RequestStep::new(&verb.to_uppercase(), path, Duration::from_secs(60));
    request.endpoint = request.path.endpoint_name();
    change(&mut request);
    step(StepKind::Request(Box::new(request)), marked, marked)
}

fn basic(user: &str, password: &str) -> AuthPlan {
    AuthPlan::Basic {
        user: template(user),
        password: template(password),
    }
}

fn bearer(token: &str) -> Option<AuthPlan> {
    Some(AuthPlan::Bearer(template(token)))
}

fn path(text: &str) -> Extractor {
    Extractor::Json(JsonPath::parse(text).expect(text))
}

fn regex(text: &str) -> Regex {
    Regex::new(text).expect(text)
}

fn css(selector: &str, attribute: Option<&str>) -> Extractor {
    Extractor::Css {
        selector: selector.into(),
        attribute: attribute.map(str::to_owned),
    }
}

fn header(name: &str, regex: Option<Regex>) -> Extractor {
    Extractor::Header {
        name: name.into(),
        regex,
    }
}

/// The place is the capture's name, or name and path.
fn capture(line: &str, marked: &str, from: Extractor) -> CapturePlan {
    CapturePlan {
        name: marked.split(':').next().expect("a name").into(),
        from,
        default: None,
        span: at(line, marked),
    }
}

fn measure(metric: u16, value: MeasuredValue, line: &str, marked: &str) -> MeasurePlan {
    MeasurePlan {
        metric,
        value,
        span: at(line, marked),
    }
}

fn http() -> HttpPlan {
    HttpPlan {
        version: HttpVersion::Http1,
        timeouts: TimeoutsPlan {
            dns: Some(seconds(1.0)),
            connect: Some(seconds(2.0)),
            tls: None,
            first_byte: Some(seconds(3.0)),
            idle: Some(seconds(4.0)),
        },
        dns: DnsPlan {
            overrides: vec![
                ("shop.example".into(), [127, 0, 0, 1].into()),
                ("six.example".into(), "::1".parse().expect("an address")),
            ],
            ttl: Duration::ZERO,
        },
        connections: ConnectionsPlan {
            reuse: Reuse::Iteration,
            max: Some(64),
        },
        proxy: Some(ProxyPlan {
            authority: "proxy:3128".into(),
            login: Some(("ci".into(), "proxy-s3cret".into())),
        }),
        cookies: Cookies::Iteration,
        compression: true,
        auth: Some(basic("user-{{ vu }}", "pass-{{ vu }}")),
        ..HttpPlan::default()
    }
}

fn metrics() -> Vec<CustomMetric> {
    let metric = |name: &str, kind, is_time, line: &str| CustomMetric {
        name: name.into(),
        kind,
        is_time,
        span: at(line, name),
    };
    vec![
        metric(
            "order_value",
            MetricKind::Trend,
            false,
            "order_value: trend",
        ),
        metric(
            "checkout_time",
            MetricKind::Trend,
            true,
            "checkout_time: { kind",
        ),
        metric("cached", MetricKind::Rate, false, "cached: rate"),
        metric("stock", MetricKind::Gauge, false, "stock: { kind"),
        metric("revenue", MetricKind::Counter, false, "revenue: counter"),
    ]
}

fn setup() -> Vec<Step> {
    vec![
        request("post: /login", |request| {
            request.auth = Some(AuthPlan::Digest {
                user: template("admin"),
                password: template("admin-s3cret"),
            });
            request.captures = vec![capture(
                "capture: { token",
                "token: $.token",
                path("$.token"),
            )];
        }),
        request("delete: \"/orders?by={{ token }}\"", |request| {
            request.auth = bearer("{{ token }}");
        }),
    ]
}

fn teardown() -> Vec<Step> {
    vec![request("delete: /tokens/{{ token }}", |request| {
        request.auth = bearer("teardown-{{ token }}");
    })]
}

fn feeders() -> Vec<FeederPlan> {
    let folder = Path::new("tests/suites/data");
    let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let row = |city: &str, zip: &str| vec![city.to_owned(), zip.to_owned()];
    vec![
        FeederPlan {
            source: FeederSource::Csv {
                path: folder.join("users.csv"),
                delimiter: b';',
            },
            pick: Pick::UniquePerVu,
            at_end: AtEnd::Stop,
            columns: columns(&["user", "password", "note"]),
            span: at("- { csv:", "csv: data/users.csv"),
        },
        FeederPlan {
            source: FeederSource::Json {
                path: folder.join("products.json"),
            },
            pick: Pick::Random,
            at_end: AtEnd::Recycle,
            columns: columns(&["sku", "size"]),
            span: at("- { json:", "json: data/products.json"),
        },
        FeederPlan {
            source: FeederSource::Inline(Arc::new([row("Oslo", "0150"), row("Paris", "75001")])),
            pick: Pick::Sequential,
            at_end: AtEnd::Recycle,
            columns: columns(&["city", "zip"]),
            span: at("- { rows:", "rows"),
        },
    ]
}

fn before() -> Vec<Step> {
    vec![request("post: /sessions", |request| {
        request.body = Body::Form(fields(&[
            ("user", "{{ user }}"),
            ("role", "a"),
            ("role", "b {{ vu }}"),
        ]));
        request.auth = Some(basic("{{ user }}", "{{ password }}"));
        let session = header("Set-Cookie", Some(regex("sid=([^;]+)")));
        request.captures = vec![
            capture("session: {", "session", session),
            CapturePlan {
                default: Some("none".into()),
                ..capture("csrf: {", "csrf", css("input[name=csrf]", Some("value")))
            },
        ];
    })]
}

fn after() -> Vec<Step> {
    vec![request("delete: /sessions/{{ session }}", |request| {
        request.auth = bearer("after-{{ session }}");
    })]
}

fn browse() -> Step {
    let search = request("get: /search", |request| {
        request.query = fields(&[
            ("q", "{{ city }} {{ zip }}"),
            ("sort", "price"),
            ("sort", "-{{ iteration }}"),
        ]);
        request.redirects = 0;
        request.captures = vec![
            capture("page: {", "page", Extractor::Regex(regex("page=([0-9]+)"))),
            capture("count: { json", "count", path("$.count")),
            capture("title: {", "title", css("h1", None)),
            capture("etag: {", "etag", header("etag", None)),
        ];
        let cached = header("x-cache", Some(regex("([01])")));
        request.measures = vec![
            measure(
                3,
                MeasuredValue::Extracted(path("$.stock")),
                "stock: { json:",
                "stock",
            ),
            measure(
                2,
                MeasuredValue::Extracted(cached),
                "cached: { header:",
                "cached",
            ),
        ];
    });
    let both = vec![
        request("get: /products/{{ sku }}", |request| {
            request.captures = vec![capture(
                "capture: { price",
                "price: $.price",
                path("$.price"),
            )];
        }),
        request("get: /reviews/{{ sku }}", |_| {}),
    ];
    let detail = StepKind::Group {
        name: "detail".into(),
        steps: vec![step(StepKind::Parallel(both), "- parallel:", "parallel")],
    };
    let browse = StepKind::Group {
        name: "browse".into(),
        steps: vec![search, step(detail, "- group: detail", "group: detail")],
    };
    step(browse, "- group: browse", "group: browse")
}

fn buy() -> Step {
    let condition = Condition {
        value: template("{{ count }}"),
        is: ValueMatch::All(vec![
            ValueMatch::Equals(json!(7)),
            ValueMatch::Type(JsonType::Integer),
            ValueMatch::Min(1.0),
            ValueMatch::Max(10.0),
            ValueMatch::Matches(regex("^[0-9]+$")),
            ValueMatch::Exists(true),
        ]),
    };
    let then = request("post: /cart", |request| {
        request.body = Body::Json(template(r#"{"sku":"{{ sku }}","size":"{{ size }}"}"#));
        let line = "measure: { order_value:";
        let price = MeasuredValue::Text(template("{{ price }}"));
        request.measures = vec![
            measure(0, price, line, "order_value: \"{{ price }}\""),
            measure(4, MeasuredValue::Constant(9.5), line, "revenue: 9.5"),
        ];
    });
    let otherwise = request("post: /basket", |request| {
        request.body = Body::File(PHOTO.into());
        let one = MeasuredValue::Constant(1.0);
        request.measures = vec![measure(2, one, "measure: { cached:", "cached: true")];
    });
    let kind = StepKind::If {
        condition,
        then: vec![then],
        otherwise: vec![otherwise],
    };
    step(kind, "- if: {", "if")
}

fn loops() -> Vec<Step> {
    let condition = Condition {
        value: template("{{ state }}"),
        is: ValueMatch::All(vec![
            ValueMatch::Equals(json!("p1")),
            ValueMatch::Type(JsonType::String),
            ValueMatch::Min(0.0),
            ValueMatch::Max(9.0),
            ValueMatch::Matches(regex("^p")),
            ValueMatch::Exists(true),
        ]),
    };
    let each = |repeat, steps| StepKind::Loop { repeat, steps };
    let third = request("get: /poll/c", |request| {
        request.captures = vec![capture(
            "capture: { state",
            "state: $.state",
            path("$.state"),
        )];
    });
    vec![
        step(
            each(Repeat::Times(3), vec![request("head: /poll/a", |_| {})]),
            "- loop: 3",
            "loop: 3",
        ),
        step(
            each(Repeat::Times(2), vec![request("head: /poll/b", |_| {})]),
            "- loop: { times",
            "loop",
        ),
        step(
            each(
                Repeat::While {
                    condition,
                    at_most: 100,
                },
                vec![third],
            ),
            "- loop: { while",
            "loop",
        ),
    ]
}

fn choose() -> Step {
    let part = |name: &str, content, content_type: Option<&str>| Part {
        name: name.into(),
        content,
        content_type: content_type.map(str::to_owned),
    };
    let photo = |name: &str| PartContent::File {
        filename: name.into(),
        bytes: PHOTO.into(),
    };
    let put = request("put: /photo", |request| {
        request.body = Body::Multipart(vec![
            part(
                "title",
                PartContent::Text(template("{{ title }} by {{ user }}")),
                None,
            ),
            part(
                "meta",
                PartContent::Text(template(r#"{"n":1}"#)),
                Some("application/json"),
            ),
            part("photo", photo("me.png"), Some("image/png")),
            part(
                "other",
                photo("photo.png"),
                Some("application/octet-stream"),
            ),
        ]);
        let took = MeasuredValue::Extracted(css("#took", Some("data-ms")));
        let stock = Extractor::Regex(regex("stock=([0-9]+)"));
        request.measures = vec![
            measure(1, took, "checkout_time: { css:", "checkout_time"),
            measure(
                3,
                MeasuredValue::Extracted(stock),
                "stock: { regex:",
                "stock",
            ),
        ];
    });
    let choices = vec![
        Choice {
            weight: 2.5,
            steps: vec![put],
        },
        Choice {
            weight: 1.0,
            steps: vec![request("get: /skip", |_| {})],
        },
    ];
    step(StepKind::Choose(choices), "- choose:", "choose")
}

fn flow() -> Vec<Step> {
    let pause = Think::Uniform {
        min: seconds(0.5),
        max: seconds(2.0),
    };
    let mut flow = vec![
        step(StepKind::Think(pause), "- think: {", "think"),
        browse(),
        buy(),
    ];
    flow.extend(loops());
    flow.push(choose());
    let contract = ContractStep {
        source: "tests/suites/pacts".into(),
        provider: "shop".into(),
        states_as_they_are: true,
        sample: 0.005,
        timeout: Duration::from_secs(60),
    };
    let contract = StepKind::Contract(Box::new(contract));
    flow.push(step(contract, "- contract: pacts", "contract: pacts"));
    flow
}

fn scenario(name: &str, executor: ExecutorPlan, flow: Vec<Step>) -> ScenarioPlan {
    ScenarioPlan {
        name: name.into(),
        engine: Engine::default(),
        executor,
        flow,
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(30),
        span: at(&format!("    {name}:"), name),
    }
}

fn scenarios() -> Vec<ScenarioPlan> {
    let journey = ExecutorPlan::PerVuIterations {
        vus: 2,
        iterations: 3,
        max_duration: Duration::from_secs(60),
    };
    let vu_stage = |duration, target| VuStage {
        duration: Duration::from_secs(duration),
        target,
    };
    let ramp = ExecutorPlan::RampingVus {
        start_vus: 0,
        stages: vec![vu_stage(10, 5), vu_stage(0, 20), vu_stage(5, 0)],
        graceful_ramp_down: Duration::from_secs(7),
    };
    let rate_stage = |duration, target| RateStage {
        duration: Duration::from_secs(duration),
        target,
    };
    let surge = ExecutorPlan::RampingArrivalRate {
        start_rate: rate(10.0, 1),
        stages: vec![rate_stage(10, rate(200.0, 1)), rate_stage(60, rate(0.0, 1))],
        max_vus: 40,
        arrivals: Arrivals::Poisson,
    };
    let shared = ExecutorPlan::SharedIterations {
        vus: 4,
        iterations: 1000,
        max_duration: Duration::from_secs(600),
    };
    let recorded = ExecutorPlan::Replay {
        schedule: [0, 500, 600, 2000, 2500].map(Duration::from_millis).into(),
        // A request may take 600 ms: at 0.6 s those of 0 s and 0.5 s may still be running.
        max_vus: 3,
    };
    let steady = ExecutorPlan::ConstantArrivalRate {
        rate: rate(1.0, 60),
        duration: Duration::from_secs(1),
        // One a minute, and a request may take a minute.
        max_vus: 1,
        arrivals: Arrivals::Poisson,
    };
    let quick = request("get: /recorded", |request| {
        request.timeout = Duration::from_millis(600);
    });
    let products = FeederPlan {
        pick: Pick::Sequential,
        at_end: AtEnd::Fail,
        span: at("    steady:", "json: data/products.json"),
        ..feeders().swap_remove(1)
    };
    vec![
        ScenarioPlan {
            before: before(),
            after: after(),
            feeders: feeders(),
            ..scenario("journey", journey, flow())
        },
        scenario("ramp", ramp, vec![request("get: /ramp", |_| {})]),
        scenario("surge", surge, vec![request("get: /surge", |_| {})]),
        scenario("shared", shared, vec![request("get: /shared", |_| {})]),
        scenario("recorded", recorded, vec![quick]),
        ScenarioPlan {
            feeders: vec![products],
            ..scenario(
                "steady",
                steady,
                vec![request("get: \"/{{ sku }}\"", |_| {})],
            )
        },
    ]
}

fn thresholds() -> Vec<ThresholdPlan> {
    let own = |name: &str| match name {
        "order_value" => Some(MetricKind::Trend),
        "revenue" => Some(MetricKind::Counter),
        _ => None,
    };
    let gate = |metric: &str, expression: &str, abort_after: Option<u64>, marked: &str| {
        let selector = MetricSelector::parse(metric).expect(metric);
        let threshold = Threshold::parse_with(selector, expression, &own).expect(expression);
        ThresholdPlan {
            threshold,
            abort_after: abort_after.map(Duration::from_secs),
            span: at(marked, marked),
        }
    };
    let detail = "http_req_duration{group:::browse::detail}";
    vec![
        gate(detail, "p(95)<300", Some(10), "\"p(95)<300\""),
        gate(detail, "avg<100", None, "\"avg<100\""),
        gate(
            "group_duration{group:::browse}",
            "med<1000",
            Some(0),
            "\"med<1s\"",
        ),
        gate("order_value{scenario:journey}", "avg>10", None, "avg>10"),
        gate("revenue", "count>100", None, "\"count>100\""),
        gate("http_req_failed", "count<10", None, "count<10"),
    ]
}

/// Plans hold regular expressions and JSON paths, which are equal when they are shown alike.
#[track_caller]
fn assert_same<T: std::fmt::Debug>(actual: &T, expected: &T) {
    assert_eq!(format!("{actual:#?}"), format!("{expected:#?}"));
}

#[test]
fn every_key_of_load_becomes_its_part_of_the_plan() {
    let load = plan(SHOWN).load.expect("load");
    let expected = LoadPlan {
        http: http(),
        setup: setup(),
        teardown: teardown(),
        metrics: metrics(),
        thresholds: thresholds(),
        pacing: Pacing::Precise,
        ..LoadPlan::new(
            Target::Address {
                scheme: Scheme::Http,
                authority: "shop.example:80".into(),
                base_path: "/api".into(),
            },
            scenarios(),
        )
    };
    assert_same(&load.http, &expected.http);
    for (actual, expected) in load.scenarios.iter().zip(&expected.scenarios) {
        assert_same(actual, expected);
    }
    assert_same(&load, &expected);
}

#[test]
fn an_https_target_brings_certificates_and_a_socket_its_path() {
    let load = plan(OVER_TLS).load.expect("load");
    let Target::Address { scheme, .. } = &load.target else {
        panic!("an address");
    };
    assert_eq!(*scheme, Scheme::Https);
    let http = load.http;
    assert_eq!(http.version, HttpVersion::Http2);
    assert_eq!(
        http.unix_socket,
        Some(PathBuf::from("tests/suites/data/shop.sock"))
    );
    let read = |name: &str| -> Arc<[u8]> {
        let path = Path::new("tests/suites/data").join(name);
        std::fs::read(path).expect(name).into()
    };
    assert_eq!(http.tls.ca, Some(read("ca.pem")));
    let client = http.tls.client.expect("a certificate");
    assert_eq!(client.certificate, read("cert.pem"));
    assert_eq!(client.key, read("key.pem"));
    assert!(!http.tls.insecure);
    assert_eq!(http.tls.server_name.as_deref(), Some("shop.internal"));
    assert_eq!(http.timeouts.tls, Some(seconds(5.0)));
}

#[test]
fn passwords_tokens_and_keys_are_shown_nowhere() {
    let secrets = plan(SHOWN).secrets;
    for secret in ["proxy-s3cret", "admin-s3cret", "teardown-", "after-"] {
        assert_eq!(secrets.redact(secret), "[redacted]", "{secret}");
    }
    // What is around a hole may be secret; what it is called is not.
    assert_eq!(
        secrets.redact("pass-7 {{ token }} user-7 Bearer"),
        "[redacted]7 {{ token }} user-7 Bearer"
    );
    let secrets = plan(OVER_TLS).secrets;
    let pem = std::fs::read_to_string("tests/suites/data/key.pem").expect("a key");
    let key = pem.lines().nth(1).expect("three lines");
    let shown = secrets.redact(&pem).into_owned();
    assert!(
        !shown.contains(key) && shown.contains("PRIVATE KEY"),
        "{shown}"
    );
    assert_eq!(secrets.redact("s3cret-token"), "[redacted]");
}

#[test]
fn what_an_open_model_needs_at_the_longest_is_its_number_of_virtual_users() {
    let most_vus = |flow: &str| {
        let text = format!(
            "name: x\nload:\n  target: http://127.0.0.1\n  timeout: 2s\n  scenarios:\n    x: {{ executor: constant-arrival-rate, rate: 3/s, duration: 1s, flow: {flow} }}\n"
        );
        let plan = rtest_suite::check(&text, "x.yaml", Path::new("."), &Inputs::default())
            .unwrap_or_else(|errors| panic!("{}", errors[0]))
            .plan(None, None)
            .expect("no stage was asked for");
        plan.load.expect("load").scenarios[0].executor.most_vus()
    };
    for (flow, seconds) in [
        ("[{ get: / }, { get: / }]", 4),
        ("[{ get: / }, { think: { min: 1s, max: 3s } }]", 5),
        ("[{ group: a, steps: [{ get: / }, { think: 1s }] }]", 3),
        ("[{ loop: 4, steps: [{ get: / }] }]", 8),
        ("[{ parallel: [{ get: / }, { get: /, timeout: 5s }] }]", 5),
        (
            "[{ choose: [{ steps: [{ get: / }] }, { steps: [{ think: 7s }] }] }]",
            7,
        ),
        (
            "[{ if: { value: \"{{ vu }}\", min: 2 }, then: [{ get: / }], else: [{ think: 1s }] }]",
            2,
        ),
        ("[{ loop: 1000000, steps: [{ get: / }] }]", 1000),
    ] {
        let expected = if seconds < 1000 { seconds * 3 } else { 1000 };
        assert_eq!(most_vus(flow), expected, "{flow}");
    }
}

#[test]
fn a_hypothesis_may_be_about_a_metric_of_the_suites_own() {
    let check = |metric: &str| {
        let text = format!(
            "
name: x
environment:
  services:
    catalog: {{ builtin: catalog }}
    storefront: {{ builtin: storefront, depends_on: [catalog] }}
load:
  target: storefront
  metrics: {{ order_value: trend }}
  scenarios:
    one: {{ executor: constant-vus, vus: 1, duration: 9s, flow: [{{ get: /, measure: {{ order_value: 1 }} }}] }}
chaos:
  hypothesis: [{{ metric: \"{metric}\" }}]
  timeline: [{{ at: 1s, for: 1s, link: storefront -> catalog, down: true }}]
"
        );
        let checked = rtest_suite::check(&text, "x.yaml", Path::new("."), &Inputs::default());
        checked
            .map(|_| ())
            .map_err(|errors| errors[0].message.clone())
    };
    assert_eq!(check("order_value{scenario:one} avg>0"), Ok(()));
    assert_eq!(
        check("order_value rate>0"),
        Err("`order_value` is a trend and has no `rate`".to_owned())
    );
    assert_eq!(
        check("order_vlue avg>0"),
        Err("there is no metric `order_vlue`".to_owned())
    );
    assert_eq!(
        check("order_value{status:200} avg>0"),
        Err("no sample of `order_value` carries the tag `status`".to_owned())
    );
}
