use rtest_metrics::RunRecord;
use serde_json::{Value, json};

use crate::checks::CheckRow;
use crate::groups::GroupRow;

/// What k6 puts between the parts of a path.
const SEPARATOR: &str = "::";

/// k6's group without a name, with every other group in it. As in k6, checks of one name in one
/// group are one check; by scenario and step they stand under `rtest`.
pub(super) fn root(record: &RunRecord) -> Value {
    let mut root = Node::default();
    for row in GroupRow::all(record) {
        root.at(row.path);
    }
    for row in CheckRow::all(record) {
        let checks = &mut root.at(row.group).checks;
        match checks.iter_mut().find(|(name, ..)| *name == row.name) {
            Some((_, passes, fails)) => {
                *passes += row.passes;
                *fails += row.fails;
            }
            None => checks.push((row.name, row.passes, row.fails)),
        }
    }
    root.json("", "")
}

/// A group with all that is in it, in the order of the plan.
#[derive(Default)]
struct Node<'a> {
    groups: Vec<(&'a str, Self)>,
    /// By name: held, did not.
    checks: Vec<(&'a str, u64, u64)>,
}

impl<'a> Node<'a> {
    /// The group of a path below this one, made where it is not there.
    fn at(&mut self, path: &'a str) -> &mut Self {
        if path.is_empty() {
            return self;
        }
        let (name, rest) = path.split_once(SEPARATOR).unwrap_or((path, ""));
        let index = match self.groups.iter().position(|(known, _)| *known == name) {
            Some(index) => index,
            None => {
                self.groups.push((name, Self::default()));
                self.groups.len() - 1
            }
        };
        self.groups[index].1.at(rest)
    }

    fn json(&self, name: &str, path: &str) -> Value {
        let below = |name: &str| format!("{path}{SEPARATOR}{name}");
        let checks = self.checks.iter().map(|(name, passes, fails)| {
            let path = below(name);
            json!({
                "name": name,
                "path": path,
                "id": id(&path),
                "passes": passes,
                "fails": fails,
            })
        });
        let checks: Vec<Value> = checks.collect();
        let groups = self.groups.iter();
        let groups: Vec<Value> = groups
            .map(|(name, group)| group.json(name, &below(name)))
            .collect();
        json!({
            "name": name,
            "path": path,
            "id": id(path),
            "groups": groups,
            "checks": checks,
        })
    }
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
