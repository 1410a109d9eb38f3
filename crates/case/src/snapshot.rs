use std::io;
use std::path::Path;

use rtest_core::Difference;
use rtest_core::plan::SnapshotPlan;
use serde_json::Value;

use crate::json_diff::differences;

/// Differences that are shown.
const MOST: usize = 10;

/// Compares a body with its snapshot, or writes it.
pub(crate) fn compare(plan: &SnapshotPlan, body: &[u8], update: bool) -> Vec<Difference> {
    let actual = kept(body);
    let differs = |expected: String, actual: String| Difference {
        expected,
        actual,
        span: plan.span.clone(),
    };
    let path = plan.path.display();
    if update {
        return match write(&plan.path, &actual) {
            Ok(()) => Vec::new(),
            Err(error) => vec![differs(
                format!("snapshot {path} written"),
                error.to_string(),
            )],
        };
    }
    let expected = match std::fs::read_to_string(&plan.path) {
        Ok(expected) => expected,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let actual = "there is none yet: `--update-snapshots` writes it".to_owned();
            return vec![differs(format!("snapshot {path}"), actual)];
        }
        Err(error) => return vec![differs(format!("snapshot {path}"), error.to_string())],
    };
    if expected == actual {
        return Vec::new();
    }
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    match json(&expected).zip(json(&actual)) {
        Some((expected, actual)) => differences(&expected, &actual, MOST)
            .into_iter()
            .map(|(at, expected, actual)| differs(format!("{at} as in {path}: {expected}"), actual))
            .collect(),
        None => vec![differs(
            format!(
                "as in {path}: {}",
                rtest_core::expectation::excerpt(expected.as_bytes())
            ),
            rtest_core::expectation::excerpt(actual.as_bytes()),
        )],
    }
}

/// A body as a snapshot keeps it: JSON set out in lines, so that changes can be read.
fn kept(body: &[u8]) -> String {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let pretty = json.and_then(|value| serde_json::to_string_pretty(&value).ok());
    match pretty {
        Some(pretty) => pretty + "\n",
        None => String::from_utf8_lossy(body).into_owned(),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use rtest_core::Span;

    use super::*;

    #[test]
    fn a_snapshot_is_written_when_asked_and_else_compared() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = SnapshotPlan {
            path: folder.path().join("new/user.snap"),
            span: Span::of_flag("snapshot", "user"),
        };
        let missing = compare(&plan, br#"{"a":1}"#, false);
        assert!(
            missing[0].actual.contains("--update-snapshots"),
            "{missing:?}"
        );
        assert!(compare(&plan, br#"{"a":1}"#, true).is_empty());
        assert!(
            compare(&plan, br#"{ "a": 1 }"#, false).is_empty(),
            "blanks do not count"
        );
        let other = compare(&plan, br#"{"a":2}"#, false);
        assert!(other[0].expected.starts_with("$.a as in "), "{other:?}");
        assert_eq!(other[0].actual, "2");
        assert!(!compare(&plan, b"text", false).is_empty());
    }
}
