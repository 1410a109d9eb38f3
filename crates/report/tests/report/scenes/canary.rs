use rtest_core::event::{
    EventKind, InteractionOutcome, Mismatch, RollbackProof, ServiceState, SimFailure,
};
use rtest_core::plan::Stage;
use rtest_core::sample::Outcome;

use super::quickstart::{PACT, PACT_FILE, shop, skeleton, traffic};
use super::scene::{Scene, interaction, service, span_in};
use crate::traffic::{Answer, Traffic};

/// Without a deadline the shop waits for its slow catalog, and it never recovers from its loss.
fn broken_shop(due: f64, slot: u64) -> Answer {
    let mut answer = shop(due, slot);
    if (5.0..10.0).contains(&due) && answer.step == 0 {
        answer.outcome = Outcome::Status(200);
        answer.example = None;
        answer.service_us += 170_000;
        // Every virtual user is taken: the schedule waits.
        answer.lag_us += ((due - 5.0) * 90_000.0) as u64;
    }
    if due >= 12.0 && answer.step == 0 && slot.is_multiple_of(2) {
        answer.outcome = Outcome::Status(503);
        answer.checks = vec![false, false];
        answer.example =
            Some("503 Service Unavailable: {\"error\":\"catalog is down\"}".to_owned());
    }
    answer
}

/// Red in a threshold, a contract's field, the hypothesis, a rollback, a program and a service.
pub(crate) fn canary() -> Scene {
    let mut scene = skeleton("canary", "suites/canary-fails.yaml");
    scene.contract("suites/pacts", "- { pact: pacts");
    scene.stage(Stage::Contracts, 0.33, 0.36);
    let span = |needle: &str| span_in(PACT_FILE, PACT, needle);
    scene.at(
        0.35,
        interaction(
            "a request for user 7",
            "GET /users/7",
            span("\"a request for user 7\""),
            InteractionOutcome::Mismatched(vec![Mismatch {
                location: "body $.email".to_owned(),
                expected: "\"surya@example.org\"".to_owned(),
                actual: "(missing)".to_owned(),
                message: "the field is missing; `userEmail` is new: renamed?".to_owned(),
                reproduce: None,
                span: span("\"email\""),
            }]),
        ),
    );
    scene.at(
        0.356,
        interaction(
            "a request for the cart",
            "GET /cart",
            span("\"a request for the cart\""),
            InteractionOutcome::Verified,
        ),
    );
    scene.stage(Stage::Sim, 0.4, 1.3);
    scene.sim(
        1.25,
        vec![SimFailure {
            seed: 17,
            exit_code: 1,
            message: "AssertionError: retried 4 times, at most 2 are allowed\n    at check (fixtures/sims/retry.mjs:31:11)".to_owned(),
            ..SimFailure::default()
        }],
        "sims/retry.mjs",
    );
    scene.stage(Stage::Load, 1.5, 22.1);
    scene.stage(Stage::Chaos, 1.5, 22.1);
    scene.http_probe("http: { get: /health", (1.42, 22.1), (false, "status 503"));
    scene.traffic(&Traffic {
        answer: Box::new(broken_shop),
        proofs: vec![
            traffic().proofs[0].clone(),
            Some(RollbackProof {
                clean: false,
                seen: "proxy does not listen".to_owned(),
            }),
        ],
        ..traffic()
    });
    scene.at(
        22.0,
        service(
            "catalog",
            ServiceState::Exited {
                status: "signal: 9".to_owned(),
                log_tail: vec![
                    "catalog listens on 127.0.0.1:40001".to_owned(),
                    "warning: 4,096 open connections".to_owned(),
                ],
            },
        ),
    );
    scene.at(
        22.3,
        EventKind::Note("seed 42; replay with --seed 42".to_owned()),
    );
    scene
}
