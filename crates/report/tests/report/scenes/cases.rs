use std::time::Duration;

use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::{CaseResult, CaseStatus, Difference, StepResult};
use rtest_metrics::record::CaseHeader;

use super::scene::{Scene, span_in};

const FILE: &str = "suites/users.yaml";

const SUITE: &str = "name: users
cases:
  - name: looks a user up
    steps: [{ get: /users/1 }]
  - name: creates user in real DB
    steps:
      - post: /users
        json: { name: Surya }
      - sql: { service: db, query: 'select name from users', expect: [[Surya]] }
  - name: sends a mail
    retries: 1
    steps: [{ get: /mails }]
";

/// A case of each fate.
pub(super) fn cases() -> Scene {
    let mut scene = Scene::new("users", FILE, SUITE);
    let names = ["looks a user up", "creates user in real DB", "sends a mail"];
    for (name, steps) in names.into_iter().zip([1, 2, 1]) {
        scene.header.cases.push(CaseHeader {
            name: name.to_owned(),
            steps,
            span: scene.span(&format!("name: {name}")),
        });
    }
    scene.stage(Stage::Cases, 0.01, 0.9);
    let held = |what: &str, needle: &str| StepResult {
        what: what.to_owned(),
        held: true,
        differences: Vec::new(),
        exchange: None,
        took: Duration::from_millis(12),
        span: span_in(FILE, SUITE, needle),
    };
    let failed =
        |what: &str, needle: &str, expected: &str, actual: &str, exchange: &str| StepResult {
            held: false,
            differences: vec![Difference {
                expected: expected.to_owned(),
                actual: actual.to_owned(),
                span: span_in(FILE, SUITE, needle),
            }],
            exchange: Some(exchange.to_owned()),
            ..held(what, needle)
        };
    let results = [
        (
            CaseStatus::Passed,
            vec![held("GET /users/1", "get: /users/1")],
        ),
        (
            CaseStatus::Failed,
            vec![
                held("POST /users", "post: /users"),
                failed(
                    "sql db: select name from users",
                    "sql:",
                    "rows [[\"Surya\"]]",
                    "rows [[\"SURYA\"]]",
                    "db: select name from users\n\nname\nSURYA",
                ),
            ],
        ),
        (
            CaseStatus::Flaky,
            vec![failed(
                "GET /mails",
                "get: /mails",
                "status 2xx or 3xx",
                "status 503",
                "GET /mails\n\n503 after 3 ms\n\nbusy",
            )],
        ),
    ];
    for (case, (status, steps)) in (0_u32..).zip(results) {
        let name = names[case as usize];
        let logs = match status {
            CaseStatus::Passed => Vec::new(),
            _ => vec![("web".to_owned(), vec!["POST /users 201".to_owned()])],
        };
        scene.at(
            0.1 + 0.2 * f64::from(case),
            EventKind::Case(Box::new(CaseResult {
                case,
                name: name.to_owned(),
                tags: vec!["users".to_owned()],
                status,
                attempts: if status == CaseStatus::Flaky { 2 } else { 1 },
                trouble: None,
                steps,
                logs,
                beside: match status {
                    CaseStatus::Flaky => vec![names[0].to_owned()],
                    CaseStatus::Passed | CaseStatus::Failed => Vec::new(),
                },
                took: Duration::from_millis(90),
                span: span_in(FILE, SUITE, &format!("name: {name}")),
            })),
        );
    }
    scene
}
