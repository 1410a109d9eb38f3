use rtest_core::nearest;
use serde_json::{Map, Value};

/// An attribute of the wrong type. The message is Go's, because clients show it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttributeError(pub(crate) String);

impl AttributeError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// A toxic's attributes by name, as JSON has them. Names are compared without case.
///
/// Every attribute of a Toxiproxy toxic is an integer; existing clients read nothing else. Those of
/// toxics beyond it may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(Map<String, Value>);

impl Attributes {
    /// Integers by name, in order.
    pub fn of_integers<const N: usize>(pairs: [(&str, i64); N]) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .collect(),
        )
    }

    /// Those of a JSON object.
    pub const fn of_object(object: Map<String, Value>) -> Self {
        Self(object)
    }

    /// The integer called `name`, or `current` where it is absent or null. `owner` names the toxic
    /// in the error.
    ///
    /// # Errors
    /// It is there, and is not an integer of 64 bits.
    pub fn integer(&self, owner: &str, name: &str, current: i64) -> Result<i64, AttributeError> {
        self.read(owner, name, "int64", current)
    }

    /// As [`Attributes::integer`], where the original has a plain `int`.
    pub(super) fn plain_integer(
        &self,
        owner: &str,
        name: &str,
        current: i64,
    ) -> Result<i64, AttributeError> {
        self.read(owner, name, "int", current)
    }

    fn read(
        &self,
        owner: &str,
        name: &str,
        wanted: &str,
        current: i64,
    ) -> Result<i64, AttributeError> {
        // The last one wins where case alone tells two apart.
        let Some((_, value)) = self
            .0
            .iter()
            .rfind(|(key, _)| key.eq_ignore_ascii_case(name))
        else {
            return Ok(current);
        };
        let found = match value {
            Value::Null => return Ok(current),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => return Ok(integer),
                None => format!("number {number}"),
            },
            Value::Bool(_) => "bool".to_owned(),
            Value::String(_) => "string".to_owned(),
            Value::Array(_) => "array".to_owned(),
            Value::Object(_) => "object".to_owned(),
        };
        Err(AttributeError(format!(
            "json: cannot unmarshal {found} into Go struct field {owner}.attributes.{name} of type {wanted}"
        )))
    }

    /// Values of a JSON object; none where it is something else.
    pub(super) fn of_values(values: Value) -> Self {
        match values {
            Value::Object(object) => Self(object),
            _ => Self::default(),
        }
    }

    /// The value called `name`, where it is there and not null.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .rfind(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, AttributeError> {
        self.value(name)
            .map(|value| {
                let text = value.as_str().map(str::to_owned);
                text.ok_or_else(|| AttributeError::new(format!("`{name}` must be a text")))
            })
            .transpose()
    }

    pub(super) fn flag(&self, name: &str, current: bool) -> Result<bool, AttributeError> {
        self.value(name).map_or(Ok(current), |value| {
            let message = || AttributeError::new(format!("`{name}` must be true or false"));
            value.as_bool().ok_or_else(message)
        })
    }

    pub(super) fn number(&self, name: &str, current: f64) -> Result<f64, AttributeError> {
        self.value(name).map_or(Ok(current), |value| {
            let message = || AttributeError::new(format!("`{name}` must be a number"));
            value.as_f64().ok_or_else(message)
        })
    }

    /// A number from 0 to 1.
    pub(super) fn share(&self, name: &str, current: f64) -> Result<f64, AttributeError> {
        let share = self.number(name, current)?;
        if (0.0..=1.0).contains(&share) {
            Ok(share)
        } else {
            let message = format!("`{name}` must be from 0 to 1");
            Err(AttributeError::new(message))
        }
    }

    /// A whole number that must be there.
    pub(super) fn at_least_zero(&self, name: &str) -> Result<u64, AttributeError> {
        let number = self.value(name).and_then(Value::as_u64);
        number.ok_or_else(|| {
            AttributeError::new(format!("`{name}` must be a whole number of at least 0"))
        })
    }

    /// Refuses what is none of `known`, compared without case. `of` is whose they are.
    pub(crate) fn only(&self, of: &str, known: &[&'static str]) -> Result<(), AttributeError> {
        let is_known = |name: &str| known.iter().any(|it| it.eq_ignore_ascii_case(name));
        let Some(name) = self.0.keys().find(|name| !is_known(name)) else {
            return Ok(());
        };
        let mut message = format!("`{name}` is no attribute of {of}");
        match nearest(name, known.iter().copied()) {
            Some(near) => message.push_str(&format!(", did you mean `{near}`?")),
            None if known.is_empty() => message.push_str(", which has none"),
            None => message.push_str(&format!(", which has {}", known.join(", "))),
        }
        Err(AttributeError(message))
    }

    /// As a JSON object.
    pub fn as_json(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl From<Map<String, Value>> for Attributes {
    fn from(object: Map<String, Value>) -> Self {
        Self(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn attributes(value: Value) -> Attributes {
        Attributes::from(value.as_object().unwrap().clone())
    }

    #[test]
    fn integers_are_found_without_case_and_keep_their_value_where_absent_or_null() {
        let given = attributes(json!({ "Latency": 7, "jitter": null }));
        assert_eq!(given.integer("LatencyToxic", "latency", 1), Ok(7));
        assert_eq!(given.integer("LatencyToxic", "jitter", 2), Ok(2));
        assert_eq!(given.integer("LatencyToxic", "other", 3), Ok(3));
    }

    #[test]
    fn what_is_not_known_is_named_with_what_was_meant_or_what_there_is() {
        let told = |given: Value, known: &[&'static str]| {
            let error = attributes(given).only("`loss`", known).err();
            error.map(|error| error.to_string())
        };
        assert_eq!(told(json!({ "RATE": 1 }), &["rate"]), None);
        for (given, known, message) in [
            (
                json!({ "ratee": 1 }),
                &["rate"][..],
                "`ratee` is no attribute of `loss`, did you mean `rate`?",
            ),
            (
                json!({ "x": 1 }),
                &["rate", "unit"],
                "`x` is no attribute of `loss`, which has rate, unit",
            ),
            (
                json!({ "x": 1 }),
                &[],
                "`x` is no attribute of `loss`, which has none",
            ),
        ] {
            assert_eq!(told(given, known).as_deref(), Some(message));
        }
    }

    #[test]
    fn anything_but_an_integer_is_named_in_the_words_of_the_original() {
        for (value, found) in [
            (json!("5"), "string"),
            (json!(1.5), "number 1.5"),
            (
                json!(18_446_744_073_709_551_615_u64),
                "number 18446744073709551615",
            ),
            (json!(true), "bool"),
            (json!([1]), "array"),
            (json!({}), "object"),
        ] {
            let error = attributes(json!({ "jitter": value }))
                .integer("LatencyToxic", "jitter", 0)
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "json: cannot unmarshal {found} into Go struct field LatencyToxic.attributes.jitter of type int64"
                )
            );
        }
    }
}
