//! Where two JSON values differ.

use serde_json::Value;

/// A place, what is expected there, and what is there.
pub(crate) type Differs = (String, String, String);

/// The differences, `most` at most, by JSONPath.
pub(crate) fn differences(expected: &Value, actual: &Value, most: usize) -> Vec<Differs> {
    let mut found = Vec::new();
    compare("$", Some(expected), Some(actual), most, &mut found);
    found
}

fn compare(
    path: &str,
    expected: Option<&Value>,
    actual: Option<&Value>,
    most: usize,
    found: &mut Vec<Differs>,
) {
    if found.len() >= most || expected == actual {
        return;
    }
    match (expected, actual) {
        (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
            let others = actual.keys().filter(|key| !expected.contains_key(*key));
            for key in expected.keys().chain(others) {
                let path = format!("{path}.{key}");
                compare(&path, expected.get(key), actual.get(key), most, found);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(actual))) => {
            for index in 0..expected.len().max(actual.len()) {
                let path = format!("{path}[{index}]");
                compare(&path, expected.get(index), actual.get(index), most, found);
            }
        }
        (expected, actual) => found.push((path.to_owned(), shown(expected), shown(actual))),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(
        || "nothing there".to_owned(),
        |value| rtest_core::expectation::excerpt(value.to_string().as_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_by_their_paths() {
        let expected = json!({ "id": 1, "tags": ["a", "b"], "gone": null });
        let actual = json!({ "id": 1, "tags": ["a", "c", "d"], "new": true });
        let found = differences(&expected, &actual, 10);
        let paths: Vec<&str> = found.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(paths, ["$.tags[1]", "$.tags[2]", "$.gone", "$.new"]);
        assert_eq!(found[1].1, "nothing there");
        assert_eq!(differences(&expected, &actual, 2).len(), 2);
        assert!(differences(&expected, &expected, 10).is_empty());
    }
}
