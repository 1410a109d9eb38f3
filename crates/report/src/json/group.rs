use rtest_metrics::RunRecord;
use serde_json::{Value, json};

use crate::checks::CheckRow;

/// What k6 puts between the parts of a path.
const SEPARATOR: &str = "::";

/// Every check in k6's one group without a name. As in k6, checks of one name are one check; by
/// scenario and step they stand under `rtest`.
pub(super) fn root(record: &RunRecord) -> Value {
    let mut checks: Vec<(&str, u64, u64)> = Vec::new();
    let rows = CheckRow::all(record);
    for row in &rows {
        match checks.iter_mut().find(|(name, ..)| *name == row.name) {
            Some((_, passes, fails)) => {
                *passes += row.passes;
                *fails += row.fails;
            }
            None => checks.push((row.name, row.passes, row.fails)),
        }
    }
    let checks: Vec<Value> = checks
        .into_iter()
        .map(|(name, passes, fails)| {
            let path = format!("{SEPARATOR}{name}");
            json!({
                "name": name,
                "path": path,
                "id": id(&path),
                "passes": passes,
                "fails": fails,
            })
        })
        .collect();
    json!({
        "name": "",
        "path": "",
        "id": id(""),
        "groups": [],
        "checks": checks,
    })
}

/// k6's id of a group or a check: the MD5 of its path.
fn id(path: &str) -> String {
    format!("{:x}", md5::compute(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_k6() {
        // From the examples of k6's documentation.
        assert_eq!(id(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(id("::is status 200"), "548d37ca5f33793206f7832e7cea54fb");
    }
}
