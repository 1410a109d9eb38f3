//! What stands in the suite that the flags become is told where it was typed.

use rtest_core::{Code, Diagnostic, REDACTED, Span};
use serde_json::Value;

/// What the text of that suite is called.
pub(super) const COMMAND_LINE: &str = "command line";

/// The flag, or the argument without one, that a key comes from.
const FLAGS: [(&str, &str); 31] = [
    ("pact", "SOURCE"),
    ("spring_cloud_contract", "SOURCE"),
    ("openapi", "DOCUMENT"),
    ("provider", "--provider"),
    ("target", "--provider-url"),
    ("headers", "--header"),
    ("ca", "--ca"),
    ("cert", "--cert"),
    ("key", "--key"),
    ("insecure", "--insecure"),
    ("states", "--states"),
    ("state_change", "--state-change-url"),
    ("jobs", "--jobs"),
    ("messages", "--messages"),
    ("consumer", "--filter-consumer"),
    ("description", "--filter-description"),
    ("state", "--filter-state"),
    ("examples", "--examples"),
    ("checks", "--check"),
    ("exclude_checks", "--exclude-check"),
    ("operations", "--operation"),
    ("broker", "--broker"),
    ("token", "--broker-token"),
    ("username", "--broker-username"),
    ("password", "--broker-password"),
    ("selectors", "--consumer-version-selector"),
    ("wip_since", "--include-wip-since"),
    ("provider_branch", "--provider-branch"),
    ("provider_tags", "--provider-tag"),
    ("version", "--provider-version"),
    ("build_url", "--build-url"),
];

/// Of which flags the value is not shown.
const SECRET: [&str; 3] = ["--broker-token", "--broker-password", "--header"];

/// The flag that a place in the suite comes from; the place itself where it comes from elsewhere.
pub(super) fn typed(span: &Span, suite: &str) -> Span {
    let lines: Vec<&str> = suite.lines().collect();
    let at = (span.line as usize).saturating_sub(1);
    if &*span.file != COMMAND_LINE || at >= lines.len() {
        return span.clone();
    }
    let mut indent = usize::MAX;
    for line in lines[..=at].iter().rev() {
        let here = line.len() - line.trim_start().len();
        if here >= indent {
            continue;
        }
        indent = here;
        let key = line.trim_start().strip_prefix('"');
        let key = key.and_then(|rest| rest.split_once("\": "));
        let flag = key.and_then(|(key, _)| FLAGS.iter().find(|(known, _)| *known == key));
        if let Some((_, flag)) = flag {
            return Span::of_flag(flag, &shown(flag, lines[at]));
        }
    }
    span.clone()
}

/// What was typed of a line of the suite: its value, of a header with its name.
fn shown(flag: &str, line: &str) -> String {
    let line = line.trim().trim_end_matches(',');
    let of_key = line.split_once("\": ").map_or(line, |(_, value)| value);
    if SECRET.contains(&flag) {
        return REDACTED.to_owned();
    }
    match serde_json::from_str(of_key) {
        Ok(Value::String(text)) => text.replace("$${", "${"),
        _ => of_key.trim_end_matches(['{', '[']).trim().to_owned(),
    }
}

/// A diagnostic of the suite, of what was typed.
pub(super) fn diagnostic(mut diagnostic: Diagnostic, suite: &str) -> Diagnostic {
    let is_typed = diagnostic
        .span
        .as_ref()
        .is_some_and(|span| &*span.file == COMMAND_LINE);
    diagnostic.span = diagnostic.span.map(|span| typed(&span, suite));
    if is_typed && diagnostic.code == Code::MissingFile {
        // There is no suite file that it would be relative to.
        diagnostic.hint = None;
    }
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn suite() -> String {
        let suite = json!({ "name": "contract", "contracts": [{
            "pact": "pacts/",
            "provider": "Shop",
            "target": "http://h",
            "headers": { "Authorization": "Bearer s3cret" },
            "filter": { "consumer": ["web", "mobile"] },
        }] });
        format!("{suite:#}")
    }

    fn at(needle: &str) -> Span {
        let suite = suite();
        let index = suite.lines().position(|line| line.contains(needle));
        let place = Span {
            file: COMMAND_LINE.into(),
            line: index.expect(needle) as u32 + 1,
            column: 1,
            len: 1,
            text: "".into(),
            text_column: 1,
        };
        typed(&place, &suite)
    }

    #[test]
    fn a_place_in_the_suite_is_the_flag_that_it_comes_from() {
        for (needle, flag, text) in [
            ("\"pact\"", "SOURCE", "pacts/"),
            ("Shop", "--provider", "Shop"),
            ("http://h", "--provider-url", "http://h"),
            ("mobile", "--filter-consumer", "mobile"),
        ] {
            assert_eq!(at(needle), Span::of_flag(flag, text), "{needle}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        assert_eq!(at("s3cret"), Span::of_flag("--header", REDACTED));
    }

    #[test]
    fn a_place_in_a_file_stays() {
        let place = Span {
            file: "states.yaml".into(),
            ..at("Shop")
        };
        assert_eq!(typed(&place, &suite()), place);
    }
}
