use rtest_core::plan::SqlStep;
use rtest_core::{Difference, Segment, Span, UnknownVariable};
use rtest_store::{Postgres, Rows};

use super::{Bench, Done, limits};

/// Rows that a message shows.
const MOST_ROWS: usize = 20;

pub(super) async fn take(
    bench: &Bench<'_>,
    plan: &SqlStep,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let (statement, parameters) = bound(bench, plan)?;
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

/// The statement with `$1`, `$2`, … for its holes, and what fills them.
fn bound(bench: &Bench<'_>, plan: &SqlStep) -> Result<(String, Vec<String>), UnknownVariable> {
    let mut statement = String::new();
    let mut names: Vec<&str> = Vec::new();
    let mut values = Vec::new();
    for segment in plan.query.segments() {
        match segment {
            Segment::Text(text) => statement.push_str(text),
            Segment::Hole(name) => {
                let known = names.iter().position(|known| *known == name);
                let place = known.unwrap_or(names.len());
                if known.is_none() {
                    let value = bench.variables.text(name);
                    values.push(value.ok_or_else(|| UnknownVariable(name.to_owned()))?);
                    names.push(name);
                }
                statement.push_str(&format!("${}", place + 1));
            }
        }
    }
    Ok((statement, values))
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
