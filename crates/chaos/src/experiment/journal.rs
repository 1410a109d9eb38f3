use std::time::SystemTime;

use rtest_core::{Secrets, clock::wall_clock};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// What came of an experiment, in the format of chaostoolkit-lib's journal.
#[derive(Clone, Debug)]
pub struct Journal {
    pub(super) value: Value,
    pub(super) secrets: Secrets,
    pub(super) began: SystemTime,
}

/// How an experiment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The method was carried out, and the steady state held.
    Completed,
    /// The steady state did not hold before the method, which was not carried out.
    Failed,
    /// The steady state did not hold after the method.
    Deviated,
    /// Stopped from outside.
    Interrupted,
}

impl Status {
    /// As shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Deviated => "deviated",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Journal {
    pub(super) fn begin(experiment: &Value, secrets: &Secrets, node: &str) -> Self {
        let began = wall_clock();
        Self {
            value: json!({
                "chaoslib-version": concat!("rtest ", env!("CARGO_PKG_VERSION")),
                "platform": format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
                "node": node,
                "experiment": experiment,
                "start": stamp(began),
                "status": null,
                "deviated": false,
                "steady_states": { "before": null, "after": null, "during": [] },
                "run": [],
                "rollbacks": [],
            }),
            secrets: secrets.clone(),
            began,
        }
    }

    pub(super) fn end(&mut self, status: Status) {
        let now = wall_clock();
        self.value["status"] = match status {
            // A deviation is a failure that has its own key beside it.
            Status::Deviated => Status::Failed.name().into(),
            other => other.name().into(),
        };
        self.value["deviated"] = (status == Status::Deviated).into();
        self.value["end"] = stamp(now).into();
        let took = now.duration_since(self.began).unwrap_or_default();
        self.value["duration"] = took.as_secs_f64().into();
    }

    /// As JSON text, without any secret.
    pub fn to_json(&self) -> String {
        let mut value = self.value.clone();
        redact(&mut value, &self.secrets);
        format!("{value:#}\n")
    }
}

fn redact(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => *text = secrets.redact(text).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|item| redact(item, secrets)),
        _ => {}
    }
}

/// As Python's `datetime.now(timezone.utc).isoformat()`.
pub(super) fn stamp(at: SystemTime) -> String {
    let format = format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00"
    );
    OffsetDateTime::from(at).format(format).unwrap_or_default()
}
