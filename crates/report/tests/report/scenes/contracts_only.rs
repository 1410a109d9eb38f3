use rtest_core::event::{
    AnswerCoverage, EventKind, InteractionOutcome, Mismatch, OperationCoverage,
};
use rtest_core::plan::Stage;

use super::quickstart::{PACT, PACT_FILE, SUITE};
use super::scene::{Scene, interaction, span_in};

/// Three interactions of three fates, and a file that is no pact.
pub(crate) fn contracts_only() -> Scene {
    let mut scene = Scene::new("storefront contracts", "suites/quickstart.yaml", SUITE);
    scene.service("storefront", "external 127.0.0.1:3000", &[], (0.001, 0.004));
    scene.contract("suites/pacts", "- { pact: pacts");
    scene.stage(Stage::Contracts, 0.01, 0.09);
    let span = |needle: &str| span_in(PACT_FILE, PACT, needle);
    scene.at(
        0.02,
        interaction(
            "a request for the cart",
            "GET /cart",
            span("\"a request for the cart\""),
            InteractionOutcome::Verified,
        ),
    );
    scene.at(
        0.04,
        interaction(
            "a request for user 7",
            "GET /users/7",
            span("\"a request for user 7\""),
            InteractionOutcome::Mismatched(vec![
                Mismatch {
                    location: "status".to_owned(),
                    expected: "200".to_owned(),
                    actual: "404".to_owned(),
                    message: "the status differs".to_owned(),
                    reproduce: None,
                    span: span("\"status\": 200"),
                },
                Mismatch {
                    location: "header Content-Type".to_owned(),
                    expected: "application/json".to_owned(),
                    actual: "text/plain".to_owned(),
                    message: "the header differs".to_owned(),
                    reproduce: Some("curl '127.0.0.1:3000/users/7'".to_owned()),
                    span: span("\"Content-Type\""),
                },
            ]),
        ),
    );
    scene.at(
        0.06,
        interaction(
            "a request for user 7",
            "GET /users/7",
            span("\"a request for user 7\""),
            InteractionOutcome::Failed(
                "nothing sets up the state `user 7 exists` (RT0503)".to_owned(),
            ),
        ),
    );
    for (at, name, outcome) in [
        (
            0.07,
            "a user by gRPC",
            InteractionOutcome::Unsupported(
                "its transport `grpc` needs a plugin, which rtest does not load".to_owned(),
            ),
        ),
        (
            0.075,
            "a user to come",
            InteractionOutcome::Skipped("the contract says `ignored: true`".to_owned()),
        ),
    ] {
        let span = span("\"a request for user 7\"");
        scene.at(at, interaction(name, "GET /users/7", span, outcome));
    }
    let span = span_in(PACT_FILE, PACT, "\"interactions\"");
    scene.at(
        0.08,
        EventKind::ContractFailed {
            message:
                "suites/pacts/broken.json cannot be read as a pact: EOF while parsing\nat line 3"
                    .to_owned(),
            span,
        },
    );
    let fault = "storefront -> catalog";
    for (at, under, outcome) in [
        (0.0801, "latency 500ms", InteractionOutcome::Verified),
        (
            0.0802,
            "down",
            InteractionOutcome::Degraded("503 {\"error\":\"later\"}".to_owned()),
        ),
    ] {
        let span = span_in(PACT_FILE, PACT, "\"a request for user 7\"");
        let mut event = interaction("a request for user 7", "GET /users/7", span, outcome);
        if let EventKind::Interaction(result) = &mut event {
            result.under = Some(format!("{fault} {under}"));
        }
        scene.at(at, event);
    }
    let answer = |status: &str, declared, seen| AnswerCoverage {
        status: status.to_owned(),
        declared,
        seen,
    };
    for (at, operation, answers) in [
        (0.081, "PUT /cart", vec![answer("200", true, 12)]),
        (
            0.082,
            "GET /users/{id}",
            vec![
                answer("200", true, 3),
                answer("4XX", true, 0),
                answer("503", false, 1),
            ],
        ),
    ] {
        let coverage = OperationCoverage {
            source: "suites/openapi.yaml".to_owned(),
            provider: "storefront".to_owned(),
            operation: operation.to_owned(),
            base: "/api".to_owned(),
            answers,
            span: span_in(PACT_FILE, PACT, "\"interactions\""),
        };
        scene.at(at, EventKind::Coverage(Box::new(coverage)));
    }
    scene
}
