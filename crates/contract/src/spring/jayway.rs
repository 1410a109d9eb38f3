use rtest_core::JsonPath;

/// Reads a JSONPath as Jayway's library takes it, of which RFC 9535 knows most: `$.['a']` and
/// names such as `a-b` are rewritten. The flag says whether it may select several values, as one
/// with `[*]` or `..` does.
///
/// # Errors
/// In plain words, why it cannot be read.
pub(super) fn parse(text: &str) -> Result<(JsonPath, bool), String> {
    let rewritten = rewrite(text)?;
    let path = JsonPath::parse(&rewritten)
        .map_err(|error| format!("`{text}` is not a JSONPath: {error}"))?;
    let several = ["*", "..", "?", ",", ":"].iter().any(|it| {
        let outside_quotes = rewritten.split('\'').step_by(2);
        outside_quotes.into_iter().any(|part| part.contains(it))
    });
    Ok((path, several))
}

fn rewrite(text: &str) -> Result<String, String> {
    let text = text.trim();
    let Some(mut rest) = text.strip_prefix('$') else {
        return Err(format!(
            "`{text}` is not a JSONPath: it does not begin with `$`"
        ));
    };
    let mut path = "$".to_owned();
    while let Some(first) = rest.chars().next() {
        match first {
            '[' => {
                let end = bracket_end(rest)
                    .ok_or_else(|| format!("`{text}` is not a JSONPath: a `[` is not closed"))?;
                path.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            '.' => {
                let dots = if rest.starts_with("..") { 2 } else { 1 };
                rest = &rest[dots..];
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                if name.ends_with(')') {
                    return Err(format!("`{text}` calls a function, which is not supported"));
                }
                if name.is_empty() && !after.starts_with('[') {
                    return Err(format!("`{text}` is not a JSONPath: a name is missing"));
                }
                if dots == 2 {
                    path.push_str("..");
                }
                match name {
                    "" => {}
                    "*" => path.push_str("[*]"),
                    name => {
                        let name = name.replace('\\', r"\\").replace('\'', r"\'");
                        path.push_str(&format!("['{name}']"));
                    }
                }
                rest = after;
            }
            _ => {
                return Err(format!(
                    "`{text}` is not a JSONPath: `{first}` follows no dot"
                ));
            }
        }
    }
    Ok(path)
}

/// Behind the bracket that closes the first one.
fn bracket_end(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_select_what_jayway_selects() {
        let value = json!({ "key": { "complex.key": 1 }, "a-b": [{ "id": 2 }, { "id": 3 }] });
        let select = |path: &str| {
            let (path, several) = parse(path).expect(path);
            let found = path.query(&value).all().into_iter().cloned().collect();
            (serde_json::Value::Array(found), several)
        };
        assert_eq!(select("$.['key'].['complex.key']"), (json!([1]), false));
        assert_eq!(select("$['key']['complex.key']"), (json!([1]), false));
        assert_eq!(select("$.a-b[1].id"), (json!([3]), false));
        assert_eq!(select("$.a-b[*].id"), (json!([2, 3]), true));
        assert_eq!(select("$..id"), (json!([2, 3]), true));
        assert_eq!(select("$.a-b[?(@.id == 3)].id"), (json!([3]), true));
        assert!(!select("$").1);
        assert_eq!(select("$.none"), (json!([]), false));
    }

    #[test]
    fn what_is_no_path_is_refused_in_words() {
        for path in [
            "",
            "a",
            "$.",
            "$.a[",
            "$.a.length()",
            "$a",
            "$.a['b",
            "$.a[?(]",
        ] {
            let why = parse(path).expect_err(path);
            assert!(why.contains('`'), "{why}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_panics(path in r#"\$?[\[\]$.*'"\\?@()a-c0-2 ü]{0,20}"#) {
            let _ = parse(&path);
        }
    }
}
