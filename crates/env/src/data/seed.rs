//! What a database holds when it has become ready: files of SQL, CSV and JSON.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use rtest_store::{Limits, Postgres, Session, StoreError, identifier, literal};
use serde_json::{Map, Value};

/// A large seed takes its time.
const TIME: Duration = Duration::from_secs(300);

/// A seed that was refused.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {why}")]
pub struct SeedError {
    /// The file; with line and column where Postgres says where.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// Puts files into the database, one after the other.
pub(super) async fn put(files: &[PathBuf], url: &str) -> Result<(), SeedError> {
    for file in files {
        let fail = |why: String| SeedError {
            place: file.display().to_string(),
            why,
        };
        let bytes = tokio::fs::read(file).await;
        let bytes = bytes.map_err(|error| fail(format!("cannot be read: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8".to_owned()))?;
        let database = Postgres::at(url).map_err(|error| fail(error.to_string()))?;
        // A session for each: what a file sets, it sets for itself.
        let session = database.session(Limits::default().within(TIME)).await;
        let mut session = session.map_err(|error| fail(error.to_string()))?;
        let extension = file.extension().and_then(|it| it.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => csv(&mut session, file, text).await.map_err(fail)?,
            Some("json") => json(&mut session, file, &text).await.map_err(fail)?,
            _ => sql(&mut session, file, &text).await?,
        }
    }
    Ok(())
}

async fn sql(session: &mut Session, file: &Path, text: &str) -> Result<(), SeedError> {
    let Err(error) = session.run(text).await else {
        return Ok(());
    };
    let at = match &error {
        StoreError::Sql(said) => said
            .position
            .map(|position| line_and_column(text, position)),
        _ => None,
    };
    let file = file.display();
    Err(SeedError {
        place: match at {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_string(),
        },
        why: match error {
            _ if has_copy(text) => {
                "`COPY … FROM stdin` takes its rows from `psql`: write `INSERT`s (`pg_dump --inserts`), or a `.csv` file".to_owned()
            }
            error => error.to_string(),
        },
    })
}

fn has_copy(text: &str) -> bool {
    let mut lines = text.lines().map(str::to_ascii_lowercase);
    lines.any(|line| line.starts_with("copy ") && line.contains("from stdin"))
}

/// Where in a text its `position`th character is, all from 1.
fn line_and_column(text: &str, position: usize) -> (usize, usize) {
    let before: String = text.chars().take(position.saturating_sub(1)).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

async fn csv(session: &mut Session, file: &Path, text: String) -> Result<(), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let columns = header(text.lines().next().unwrap_or_default())?;
    let table = table(file)?;
    let quoted: Vec<String> = columns.iter().map(|column| identifier(column)).collect();
    let copy = format!(
        "COPY {table} ({}) FROM STDIN WITH (FORMAT csv, HEADER)",
        quoted.join(", ")
    );
    let copied = session.copy(&copy, Bytes::from(text.to_owned())).await;
    copied.map_err(|error| error.to_string())?;
    move_sequences(session, &table, &columns).await
}

/// The names of the columns.
fn header(line: &str) -> Result<Vec<String>, String> {
    let names = line.split(',').map(|name| {
        let name = name.trim();
        let quoted = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'));
        quoted.map_or_else(|| name.to_owned(), |name| name.replace("\"\"", "\""))
    });
    let names: Vec<String> = names.collect();
    if names.iter().any(String::is_empty) {
        return Err("its first line is to name the columns".to_owned());
    }
    Ok(names)
}

async fn json(session: &mut Session, file: &Path, text: &str) -> Result<(), String> {
    let rows: Vec<Map<String, Value>> = serde_json::from_str(text)
        .map_err(|error| format!("is not an array of objects: {error}"))?;
    let mut columns: Vec<String> = Vec::new();
    for key in rows.iter().flat_map(Map::keys) {
        if !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    if columns.is_empty() {
        return Ok(());
    }
    let table = table(file)?;
    let quoted: Vec<String> = columns.iter().map(|column| identifier(column)).collect();
    let quoted = quoted.join(", ");
    let insert = format!(
        "INSERT INTO {table} ({quoted}) SELECT {quoted} FROM jsonb_populate_recordset(null::{table}, $1::jsonb)"
    );
    let inserted = session.run_with(&insert, &[text.to_owned()]).await;
    inserted.map_err(|error| error.to_string())?;
    move_sequences(session, &table, &columns).await
}

/// The table that a file is for: `users.csv`, `audit.users.csv`.
fn table(file: &Path) -> Result<String, String> {
    let name = file.file_stem().and_then(|stem| stem.to_str());
    let name = name.ok_or("its name is to be that of a table")?;
    let parts: Vec<String> = name.split('.').map(identifier).collect();
    Ok(parts.join("."))
}

/// Sequences of columns that were given values go on after these.
async fn move_sequences(
    session: &mut Session,
    table: &str,
    columns: &[String],
) -> Result<(), String> {
    for column in columns {
        let (of, name) = (literal(table), literal(column));
        let column = identifier(column);
        let sequence = format!("pg_get_serial_sequence({of}, {name})");
        let set = format!("SELECT setval({sequence}, max({column})) FROM {table}");
        let has = format!("SELECT {sequence} IS NOT NULL");
        let has = session.run(&has).await.map_err(|error| error.to_string())?;
        if has.first() == Some(Some("t")) {
            session.run(&set).await.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_line_and_a_column() {
        let text = "select 1;\nsélect x;\n";
        assert_eq!(line_and_column(text, 1), (1, 1));
        assert_eq!(line_and_column(text, 11), (2, 1));
        assert_eq!(line_and_column(text, 18), (2, 8));
        assert_eq!(line_and_column(text, 999), (3, 1));
    }

    #[test]
    fn a_header_names_columns_and_a_file_its_table() {
        let names = header(r#"id, "full ""name""",age"#).expect("three names");
        assert_eq!(names, ["id", r#"full "name""#, "age"]);
        assert!(header("id,,age").is_err());
        let table = |path: &str| table(Path::new(path)).expect("a name");
        assert_eq!(table("rows/users.csv"), r#""users""#);
        assert_eq!(table("audit.users.json"), r#""audit"."users""#);
    }

    #[test]
    fn rows_for_psql_are_recognised() {
        assert!(has_copy(
            "create table t ();\nCOPY public.t (id) FROM stdin;\n1\n"
        ));
        assert!(!has_copy("copy t from '/tmp/x'"));
    }
}
