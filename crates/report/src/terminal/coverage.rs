use rtest_metrics::RunRecord;

use super::style::{Ink, Style};
use super::table::{Cell, Column, Table, cut};
use crate::asked::{Asked, Outside};
use crate::coverage::{Covered, undeclared, unseen};
use crate::number::counted;
use crate::visible::one_line;

/// Operations listed at most; the HTML report has all of them.
const MOST: usize = 20;

/// Which of the answers that contracts declare were seen, and who asks for what; operations only
/// where some answers were not seen, others were, or nobody asks for them.
pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    for covered in Covered::all(record) {
        out.push_str(&style.heading("COVERAGE"));
        let line = format!("{}: {}", one_line(covered.source), covered.counts());
        out.push_str(&format!(
            "  {}\n",
            cut(&line, style.columns().saturating_sub(2))
        ));
        let asking = covered.asking.as_ref();
        let mut columns = vec![
            Column::left("operation").flexible(),
            Column::left("never answered"),
            Column::left("not declared"),
        ];
        columns.extend(asking.map(|_| Column::left("asked for by")));
        let mut table = Table::new(columns);
        let gaps = covered.operations.iter().enumerate();
        let gaps = gaps.filter_map(|(at, operation)| {
            let (never, not) = (unseen(operation), undeclared(operation));
            let asked = asking.map(|asking| &asking.operations[at]);
            let is_gap =
                !never.is_empty() || !not.is_empty() || asked.is_some_and(Asked::is_by_nobody);
            is_gap.then_some((operation, never, not, asked))
        });
        let gaps: Vec<_> = gaps.collect();
        for (operation, never, not, asked) in gaps.iter().take(MOST) {
            let mut cells = vec![
                Cell::new(one_line(&operation.operation)),
                Cell::new(never.join(" ")),
                Cell::inked(Ink::Bad, not.join(" ")),
            ];
            cells.extend(asked.map(|asked| Cell::new(one_line(&asked.words()))));
            table.row(cells);
        }
        if !gaps.is_empty() {
            out.push_str(&table.render(style));
        }
        if let Some(more) = gaps.len().checked_sub(MOST).filter(|more| *more > 0) {
            out.push_str(&format!("  … {}\n", counted(more as u64, "more operation")));
        }
        let outside = asking.map_or(&[][..], |asking| &asking.outside);
        for Outside { who, request } in outside.iter().take(MOST) {
            let line = format!("outside: `{request}`, asked for by {who}");
            out.push_str(&format!(
                "  {}\n",
                cut(&one_line(&line), style.columns().saturating_sub(2))
            ));
        }
    }
}
