use serde_json::{Map, Value};

/// An attribute of the wrong type. The message is Go's, because clients show it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttributeError(pub(crate) String);

/// A toxic's attributes by name, as JSON has them. Names are compared without case.
///
/// Every attribute of a Toxiproxy toxic is an integer; existing clients read nothing else.
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
