use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use rtest_core::ControlFuture;
use rtest_store::{Limits, Postgres, Session, StoreError, literal};

use super::Way;
use super::catalog::{Catalog, KEPT, Sequence, Table};

/// A reset waits so long for a transaction that a service has left open.
const LOCK_TIMEOUT: &str = "10s";

/// Connections of ours begin with this, and are not counted among those of services.
const NAME: &str = "rtest-reset";

/// A copy of a large seed takes its time.
const TIME: Duration = Duration::from_secs(120);

/// Tables that a database may have at most.
const MOST_TABLES: usize = 20_000;

/// Tables are emptied, and get back what a copy within the database has of them.
///
/// Which tables hold something else than they did is read from their rows' `xmin`: the statistics
/// of Postgres come too late for that, and a `SELECT EXISTS` would not see a row that has changed.
/// Whoever inserts or changes a row leaves his transaction's number in it, and whoever deletes one
/// changes their sum.
pub(crate) struct Tables {
    database: Postgres,
    /// The statements that empty tables, which come parents first.
    empty: fn(&[&Table]) -> String,
    kept: Kept,
    /// Of the last reset: a server takes longer to begin a session than to bring a small seed back.
    session: Option<Session>,
}

/// What a table holds, as far as it takes to see that it holds something else: the number of its
/// rows and the sum of their `xmin`.
type Mark = (i64, String);

#[derive(Debug, Default)]
struct Kept {
    /// By the table's object id.
    marks: BTreeMap<u32, Mark>,
    /// Tables that have a copy.
    copied: BTreeSet<u32>,
    sequences: Vec<Sequence>,
}

impl Tables {
    pub(crate) fn new(database: Postgres, empty: fn(&[&Table]) -> String) -> Self {
        Self {
            database,
            empty,
            kept: Kept::default(),
            session: None,
        }
    }

    async fn session(&self) -> Result<Session, StoreError> {
        let limits = Limits {
            time: TIME,
            rows: MOST_TABLES,
            ..Limits::default()
        };
        let mut session = self.database.session(limits).await?;
        session
            .run(&format!(
                "SET lock_timeout = '{LOCK_TIMEOUT}'; SET application_name = '{NAME}'"
            ))
            .await?;
        Ok(session)
    }

    async fn keep_all(&mut self) -> Result<String, StoreError> {
        let mut session = self.session().await?;
        // One of an earlier run may be left, if it was killed.
        session.run(&forget()).await?;
        let catalog = Catalog::read(&mut session).await?;
        let all: Vec<&Table> = catalog.tables.iter().collect();
        let marks = marks(&mut session, &all).await?;
        let filled = |table: &&Table| marks.get(&table.oid).is_some_and(|(rows, _)| *rows > 0);
        let filled: Vec<&Table> = all.iter().copied().filter(filled).collect();
        if !filled.is_empty() {
            session.run(&copies(&filled)).await?;
        }
        let said = format!("{} of {} tables hold rows, kept", filled.len(), all.len());
        self.kept = Kept {
            copied: filled.iter().map(|table| table.oid).collect(),
            sequences: catalog.sequences.clone(),
            marks,
        };
        Ok(said)
    }

    async fn bring_back(&mut self) -> Result<String, StoreError> {
        if let Some(session) = self.session.take() {
            match self.bring_back_by(session).await {
                // The server was restarted, or ended it.
                Err(error) if error.ended_session() => {}
                done => return done,
            }
        }
        let session = self.session().await?;
        self.bring_back_by(session).await
    }

    async fn bring_back_by(&mut self, mut session: Session) -> Result<String, StoreError> {
        let done = self.bring_back_in(&mut session).await;
        if done.is_ok() {
            self.session = Some(session);
        }
        done
    }

    async fn bring_back_in(&mut self, session: &mut Session) -> Result<String, StoreError> {
        let catalog = Catalog::read(session).await?;
        let all: Vec<&Table> = catalog.tables.iter().collect();
        let now = marks(session, &all).await?;
        let dirty = |oid: &u32| match self.kept.marks.get(oid) {
            Some(mark) => now.get(oid) != Some(mark),
            // A table that a service has made since.
            None => now.get(oid).is_some_and(|(rows, _)| *rows > 0),
        };
        let dirty: BTreeSet<u32> = now.keys().copied().filter(dirty).collect();
        let emptied = catalog.with_children(&dirty);
        let sequences = self.kept.moved(&catalog.sequences);
        if emptied.is_empty() && sequences.is_empty() {
            return Ok("nothing had changed".to_owned());
        }
        let mut script = String::new();
        if catalog.is_superuser {
            // No trigger of the suite's own takes part, and the order of rows does not matter.
            script.push_str("SET LOCAL session_replication_role = replica;\n");
        }
        if !emptied.is_empty() {
            script.push_str(&(self.empty)(&emptied));
        }
        let refilled = emptied
            .iter()
            .filter(|it| self.kept.copied.contains(&it.oid));
        let refilled: Vec<&Table> = refilled.copied().collect();
        script.extend(refilled.iter().map(|table| refill(table)));
        script.extend(sequences);
        session.run(&script).await?;
        // Rows that were put back have another transaction's number.
        let refilled = marks(session, &refilled).await?;
        self.kept.marks.extend(refilled);
        Ok(format!(
            "{} of {} tables brought back",
            emptied.len(),
            all.len()
        ))
    }
}

impl Kept {
    /// The statements that set sequences back which stand elsewhere than they did.
    fn moved(&self, now: &[Sequence]) -> Vec<String> {
        let moved = now.iter().filter_map(|now| {
            let was = self.sequences.iter().find(|was| was.name == now.name);
            let last = was.and_then(|was| was.last);
            (last != now.last).then(|| {
                let name = literal(&now.name);
                let (value, is_called) = (last.unwrap_or(now.start), last.is_some());
                format!("SELECT setval({name}, {value}, {is_called});\n")
            })
        });
        moved.collect()
    }
}

async fn marks(
    session: &mut Session,
    tables: &[&Table],
) -> Result<BTreeMap<u32, Mark>, StoreError> {
    if tables.is_empty() {
        return Ok(BTreeMap::new());
    }
    let questions = tables.iter().map(|Table { oid, name, .. }| {
        format!("SELECT {oid}, count(*), coalesce(sum(xmin::text::bigint), 0) FROM {name}")
    });
    let questions: Vec<String> = questions.collect();
    let rows = session.run(&questions.join(" UNION ALL ")).await?;
    let marks = rows.rows.into_iter().filter_map(|row| {
        let mut texts = row.into_iter().flatten();
        let (oid, count, sum) = (texts.next()?, texts.next()?, texts.next()?);
        Some((oid.parse().ok()?, (count.parse().ok()?, sum)))
    });
    Ok(marks.collect())
}

fn copies(tables: &[&Table]) -> String {
    let mut script = format!("CREATE SCHEMA {KEPT};\n");
    for Table { oid, name, columns } in tables {
        script.push_str(&format!(
            "CREATE UNLOGGED TABLE {KEPT}.\"{oid}\" AS SELECT {columns} FROM ONLY {name};\n"
        ));
    }
    script
}

fn refill(Table { oid, name, columns }: &Table) -> String {
    format!(
        "INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {KEPT}.\"{oid}\";\n"
    )
}

fn forget() -> String {
    format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {KEPT} CASCADE")
}

impl Way for Tables {
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(async { self.keep_all().await.map_err(|error| error.to_string()) })
    }

    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(async { self.bring_back().await.map_err(|error| error.to_string()) })
    }

    fn close(&mut self) -> ControlFuture<'_, ()> {
        Box::pin(async {
            self.session = None;
            if self.kept.copied.is_empty() {
                return;
            }
            if let Ok(mut session) = self.session().await {
                // A database that is gone has nothing left in it.
                let _ = session.run(&forget()).await;
            }
        })
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables")
            .field("database", &self.database)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}
