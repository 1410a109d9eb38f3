use rtest_core::plan::{AtEnd, FeederPlan, FeederSource, Pick};
use rtest_core::{Code, Diagnostic, Span, nearest};

use crate::check::Context;
use crate::check::content::unusable;
use crate::check::load::rows;
use crate::check::reference::{Existing, path};
use crate::collection::{List, Named, OneOrMany};
use crate::file::Feeder;
use crate::shape::{Field, quoted_list};
use crate::spanned::Spanned;

/// Feeders of a scenario at most.
const MAX_FEEDERS: usize = 20;

/// The feeders of a scenario, as far as they could be read.
#[derive(Default)]
pub(super) struct Feeders {
    /// Those.
    pub(super) plans: Vec<FeederPlan>,
    is_complete: bool,
}

impl Feeders {
    /// Lets holes name the columns of the feeders that are meant.
    pub(super) fn name(&self, cx: &mut Context<'_>, is_meant: impl Fn(&FeederPlan) -> bool) {
        if !self.is_complete {
            cx.scope.open();
        }
        for feeder in self.plans.iter().filter(|feeder| is_meant(feeder)) {
            for column in &feeder.columns {
                cx.scope.add(column);
            }
        }
    }
}

/// Checks the feeders of a scenario whose steps capture these names. The scope holds what the
/// setup has captured.
pub(super) fn check(
    field: &Field<OneOrMany<Feeder>>,
    captured: &[String],
    cx: &mut Context<'_>,
) -> Feeders {
    let given = field.value().map(|feeders| feeders.0.as_slice());
    let given = given.unwrap_or_default();
    let mut feeders = Feeders::default();
    if let (Some(key), true) = (field.key(), given.len() > MAX_FEEDERS) {
        let message = format!("a scenario has at most {MAX_FEEDERS} feeders");
        cx.found
            .add(Diagnostic::new(Code::OutOfRange, message).at(key));
        return feeders;
    }
    for entry in given {
        let Some(feeder) = feeder(entry, cx) else {
            continue;
        };
        for column in &feeder.columns {
            refuse_taken(column, &feeder, &feeders.plans, captured, cx);
        }
        feeders.plans.push(feeder);
    }
    feeders.is_complete = match field {
        Field::Absent => true,
        Field::Faulty(_) => false,
        Field::Given(_) => feeders.plans.len() == given.len(),
    };
    feeders
}

/// A name has one meaning.
fn refuse_taken(
    column: &str,
    feeder: &FeederPlan,
    others: &[FeederPlan],
    captured: &[String],
    cx: &mut Context<'_>,
) {
    let other = others
        .iter()
        .find(|other| other.columns.iter().any(|known| known == column));
    let same = feeder.columns.iter().filter(|known| *known == column);
    let holder = if column.is_empty() {
        return;
    } else if same.count() > 1 {
        "another column".to_owned()
    } else if let Some(other) = other {
        format!("a column of the feeder at {}", other.span)
    } else if ["iteration", "vu"].contains(&column) {
        "a number that is counted in every scenario".to_owned()
    } else if captured.iter().any(|name| name == column) || cx.scope.has(column) {
        "a capture".to_owned()
    } else {
        return;
    };
    cx.found.add(
        Diagnostic::new(
            Code::Duplicate,
            format!("the column `{column}` has the name of {holder}"),
        )
        .at(&feeder.span)
        .hint("give one of them another name: `{{ … }}` could mean either"),
    );
}

fn feeder(feeder: &Spanned<Feeder>, cx: &mut Context<'_>) -> Option<FeederPlan> {
    let keys = &feeder.value;
    let pick = match &keys.pick {
        Field::Absent => Some(Pick::default()),
        given => given.value().map(|pick| pick.0),
    };
    let at_end = pick.and_then(|pick| at_end(keys, pick, cx));
    let (source, columns, span) = if let Some(csv) = keys.csv.entry() {
        let path = path(&csv.value, Existing::File, cx)?;
        let delimiter = match &keys.delimiter {
            Field::Absent => b',',
            given => given.value()?.0,
        };
        let columns = readable(rows::of_csv(&path, delimiter), &csv.value, cx)?;
        (FeederSource::Csv { path, delimiter }, columns, &csv.whole)
    } else if let Some(json) = keys.json.entry() {
        let path = path(&json.value, Existing::File, cx)?;
        let columns = readable(rows::of_json(&path), &json.value, cx)?;
        (FeederSource::Json { path }, columns, &json.whole)
    } else {
        let rows = keys.rows.entry()?;
        let (columns, cells) = inline(&rows.value.value, cx)?;
        (FeederSource::Inline(cells.into()), columns, &rows.whole)
    };
    Some(FeederPlan {
        source,
        pick: pick?,
        at_end: at_end?,
        columns,
        span: span.clone(),
    })
}

fn readable(
    columns: Result<Vec<String>, String>,
    file: &Spanned<String>,
    cx: &mut Context<'_>,
) -> Option<Vec<String>> {
    columns.map_err(|why| unusable(file, &why, cx)).ok()
}

/// What happens after the last row, and that it is something that can happen.
fn at_end(keys: &Feeder, pick: Pick, cx: &mut Context<'_>) -> Option<AtEnd> {
    let given = match &keys.at_end {
        Field::Absent => {
            return Some(match pick {
                Pick::Sequential | Pick::Random => AtEnd::Recycle,
                Pick::UniquePerVu | Pick::UniquePerIteration => AtEnd::Fail,
            });
        }
        given => given.entry()?,
    };
    let at_end = given.value.value.0;
    let message = match (pick, at_end) {
        (Pick::Random, _) => "rows that are picked at random have no end",
        (Pick::UniquePerVu | Pick::UniquePerIteration, AtEnd::Recycle) => {
            "a row that is recycled is not unique"
        }
        _ => return Some(at_end),
    };
    let hint = if pick == Pick::Random {
        "remove `at_end`"
    } else {
        "write `stop` or `fail`, or `pick: sequential`"
    };
    cx.found.add(
        Diagnostic::new(Code::Contradiction, message)
            .at(&given.whole)
            .hint(hint),
    );
    None
}

/// The columns of the first row, and the cells of all rows in their order.
fn inline(
    rows: &List<Named<String, 1>, 1>,
    cx: &mut Context<'_>,
) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let first = rows.items.first()?;
    let columns: Vec<String> = names(&first.value).map(str::to_owned).collect();
    let mut is_complete = rows.is_complete;
    for name in first.value.0.iter().map(|entry| &entry.name) {
        if name.value.is_empty() || !name.value.chars().all(is_of_hole) {
            column_fault(
                format!("`{}` cannot be the name of a column", name.value),
                &name.span,
                "a column fills the hole of its name: letters, digits, `_`, `-` and `.`",
                cx,
            );
        }
    }
    let mut cells = Vec::new();
    for row in &rows.items {
        is_complete &= row.value.0.iter().all(|entry| entry.value.is_some());
        for entry in &row.value.0 {
            if !columns.contains(&entry.name.value) {
                let near = nearest(&entry.name.value, columns.iter().map(String::as_str));
                let hint = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("its columns are {}", quoted_list(names(&first.value))),
                };
                let message = format!("the first row has no column `{}`", entry.name.value);
                column_fault(message, &entry.name.span, &hint, cx);
                is_complete = false;
            }
        }
        let cell = |column: &String| {
            let entry = row.value.0.iter().find(|entry| entry.name.value == *column);
            entry
                .and_then(|entry| entry.value.as_ref())
                .map(|value| value.value.clone())
        };
        let lacks = |column: &&String| !names(&row.value).any(|name| name == column.as_str());
        for column in columns.iter().filter(lacks) {
            let message = format!("the row has no `{column}`, and the first one has");
            column_fault(message, &row.span, "give every row the same columns", cx);
            is_complete = false;
        }
        cells.push(columns.iter().filter_map(cell).collect());
    }
    is_complete.then_some((columns, cells))
}

fn names(row: &Named<String, 1>) -> impl Iterator<Item = &str> {
    row.0.iter().map(|entry| entry.name.value.as_str())
}

fn is_of_hole(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn column_fault(message: String, span: &Span, hint: &str, cx: &mut Context<'_>) {
    cx.found.add(
        Diagnostic::new(Code::OutOfRange, message)
            .at(span)
            .hint(hint),
    );
}
