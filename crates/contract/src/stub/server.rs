use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::choice::{Choice, Role, choose};
use super::{Asked, Difference, Served, Stub, StubAnswer, cors};
use crate::compute::compute;

/// Largest body that is read, in bytes.
const MAX_BODY: usize = 16 << 20;
/// How long a client may take over the head of a request, and stay idle before it.
const HEAD_WITHIN: Duration = Duration::from_secs(60);
/// Connections served at once; more wait to be accepted.
const CONNECTIONS: usize = 256;
/// How long requests under way may still take when the server ends.
const FINISH_WITHIN: Duration = Duration::from_secs(1);
/// How long to wait when the system has no more file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// The header by which a request says for which provider states it is.
const PROVIDER_STATE: &str = "x-pact-provider-state";

/// How a stub behaves.
pub struct StubOptions {
    /// The provider states whose interactions come first, of requests that name none by
    /// `x-pact-provider-state`.
    pub states: Vec<String>,
    /// Whether browsers may ask from pages of any origin: preflights are answered, and answers say
    /// that they may be read.
    pub cors: bool,
    /// Told of every request.
    pub watch: Box<dyn Fn(&Served) + Send + Sync>,
}

struct Server {
    stub: Stub,
    options: StubOptions,
    /// Requests so far: each draws generated values of its own.
    requests: AtomicU64,
}

impl Stub {
    /// Serves the answers over HTTP/1 until `cancel`.
    ///
    /// # Cancellation
    /// Dropping it ends the server.
    pub async fn serve(
        self,
        listener: TcpListener,
        options: StubOptions,
        cancel: CancellationToken,
    ) {
        let server = Arc::new(Server {
            stub: self,
            options,
            requests: AtomicU64::new(0),
        });
        // Cancelled when this future is dropped, too.
        let serving = cancel.child_token();
        let _guard = serving.clone().drop_guard();
        let connections = TaskTracker::new();
        let permits = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                biased;
                () = serving.cancelled() => break,
                accepted = async {
                    let permit = permits.clone().acquire_owned().await.ok()?;
                    Some((listener.accept().await, permit))
                } => accepted,
            };
            match accepted {
                Some((Ok((client, _)), permit)) => {
                    let connection = Arc::clone(&server).connection(client, serving.clone());
                    connections.spawn(async move {
                        connection.await;
                        drop(permit);
                    });
                }
                Some((Err(_), _)) => {
                    let wait = tokio::time::sleep(ACCEPT_AGAIN);
                    serving.run_until_cancelled(wait).await;
                }
                // The semaphore is never closed.
                None => break,
            }
        }
        drop(listener);
        connections.close();
        connections.wait().await;
    }
}

impl Server {
    async fn connection(self: Arc<Self>, client: TcpStream, cancel: CancellationToken) {
        // It can only fail on a connection that is already gone.
        let _ = client.set_nodelay(true);
        let service = service_fn(|request| {
            let server = Arc::clone(&self);
            async move { Ok::<_, Infallible>(server.handle(request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // A client that has said everything still gets its answer.
            .half_close(true)
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(TokioIo::new(client), service);
        tokio::pin!(connection);
        // Either way it has ended with the client, who has seen why.
        tokio::select! {
            _ = &mut connection => return,
            () = cancel.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        let _ = tokio::time::timeout(FINISH_WITHIN, connection).await;
    }

    async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let mut asked = Asked {
            method: head.method.as_str().to_uppercase(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head.headers,
            body: Bytes::new(),
        };
        let (response, because) = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => {
                asked.body = body.to_bytes();
                Arc::clone(&self).answer(asked.clone()).await
            }
            Err(_) => {
                let most = MAX_BODY >> 20;
                let why = format!("its body is larger than {most} MiB, or was not sent whole");
                let response = problem(StatusCode::PAYLOAD_TOO_LARGE, &json!({ "error": why }));
                (response, why)
            }
        };
        let mut response = response;
        if self.options.cors {
            cors::allow(response.headers_mut(), &asked);
        }
        (self.options.watch)(&Served {
            request: asked.line(),
            status: response.status().as_u16(),
            because,
        });
        response
    }

    /// The answer, and why it is this one.
    async fn answer(self: Arc<Self>, asked: Asked) -> (Response<Full<Bytes>>, String) {
        let server = Arc::clone(&self);
        let question = asked.clone();
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        match compute(move || server.choose(&question, number)).await {
            Ok(Found::Match(answer, who)) => {
                tokio::time::sleep(answer.delay).await;
                match answer.into_response() {
                    Ok(response) => (response, who),
                    Err(why) => {
                        let error = format!("the answer of {who} cannot be sent: {why}");
                        let body = json!({ "error": error });
                        (problem(StatusCode::INTERNAL_SERVER_ERROR, &body), error)
                    }
                }
            }
            Ok(Found::Nothing(..)) if self.options.cors && cors::is_preflight(&asked) => {
                (cors::preflight(&asked), "preflight".to_owned())
            }
            Ok(Found::Nothing(body, why)) => {
                (problem(StatusCode::INTERNAL_SERVER_ERROR, &body), why)
            }
            Err(panic) => {
                let why = format!("the request could not be compared: {panic}");
                let body = json!({ "error": why });
                (problem(StatusCode::INTERNAL_SERVER_ERROR, &body), why)
            }
        }
    }

    fn choose(&self, asked: &Asked, number: u64) -> Found {
        let mut states = asked.values(PROVIDER_STATE);
        if states.is_empty() {
            states.clone_from(&self.options.states);
        }
        match choose(&self.stub.roles, asked, &states) {
            Choice::Match(role) => {
                let double = role.double().expect("only those are chosen");
                let mut rng = self.stub.seed.stream(&format!("stub/{number}"));
                Found::Match(double.answer(&mut rng), who(role))
            }
            Choice::Nothing(nearest) => nothing(asked, nearest),
        }
    }
}

/// What was found for a request.
enum Found {
    /// An answer, and whose it is.
    Match(StubAnswer, String),
    /// A body that says so, and a line that does.
    Nothing(Value, String),
}

fn nothing(asked: &Asked, nearest: Option<(&Role, Vec<Difference>)>) -> Found {
    let error = format!("no interaction matches `{}`", asked.line());
    let Some((role, differences)) = nearest else {
        let body = json!({ "error": error });
        return Found::Nothing(body, "no interaction matches".to_owned());
    };
    let interaction = role.interaction();
    let states: Vec<&str> = interaction.states.iter().map(|it| &*it.name).collect();
    let told: Vec<Value> = (differences.iter())
        .map(|it| json!({ "location": it.location, "message": it.message }))
        .collect();
    let body = json!({
        "error": error,
        "nearest": {
            "consumer": role.contract.consumer,
            "provider": role.contract.provider,
            "description": interaction.description,
            "provider_states": states,
            "request": interaction.request,
            "place": interaction.span.to_string(),
            "differences": told,
        },
    });
    let said: Vec<&str> = differences.iter().map(|it| &*it.message).collect();
    let line = format!(
        "no interaction matches; nearest is {}: {}",
        who(role),
        said.join("; ")
    );
    Found::Nothing(body, line)
}

/// An interaction in a line: whose it is, what it is called, where it stands.
fn who(role: &Role) -> String {
    let interaction = role.interaction();
    format!(
        "{}: {} ({})",
        role.contract.consumer, interaction.description, interaction.span
    )
}

fn problem(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(format!("{body:#}\n").into()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
