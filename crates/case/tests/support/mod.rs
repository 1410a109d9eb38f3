//! A server that answers by its path, and a witness of what becomes of cases.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_case::CaseContext;
use rtest_core::expectation::{Expectation, StatusMatch, ValueMatch};
use rtest_core::plan::{
    CapturePlan, CasePlan, CaseRequest, CaseStep, CaseStepKind, CasesPlan, CheckPlan, Extractor,
    RequestStep,
};
use rtest_core::{
    CaseResult, ControlFuture, DataControl, EventKind, EventSink, JsonPath, LogMark,
    MonotonicClock, ServiceLogs, Span, Template,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// What a server does with a connection on which this request came.
pub(crate) type Reply = fn(String, TcpStream) -> ControlFuture<'static, ()>;

/// Serves until the test ends.
pub(crate) async fn serve(reply: Reply) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                let mut chunk = [0; 4096];
                // Small requests: their body comes with their head, or right behind it.
                while !is_whole(&request) {
                    match stream.read(&mut chunk).await {
                        Ok(read) if read > 0 => request.extend_from_slice(&chunk[..read]),
                        _ => return,
                    }
                }
                reply(String::from_utf8_lossy(&request).into_owned(), stream).await;
            });
        }
    });
    url
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let lower = head.to_ascii_lowercase();
    let length = lower.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
    body.len() >= length.unwrap_or(0_usize)
}

/// A whole answer.
pub(crate) async fn answer(mut stream: TcpStream, status: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body).await;
    let _ = stream.shutdown().await;
}

/// Whoever is told.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    pub(crate) results: Mutex<Vec<CaseResult>>,
    pub(crate) notes: Mutex<Vec<String>>,
    /// Resets, by service; the next of them fail.
    pub(crate) resets: Mutex<Vec<String>>,
    pub(crate) refuses: bool,
    /// Ends the cases.
    pub(crate) cancel: CancellationToken,
}

impl EventSink for Witness {
    fn emit(&self, kind: EventKind) {
        match kind {
            EventKind::Case(result) => self.results.lock().expect("no panic").push(*result),
            EventKind::Note(note) => self.notes.lock().expect("no panic").push(note),
            other => panic!("{other:?}"),
        }
    }
}

impl DataControl for Witness {
    fn services(&self) -> Vec<String> {
        vec!["db".to_owned(), "cache".to_owned()]
    }

    fn reset<'a>(&'a self, service: &'a str) -> ControlFuture<'a, Result<String, String>> {
        self.resets
            .lock()
            .expect("no panic")
            .push(service.to_owned());
        let answer = if self.refuses {
            Err("it is locked".to_owned())
        } else {
            Ok("done".to_owned())
        };
        Box::pin(async move { answer })
    }
}

impl ServiceLogs for Witness {
    fn mark(&self) -> LogMark {
        LogMark::from([("web".to_owned(), 7)])
    }

    fn since(&self, mark: &LogMark, _: usize) -> Vec<(String, Vec<String>)> {
        vec![("web".to_owned(), vec![format!("since {}", mark["web"])])]
    }
}

/// Runs cases against `url`, one after the other; what became of each.
pub(crate) async fn run(
    cases: Vec<CasePlan>,
    url: &str,
    variables: &[(&str, &str)],
    witness: &Arc<Witness>,
) -> Vec<CaseResult> {
    run_at_once(1, cases, url, variables, witness).await
}

/// Runs up to `jobs` cases at a time against `url`; what became of each.
pub(crate) async fn run_at_once(
    jobs: u32,
    cases: Vec<CasePlan>,
    url: &str,
    variables: &[(&str, &str)],
    witness: &Arc<Witness>,
) -> Vec<CaseResult> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let context = CaseContext {
        clock: Arc::new(MonotonicClock::start()),
        events: Arc::clone(witness) as Arc<dyn EventSink>,
        cancel: witness.cancel.clone(),
        data: Arc::clone(witness) as Arc<dyn DataControl>,
        logs: Arc::clone(witness) as Arc<dyn ServiceLogs>,
        targets: vec![Some(url.to_owned()); cases.len()],
        variables: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    };
    let plan = CasesPlan {
        cases,
        jobs,
        update_snapshots: false,
    };
    rtest_case::run(&plan, &context).await;
    std::mem::take(&mut witness.results.lock().expect("no panic"))
}

pub(crate) fn case(name: &str, steps: Vec<CaseStep>) -> CasePlan {
    CasePlan {
        name: name.to_owned(),
        tags: Vec::new(),
        target: None,
        retries: 0,
        cookies: true,
        concurrent: false,
        steps,
        span: Span::of_flag("suite.yaml", name),
    }
}

pub(crate) fn step(kind: CaseStepKind) -> CaseStep {
    CaseStep {
        span: Span::of_flag("suite.yaml", &kind.describe()),
        kind,
        within: None,
    }
}

pub(crate) fn template(text: &str) -> Template {
    Template::parse(text).expect("well formed")
}

/// A request whose answer must be of this class of status.
pub(crate) fn request(method: &str, path: &str) -> CaseRequest {
    let timeout = Duration::from_secs(60);
    CaseRequest {
        request: RequestStep::new(method, template(path), timeout),
        schema: None,
        snapshot: None,
        at_most: None,
    }
}

pub(crate) trait Expecting {
    fn status(self, class: u16) -> Self;
    fn json(self, path: &str, value: serde_json::Value) -> Self;
    fn capture(self, name: &str, path: &str) -> Self;
    fn step(self) -> CaseStep;
}

impl Expecting for CaseRequest {
    fn status(mut self, class: u16) -> Self {
        self.request
            .checks
            .push(check(Expectation::Status(StatusMatch::Class(class))));
        self
    }

    fn json(mut self, path: &str, value: serde_json::Value) -> Self {
        let path = JsonPath::parse(path).expect("a path");
        let value = ValueMatch::Equals(value);
        self.request
            .checks
            .push(check(Expectation::Json { path, value }));
        self
    }

    fn capture(mut self, name: &str, path: &str) -> Self {
        self.request.captures.push(CapturePlan {
            name: name.to_owned(),
            from: Extractor::Json(JsonPath::parse(path).expect("a path")),
            default: None,
            span: Span::of_flag("capture", name),
        });
        self
    }

    fn step(self) -> CaseStep {
        step(CaseStepKind::Request(Box::new(self)))
    }
}

fn check(expectation: Expectation) -> CheckPlan {
    CheckPlan {
        name: expectation.to_string(),
        span: Span::of_flag("expect", &expectation.to_string()),
        expectation,
    }
}
