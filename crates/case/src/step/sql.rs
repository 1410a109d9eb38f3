use rtest_core::plan::SqlStep;
use rtest_core::{Difference, Span, UnknownVariable};
use rtest_store::{Postgres, Rows};

use super::{Bench, Done, limits};
use crate::fill::Fill as _;

/// Rows that a message shows.
const MOST_ROWS: usize = 20;

pub(super) async fn take(
    bench: &Bench<'_>,
    plan: &SqlStep,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let (statement, parameters) = bench.variables.bind(&plan.query)?;
    let asked = async {
        let database = Postgres::at(&bench.url(&plan.service))?;
        let mut session = database.session(limits()).await?;
        session.run_with(&statement, &parameters).await
    };
    let mut exchange = format!("{}: {statement}", plan.service);
    for (index, value) in parameters.iter().enumerate() {
        exchange.push_str(&format!("\n  ${} = {value:?}", index + 1));
    }
    let rows = match asked.await {
        Ok(rows) => rows,
        Err(error) => {
            let mut done = Done::failed("the statement to be run", error.to_string(), span);
            done.exchange = exchange;
            return Ok(done);
        }
    };
    let mut differences = Vec::new();
    if let Some((expected, span)) = &plan.expected {
        let unmet = bench.variables.fill_rows(expected)?.meet(&rows.rows).err();
        differences.extend(unmet.map(|unmet| Difference {
            expected: unmet.expected,
            actual: unmet.actual,
            span: span.clone(),
        }));
    }
    exchange.push_str(&format!("\n\n{}", table(&rows)));
    Ok(Done {
        differences,
        exchange,
    })
}

fn table(rows: &Rows) -> String {
    let mut text = rows.columns.join(" | ");
    for row in rows.rows.iter().take(MOST_ROWS) {
        let values = row.iter().map(|value| value.as_deref().unwrap_or("NULL"));
        text.push('\n');
        text.push_str(&values.collect::<Vec<_>>().join(" | "));
    }
    match rows.rows.len() {
        0 => text.push_str("\n(no rows)"),
        many if many > MOST_ROWS => text.push_str(&format!("\n… ({many} rows in all)")),
        _ => {}
    }
    text
}
