use rtest_load::Wanted;
use serde_json::{Map, Value, json};

use super::steering::Change;
use crate::live::Board;

/// k6's numbers of the states that a run here is in.
const CREATED: u8 = 0;
const PAUSED_BEFORE_RUN: u8 = 4;
const RUNNING: u8 = 7;
const ENDED: u8 = 9;

/// The run's state as k6's API has it, with the scales beside.
pub(super) fn status(board: &Board, wanted: Wanted) -> Value {
    let load = board.load.as_ref();
    let runs = board.running_load().is_some();
    let is_over = load.is_some_and(|load| load.is_over);
    let status = match (runs, is_over) {
        (true, _) => RUNNING,
        (false, true) => ENDED,
        (false, false) if wanted.paused => PAUSED_BEFORE_RUN,
        (false, false) => CREATED,
    };
    let (vus, vus_max) = load.map_or((0, 0), |load| load.vus());
    json!({
        "data": {
            "type": "status",
            "id": "default",
            "attributes": {
                "status": status,
                "paused": wanted.paused,
                "vus": if runs { vus } else { 0 },
                "vus-max": vus_max,
                "stopped": wanted.stopped,
                "running": runs,
                "tainted": load.is_some_and(|load| load.gates.some_fail()),
                "rate-scale": wanted.rate_scale,
                "vus-scale": wanted.vus_scale,
            },
        },
    })
}

/// What the body of a PATCH asks for. `null` is as good as absent, and what only the run itself
/// can say is read over: k6's client sends all of it.
///
/// # Errors
/// In plain words, what is wrong with it.
pub(super) fn change(body: &[u8]) -> Result<Change, String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| format!("no JSON: {error}"))?;
    let attributes = body
        .pointer("/data/attributes")
        .and_then(Value::as_object)
        .ok_or(r#"write {"data": {"attributes": {"paused": true}}}"#)?;
    refuse_unknown(attributes)?;
    let change = Change {
        paused: one(attributes, "paused", "true or false", Value::as_bool)?,
        stop: one(attributes, "stopped", "true or false", Value::as_bool)?.unwrap_or(false),
        rate_scale: one(attributes, "rate-scale", FACTOR, factor)?,
        vus_scale: one(attributes, "vus-scale", FACTOR, factor)?,
        vus: one(attributes, "vus", "a number of virtual users", |value| {
            value.as_u64().and_then(|vus| u32::try_from(vus).ok())
        })?,
    };
    if change.vus.is_some() && change.vus_scale.is_some() {
        return Err("`vus` and `vus-scale` say the same thing".to_owned());
    }
    Ok(change)
}

const FACTOR: &str = "a factor of 0 or more";

fn factor(value: &Value) -> Option<f64> {
    value.as_f64().filter(|factor| *factor >= 0.0)
}

fn one<T>(
    attributes: &Map<String, Value>,
    name: &str,
    what: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, String> {
    match attributes.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("`{name}` is {what}, not {value}")),
        },
    }
}

fn refuse_unknown(attributes: &Map<String, Value>) -> Result<(), String> {
    const CHANGED: [&str; 5] = ["paused", "stopped", "vus", "rate-scale", "vus-scale"];
    const READ_OVER: [&str; 3] = ["status", "running", "tainted"];
    for (name, value) in attributes {
        if name == "vus-max" && !value.is_null() {
            return Err("`vus-max` follows the plan and cannot be changed".to_owned());
        }
        if !CHANGED.contains(&name.as_str())
            && !READ_OVER.contains(&name.as_str())
            && name != "vus-max"
        {
            let hint = match rtest_core::nearest(name, CHANGED) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", CHANGED.join(", ")),
            };
            return Err(format!("there is no attribute `{name}`: {hint}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(attributes: &str) -> Result<Change, String> {
        change(format!(r#"{{"data":{{"type":"status","attributes":{attributes}}}}}"#).as_bytes())
    }

    #[test]
    fn what_k6_sends_is_understood() {
        let k6 = r#"{"status":0,"paused":true,"vus":null,"vus-max":null,"stopped":false,"running":false,"tainted":false}"#;
        let paused = Change {
            paused: Some(true),
            ..Change::default()
        };
        assert_eq!(asked(k6), Ok(paused));
        let scaled = asked(r#"{"rate-scale":1.5,"vus":20,"stopped":true}"#).expect("fine");
        assert_eq!((scaled.rate_scale, scaled.vus), (Some(1.5), Some(20)));
        assert!(scaled.stop);
    }

    #[test]
    fn what_cannot_be_done_is_refused_in_plain_words() {
        for (attributes, why) in [
            (r#"{"pause":true}"#, "did you mean `paused`?"),
            (r#"{"paused":1}"#, "`paused` is true or false, not 1"),
            (r#"{"rate-scale":-1}"#, "a factor of 0 or more"),
            (r#"{"vus":1.5}"#, "a number of virtual users"),
            (r#"{"vus-max":5}"#, "follows the plan"),
            (r#"{"vus":1,"vus-scale":2}"#, "the same thing"),
            ("[]", "write {"),
        ] {
            let error = asked(attributes).expect_err(attributes);
            assert!(error.contains(why), "{attributes}: {error}");
        }
        assert!(change(b"{").is_err());
    }
}
