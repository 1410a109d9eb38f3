use rtest_core::usage::Quantity;
use rtest_metrics::RunRecord;

use super::style::{Ink, Style};
use super::table::{Cell, Column, Table, cut};
use crate::startup::CriticalPath;
use crate::usage::{Used, shown, span};
use crate::visible::one_line;

/// What the services waited for when they came up, in one line.
pub(super) fn startup(out: &mut String, record: &RunRecord, style: Style) {
    if let Some(path) = CriticalPath::of(record) {
        let words = cut(&one_line(&path.in_words()), style.columns());
        out.push_str(&format!("{}\n", style.paint(Ink::Faint, &words)));
    }
}

/// What the services used, and which of them were killed for want of memory.
pub(super) fn render(out: &mut String, record: &RunRecord, style: Style) {
    let used = Used::all(record);
    if used.iter().all(|used| used.is_rtest) {
        return;
    }
    out.push_str(&style.heading("SERVICES"));
    usage(out, record, &used, style);
    for service in &record.services {
        for at in &service.out_of_memory {
            let line = format!("✗ {} was killed for want of memory at {at}", service.name);
            out.push_str(&format!("  {}\n", style.paint(Ink::Bad, &one_line(&line))));
        }
    }
}

/// A line for each.
fn usage(out: &mut String, record: &RunRecord, used: &[Used<'_>], style: Style) {
    let (from, until) = span(record);
    let mut table = Table::new([
        Column::left(if record.load.is_some() {
            "under load"
        } else {
            "all the time"
        }),
        Column::right("CPU"),
        Column::right("max"),
        Column::right("throttled").spare(2),
        Column::right("memory"),
        Column::right("max"),
        Column::right("connections max"),
        Column::right("restarts").spare(1),
    ]);
    for used in used {
        let level = |of| used.level(of, from, until);
        let cell = |text: Option<String>| Cell::new(text.unwrap_or_else(|| "–".to_owned()));
        let avg = |of| cell(level(of).map(|sampled| shown(of, sampled.avg)));
        let max = |of| cell(level(of).map(|sampled| shown(of, sampled.level.max)));
        let restarts = used.sum(Quantity::Restarts, from, until);
        table.row([
            Cell::new(one_line(used.name)),
            avg(Quantity::Cpu),
            max(Quantity::Cpu),
            avg(Quantity::CpuThrottled),
            avg(Quantity::Memory),
            max(Quantity::Memory),
            max(Quantity::Connections),
            cell((restarts > 0.0).then(|| shown(Quantity::Restarts, restarts))),
        ]);
    }
    out.push_str(&table.render(style));
}
