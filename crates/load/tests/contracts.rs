//! Answers held against contracts while they are measured.

mod support;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::Seed;
use rtest_core::event::Mismatch;
use rtest_core::expectation::Answer;
use rtest_core::plan::{AnswerJudge, InteractionPlan, StepKind};
use rtest_core::sample::Outcome;

use support::Run;
use support::plan::{get, load, open, scenario, sends, span};
use support::recorded::Recorded;
use support::server::{Server, ok};

/// Takes bodies that hold an even number, and remembers all that it is shown.
#[derive(Debug, Default)]
struct Even(Mutex<BTreeSet<u64>>);

impl AnswerJudge for Even {
    fn judge(&self, answer: &Answer<'_>) -> Result<Vec<Mismatch>, String> {
        assert_eq!(answer.status, 200);
        assert!(
            answer
                .headers
                .iter()
                .any(|(name, _)| name == "content-length")
        );
        let number = String::from_utf8_lossy(answer.body)
            .parse()
            .expect("a number");
        self.0.lock().expect("no judge panics").insert(number);
        if number == 7 {
            return Err("seven is beyond comparison".to_owned());
        }
        let odd = (number % 2 == 1).then(|| Mismatch {
            location: "body".to_owned(),
            expected: "even".to_owned(),
            actual: number.to_string(),
            message: format!("{number} is odd"),
            reproduce: None,
            span: span(),
        });
        Ok(odd.into_iter().collect())
    }

    fn expects(&self, status: u16) -> bool {
        status == 200
    }
}

/// A load of 40 requests, whose answers are the iterations' numbers.
async fn judged(sample: f64, seed: u64) -> (Arc<Even>, Arc<Recorded>) {
    let server = Server::answering(|request| async move {
        let number = request
            .strip_prefix("GET /")
            .and_then(|it| it.split(' ').next());
        ok(number.expect("a path"))
    })
    .await;
    let judge = Arc::new(Even::default());
    let mut step = get("/{{ iteration }}");
    step.interaction = Some(InteractionPlan {
        contract: "numbers.json".to_owned(),
        consumer: "web".to_owned(),
        description: "counts".to_owned(),
        sample,
        judge: judge.clone(),
        span: span(),
    });
    let executor = open("200/s", Duration::from_millis(200), 10);
    let mut run = Run::new(
        load(vec![scenario(executor, vec![sends(step)])]),
        server.address,
    );
    run.context.seed = Seed::new(seed);
    let recorded = run.go().await;
    (judge, recorded)
}

fn counts(recorded: &Recorded) -> (u64, u64) {
    let ticks = recorded.ticks().into_iter().flat_map(|tick| tick.contracts);
    ticks.fold((0, 0), |sum, tick| {
        (sum.0 + tick.kept, sum.1 + tick.violated)
    })
}

#[tokio::test]
async fn every_answer_is_judged_and_differences_are_counted_by_their_place() {
    let (judge, recorded) = judged(1.0, 7).await;
    assert_eq!(judge.0.lock().expect("no judge panics").len(), 40);
    assert_eq!(counts(&recorded), (20, 20));
    let ticks = recorded.ticks().into_iter();
    let violations: Vec<_> = ticks.flat_map(|tick| tick.violations).collect();
    let of = |location: &str| {
        let of_place = violations.iter().filter(|it| it.first.location == location);
        of_place.map(|it| it.count).sum::<u64>()
    };
    assert_eq!((of("body"), of("answer")), (19, 1), "{violations:?}");
    assert!(
        violations
            .iter()
            .any(|it| it.first.message.ends_with("is odd"))
    );
    let seven = violations.iter().find(|it| it.first.location == "answer");
    let seven = seven.expect("what cannot be compared is told");
    assert_eq!(seven.first.message, "seven is beyond comparison");
}

#[tokio::test]
async fn which_answers_are_judged_depends_on_the_seed_alone() {
    let sampled = |judge: &Even| judge.0.lock().expect("no judge panics").clone();
    let (first, recorded) = judged(0.5, 7).await;
    let (kept, violated) = counts(&recorded);
    assert_eq!((kept + violated) as usize, sampled(&first).len());
    assert!((8..=32).contains(&(kept + violated)), "{kept} + {violated}");
    let (again, _) = judged(0.5, 7).await;
    assert_eq!(sampled(&again), sampled(&first));
    let (other, _) = judged(0.5, 8).await;
    assert_ne!(sampled(&other), sampled(&first));
    let (none, recorded) = judged(0.0, 7).await;
    assert!(sampled(&none).is_empty());
    assert_eq!(counts(&recorded), (0, 0));
}

/// Takes any answer of 404.
#[derive(Debug)]
struct Missing;

impl AnswerJudge for Missing {
    fn judge(&self, _: &Answer<'_>) -> Result<Vec<Mismatch>, String> {
        Ok(Vec::new())
    }

    fn expects(&self, status: u16) -> bool {
        status == 404
    }
}

#[tokio::test]
async fn a_status_that_the_contract_expects_is_no_failure_whether_or_not_the_answer_is_judged() {
    let server = Server::answering(|request| async move {
        let status = if request.contains("/gone") { 404 } else { 410 };
        format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").into_bytes()
    })
    .await;
    for sample in [0.0, 1.0] {
        let asks = |path: &str| {
            let mut step = get(path);
            step.interaction = Some(InteractionPlan {
                contract: "missing.json".to_owned(),
                consumer: "web".to_owned(),
                description: "misses".to_owned(),
                sample,
                judge: Arc::new(Missing),
                span: span(),
            });
            sends(step)
        };
        let executor = open("100/s", Duration::from_millis(100), 10);
        let flow = vec![asks("/gone"), asks("/never"), sends(get("/gone"))];
        let plan = load(vec![scenario(executor, flow)]);
        let recorded = Run::new(plan, server.address).go().await;
        assert_eq!(recorded.ended_with(Outcome::Expected(404)), 10);
        assert_eq!(recorded.ended_with(Outcome::Status(410)), 10);
        assert_eq!(recorded.ended_with(Outcome::Status(404)), 10, "no contract");
        let examples = recorded.examples();
        assert!(examples.iter().any(|it| it == "GET /never: status 410"));
    }
}

#[tokio::test]
async fn a_contract_that_was_not_read_is_never_sent() {
    let mut step = sends(get("/"));
    step.kind = StepKind::Contract(Box::new(rtest_core::plan::ContractStep {
        source: "pacts".into(),
        provider: "shop".to_owned(),
        states_as_they_are: false,
        sample: 1.0,
        timeout: Duration::from_secs(1),
    }));
    let executor = open("10/s", Duration::from_millis(100), 1);
    let plan = load(vec![scenario(executor, vec![step])]);
    let refused = Run::new(plan, "127.0.0.1:9".parse().expect("an address"));
    let error = refused.refused().await.to_string();
    assert!(error.contains("the contract was not read"), "{error}");
}
