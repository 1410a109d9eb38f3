use rtest_metrics::RunRecord;

use super::style::{Ink, Style};
use super::table::{Cell, Column, Table, cut};
use crate::coverage::{Covered, undeclared, unseen};
use crate::number::counted;
use crate::visible::one_line;

/// Operations listed at most; the HTML report has all of them.
const MOST: usize = 20;

/// Which of the answers that contracts declare were seen; operations only where some were not, or
/// others were.
pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    for covered in Covered::all(record) {
        out.push_str(&style.heading("COVERAGE"));
        let line = format!("{}: {}", one_line(covered.source), covered.counts());
        out.push_str(&format!(
            "  {}\n",
            cut(&line, style.columns().saturating_sub(2))
        ));
        let mut table = Table::new([
            Column::left("operation").flexible(),
            Column::left("never answered"),
            Column::left("not declared"),
        ]);
        let gaps = covered.operations.iter().filter_map(|operation| {
            let (never, not) = (unseen(operation), undeclared(operation));
            (!never.is_empty() || !not.is_empty()).then_some((operation, never, not))
        });
        let gaps: Vec<_> = gaps.collect();
        for (operation, never, not) in gaps.iter().take(MOST) {
            table.row([
                Cell::new(one_line(&operation.operation)),
                Cell::new(never.join(" ")),
                Cell::inked(Ink::Bad, not.join(" ")),
            ]);
        }
        if !gaps.is_empty() {
            out.push_str(&table.render(style));
        }
        if let Some(more) = gaps.len().checked_sub(MOST).filter(|more| *more > 0) {
            out.push_str(&format!("  … {}\n", counted(more as u64, "more operation")));
        }
    }
}
