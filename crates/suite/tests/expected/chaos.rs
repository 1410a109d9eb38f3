use crate::*;

pub(crate) fn chaos() -> ChaosPlan {
    let fault = |name: &str, (at_s, for_s), kind, line: &str, marked: &str| FaultPlan {
        name: name.into(),
        series: name.into(),
        at: Duration::from_secs(at_s),
        lasting: Duration::from_secs(for_s),
        after: None,
        ramp: Vec::new(),
        target: FaultTarget::Link {
            link: "storefront -> catalog".into(),
            fault: kind,
        },
        expect: Vec::new(),
        span: at(line, marked),
    };
    let latency = |latency, jitter| LinkFault::Latency {
        latency: Duration::from_millis(latency),
        jitter: Duration::from_millis(jitter),
    };
    let call = |method: &str, path: &str| HttpCall {
        method: method.into(),
        path: path.into(),
        json: None,
    };
    let probe =
        |name: &str, target: &str, call, expectations, line: &str, marked: &str| ProbePlan {
            continuously: None,
            name: name.into(),
            kind: ProbeKind::Http {
                target: Target::Service(target.into()),
                call,
                expectations,
            },
            span: at(line, marked),
        };
    let fine = || vec![Expectation::Status(StatusMatch::Class(2))];
    ChaosPlan {
        guardrails: GuardrailsPlan::default(),
        gauges: Vec::new(),
        hypothesis: vec![
            ProbePlan {
                continuously: None,
                name: "http_req_failed rate<0.01".into(),
                kind: ProbeKind::Metric(
                    Threshold::parse_line("http_req_failed rate<0.01").expect("a threshold"),
                ),
                span: at("- metric:", "metric: \"http_req_failed rate<0.01\""),
            },
            probe(
                "GET /health",
                "storefront",
                call("GET", "/health"),
                fine(),
                "get: /health",
                "get: /health",
            ),
            probe(
                "the mail service answers",
                "mail",
                call("GET", "/"),
                vec![
                    status(&[204]),
                    header("server", ValueMatch::Equals(json!("mail"))),
                    json("$.ok", ValueMatch::Equals(json!(true))),
                    Expectation::BodyContains("ok".into()),
                ],
                "service: mail",
                "get: /",
            ),
            probe(
                "HEAD /",
                "storefront",
                call("HEAD", "/"),
                fine(),
                "{ head: /",
                "head: /",
            ),
            probe(
                "OPTIONS /",
                "storefront",
                call("OPTIONS", "/"),
                fine(),
                "{ options: /",
                "options: /",
            ),
        ],
        timeline: vec![
            fault(
                "latency storefront -> catalog",
                (2, 2),
                latency(400, 50),
                "jitter: 50ms",
                "latency",
            ),
            fault(
                "outage",
                (3, 1),
                LinkFault::Down,
                "name: outage",
                "down: true",
            ),
            fault(
                "latency storefront -> catalog #2",
                (8, 2),
                latency(100, 0),
                "latency: 100ms",
                "latency",
            ),
        ],
    }
}
