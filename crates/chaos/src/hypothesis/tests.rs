//! Probes against a real HTTP server; what repeats them on a paused clock.

use std::collections::BTreeMap;

use rtest_core::expectation::Expectation;
use rtest_core::plan::{HttpCall, ProbeKind, Target};

use super::*;
use std::cell::Cell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Mutex;

use rtest_core::event::{EventKind, EventSink, ProbeSide};
use rtest_core::expectation::StatusMatch;
use rtest_core::plan::ChaosPlan;
use rtest_core::threshold::Threshold;
use rtest_core::{ManualClock, Span};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Drill, DrillContext, DrillError};

/// Answers each connection with the next of its statuses, the last one again and again.
struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut statuses = VecDeque::from(statuses.to_vec());
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let status = match statuses.len() {
                    1 => statuses[0],
                    _ => statuses.pop_front().expect("one is left"),
                };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let body = format!(r#"{{"status":{status}}}"#);
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { address, task }
    }

    fn target(&self) -> Target {
        Target::Address {
            scheme: rtest_core::Scheme::Http,
            authority: self.address.to_string(),
            base_path: String::new(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug, Default)]
struct Results(Mutex<Vec<(u16, ProbeSide, ProbeResult)>>);

impl EventSink for Results {
    fn emit(&self, kind: EventKind) {
        if let EventKind::ProbeEvaluated {
            probe,
            side,
            result,
        } = kind
        {
            self.0.lock().unwrap().push((probe, side, result));
        }
    }
}

fn health(target: Target) -> ProbePlan {
    ProbePlan {
        name: "GET /health".to_owned(),
        kind: ProbeKind::Http {
            target,
            call: HttpCall {
                method: "GET".to_owned(),
                path: "/health".to_owned(),
                json: None,
            },
            expectations: vec![Expectation::Status(StatusMatch::AnyOf(vec![200]))],
        },
        continuously: None,
        span: Span::of_flag("hypothesis", "GET /health"),
    }
}

fn error_rate() -> ProbePlan {
    let threshold = Threshold::parse_line("http_req_failed rate<0.01").expect("well formed");
    ProbePlan {
        name: threshold.to_string(),
        kind: ProbeKind::Metric(threshold),
        continuously: None,
        span: Span::of_flag("hypothesis", "http_req_failed"),
    }
}

fn drill(
    hypothesis: Vec<ProbePlan>,
    cancel: &CancellationToken,
) -> Result<(Drill, Arc<Results>), DrillError> {
    // The provider may be installed already: tests share the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let results = Arc::new(Results::default());
    let context = DrillContext {
        clock: Arc::new(ManualClock::default()),
        windows: Arc::default(),
        events: Arc::clone(&results) as Arc<dyn EventSink>,
        cancel: cancel.clone(),
        proxies: BTreeMap::new(),
        services: None,
        seed: rtest_core::Seed::new(42),
        variables: BTreeMap::new(),
        mark: None,
        journal: None,
        addresses: BTreeMap::new(),
    };
    let plan = ChaosPlan {
        hypothesis,
        timeline: Vec::new(),
        ..ChaosPlan::default()
    };
    Ok((Drill::new(plan, context)?, results))
}

fn results(results: &Results) -> Vec<(u16, ProbeSide, ProbeResult)> {
    results.0.lock().unwrap().clone()
}

#[tokio::test]
async fn a_probe_says_what_was_expected_and_what_was_there() {
    let (well, ill) = (
        Server::answering(&[200]).await,
        Server::answering(&[503]).await,
    );
    let plan = vec![error_rate(), health(well.target()), health(ill.target())];
    let (drill, seen) = drill(plan, &CancellationToken::new()).expect("a drill");
    assert!(!drill.before().await, "one did not hold");
    let result = |held, actual: &str| ProbeResult {
        held,
        expected: "status 200".to_owned(),
        actual: actual.to_owned(),
    };
    assert_eq!(
        results(&seen),
        [
            (1, ProbeSide::Before, result(true, "as expected")),
            (
                2,
                ProbeSide::Before,
                result(false, "status 503 instead of status 200")
            ),
        ],
        "metrics are judged elsewhere"
    );
}

#[tokio::test]
async fn after_the_faults_a_probe_is_asked_until_it_holds() {
    let recovering = Server::answering(&[503, 503, 200]).await;
    let (drill, seen) =
        drill(vec![health(recovering.target())], &CancellationToken::new()).expect("a drill");
    assert!(drill.after().await);
    let seen = results(&seen);
    assert_eq!(seen.len(), 1, "only the last answer is told: {seen:?}");
    let (probe, side, result) = &seen[0];
    assert_eq!((*probe, *side), (0, ProbeSide::After));
    assert!(result.held && result.actual.contains("after"), "{result:?}");
}

#[tokio::test]
async fn a_service_that_is_not_there_does_not_hold() {
    let gone = Server::answering(&[200]).await;
    let target = gone.target();
    gone.task.abort();
    // The task owns the listener; once it is over, the port refuses.
    while !gone.task.is_finished() {
        tokio::task::yield_now().await;
    }
    let (drill, seen) = drill(vec![health(target)], &CancellationToken::new()).expect("a drill");
    assert!(!drill.before().await);
    let (_, _, result) = results(&seen).remove(0);
    assert!(
        result.actual.starts_with("no answer: ") && result.actual.contains("refused"),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_cancelled_drill_asks_nothing() {
    let well = Server::answering(&[200]).await;
    let cancel = CancellationToken::new();
    let (drill, seen) = drill(vec![health(well.target())], &cancel).expect("a drill");
    cancel.cancel();
    assert!(!drill.after().await);
    assert_eq!(results(&seen), []);
}

#[tokio::test]
async fn a_probe_of_an_unknown_service_is_refused() {
    let plan = vec![health(Target::Service("shop".to_owned()))];
    let refused = drill(plan, &CancellationToken::new()).expect_err("no such service");
    assert_eq!(
        refused.to_string(),
        "a probe asks the service `shop`, which has no address"
    );
}

async fn settled(holds_from: u32) -> (ProbeResult, u32) {
    let asked = Cell::new(0);
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let ask = || {
        asked.set(asked.get() + 1);
        let held = asked.get() >= holds_from;
        async move {
            ProbeResult {
                held,
                expected: "closed".to_owned(),
                actual: if held { "closed" } else { "open" }.to_owned(),
            }
        }
    };
    (settle(ask, &clock, SETTLE_LIMIT).await, asked.get())
}

#[tokio::test(start_paused = true)]
async fn settling_ends_with_the_first_answer_that_holds() {
    let (result, asked) = settled(1).await;
    assert_eq!(
        (result.held, result.actual.as_str(), asked),
        (true, "closed", 1)
    );
    let (result, asked) = settled(7).await;
    assert_eq!((result.held, asked), (true, 7));
}

#[tokio::test(start_paused = true)]
async fn settling_ends_with_the_last_answer_when_the_time_is_up() {
    let (result, asked) = settled(u32::MAX).await;
    assert_eq!(
        (result.held, result.actual.as_str()),
        (false, "open, still so after 5s")
    );
    assert!((45..=51).contains(&asked), "{asked}");
}
