use serde_json::{Map, Value};

/// The new field that a missing one was most likely renamed to: one that the contract does not
/// have, of the same shape, with a name that is kin (`email` → `userEmail`, `user_id` → `userId`).
pub(crate) fn likely_new_name<'a>(
    missing: &str,
    expected: &Map<String, Value>,
    actual: &'a Map<String, Value>,
) -> Option<&'a str> {
    let example = expected.get(missing)?;
    actual
        .iter()
        .filter(|(name, value)| !expected.contains_key(*name) && same_shape(example, value))
        .filter_map(|(name, _)| Some((distance(missing, name)?, name.as_str())))
        .min()
        .map(|(_, name)| name)
}

/// How far apart two names are, where they are kin at all.
fn distance(old: &str, new: &str) -> Option<usize> {
    /// Shorter names are part of too many others: `id` is in `paid`.
    const SHORTEST_PART: usize = 3;
    let plain = |name: &str| {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let (old, new) = (plain(old), plain(new));
    if old == new {
        return Some(0);
    }
    let (short, long) = if old.len() <= new.len() {
        (&old, &new)
    } else {
        (&new, &old)
    };
    let contained = short.chars().count() >= SHORTEST_PART
        && (long.starts_with(short.as_str()) || long.ends_with(short.as_str()));
    let near = || rtest_core::nearest(&old, [new.as_str()]).is_some();
    (contained || near()).then(|| long.chars().count() - short.chars().count() + 1)
}

fn same_shape(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.keys().all(|key| actual.contains_key(key))
        }
        _ => std::mem::discriminant(expected) == std::mem::discriminant(actual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn renamed(missing: &str, expected: Value, actual: Value) -> Option<String> {
        let (Value::Object(expected), Value::Object(actual)) = (expected, actual) else {
            panic!("objects");
        };
        likely_new_name(missing, &expected, &actual).map(str::to_owned)
    }

    #[test]
    fn a_new_field_of_the_same_type_and_a_kindred_name_is_offered() {
        let email = json!({ "id": 7, "email": "a@b.c" });
        let actual = json!({ "id": 7, "userEmail": "a@b.c", "mail": "x" });
        assert_eq!(renamed("email", email, actual).as_deref(), Some("mail"));
        let email = json!({ "email": "a@b.c" });
        let actual = json!({ "userEmail": "a@b.c", "name": "x" });
        assert_eq!(
            renamed("email", email, actual).as_deref(),
            Some("userEmail")
        );
        let snake = renamed(
            "user_id",
            json!({ "user_id": 1 }),
            json!({ "userId": 1, "user": 2 }),
        );
        assert_eq!(snake.as_deref(), Some("userId"));
        let slip = renamed(
            "address",
            json!({ "address": "x" }),
            json!({ "adress": "x" }),
        );
        assert_eq!(slip.as_deref(), Some("adress"));
    }

    #[test]
    fn strangers_other_types_and_known_fields_are_not_offered() {
        let email = || json!({ "email": "a@b.c", "workEmail": "x" });
        assert_eq!(renamed("email", email(), json!({ "name": "x" })), None);
        assert_eq!(renamed("email", email(), json!({ "userEmail": 7 })), None);
        assert_eq!(renamed("email", email(), json!({ "workEmail": "x" })), None);
        assert_eq!(
            renamed("id", json!({ "id": 1 }), json!({ "paid": 1 })),
            None
        );
        let shape = renamed(
            "address",
            json!({ "address": { "city": "x" } }),
            json!({ "homeAddress": { "zip": 1 } }),
        );
        assert_eq!(shape, None);
    }
}
