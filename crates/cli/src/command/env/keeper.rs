use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rtest_core::event::{EventKind, EventSink, ServiceState};
use rtest_run::System;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;
use tokio_util::sync::CancellationToken;

use super::state::State;
use crate::exit::{Exit, Failure};
use crate::output;

/// How long a keeper may take to answer; to take everything down is the slowest.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a keeper is asked.
pub(super) enum Question {
    /// How the services are.
    Services,
    /// To reset a store, or all of them.
    Reset(Option<String>),
    /// To take everything down.
    Down,
}

/// What a keeper says.
pub(super) enum Answer {
    Services(Vec<Shown>),
    Done(Vec<String>),
}

/// A service as it is listed.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) url: String,
    /// `host:port`.
    pub(super) address: String,
}

/// Hears what becomes of the services, and tells it on stderr.
pub(super) struct Board(Mutex<BTreeMap<String, String>>);

impl Board {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    fn state(&self, service: &str) -> String {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        states
            .get(service)
            .cloned()
            .unwrap_or_else(|| "ready".to_owned())
    }
}

impl EventSink for Board {
    fn emit(&self, kind: EventKind) {
        match kind {
            EventKind::Service { name, state } => {
                let state = match state {
                    ServiceState::Preparing => "preparing".to_owned(),
                    ServiceState::Starting => "starting".to_owned(),
                    ServiceState::OutOfMemory => "out of memory".to_owned(),
                    ServiceState::Ready { after, .. } => {
                        output::say(&format!("ready    {name}  after {} ms", after.as_millis()));
                        "ready".to_owned()
                    }
                    ServiceState::Exited { status, .. } => {
                        output::say(&format!("exited   {name}  {status}"));
                        format!("exited ({status})")
                    }
                    ServiceState::Stopped => "stopped".to_owned(),
                };
                let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                states.insert(name, state);
            }
            EventKind::Note(note) => output::say(&format!("note     {note}")),
            _ => {}
        }
    }
}

/// Answers questions about a system that is up, until it is to go down.
pub(super) struct Keeper<'a> {
    pub(super) system: &'a System,
    pub(super) board: &'a Board,
    pub(super) services: Vec<String>,
}

impl Keeper<'_> {
    /// The services as they are now.
    pub(super) fn shown(&self) -> Vec<Shown> {
        let variables = self.system.environment().variables();
        let variable = |name: &str, aspect: &str| {
            let value = variables.get(&format!("{name}.{aspect}"));
            value.cloned().unwrap_or_default()
        };
        let shown = self.services.iter().map(|name| Shown {
            name: name.clone(),
            state: self.board.state(name),
            url: variable(name, "url"),
            address: format!("{}:{}", variable(name, "host"), variable(name, "port")),
        });
        shown.collect()
    }

    /// Serves until somebody asks for it to go down, who is then to be told, or `cancel`.
    pub(super) async fn serve(
        &self,
        listener: &UnixListener,
        cancel: &CancellationToken,
    ) -> Option<tokio::net::UnixStream> {
        loop {
            let accepted = cancel.run_until_cancelled(listener.accept()).await?;
            let Ok((mut stream, _)) = accepted else {
                continue;
            };
            let mut line = String::new();
            if tokio::io::BufReader::new(&mut stream)
                .read_line(&mut line)
                .await
                .is_err()
            {
                continue;
            }
            let question: Value = serde_json::from_str(&line).unwrap_or_default();
            if question["ask"] == "down" {
                return Some(stream);
            }
            let answer = self.answer(&question).await;
            // Whoever asked may be gone.
            let _ = stream.write_all(format!("{answer}\n").as_bytes()).await;
        }
    }

    async fn answer(&self, question: &Value) -> Value {
        match question["ask"].as_str() {
            Some("services") => {
                let services = self
                    .shown()
                    .into_iter()
                    .map(|it| json!({ "name": it.name, "state": it.state, "url": it.url, "address": it.address }));
                json!({ "services": services.collect::<Vec<_>>() })
            }
            Some("reset") => self.reset(question["service"].as_str()).await,
            _ => json!({ "error": "this is not a question" }),
        }
    }

    async fn reset(&self, service: Option<&str>) -> Value {
        let data = self.system.environment().data();
        let known = data.services();
        let services = match service {
            None if known.is_empty() => {
                return json!({ "error": "no service of this suite has data to reset" });
            }
            None => known,
            Some(service) if known.iter().any(|known| known == service) => {
                vec![service.to_owned()]
            }
            Some(service) => {
                let known = known.join(", ");
                return json!({ "error": format!("`{service}` has no `reset`; these have: {known}") });
            }
        };
        let mut done = Vec::new();
        for service in services {
            match data.reset(&service).await {
                Ok(seen) => done.push(format!("{service}: {seen}")),
                Err(why) => {
                    return json!({ "error": format!("`{service}` cannot be reset: {why}") });
                }
            }
        }
        json!({ "done": done })
    }
}

/// Listens for questions, where only this user can ask.
pub(super) fn listen(run_id: &str) -> std::io::Result<(UnixListener, PathBuf)> {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("rtest-{run_id}.sock"));
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok((listener, path))
}

/// Asks the keeper of an environment.
///
/// # Errors
/// It does not answer, or says why it did not do it.
pub(super) fn ask(state: &State, question: &Question) -> Result<Answer, Failure> {
    let failed = |why: String| Failure {
        exit: Exit::Environment,
        message: format!("error: {}: {why}", state.suite),
    };
    let line = match question {
        Question::Services => json!({ "ask": "services" }),
        Question::Reset(service) => json!({ "ask": "reset", "service": service }),
        Question::Down => json!({ "ask": "down" }),
    };
    let answer = exchange(state, &line).map_err(|error| failed(error.to_string()))?;
    if let Some(error) = answer["error"].as_str() {
        return Err(failed(error.to_owned()));
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(services) = answer["services"].as_array() {
        let services = services.iter().map(|it| Shown {
            name: text(&it["name"]),
            state: text(&it["state"]),
            url: text(&it["url"]),
            address: text(&it["address"]),
        });
        return Ok(Answer::Services(services.collect()));
    }
    let done = answer["done"].as_array().into_iter().flatten();
    Ok(Answer::Done(done.map(text).collect()))
}

fn exchange(state: &State, question: &Value) -> std::io::Result<Value> {
    let mut stream = UnixStream::connect(&state.socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{question}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map_err(std::io::Error::other)
}
