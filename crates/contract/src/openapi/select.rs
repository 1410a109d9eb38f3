use crate::openapi::operation::Operation;

/// Most names that are shown of what was there.
const MOST_SHOWN: usize = 20;

/// Whether an operation is wanted: it matches one of the patterns, or there are none.
pub(crate) fn wants(patterns: &[String], operation: &Operation) -> bool {
    let name = operation.name();
    let matches = |pattern: &String| {
        let names = [
            Some(name.as_str()),
            Some(operation.path.as_str()),
            operation.id.as_deref(),
        ];
        names
            .into_iter()
            .flatten()
            .any(|name| matches(pattern, name))
    };
    patterns.is_empty() || patterns.iter().any(matches)
}

/// What was looked for, and what was there; `None` where every pattern matches something.
pub(crate) fn unmatched(patterns: &[String], operations: &[Operation]) -> Option<String> {
    if operations.is_empty() {
        return Some("the document has no operations".to_owned());
    }
    let idle: Vec<String> = patterns
        .iter()
        .filter(|pattern| {
            let one = std::slice::from_ref(*pattern);
            !operations.iter().any(|operation| wants(one, operation))
        })
        .map(|pattern| format!("`{pattern}`"))
        .collect();
    if idle.is_empty() {
        return None;
    }
    let names = operations
        .iter()
        .take(MOST_SHOWN)
        .map(|operation| match &operation.id {
            Some(id) => format!("`{}` ({id})", operation.name()),
            None => format!("`{}`", operation.name()),
        });
    let mut there: Vec<String> = names.collect();
    if operations.len() > MOST_SHOWN {
        there.push(format!("{} more", operations.len() - MOST_SHOWN));
    }
    Some(format!(
        "no operation matches {}; the document has {}",
        idle.join(", "),
        there.join(", ")
    ))
}

/// Whether a pattern, in which `*` stands for anything, is all of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = &rest[at + before.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("GET /users", "GET /users", true),
            ("GET /users", "GET /users/{id}", false),
            ("GET *", "GET /users/{id}", true),
            ("*", "", true),
            ("/users/*/orders*", "/users/{id}/orders/{order}", true),
            ("/users/*/orders", "/users/{id}/orders/{order}", false),
            ("*User*", "createUser", true),
            ("a*a", "a", false),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
