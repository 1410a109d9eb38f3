use serde_json::{Map, Number, Value};

use super::{ApiError, syntax};
use crate::toxic::Attributes;

/// The first JSON value of a body, as Go's decoder takes it: what follows is not looked at.
pub(super) fn first_value(body: &[u8]) -> Result<Value, ApiError> {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) if error.is_eof() => Err(ApiError::bad_body("unexpected EOF")),
        Some(Err(error)) => Err(match syntax::error(body) {
            Some(told) => ApiError::bad_body(told),
            None => ApiError::bad_body(error),
        }),
        None => Err(ApiError::bad_body("EOF")),
    }
}

/// A JSON object read field by field, as Go reads one into a struct: keys without case, the last
/// one of a name counts, unknown ones are ignored, and null is as good as absent.
pub(super) struct Fields {
    /// Names the struct in messages, as clients of the original know it.
    owner: &'static str,
    object: Map<String, Value>,
}

impl Fields {
    /// The object of a body. `owner` is the struct, `of` the package it is in.
    pub(super) fn read(body: &[u8], owner: &'static str, of: &str) -> Result<Self, ApiError> {
        Self::from_value(first_value(body)?, owner, of)
    }

    pub(super) fn from_value(
        value: Value,
        owner: &'static str,
        of: &str,
    ) -> Result<Self, ApiError> {
        let object = match value {
            Value::Object(object) => object,
            Value::Null => Map::new(),
            other => {
                return Err(ApiError::bad_body(format_args!(
                    "json: cannot unmarshal {} into Go value of type {of}.{owner}",
                    kind(&other)
                )));
            }
        };
        Ok(Self { owner, object })
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<String>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.mismatch(name, other, "string")),
        }
    }

    pub(super) fn bool(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(self.mismatch(name, other, "bool")),
        }
    }

    pub(super) fn float(&self, name: &str) -> Result<Option<f32>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => single(number)
                .map(Some)
                .ok_or_else(|| self.mismatch_of(name, &format!("number {number}"), "float32")),
            Some(other) => Err(self.mismatch(name, other, "float32")),
        }
    }

    /// A whole number of at least 0.
    pub(super) fn whole(&self, name: &str) -> Result<Option<u64>, ApiError> {
        self.get(name)
            .map(|value| {
                let message = || format!("`{name}` must be a whole number of at least 0");
                value.as_u64().ok_or_else(|| ApiError::bad_body(message()))
            })
            .transpose()
    }

    /// The attributes of a toxic; none where absent.
    pub(super) fn attributes(&self, name: &str, of: &str) -> Result<Attributes, ApiError> {
        match self.get(name) {
            None => Ok(Attributes::default()),
            Some(Value::Object(object)) => Ok(object.clone().into()),
            Some(other) => Err(self.mismatch(name, other, of)),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.object
            .iter()
            .rfind(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null())
            .map(|(_, value)| value)
    }

    fn mismatch(&self, name: &str, found: &Value, wanted: &str) -> ApiError {
        self.mismatch_of(name, kind(found), wanted)
    }

    fn mismatch_of(&self, name: &str, found: &str, wanted: &str) -> ApiError {
        ApiError::bad_body(format_args!(
            "json: cannot unmarshal {found} into Go struct field {}.{name} of type {wanted}",
            self.owner
        ))
    }
}

/// A number as a float of 32 bits, where it is within its range.
fn single(number: &Number) -> Option<f32> {
    let value = number.as_f64()? as f32;
    value.is_finite().then_some(value)
}

/// Go's word for what a value is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Fields, ApiError> {
        Fields::read(body.as_bytes(), "Proxy", "toxiproxy")
    }

    #[test]
    fn keys_have_no_case_the_last_counts_and_null_is_absent() {
        let fields = read(r#"{"NAME":"a","name":"b","Enabled":null,"other":1} trailing"#).unwrap();
        assert_eq!(fields.string("name"), Ok(Some("b".into())));
        assert_eq!(fields.bool("enabled"), Ok(None));
        assert_eq!(fields.string("listen"), Ok(None));
        assert_eq!(read("null").unwrap().string("name"), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_named_as_go_names_it() {
        let message = |body: &str| read(body).err().map(|error| error.message);
        assert_eq!(message(""), Some("bad request body: EOF".into()));
        assert_eq!(message("  "), Some("bad request body: EOF".into()));
        assert_eq!(
            message(r#"{"name":"#),
            Some("bad request body: unexpected EOF".into())
        );
        assert_eq!(
            message("[]"),
            Some(
                "bad request body: json: cannot unmarshal array into Go value of type toxiproxy.Proxy"
                    .into()
            )
        );
        assert_eq!(
            read(r#"{"enabled":"yes"}"#)
                .unwrap()
                .bool("enabled")
                .unwrap_err()
                .message,
            "bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool"
        );
        assert!(read(r#"{"t":1e39}"#).unwrap().float("t").is_err());
    }
}
