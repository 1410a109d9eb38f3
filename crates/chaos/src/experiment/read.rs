use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rtest_core::Secrets;
use serde_json::Value;

use super::activity::{Activity, Provider};
use super::substitute::{Variables, plain};
use super::tolerance::Tolerance;

/// An experiment in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Its title, filled in.
    pub title: String,
    pub(super) raw: Value,
    pub(super) probes: Vec<Activity>,
    pub(super) method: Vec<Activity>,
    pub(super) rollbacks: Vec<Activity>,
    pub(super) strategy: RollbackStrategy,
    pub(super) secrets: Secrets,
}

/// When rollbacks come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RollbackStrategy {
    /// Whenever the method has begun.
    #[default]
    Always,
    /// Where the system has deviated from its steady state.
    Deviated,
    /// Not at all.
    Never,
}

/// Reads an experiment. `environment` is what `type: env` reads; `allowed` are hosts beyond this
/// machine that calls may reach.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read(
    text: &str,
    environment: &BTreeMap<String, String>,
    allowed: &BTreeSet<String>,
) -> Result<Experiment, Vec<String>> {
    let raw: Value = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    if !raw.is_object() {
        return Err(vec!["an experiment is a JSON object".to_owned()]);
    }
    let mut reader = Reader {
        environment,
        allowed,
        variables: Variables::default(),
        secrets: Secrets::default(),
        known: BTreeMap::new(),
        wrong: Vec::new(),
    };
    let experiment = reader.experiment(raw);
    if reader.wrong.is_empty() {
        Ok(experiment)
    } else {
        Err(reader.wrong)
    }
}

struct Reader<'a> {
    environment: &'a BTreeMap<String, String>,
    allowed: &'a BTreeSet<String>,
    variables: Variables,
    secrets: Secrets,
    /// Activities by name, for `ref`.
    known: BTreeMap<String, Value>,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn experiment(&mut self, mut raw: Value) -> Experiment {
        let title = raw.get("title").and_then(Value::as_str).unwrap_or_default();
        for (name, is_there) in [
            ("title", !title.is_empty()),
            ("description", raw.get("description").is_some()),
            ("method", raw.get("method").is_some_and(Value::is_array)),
        ] {
            if !is_there {
                self.wrong.push(format!("the experiment needs `{name}`"));
            }
        }
        self.variables(&raw);
        self.refuse_controls("the experiment", &raw);
        let hypothesis = raw.get("steady-state-hypothesis");
        let lists = [
            (
                "steady-state-hypothesis.probes",
                hypothesis.and_then(|it| it.get("probes")),
            ),
            ("method", raw.get("method")),
            ("rollbacks", raw.get("rollbacks")),
        ];
        for (_, list) in &lists {
            for activity in list.and_then(Value::as_array).into_iter().flatten() {
                if let Some(name) = activity.get("name").and_then(Value::as_str) {
                    self.known.insert(name.to_owned(), activity.clone());
                }
            }
        }
        let [probes, method, rollbacks] = lists.map(|(place, list)| {
            let needs_tolerance = place.starts_with("steady");
            let items = list.and_then(Value::as_array).into_iter().flatten();
            (0..)
                .zip(items)
                .filter_map(|(index, raw): (usize, _)| {
                    self.activity(&format!("{place}[{index}]"), raw, needs_tolerance)
                })
                .collect()
        });
        let strategy = raw
            .pointer("/runtime/rollbacks/strategy")
            .and_then(Value::as_str);
        let strategy = match strategy {
            None | Some("default" | "always") => RollbackStrategy::Always,
            Some("deviated") => RollbackStrategy::Deviated,
            Some("never") => RollbackStrategy::Never,
            Some(other) => {
                self.wrong.push(format!(
                    "runtime.rollbacks.strategy: there is no `{other}`; there are always, deviated and never"
                ));
                RollbackStrategy::Always
            }
        };
        let title = self.variables.fill_text(title);
        // As the journal of chaostoolkit-lib has it.
        raw["title"] = Value::String(title.clone());
        Experiment {
            title,
            raw,
            probes,
            method,
            rollbacks,
            strategy,
            secrets: std::mem::take(&mut self.secrets),
        }
    }

    /// Configuration first: it goes before secrets of the same name.
    fn variables(&mut self, raw: &Value) {
        let targets = raw.get("secrets").and_then(Value::as_object);
        for (target, fields) in targets.into_iter().flatten() {
            for (name, value) in fields.as_object().into_iter().flatten() {
                let place = format!("secrets.{target}.{name}");
                if let Some(value) = self.variable(&place, value) {
                    self.secrets.add(&plain(&value));
                    self.variables.0.insert(name.clone(), value);
                }
            }
        }
        let configuration = raw.get("configuration").and_then(Value::as_object);
        for (name, value) in configuration.into_iter().flatten() {
            if let Some(value) = self.variable(&format!("configuration.{name}"), value) {
                self.variables.0.insert(name.clone(), value);
            }
        }
    }

    fn variable(&mut self, place: &str, value: &Value) -> Option<Value> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        match text("type") {
            Some("env") => {
                let key = text("key").unwrap_or_default();
                let given = self.environment.get(key).cloned().map(Value::String);
                let found = given.or_else(|| value.get("default").cloned());
                if Secrets::is_secret_name(key)
                    && let Some(found) = &found
                {
                    self.secrets.add(&plain(found));
                }
                if found.is_none() {
                    self.wrong.push(format!(
                        "{place}: the environment variable `{key}` is not set, and there is no `default`"
                    ));
                }
                found
            }
            Some(kind @ ("probe" | "vault")) => {
                self.wrong.push(format!(
                    "{place}: values from a {kind} are not supported; write the value, or `type: env`"
                ));
                None
            }
            _ => Some(value.clone()),
        }
    }

    fn activity(&mut self, place: &str, raw: &Value, needs_tolerance: bool) -> Option<Activity> {
        let referred = match raw.get("ref").and_then(Value::as_str) {
            None => None,
            Some(name) => match self.known.get(name).cloned() {
                Some(activity) => Some(activity),
                None => {
                    self.wrong.push(format!(
                        "{place}: there is no activity `{name}` to refer to"
                    ));
                    return None;
                }
            },
        };
        let raw = referred.as_ref().unwrap_or(raw);
        let name = raw.get("name").and_then(Value::as_str).unwrap_or_default();
        let place = if name.is_empty() {
            place.to_owned()
        } else {
            format!("{place} `{name}`")
        };
        let mut wrong: Vec<String> = Vec::new();
        if name.is_empty() {
            wrong.push("it needs a `name`".to_owned());
        }
        if !matches!(
            raw.get("type").and_then(Value::as_str),
            Some("probe" | "action")
        ) {
            wrong.push("its `type` is `probe` or `action`".to_owned());
        }
        self.refuse_controls(&place, raw);
        let provider = raw.get("provider").unwrap_or(&Value::Null);
        let provider = Activity::provider(provider, &self.variables);
        let provider = provider.and_then(|provider| self.within_reach(provider));
        let tolerance = match raw.get("tolerance") {
            None if needs_tolerance => {
                Err("a probe of the steady state needs a `tolerance`".to_owned())
            }
            None => Ok(None),
            Some(value) => Tolerance::read(value, &self.variables).map(Some),
        };
        let provider = provider.map_err(|error| wrong.push(error)).ok();
        let tolerance = tolerance.map_err(|error| wrong.push(error)).ok();
        let is_right = wrong.is_empty();
        self.wrong
            .extend(wrong.into_iter().map(|what| format!("{place}: {what}")));
        Some(Activity {
            name: name.to_owned(),
            raw: raw.clone(),
            provider: provider?,
            tolerance: tolerance?,
            before: Activity::seconds(raw.pointer("/pauses/before")),
            after: Activity::seconds(raw.pointer("/pauses/after")),
            background: raw
                .get("background")
                .and_then(Value::as_bool)
                .unwrap_or_default(),
        })
        .filter(|_| is_right)
    }

    /// Refuses a call that leaves this machine without leave.
    fn within_reach(&self, provider: Provider) -> Result<Provider, String> {
        if let Provider::Http { url, .. } = &provider {
            let parsed = reqwest::Url::parse(url).map_err(|error| format!("`{url}`: {error}"))?;
            let host = parsed.host_str().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let is_here =
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            if !is_here && !self.allowed.contains(host) {
                return Err(format!(
                    "`{host}` is outside of this machine; if that is meant: --allow {host}"
                ));
            }
        }
        Ok(provider)
    }

    fn refuse_controls(&mut self, place: &str, raw: &Value) {
        let controls = raw.get("controls").and_then(Value::as_array);
        for control in controls.into_iter().flatten() {
            let name = control
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            self.wrong.push(format!(
                "{place}: the control `{name}` is Python, which is not supported"
            ));
        }
    }
}
