use rtest_core::{Template, Variables};
use rtest_store::{Limits, Postgres};
use serde_json::{Map, Value};

/// Runs a statement; gives the columns of its first row.
///
/// # Errors
/// The database's own words.
pub(super) async fn run(
    url: &Template,
    shown: &str,
    query: &Template,
    variables: &Variables,
) -> Result<Map<String, Value>, String> {
    let url = variables.render(url).map_err(|it| it.to_string())?;
    let (statement, values) = variables.bind(query).map_err(|it| it.to_string())?;
    let asked = async {
        let database = Postgres::at(&url)?;
        let mut session = database.session(Limits::default()).await?;
        if values.is_empty() {
            // Several statements may stand in one text where nothing is bound.
            session.run(&statement).await
        } else {
            session.run_with(&statement, &values).await
        }
    };
    let rows = asked
        .await
        .map_err(|error| format!("{shown}: {error}\nin: {statement}"))?;
    let Some(first) = rows.rows.into_iter().next() else {
        return Ok(Map::new());
    };
    let named = rows.columns.into_iter().zip(first);
    Ok(named.map(|(name, value)| (name, typed(value))).collect())
}

/// What a column holds, as JSON where it is: numbers and truth values are what generators insert.
fn typed(value: Option<String>) -> Value {
    let Some(text) = value else {
        return Value::Null;
    };
    match serde_json::from_str(&text) {
        Ok(number @ Value::Number(_)) => number,
        _ => Value::String(text),
    }
}
