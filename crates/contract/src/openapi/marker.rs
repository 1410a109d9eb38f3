use std::sync::Arc;

use rtest_core::Span;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The first line that says that a text is an OpenAPI document: `openapi: 3.0.3`. Whoever looks for
/// another format takes such a file for a broken one of theirs otherwise.
pub(crate) fn marker(bytes: &[u8], shown: &Arc<str>) -> Option<Span> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_version = |line: &str| {
        let key = line.trim_start_matches(['"', '\'']);
        let rest = ["openapi", "swagger"]
            .iter()
            .find_map(|version| key.strip_prefix(version));
        let rest = rest.map(|rest| rest.trim_start_matches(['"', '\'']).trim_start());
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    let is_json = text.trim_start().starts_with('{');
    if is_json && serde_json::from_str::<Versioned>(text).is_err() {
        return None;
    }
    // In JSON the keys of the document are told from deeper ones by its parser, in YAML by where they
    // begin.
    let of_line = |line: &str| {
        if is_json {
            line.trim_start_matches([' ', '\t', '{', ','])
                .split([',', '{'])
                .any(|part| is_version(part.trim_start()))
        } else {
            is_version(line)
        }
    };
    let (index, line) = text.lines().enumerate().find(|(_, line)| of_line(line))?;
    Some(Span {
        file: Arc::clone(shown),
        line: index as u32 + 1,
        column: 1,
        len: 1,
        text: line.chars().take(SHOWN).collect::<String>().into(),
        text_column: 1,
    })
}

/// Characters of its line that are shown.
const SHOWN: usize = 100;

/// A JSON document that says which version of OpenAPI it is of.
#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "openapi", alias = "swagger")]
    _version: IgnoredAny,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<u32> {
        marker(text.as_bytes(), &"file".into()).map(|span| span.line)
    }

    #[test]
    fn documents_of_every_version_are_told_from_contracts() {
        assert_eq!(line("# mine\nopenapi: 3.1.0\npaths: {}\n"), Some(2));
        assert_eq!(line("\"swagger\": \"2.0\"\n"), Some(1));
        assert_eq!(
            line("{\n  \"info\": {},\n  \"openapi\": \"3.0.0\"\n}"),
            Some(3)
        );
        assert_eq!(line("{\"info\":{},\"swagger\":\"2.0\"}"), Some(1));
        for contract in [
            "request:\n  method: GET\n  body:\n    openapi: 3.0.0\n",
            "{\"interactions\": [{\"response\": {\"body\": {\"openapi\": \"3.0.0\"}}}]}",
            "{\"consumer\": {\"name\": \"openapi\"}}",
            "openapi is a word",
            "",
        ] {
            assert_eq!(line(contract), None, "{contract}");
        }
    }
}
