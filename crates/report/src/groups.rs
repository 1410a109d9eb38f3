use rtest_core::Histogram;
use rtest_metrics::RunRecord;

/// How long one group of steps took.
#[derive(Clone, Debug)]
pub(crate) struct GroupRow<'a> {
    /// Its path: `checkout::pay`.
    pub(crate) path: &'a str,
    /// From its first step to the end of its last, think time included, of every time that it was
    /// left by its end.
    pub(crate) duration: Histogram,
}

impl<'a> GroupRow<'a> {
    /// Every group of the plan, of all scenarios, each followed by those within it; also those
    /// that were never entered.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let headers = record.header.load.iter().flat_map(|load| &load.scenarios);
        let mut rows: Vec<Self> = Vec::new();
        for (scenario, header) in headers.enumerate() {
            for (group, path) in header.groups.iter().enumerate() {
                let mut duration = Histogram::default();
                for (key, of_window) in record.load.iter().flat_map(|load| &load.groups) {
                    if (usize::from(key.0), usize::from(key.1)) == (scenario, group) {
                        duration.merge(of_window);
                    }
                }
                match rows.iter_mut().find(|row| row.path == path) {
                    Some(row) => row.duration.merge(&duration),
                    None => rows.insert(place(&rows, path), Self { path, duration }),
                }
            }
        }
        rows
    }

    /// How many groups it is in.
    pub(crate) fn depth(&self) -> usize {
        self.path.matches(SEPARATOR).count()
    }

    /// The last part of its path.
    pub(crate) fn name(&self) -> &'a str {
        self.path
            .rsplit_once(SEPARATOR)
            .map_or(self.path, |(_, name)| name)
    }
}

/// What stands between the names of a path.
const SEPARATOR: &str = "::";

/// Behind the group that a path is in and whatever is in that already; at the end where there is
/// none.
fn place(rows: &[GroupRow<'_>], path: &str) -> usize {
    let Some((around, _)) = path.rsplit_once(SEPARATOR) else {
        return rows.len();
    };
    let within = |row: &GroupRow<'_>| {
        let rest = row.path.strip_prefix(around);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(SEPARATOR))
    };
    rows.iter()
        .rposition(within)
        .map_or(rows.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_another_scenario_stands_with_those_that_it_is_in() {
        let mut rows: Vec<GroupRow<'_>> = Vec::new();
        for path in ["a", "a::b", "c", "a::b::d", "c::a", "a::e", "f"] {
            let duration = Histogram::default();
            rows.insert(place(&rows, path), GroupRow { path, duration });
        }
        let paths: Vec<&str> = rows.iter().map(|row| row.path).collect();
        assert_eq!(paths, ["a", "a::b", "a::b::d", "a::e", "c", "c::a", "f"]);
        assert_eq!((rows[2].depth(), rows[2].name()), (2, "d"));
    }
}
