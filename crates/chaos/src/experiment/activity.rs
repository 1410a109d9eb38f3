use std::process::Stdio;
use std::time::Duration;

use rtest_core::causes;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::substitute::{Variables, plain};
use super::tolerance::Tolerance;

/// A probe or an action.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub(super) name: String,
    /// As it stands in the experiment, for the journal.
    pub(super) raw: Value,
    pub(super) provider: Provider,
    pub(super) tolerance: Option<Tolerance>,
    pub(super) before: Duration,
    pub(super) after: Duration,
    pub(super) background: bool,
}

/// Who carries an activity out.
#[derive(Clone, Debug)]
pub(super) enum Provider {
    /// A call.
    Http {
        method: String,
        url: String,
        headers: Map<String, Value>,
        arguments: Value,
        timeout: Option<Duration>,
    },
    /// A command.
    Process {
        path: String,
        arguments: Value,
        timeout: Option<Duration>,
    },
}

impl Provider {
    /// Carries it out, and gives what chaostoolkit-lib gives.
    ///
    /// # Errors
    /// Why it could not be carried out.
    pub(super) async fn run(&self, client: &reqwest::Client) -> Result<Value, String> {
        match self {
            Self::Http {
                method,
                url,
                headers,
                arguments,
                timeout,
            } => call(client, (method, url), headers, arguments, *timeout).await,
            Self::Process {
                path,
                arguments,
                timeout: limit,
            } => match limit {
                Some(limit) => timeout(*limit, command(path, arguments))
                    .await
                    .unwrap_or_else(|_| Err(TOO_LONG.to_owned())),
                None => command(path, arguments).await,
            },
        }
    }
}

const TOO_LONG: &str = "activity took too long to complete";

async fn call(
    client: &reqwest::Client,
    (method, url): (&str, &str),
    headers: &Map<String, Value>,
    arguments: &Value,
    limit: Option<Duration>,
) -> Result<Value, String> {
    let verb = reqwest::Method::from_bytes(method.as_bytes())
        .map_err(|_| format!("`{method}` is not a method"))?;
    let mut request = client.request(verb, url);
    for (name, value) in headers {
        request = request.header(name, plain(value));
    }
    if let Some(limit) = limit {
        request = request.timeout(limit);
    }
    let has_json = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && plain(value).contains("json")
    });
    let pairs = || {
        let fields = arguments.as_object().into_iter().flatten();
        fields
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect::<Vec<_>>()
    };
    request = match arguments {
        Value::Null => request,
        Value::Object(_) if method == "GET" => {
            let mut with_query = reqwest::Url::parse(url).map_err(|error| error.to_string())?;
            with_query.query_pairs_mut().extend_pairs(pairs());
            let query = with_query.to_string();
            let mut again = client.request(reqwest::Method::GET, query);
            for (name, value) in headers {
                again = again.header(name, plain(value));
            }
            match limit {
                Some(limit) => again.timeout(limit),
                None => again,
            }
        }
        Value::Object(_) if has_json => request.body(arguments.to_string()),
        Value::Object(_) => {
            let mut form = reqwest::Url::parse("form:/").map_err(|error| error.to_string())?;
            form.query_pairs_mut().extend_pairs(pairs());
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.query().unwrap_or_default().to_owned())
        }
        other => request.body(plain(other)),
    };
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            TOO_LONG.to_owned()
        } else {
            format!("failed to connect to {url}: {}", causes(&error))
        }
    };
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    let headers: Map<String, Value> = response
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), Value::String(value))
        })
        .collect();
    let is_json = headers
        .get("content-type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.starts_with("application/json"));
    let text = response.text().await.map_err(failed)?;
    let body = if is_json {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    } else {
        Value::String(text)
    };
    Ok(json!({ "status": status, "headers": headers, "body": body }))
}

async fn command(path: &str, arguments: &Value) -> Result<Value, String> {
    let mut command = match arguments {
        // A text is for a shell, as in Python's `shell=True`.
        Value::String(text) => {
            let mut shell = tokio::process::Command::new("sh");
            shell.args(["-c", &format!("{path} {text}")]);
            shell
        }
        other => {
            let mut command = tokio::process::Command::new(path);
            let words: Vec<String> = match other {
                Value::Array(items) => items.iter().map(plain).collect(),
                Value::Object(fields) => fields
                    .iter()
                    .flat_map(|(name, value)| [name.clone(), plain(value)])
                    .collect(),
                _ => Vec::new(),
            };
            let is_given = |word: &String| !word.is_empty() && word != "null";
            command.args(words.into_iter().filter(is_given));
            command
        }
    };
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| format!("`{path}` cannot be started: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // Python gives the signal's number, negative.
    let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
    let status = output.status.code().or(signal.map(|signal| -signal));
    Ok(json!({
        "status": status,
        "stdout": text(&output.stdout),
        "stderr": text(&output.stderr),
    }))
}

impl Activity {
    /// The pauses and the provider of an activity, filled in.
    pub(super) fn seconds(value: Option<&Value>) -> Duration {
        let seconds = value.and_then(Value::as_f64).unwrap_or_default();
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }

    /// Reads a provider.
    ///
    /// # Errors
    /// Why it cannot be one, in words.
    pub(super) fn provider(raw: &Value, variables: &Variables) -> Result<Provider, String> {
        let kind = raw.get("type").and_then(Value::as_str);
        let text = |name: &str| {
            let text = raw.get(name).and_then(Value::as_str);
            text.map(|text| variables.fill_text(text))
        };
        let arguments = raw.get("arguments").map(|it| variables.fill(it));
        let arguments = arguments.unwrap_or_default();
        match kind {
            Some("http") => Ok(Provider::Http {
                method: text("method")
                    .unwrap_or_else(|| "GET".to_owned())
                    .to_uppercase(),
                url: text("url").ok_or("a http provider needs `url`")?,
                headers: match raw.get("headers").map(|it| variables.fill(it)) {
                    None | Some(Value::Null) => Map::new(),
                    Some(Value::Object(headers)) => headers,
                    Some(_) => return Err("`headers` are a mapping".to_owned()),
                },
                arguments,
                timeout: timeout_of(raw.get("timeout")),
            }),
            Some("process") => Ok(Provider::Process {
                path: text("path").ok_or("a process provider needs `path`")?,
                arguments,
                timeout: timeout_of(raw.get("timeout")),
            }),
            Some("python") => {
                let module = text("module").unwrap_or_default();
                let function = text("func").unwrap_or_default();
                Err(format!(
                    "the python provider is not supported (`{module}.{function}`): only http and process are"
                ))
            }
            Some(other) => Err(format!(
                "there is no provider `{other}`: there are http and process"
            )),
            None => Err("it needs a `provider` with a `type`".to_owned()),
        }
    }
}

/// A number of seconds, or `[connect, read]`, which together are one limit here.
fn timeout_of(value: Option<&Value>) -> Option<Duration> {
    let seconds = match value? {
        Value::Array(both) => both.iter().filter_map(Value::as_f64).sum(),
        other => other.as_f64()?,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
