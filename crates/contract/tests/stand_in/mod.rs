//! Providers that tests verify against, and what a verification emitted.

// Each test binary uses its own part; clippy.toml allows `unwrap` in tests, and does not see that
// these functions are of tests.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod broker;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rtest_contract::{VerifyContext, VerifySummary, verify};
use rtest_core::event::{InteractionOutcome, InteractionResult, Mismatch};
use rtest_core::plan::{
    ContractKind, ContractPlan, ContractSource, InteractionSelect, PactPlan, SpringPlan,
    StateAction, StateCall, StatePlan, StatesPlan, Target, TlsPlan,
};
use rtest_core::{
    ControlFuture, DataControl, EventKind, EventSink, MonotonicClock, Span, Template,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A request as a provider saw it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Bytes,
}

/// What a provider answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into(),
        }
    }

    pub(crate) fn text(status: u16, body: &'static str) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/plain".to_owned())],
            body: Bytes::from_static(body.as_bytes()),
        }
    }
}

/// A provider on a free port; gone when dropped.
pub(crate) struct StandIn {
    pub(crate) url: String,
    pub(crate) port: u16,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl StandIn {
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = Arc::clone(&asked);
        let answer = Arc::new(answer);
        Self::accept(asked, move |stream| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move {
                let service = service_fn(|request: Request<hyper::body::Incoming>| {
                    let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                    async move {
                        let line = format!("{} {}", request.method(), request.uri());
                        let headers = request.headers().iter().map(|(name, value)| {
                            let value = String::from_utf8_lossy(value.as_bytes());
                            (name.to_string(), value.into_owned())
                        });
                        let headers = headers.collect();
                        let body = request.into_body().collect().await;
                        let asked = Asked {
                            line,
                            headers,
                            body: body.map(|body| body.to_bytes()).unwrap_or_default(),
                        };
                        let reply = answer(&asked);
                        log.lock().unwrap().push(asked);
                        let mut response = Response::builder().status(reply.status);
                        for (name, value) in reply.headers {
                            response = response.header(name, value);
                        }
                        Ok::<_, Infallible>(response.body(Full::new(reply.body)).unwrap())
                    }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        })
        .await
    }

    /// Reads the beginning of a request, writes `bytes`, and closes.
    pub(crate) async fn raw(bytes: &'static [u8]) -> Self {
        Self::accept(Arc::default(), move |mut stream| async move {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        })
        .await
    }

    /// Accepts and reads, and never answers.
    pub(crate) async fn silent() -> Self {
        Self::accept(Arc::default(), |mut stream| async move {
            let mut sink = [0; 4096];
            while stream.read(&mut sink).await.is_ok_and(|read| read > 0) {}
        })
        .await
    }

    async fn accept<F>(
        asked: Arc<Mutex<Vec<Asked>>>,
        serve: impl Fn(tokio::net::TcpStream) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream));
            }
        });
        Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            asked,
            _tasks: tasks,
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|asked| asked.line.clone()).collect()
    }
}

/// The storefront's API as its contracts know it; `renamed` breaks it as `email` → `userEmail`.
pub(crate) async fn storefront(renamed: bool) -> StandIn {
    let users: Mutex<BTreeMap<u64, Value>> = Mutex::default();
    StandIn::start(move |asked| {
        let (method, target) = asked.line.split_once(' ').unwrap();
        let path = target.split('?').next().unwrap();
        let id = path
            .rsplit('/')
            .next()
            .and_then(|id| id.parse::<u64>().ok());
        let email = if renamed { "userEmail" } else { "email" };
        match (method, path, id) {
            ("GET", "/health", _) => Reply::json(200, &json!({ "status": "ok" })),
            ("GET", _, Some(id)) if path.starts_with("/products/") && id <= 1000 => {
                let body = json!({ "id": id, "name": "Cup", "price": 9, "stock": 3,
                    "source": "fallback" });
                Reply::json(200, &body)
            }
            ("GET", _, Some(_)) if path.starts_with("/products/") => {
                Reply::json(404, &json!({ "error": "unknown product" }))
            }
            ("POST", "/users", _) => {
                let given: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
                let id = given["id"].as_u64().unwrap_or(12);
                let user = json!({ "id": id, "name": given["name"], email: given["email"] });
                users.lock().unwrap().insert(id, user.clone());
                Reply::json(201, &user)
            }
            ("GET", _, Some(id)) => match users.lock().unwrap().get(&id) {
                Some(user) => Reply::json(200, user),
                None => Reply::json(404, &json!({ "error": "unknown user" })),
            },
            ("POST", "/orders", _) => {
                Reply::json(202, &json!({ "order_id": "o-77", "status": "queued" }))
            }
            _ => Reply::text(404, "no such path"),
        }
    })
    .await
}

/// A path in the repository's fixtures.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(path)
}

/// Writes one pact of version `version` for provider `storefront` into a folder of its own.
pub(crate) fn pact(version: &str, interactions: Value) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pact.json");
    let pact = json!({
        "consumer": { "name": "web" },
        "provider": { "name": "storefront" },
        "interactions": interactions,
        "metadata": { "pactSpecification": { "version": version } }
    });
    std::fs::write(&path, format!("{pact:#}")).unwrap();
    (folder, path)
}

pub(crate) fn plan(source: impl Into<PathBuf>) -> ContractPlan {
    ContractPlan {
        kind: ContractKind::Pact(PactPlan {
            source: ContractSource::Path(source.into()),
            select: InteractionSelect::default(),
            states: StatesPlan::default(),
            jobs: 1,
            messages: "/".to_owned(),
        }),
        provider: "storefront".to_owned(),
        target: Target::Service("storefront".to_owned()),
        headers: Vec::new(),
        tls: TlsPlan::default(),
        faults: Vec::new(),
        degrades_to: None,
        span: Span::of_flag("suite.yaml", "- pact: fixtures/pacts"),
    }
}

/// A plan for Spring Cloud Contract's contracts.
pub(crate) fn spring_plan(source: impl Into<PathBuf>) -> ContractPlan {
    ContractPlan {
        kind: ContractKind::SpringCloudContract(SpringPlan {
            source: ContractSource::Path(source.into()),
            select: InteractionSelect::default(),
            jobs: 1,
        }),
        ..plan("")
    }
}

/// What the plan says of pacts.
pub(crate) fn of_pacts(plan: &mut ContractPlan) -> &mut PactPlan {
    let ContractKind::Pact(pacts) = &mut plan.kind else {
        panic!("a plan of pacts");
    };
    pacts
}

/// What sets up states in the plan.
pub(crate) fn handlers(plan: &mut ContractPlan) -> &mut Vec<StatePlan> {
    &mut of_pacts(plan).states.handlers
}

pub(crate) fn state(name: &str, setup: impl IntoIterator<Item = StateAction>) -> StatePlan {
    StatePlan {
        name: name.to_owned(),
        setup: setup.into_iter().collect(),
        teardown: Vec::new(),
        span: Span::of_flag("suite.yaml", name),
    }
}

/// What makes user 7 exist in the storefront.
pub(crate) fn user_7() -> StatePlan {
    let user = json!({ "id": 7, "name": "Surya", "email": "surya@example.com" });
    state("user 7 exists", [call("POST", "/users", Some(user))])
}

/// A call to the provider.
pub(crate) fn call(method: &str, path: &str, json: Option<Value>) -> StateAction {
    StateAction::Http(StateCall {
        method: method.to_owned(),
        path: Template::parse(path).expect("well formed"),
        json,
    })
}

/// Data that is brought back by being counted.
#[derive(Debug, Default)]
pub(crate) struct Resets(pub(crate) Mutex<Vec<String>>);

impl DataControl for Resets {
    fn services(&self) -> Vec<String> {
        vec!["db".to_owned()]
    }

    fn reset<'a>(&'a self, service: &'a str) -> ControlFuture<'a, Result<String, String>> {
        self.0.lock().unwrap().push(service.to_owned());
        Box::pin(async { Ok("counted".to_owned()) })
    }
}

#[derive(Default)]
struct Collected(Mutex<Vec<EventKind>>);

impl EventSink for Collected {
    fn emit(&self, kind: EventKind) {
        self.0.lock().unwrap().push(kind);
    }
}

/// What a verification did.
pub(crate) struct Verified {
    pub(crate) summary: VerifySummary,
    pub(crate) events: Vec<EventKind>,
    /// How often data was brought back.
    pub(crate) resets: usize,
}

impl Verified {
    pub(crate) fn interactions(&self) -> Vec<&InteractionResult> {
        self.events
            .iter()
            .filter_map(|event| match event {
                EventKind::Interaction(result) => Some(&**result),
                _ => None,
            })
            .collect()
    }

    /// The one interaction's mismatches.
    pub(crate) fn mismatches(&self) -> Vec<Mismatch> {
        match &self.interactions()[..] {
            [one] => match &one.outcome {
                InteractionOutcome::Mismatched(mismatches) => mismatches.clone(),
                other => panic!("not mismatched but {other:?}"),
            },
            other => panic!("not one interaction but {other:?}"),
        }
    }

    /// Why the one interaction failed.
    pub(crate) fn failure(&self) -> &str {
        match &self.interactions()[..] {
            [one] => match &one.outcome {
                InteractionOutcome::Failed(why) => why,
                other => panic!("not failed but {other:?}"),
            },
            other => panic!("not one interaction but {other:?}"),
        }
    }

    pub(crate) fn notes(&self) -> Vec<&str> {
        let notes = self.events.iter().filter_map(|event| match event {
            EventKind::Note(note) => Some(note.as_str()),
            _ => None,
        });
        notes.collect()
    }

    /// Messages and places of the contracts that failed as a whole.
    pub(crate) fn contracts_failed(&self) -> Vec<(&str, &Span)> {
        self.events
            .iter()
            .filter_map(|event| match event {
                EventKind::ContractFailed { message, span } => Some((message.as_str(), span)),
                _ => None,
            })
            .collect()
    }
}

pub(crate) async fn verify_at(url: &str, plan: &ContractPlan) -> Verified {
    verify_until(url, plan, CancellationToken::new()).await
}

pub(crate) async fn verify_until(
    url: &str,
    plan: &ContractPlan,
    cancel: CancellationToken,
) -> Verified {
    verify_in(url, plan, |context| context.cancel = cancel).await
}

/// In a context that is changed before.
pub(crate) async fn verify_in(
    url: &str,
    plan: &ContractPlan,
    change: impl FnOnce(&mut VerifyContext),
) -> Verified {
    // Already installed when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let events = Arc::new(Collected::default());
    let resets = Arc::new(Resets::default());
    let mut context = VerifyContext {
        provider_url: url.to_owned(),
        events: Arc::clone(&events) as Arc<dyn EventSink>,
        clock: Arc::new(MonotonicClock::start()),
        seed: rtest_core::Seed::new(1),
        cancel: CancellationToken::new(),
        data: Arc::clone(&resets) as Arc<dyn DataControl>,
        under: None,
        publish: true,
        pass: String::new(),
        variables: BTreeMap::from([("storefront.url".to_owned(), url.to_owned())]),
    };
    change(&mut context);
    let summary = verify(plan, &context).await;
    let events = std::mem::take(&mut *events.0.lock().unwrap());
    let resets = resets.0.lock().unwrap().len();
    Verified {
        summary,
        events,
        resets,
    }
}

/// What a span underlines.
pub(crate) fn marked(span: &Span) -> String {
    let characters = span.text.chars().skip(span.column as usize - 1);
    characters.take(span.len as usize).collect()
}
