use std::collections::{BTreeMap, BTreeSet};

use rtest_store::{Rows, Session, StoreError};

/// Where copies of what tables held are kept, within the database itself.
pub(crate) const KEPT: &str = "rtest_kept";

/// A table of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its object id, which is also the name of its copy.
    pub(crate) oid: u32,
    /// Schema and name, quoted.
    pub(crate) name: String,
    /// Its columns, quoted, without those that Postgres computes.
    pub(crate) columns: String,
}

/// A sequence, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Schema and name, quoted.
    pub(crate) name: String,
    /// The value handed out last; `None` where none has been.
    pub(crate) last: Option<i64>,
    /// The value handed out first.
    pub(crate) start: i64,
}

/// What there is in a database that data can be in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalog {
    /// Parents before children, as far as they do not refer to each other in a circle.
    pub(crate) tables: Vec<Table>,
    /// Child and parent, by object id.
    references: Vec<(u32, u32)>,
    pub(crate) sequences: Vec<Sequence>,
    /// Whether the login may put triggers and foreign keys out of action.
    pub(crate) is_superuser: bool,
}

/// Three kinds of rows: `t`able, `r`eference, `s`equence; and the login's power in each.
const QUESTION: &str = r"
SELECT 't', c.oid, format('%I.%I', n.nspname, c.relname),
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
       current_setting('is_superuser')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rtest_kept')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT 'r', conrelid, confrelid::text, NULL, NULL FROM pg_constraint
 WHERE contype = 'f' AND conrelid <> confrelid
UNION ALL
SELECT 's', NULL, format('%I.%I', schemaname, sequencename), last_value::text, start_value::text
  FROM pg_sequences
 ORDER BY 1, 3";

impl Catalog {
    /// Asks the database.
    pub(crate) async fn read(session: &mut Session) -> Result<Self, StoreError> {
        session.run(QUESTION).await.map(|rows| Self::of(&rows))
    }

    fn of(rows: &Rows) -> Self {
        let mut catalog = Self::default();
        for row in &rows.rows {
            let text = |column: usize| row.get(column).and_then(Option::as_deref);
            let number = |column: usize| text(column)?.parse().ok();
            match (text(0), number(1), text(2)) {
                (Some("t"), Some(oid), Some(name)) => {
                    catalog.is_superuser |= text(4) == Some("on");
                    catalog.tables.push(Table {
                        oid,
                        name: name.to_owned(),
                        columns: text(3).unwrap_or_default().to_owned(),
                    });
                }
                (Some("r"), Some(child), Some(parent)) => {
                    let parent = parent.parse().ok();
                    catalog
                        .references
                        .extend(parent.map(|parent| (child, parent)));
                }
                (Some("s"), _, Some(name)) => catalog.sequences.push(Sequence {
                    name: name.to_owned(),
                    last: text(3).and_then(|last| last.parse().ok()),
                    start: text(4).and_then(|start| start.parse().ok()).unwrap_or(1),
                }),
                _ => {}
            }
        }
        catalog.sort();
        catalog
    }

    /// Puts parents before children.
    fn sort(&mut self) {
        let mut parents: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (child, parent) in &self.references {
            parents.entry(*child).or_default().insert(*parent);
        }
        let mut waiting = std::mem::take(&mut self.tables);
        while !waiting.is_empty() {
            let left: BTreeSet<u32> = waiting.iter().map(|table| table.oid).collect();
            let is_next = |table: &Table| {
                let parents = parents.get(&table.oid);
                parents.is_none_or(|parents| parents.is_disjoint(&left))
            };
            let (next, others): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(is_next);
            if next.is_empty() {
                // They refer to each other in a circle.
                self.tables.extend(others);
                return;
            }
            self.tables.extend(next);
            waiting = others;
        }
    }

    /// These tables and all that refer to them, be it by way of others; parents first.
    pub(crate) fn with_children(&self, oids: &BTreeSet<u32>) -> Vec<&Table> {
        let mut all = oids.clone();
        loop {
            let before = all.len();
            let children = self.references.iter();
            let children = children.filter(|(_, parent)| all.contains(parent));
            let children: Vec<u32> = children.map(|(child, _)| *child).collect();
            all.extend(children);
            if all.len() == before {
                break;
            }
        }
        let tables = self.tables.iter();
        tables.filter(|table| all.contains(&table.oid)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(tables: &[u32], references: &[(u32, u32)]) -> Catalog {
        let table = |oid: &u32| Table {
            oid: *oid,
            name: format!("t{oid}"),
            columns: "id".to_owned(),
        };
        let mut catalog = Catalog {
            tables: tables.iter().map(table).collect(),
            references: references.to_vec(),
            ..Catalog::default()
        };
        catalog.sort();
        catalog
    }

    fn oids<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Vec<u32> {
        tables.into_iter().map(|table| table.oid).collect()
    }

    #[test]
    fn parents_come_before_children_and_circles_come_last() {
        let chain = catalog(&[3, 1, 2], &[(3, 2), (2, 1)]);
        assert_eq!(oids(&chain.tables), [1, 2, 3]);
        let circle = catalog(&[3, 1, 2], &[(3, 2), (2, 3)]);
        assert_eq!(oids(&circle.tables), [1, 3, 2]);
    }

    #[test]
    fn a_table_comes_with_all_that_refers_to_it() {
        let chain = catalog(&[1, 2, 3, 4], &[(3, 2), (2, 1)]);
        assert_eq!(oids(chain.with_children(&BTreeSet::from([2]))), [2, 3]);
        assert_eq!(
            oids(chain.with_children(&BTreeSet::from([1, 4]))),
            [1, 4, 2, 3]
        );
        assert!(chain.with_children(&BTreeSet::new()).is_empty());
    }
}
