use rtest_core::Secrets;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Words of the record's own vocabulary: never secret, and a record without them cannot be read.
const STRUCTURAL: [&str; 5] = ["event", "outcome", "side", "stage", "status"];

/// The value with every text in it redacted. Keys and numbers are left alone: a secret may look
/// like either.
pub(super) fn redacted<T: Serialize + DeserializeOwned>(
    value: &T,
    secrets: &Secrets,
) -> serde_json::Result<T> {
    let mut json = serde_json::to_value(value)?;
    redact(&mut json, secrets);
    serde_json::from_value(json)
}

fn redact(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::String(text) => {
            let clean = secrets.redact(text);
            if clean != *text {
                *text = clean.into_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, secrets)),
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(key, _)| !STRUCTURAL.contains(&key.as_str()))
            .for_each(|(_, field)| redact(field, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
